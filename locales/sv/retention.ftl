### Hur länge något sparas, vad som är spärrat för gallring och vem som läst vems uppgifter.

hold-title = Spärrat för gallring
hold-open = Inget i ett öppet ärende gallras av sig självt.
hold-due = Det vi vet om personerna i ärendet gallras { $day }.
hold-not-due = Enligt planen gallras inget i ärendet av sig självt.
hold-held = Spärrat sedan { $time } av { $who }: inget i ärendet gallras.
hold-was-held = { $who } spärrade det { $from }. { $by } hävde spärren { $to }.
hold-reason = Varför, med högst { $most } tecken
hold-set = Spärra ärendet
hold-lift = Häv spärren

access-title = Vem läste vad
access-about = Varje läsning av det vi vet om medborgare, och varje nekad läsning, spärr och gallring. Att du tittar här antecknas också.
access-matter = Ärendets nummer
access-contact = Kontaktens nummer
access-who = Konto (inloggning)
access-day = Dag
access-show = Visa
access-none-such = Det finns inget sådant
access-rows = Läsningar
access-none = Ingen har läst något sådant.
access-time = När
access-who-head = Vem
access-what = Vad som lästes
access-why = Varför
access-matter-head = Ärendet
access-contact-head = Kontakten
access-newest = Till de senaste
access-earlier = Tidigare
access-token = Programmet { $label }
access-system = Svar självt
access-of-matter = Vem som läst om det här ärendet
access-what-caller = Det vi vet om medborgaren
access-what-report = Anmälan
access-what-matter = Ärendets sida
access-what-evidence = Filer som skickats in
access-what-opinion = Ett omdöme med egna ord
access-what-access-log = Den här loggen
access-what-hold = Spärr mot gallring
access-what-retention = Gallrat när tiden gått ut
access-why-ring = Det ringde hos dem
access-why-talk = De talade med medborgaren
access-why-wrap-up = De skrev klart
access-why-promise = De hade lovat medborgaren något
access-why-search = De slog upp det
access-why-conflict = Någon skrev samtidigt
access-why-survey = För att läsa omdömen
access-why-refused = Nekades
access-why-set = Spärrades
access-why-lifted = Spärren hävdes

retention-title = Bevarande och gallring
retention-about = Det vi vet om medborgare gallras så lång tid efter att ärendet stängdes, enligt planen. Ett ärende som är spärrat, öppet igen eller där något är lovat lämnas. Själva ärendet, dess förlopp och alla siffror finns kvar.
retention-none-planned = Inget gallras av sig självt: planen har inget [[retention]].
retention-classes = Hur länge det sparas
retention-class = Ärendeklass
retention-kept = Sparas efter stängning
retention-due = Gallras inom en vecka
retention-days = { $count ->
    [one] 1 dag
   *[other] { $count } dagar
}
retention-until-erased = Tills någon gallrar det
retention-months = Gallrade ärenden per månad
retention-month = Månaden
retention-by-hand = Kontakter, för hand
retention-held = Spärrade ärenden
retention-held-none = Inget ärende är spärrat.
retention-since = Spärrat sedan
retention-by = Spärrat av
retention-in-the-log = Vart och ett i loggen
