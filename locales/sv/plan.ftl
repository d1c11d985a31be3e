### The plan's page: which version is in force, changing it while calls run.

plan-title = Plan
plan-in-force = Gäller nu
plan-version = Version
plan-since = Sedan
plan-from = Från
plan-when = När
plan-by = Av
plan-why = Varför
plan-act = Åtgärd
plan-by-start = Programmets start
plan-why-start = Den låg i driftsättningens mapp
plan-to-come = Kommande
plan-nothing-to-come = Ingen ändring väntar på sin tid.
plan-withdraw = Ta tillbaka
plan-new = En ny version
plan-new-about = Ändra texten och kontrollera den. En kontroll ändrar ingenting. När en version har antagits leds samtalen genast efter den; den som väntar behåller plats och väntetid.
plan-text = Planens text
plan-reason = Varför den ändras
plan-due = Antas (lämna tomt för nu)
plan-due-about = Planens lokala tid, { $zone }.
plan-check = Kontrollera
plan-adopt = Anta
plan-earlier = Tidigare versioner
plan-nothing-earlier = Det finns ingen tidigare version.
plan-was-adopted = Antagen
plan-was-withdrawn = Tillbakatagen
plan-was-refused = Inte antagen: den passade inte längre
plan-back = Gå tillbaka till denna version
plan-back-reason = Tillbaka till version { $version }
plan-done-adopted = Den nya versionen gäller. Samtalen leds efter den från och med nu.
plan-done-planned = Ändringen är sparad och börjar gälla när dess tid kommer.
plan-done-withdrawn = Ändringen är tillbakatagen. Den kommer inte att gälla.
plan-done-returned = Den tidigare versionen gäller igen.
plan-not-done = Ingenting är ändrat än
plan-sound = Planen har inga fel
plan-sound-about = Ingenting är ändrat än. Skriv varför och anta planen för att den ska gälla.
plan-faulty = { $count ->
    [one] Planen har ett fel
   *[other] Planen har { $count } fel
}
plan-faulty-about = Ingenting är ändrat. Rätta texten nedan och kontrollera den igen.
plan-notices = Se över detta
plan-bounds = Hur länge någon kan bli förbigången
plan-difference = Vad som skiljer från planen som gäller
plan-no-difference = Ingen rad skiljer.
plan-line = Rad { $line }
plan-whole = Planen som helhet
plan-mend = Rätta:
plan-line-removed = Borttagen, rad
plan-line-added = Tillagd, rad
plan-more-lines = och { $count } rader till
plan-no-text = Det finns ingen plan i fältet.
plan-no-text-mend = Klistra in planens hela text.
plan-no-reason = Skälet saknas.
plan-no-reason-mend = Skriv kort varför planen ändras.
plan-long-reason = Skälet är för långt.
plan-long-reason-mend = Korta det till högst 1000 tecken.
plan-no-time = Tiden kan inte läsas.
plan-no-time-mend = Ange datum och klockslag, eller lämna fältet tomt.
plan-no-day = Dagen kan inte läsas.
plan-no-day-mend = Ange ett datum, eller lämna fältet tomt.
plan-day = Dag att pröva den på (lämna tomt för senaste hela dag med samtal)
plan-day-about = De som ringde och de operatörer som var i tjänst en inspelad dag leds en gång till, efter dagens plan och efter texten ovan. Ingenting ändras och ingenting sparas.
plan-try = Pröva på den dagen
trial-title = Prövad på { $day }
trial-headline = { $callers ->
    [one] Ett samtal
   *[other] { $callers } samtal
} kom in i kön, { $operators ->
    [one] en operatör
   *[other] { $operators } operatörer
} var i tjänst. Besvarade inom { $minutes } min: { $before } med dagens plan, { $after } med den här texten.
trial-nothing-changed = Ingenting är ändrat. Skriv varför och anta texten för att den ska gälla.
trial-whole = Alla som ringde den dagen
trial-by-region = Efter region för den som ringer
trial-by-class = Efter ärendeklass
trial-measure = Mått
trial-group = Grupp
trial-recorded = Som det var
trial-before = Dagens plan, en gång till
trial-after = Den här texten
trial-recorded-head = Var
trial-before-head = Dagens plan
trial-after-head = Texten
trial-offered = Kom in i kön
trial-answered = Besvarade
trial-level = Besvarade inom { $minutes } min, av alla utom dem som lade på genast
trial-left = Lade på i kön
trial-left-soon = varav genast
trial-mean-wait = Medelväntan för alla (min:s)
trial-diverted = Ledda till annan region redan vid ankomsten
trial-elsewhere = Besvarade i annan region
trial-level-head = Besvarade i tid
trial-left-head = Lade på
trial-mean-wait-head = Medelväntan
trial-diverted-head = Ledda vidare
trial-mind = Att tänka på
trial-mind-same = Jämför dagens plan med texten: båda leds efter samma regler, med samma samtal vid samma tider och samma operatörer i tjänst. Hur långt den första ligger från hur det var visar hur mycket prövningen inte fångar.
trial-mind-patience = Hur länge någon skulle ha väntat är känt bara för dem som lade på. Den som fick svar antas vänta så länge det behövs.
trial-mind-talks = Ett samtal tar lika lång tid som det tog den dagen, vem som än har det, och den som får ett samtal svarar genast.
trial-mind-uncounted = { $count ->
    [one] Ett samtal
   *[other] { $count } samtal
} ingår inte i siffrorna för hur det var: väntar fortfarande, leddes till 112 eller bröts.
trial-mind-not-over = Dagen är inte slut: det här är samtalen hittills.
trial-mind-same-plan = Texten är den dagens plan.
trial-mind-one-day = En dag bevisar ingenting. Pröva flera, eller fråga svar simulate om många.
