### The plan's page: which version is in force, changing it while calls run.

plan-title = Plan
plan-in-force = Gælder nu
plan-version = Version
plan-since = Siden
plan-from = Fra
plan-when = Hvornår
plan-by = Af
plan-why = Hvorfor
plan-act = Handling
plan-by-start = Programmets start
plan-why-start = Den lå i installationens mappe
plan-to-come = Kommende
plan-nothing-to-come = Ingen ændring venter på sin tid.
plan-withdraw = Træk tilbage
plan-new = En ny version
plan-new-about = Ret teksten, og kontrollér den. En kontrol ændrer ingenting. Når en version er vedtaget, ledes opkaldene straks efter den; den, der venter, beholder plads og ventetid.
plan-text = Planens tekst
plan-reason = Hvorfor den ændres
plan-due = Vedtages (lad stå tomt for nu)
plan-due-about = Planens lokale tid, { $zone }.
plan-check = Kontrollér
plan-adopt = Vedtag
plan-earlier = Tidligere versioner
plan-nothing-earlier = Der er ingen tidligere version.
plan-was-adopted = Vedtaget
plan-was-withdrawn = Trukket tilbage
plan-was-refused = Ikke vedtaget: den passede ikke længere
plan-back = Gå tilbage til denne version
plan-back-reason = Tilbage til version { $version }
plan-done-adopted = Den nye version gælder. Opkaldene ledes efter den fra nu af.
plan-done-planned = Ændringen er gemt og træder i kraft, når dens tid kommer.
plan-done-withdrawn = Ændringen er trukket tilbage. Den træder ikke i kraft.
plan-done-returned = Den tidligere version gælder igen.
plan-not-done = Intet er ændret endnu
plan-sound = Planen har ingen fejl
plan-sound-about = Intet er ændret endnu. Skriv hvorfor, og vedtag planen, så den træder i kraft.
plan-faulty = { $count ->
    [one] Planen har én fejl
   *[other] Planen har { $count } fejl
}
plan-faulty-about = Intet er ændret. Ret teksten nedenfor, og kontrollér den igen.
plan-notices = Se på dette
plan-bounds = Hvor længe nogen kan blive overhalet
plan-difference = Hvad der afviger fra den gældende plan
plan-no-difference = Ingen linje afviger.
plan-line = Linje { $line }
plan-whole = Planen som helhed
plan-mend = Ret:
plan-line-removed = Fjernet, linje
plan-line-added = Tilføjet, linje
plan-more-lines = og { $count } linjer til
plan-no-text = Der er ingen plan i feltet.
plan-no-text-mend = Indsæt hele planens tekst.
plan-no-reason = Begrundelsen mangler.
plan-no-reason-mend = Skriv kort, hvorfor planen ændres.
plan-long-reason = Begrundelsen er for lang.
plan-long-reason-mend = Forkort den til højst 1000 tegn.
plan-no-time = Tiden kan ikke læses.
plan-no-time-mend = Angiv dato og klokkeslæt, eller lad feltet stå tomt.
plan-no-day = Dagen kan ikke læses.
plan-no-day-mend = Angiv en dato, eller lad feltet stå tomt.
plan-day = Dag, den skal prøves på (lad stå tomt for den seneste hele dag med opkald)
plan-day-about = De, der ringede, og de operatører, der var på vagt en registreret dag, ledes én gang til, efter dagens plan og efter teksten ovenfor. Intet ændres, og intet gemmes.
plan-try = Prøv på den dag
trial-title = Prøvet på { $day }
trial-headline = { $callers ->
    [one] Ét opkald
   *[other] { $callers } opkald
} kom i kø, { $operators ->
    [one] én operatør
   *[other] { $operators } operatører
} var på vagt. Besvaret inden for { $minutes } min.: { $before } med dagens plan, { $after } med denne tekst.
trial-nothing-changed = Intet er ændret. Skriv hvorfor, og vedtag teksten, så den træder i kraft.
trial-whole = Alle, der ringede den dag
trial-by-region = Efter region for den, der ringer
trial-by-class = Efter sagsklasse
trial-measure = Mål
trial-group = Gruppe
trial-recorded = Som det var
trial-before = Dagens plan, én gang til
trial-after = Denne tekst
trial-recorded-head = Var
trial-before-head = Dagens plan
trial-after-head = Teksten
trial-offered = Kom i kø
trial-answered = Besvaret
trial-level = Besvaret inden for { $minutes } min., af alle undtagen dem, der lagde på med det samme
trial-left = Lagde på i køen
trial-left-soon = heraf med det samme
trial-mean-wait = Gennemsnitlig ventetid for alle (min:s)
trial-diverted = Ledt til en anden region allerede ved ankomsten
trial-elsewhere = Besvaret i en anden region
trial-level-head = Besvaret til tiden
trial-left-head = Lagde på
trial-mean-wait-head = Ventetid
trial-diverted-head = Ledt videre
trial-mind = Husk på
trial-mind-same = Sammenlign dagens plan med teksten: begge ledes efter samme regler, med de samme opkald på samme tider og de samme operatører på vagt. Hvor langt den første ligger fra, hvordan det var, viser, hvor meget prøven ikke fanger.
trial-mind-patience = Hvor længe nogen ville have ventet, vides kun om dem, der lagde på. Den, der fik svar, antages at vente, så længe det kræves.
trial-mind-talks = En samtale tager lige så lang tid, som den tog den dag, uanset hvem der har den, og den, der får et opkald, svarer med det samme.
trial-mind-uncounted = { $count ->
    [one] Ét opkald
   *[other] { $count } opkald
} er ikke med i tallene for, hvordan det var: de venter stadig, blev ledt til 112 eller blev afbrudt.
trial-mind-not-over = Dagen er ikke forbi: dette er opkaldene indtil nu.
trial-mind-same-plan = Teksten er den dags plan.
trial-mind-one-day = Én dag beviser intet. Prøv flere, eller spørg svar simulate om mange.
