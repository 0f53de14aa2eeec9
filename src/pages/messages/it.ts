// Italian.

export const it = `
Qualcosa è andato storto
Riprovi tra un momento.
Se il problema rimane, indichi a chi gestisce il sito il riferimento qui sotto.
Qui non c’è nulla
L’applicazione non risponde
L’accesso non è riuscito
Questo account appartiene a un’altra organizzazione.
Questa pagina chiede di più, per esempio un secondo fattore.
Il Suo accesso è troppo vecchio per questa pagina.
Non può accedere a questa pagina
Se dovesse poterlo fare, si rivolga a chi gestisce il sito.
Qui le richieste di altri siti vengono rifiutate.
Cancelli i cookie di questo sito, ne consenta di nuovi e riprovi.
Il modulo è troppo grande per essere conservato: effettui l’accesso in una nuova finestra, poi torni indietro e lo invii.
Pagina iniziale
Riprova
Accedi
Usa un altro account
Esci
Rimani connesso
Accesso effettuato
Ciò che ha scritto viene inviato ora. Se non succede nulla, prema il pulsante.
Invii questo modulo solo se lo ha compilato Lei, subito prima di accedere. Sarà inviato a
Invia
È uscito
Ora può chiudere questa finestra.
La sessione potrebbe essere ancora aperta nel servizio di accesso. Su un computer condiviso, chiuda il browser.
Le sessioni non sono raggiungibili ora: altri dispositivi potrebbero essere ancora connessi.
Vuole uscire?
Lo ha chiesto un altro sito.
Il Suo account
Nome
Nome utente
E-mail
Organizzazione
Ruoli
Accesso dal
Accesso con
password
codice monouso
passkey o chiave di sicurezza
più fattori
Termina al più tardi
Dove ha effettuato l’accesso
Questo browser
Browser sconosciuto
Luogo
Ultima attività
Esci da tutti gli altri
Riferimento`;
