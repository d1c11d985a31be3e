### Hvor længe noget gemmes, hvad der er fastholdt, og hvem der har læst hvis oplysninger.

hold-title = Fastholdt mod sletning
hold-open = Intet i en åben sag slettes af sig selv.
hold-due = Det, vi ved om personerne i sagen, slettes { $day }.
hold-not-due = Efter planen slettes intet i sagen af sig selv.
hold-held = Fastholdt siden { $time } af { $who }: intet i sagen slettes.
hold-was-held = { $who } fastholdt den { $from }. { $by } ophævede det { $to }.
hold-reason = Hvorfor, med højst { $most } tegn
hold-set = Fasthold sagen
hold-lift = Ophæv fastholdelsen

access-title = Hvem læste hvad
access-about = Hver læsning af det, vi ved om borgere, og hver afvisning, fastholdelse og sletning. At du kigger her, noteres også.
access-matter = Sagens nummer
access-contact = Henvendelsens nummer
access-who = Konto (brugernavn)
access-day = Dag
access-show = Vis
access-none-such = Det findes ikke
access-rows = Læsninger
access-none = Ingen har læst noget af den slags.
access-time = Hvornår
access-who-head = Hvem
access-what = Hvad der blev læst
access-why = Hvorfor
access-matter-head = Sagen
access-contact-head = Henvendelsen
access-newest = Til de nyeste
access-earlier = Tidligere
access-token = Programmet { $label }
access-system = Svar selv
access-of-matter = Hvem der har læst om denne sag
access-what-caller = Det, vi ved om borgeren
access-what-report = Anmeldelsen
access-what-matter = Sagens side
access-what-evidence = Filer, der er sendt ind
access-what-opinion = En mening med egne ord
access-what-access-log = Denne log
access-what-hold = Fastholdelse mod sletning
access-what-retention = Slettet efter tidens udløb
access-why-ring = Det ringede hos dem
access-why-talk = De talte med borgeren
access-why-wrap-up = De skrev færdigt
access-why-promise = De havde lovet borgeren noget
access-why-search = De slog det op
access-why-conflict = Nogen skrev samtidig
access-why-survey = For at læse meninger
access-why-refused = Afvist
access-why-set = Fastholdt
access-why-lifted = Ophævet

retention-title = Opbevaring og sletning
retention-about = Det, vi ved om borgere, slettes så lang tid efter at sagen blev lukket, efter planen. En sag, der er fastholdt, åben igen eller hvor noget er lovet, lades i fred. Selve sagen, dens forløb og alle tal bliver.
retention-none-planned = Intet slettes af sig selv: planen har ingen [[retention]].
retention-classes = Hvor længe det gemmes
retention-class = Sagsklasse
retention-kept = Gemmes efter lukning
retention-due = Slettes inden for en uge
retention-days = { $count ->
    [one] 1 dag
   *[other] { $count } dage
}
retention-until-erased = Indtil nogen sletter det
retention-months = Slettede sager måned for måned
retention-month = Måneden
retention-by-hand = Henvendelser, i hånden
retention-held = Fastholdte sager
retention-held-none = Ingen sag er fastholdt.
retention-since = Fastholdt siden
retention-by = Fastholdt af
retention-in-the-log = Hver af dem i loggen
