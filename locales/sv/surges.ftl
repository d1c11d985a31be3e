### Högt tryck: the page of surges, and their line on the lead's page.

surges-title = Högt tryck
surges-about = När många ringer om samma sorts ärende kan de som väntar få höra det. De behåller sin plats i kön, och den som vill kan ta det som planen erbjuder i stället för att vänta. Tidskritiska samtal berörs aldrig.
surges-waiting = { $count ->
    [0] Ingen väntar nu.
    [one] En väntar nu.
   *[other] { $count } väntar nu.
}
surges-offer-later-call = Den som hellre blir uppringd trycker 5 och får ett samtal inom { $within }.
surges-offer-web = Den som hellre gör det på webben trycker 5.
surges-offer-none = De får höra att många ringer. Planen erbjuder ingen annan väg.
surges-until = Till { $time }
surges-one = { $class } till { $time }
surges-for = Hur länge, räknat från nu
surges-reason = Varför
surges-declare = Säg att många ringer
surges-set-time = Sätt ny tid
surges-end = Avsluta nu
surges-done-declared = De som väntar får nu höra att många ringer.
surges-done-ended = De som väntar får inte längre höra att många ringer.
surges-minutes = { $count ->
    [one] 1 minut
   *[other] { $count } minuter
}
surges-hours = { $count ->
    [one] 1 timme
   *[other] { $count } timmar
}
surge-reason-many-calls = Många samtal
surge-reason-service-down = En tjänst ligger nere
surge-reason-event = En uppmärksammad händelse
surge-reason-few-operators = Få operatörer i tjänst
surge-reason-other = Annat
