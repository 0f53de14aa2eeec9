// Dutch.

export const nl = `
Er is iets misgegaan
Probeer het zo dadelijk opnieuw.
Blijft dit zo, geef de beheerder van deze website dan de referentie hieronder.
Hier is niets
De applicatie antwoordt niet
Het inloggen is niet gelukt
Dit account hoort bij een andere organisatie.
Deze pagina vraagt om meer, bijvoorbeeld een tweede factor.
Voor deze pagina bent u te lang geleden ingelogd.
U hebt geen toegang tot deze pagina
Zou u die wel moeten hebben, vraag het dan aan de beheerder van deze website.
Verzoeken van andere websites worden hier geweigerd.
Verwijder de cookies van deze website, sta nieuwe toe en probeer het opnieuw.
Uw formulier is te groot om te bewaren: log in in een nieuw venster, ga dan terug en verzend het.
Startpagina
Opnieuw proberen
Inloggen
Ander account gebruiken
Uitloggen
Ingelogd blijven
U bent ingelogd
Wat u hebt ingevuld wordt nu verzonden. Gebeurt er niets, druk dan op de knop.
Verstuur dit formulier alleen als u het zelf hebt ingevuld, vlak voor het aanmelden. Het gaat naar
Verzenden
U bent uitgelogd
U kunt dit venster nu sluiten.
Misschien bent u bij de inlogdienst nog ingelogd. Sluit op een gedeelde computer de browser.
De sessies zijn nu niet bereikbaar: andere apparaten zijn misschien nog ingelogd.
Wilt u uitloggen?
Een andere website heeft erom gevraagd.
Uw account
Naam
Gebruikersnaam
E-mail
Organisatie
Rollen
Ingelogd sinds
Ingelogd met
wachtwoord
eenmalige code
passkey of beveiligingssleutel
meerdere factoren
Eindigt uiterlijk
Waar u bent ingelogd
Deze browser
Onbekende browser
Plaats
Laatst actief
Overal elders uitloggen
Referentie`;
