// German.

export const de = `
Hier ist etwas schiefgegangen
Bitte versuchen Sie es gleich noch einmal.
Wenn es so bleibt, nennen Sie dem Betreiber bitte die Referenz unten.
Hier gibt es nichts
Die Anwendung antwortet nicht
Die Anmeldung hat nicht geklappt
Dieses Konto gehört zu einer anderen Organisation.
Diese Seite verlangt mehr, zum Beispiel einen zweiten Faktor.
Für diese Seite ist Ihre Anmeldung zu lange her.
Sie haben keinen Zugriff auf diese Seite
Wenn Sie Zugang haben sollten, fragen Sie bitte den Betreiber.
Anfragen von anderen Websites werden hier abgelehnt.
Bitte löschen Sie die Cookies dieser Website, erlauben Sie neue und versuchen Sie es noch einmal.
Ihr Formular ist zu groß, um aufbewahrt zu werden: Bitte melden Sie sich in einem neuen Fenster an, gehen Sie dann zurück und senden Sie es.
Startseite
Noch einmal versuchen
Anmelden
Anderes Konto verwenden
Abmelden
Angemeldet bleiben
Sie sind angemeldet
Ihre Eingaben werden jetzt gesendet. Wenn nichts geschieht, drücken Sie bitte den Knopf.
Bitte senden Sie dieses Formular nur, wenn Sie es selbst gerade vor der Anmeldung ausgefüllt haben. Es geht an
Senden
Sie sind abgemeldet
Sie können dieses Fenster jetzt schließen.
Beim Anmeldedienst sind Sie vielleicht noch angemeldet. Schließen Sie an einem gemeinsam genutzten Gerät bitte den Browser.
Die Sitzungen sind gerade nicht erreichbar: Andere Geräte können noch angemeldet sein.
Möchten Sie sich abmelden?
Eine andere Website hat darum gebeten.
Ihr Konto
Name
Anmeldename
E-Mail
Organisation
Rollen
Angemeldet seit
Angemeldet mit
Passwort
Einmalcode
Passkey oder Sicherheitsschlüssel
mehrere Faktoren
Endet spätestens
Wo Sie angemeldet sind
Dieser Browser
Unbekannter Browser
Ort
Zuletzt aktiv
Überall sonst abmelden
Referenz`;
