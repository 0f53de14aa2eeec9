// Polish. Impersonal forms, so that nobody is addressed by the wrong gender.

export const pl = `
Coś poszło nie tak
Proszę spróbować ponownie za chwilę.
Jeśli problem nie ustąpi, proszę podać administratorowi witryny poniższy numer referencyjny.
Tutaj niczego nie ma
Aplikacja nie odpowiada
Logowanie nie powiodło się
To konto należy do innej organizacji.
Ta strona wymaga więcej, na przykład drugiego składnika.
Logowanie było zbyt dawno jak na tę stronę.
Brak dostępu do tej strony
Jeśli to konto powinno go mieć, proszę zwrócić się do administratora witryny.
Żądania z innych witryn są tu odrzucane.
Proszę usunąć pliki cookie tej witryny, zezwolić na nowe i spróbować ponownie.
Formularz jest zbyt duży, aby go przechować: proszę zalogować się w nowym oknie, wrócić i go wysłać.
Strona główna
Spróbuj ponownie
Zaloguj się
Użyj innego konta
Wyloguj się
Nie wylogowuj
Zalogowano
Wprowadzone dane są teraz wysyłane. Jeśli nic się nie dzieje, proszę nacisnąć przycisk.
Formularz należy wysłać tylko wtedy, gdy został wypełniony samodzielnie, tuż przed zalogowaniem. Trafi na adres
Wyślij
Wylogowano
Można teraz zamknąć to okno.
W usłudze logowania sesja może być nadal otwarta. Na wspólnym komputerze proszę zamknąć przeglądarkę.
Sesje są teraz nieosiągalne: inne urządzenia mogą być nadal zalogowane.
Czy chcesz się wylogować?
Zażądała tego inna witryna.
Konto
Imię i nazwisko
Nazwa użytkownika
E-mail
Organizacja
Role
Zalogowano
Sposób logowania
hasło
kod jednorazowy
klucz dostępu lub klucz bezpieczeństwa
kilka składników
Wygasa najpóźniej
Aktywne sesje
Ta przeglądarka
Nieznana przeglądarka
Miejsce
Ostatnia aktywność
Wyloguj wszędzie indziej
Numer referencyjny`;
