// French.

export const fr = `
Un problème est survenu
Veuillez réessayer dans un instant.
Si cela persiste, veuillez indiquer la référence ci-dessous au responsable de ce site.
Il n’y a rien ici
L’application ne répond pas
La connexion n’a pas abouti
Ce compte appartient à une autre organisation.
Cette page demande davantage, par exemple un second facteur.
Pour cette page, votre connexion est trop ancienne.
Vous n’avez pas accès à cette page
Si vous devriez y avoir accès, veuillez vous adresser au responsable de ce site.
Les requêtes d’autres sites sont refusées ici.
Veuillez supprimer les cookies de ce site, en autoriser de nouveaux et réessayer.
Votre formulaire est trop volumineux pour être conservé : veuillez vous connecter dans une nouvelle fenêtre, puis revenir en arrière et l’envoyer.
Page d’accueil
Réessayer
Se connecter
Utiliser un autre compte
Se déconnecter
Rester connecté
Vous êtes connecté
Votre saisie va être envoyée. Si rien ne se passe, veuillez appuyer sur le bouton.
N’envoyez ce formulaire que si vous l’avez rempli vous-même, juste avant de vous connecter. Il sera envoyé à
Envoyer
Vous êtes déconnecté
Vous pouvez maintenant fermer cette fenêtre.
Vous êtes peut-être encore connecté au service de connexion. Sur un ordinateur partagé, veuillez fermer le navigateur.
Les sessions sont injoignables pour le moment : d’autres appareils sont peut-être encore connectés.
Voulez-vous vous déconnecter ?
Un autre site l’a demandé.
Votre compte
Nom
Identifiant
E-mail
Organisation
Rôles
Connecté depuis
Connecté avec
mot de passe
code à usage unique
clé d’accès ou clé de sécurité
plusieurs facteurs
Se termine au plus tard
Où vous êtes connecté
Ce navigateur
Navigateur inconnu
Lieu
Dernière activité
Se déconnecter partout ailleurs
Référence`;
