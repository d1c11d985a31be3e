### The lead's page.

lead-title = Ledning
lead-waiting = Väntar
lead-order = I den ordning som de tas, var och en när någon som kan svara blir ledig.
lead-place = Nr i kön
lead-matter = Ärende
lead-why = Varför här
order-strict = Tidskritiskt: före alla andra
order-put-first = Satt före andra av en ledare
order-oldest = Efter väntetid
order-faster = Efter väntetid, viktad med { $percent } %
order-head-start = Efter väntetid, med { $start } försprång
order-both = Efter väntetid, viktad med { $percent } %, med { $start } försprång
order-returned = Före alla andra: operatören försvann
wait-ahead = { $count ->
    [0] Först i sin kö.
    [one] En före i kön.
   *[other] { $count } före i kön.
}
wait-nobody = Ingen i tjänst kan svara.
wait-ready = { $count ->
    [one] En som kan svara är ledig.
   *[other] { $count } som kan svara är lediga.
}
wait-busy = { $all ->
    [one] Den enda som kan svara är inte ledig
   *[other] Ingen av { $all } som kan svara är ledig
}: { $talking } i samtal, { $wrap-up } i efterarbete, { $paused } i paus.
wait-kept = { $count ->
    [one] En är ledig men hålls fri för andra ärenden.
   *[other] { $count } är lediga men hålls fria för andra ärenden.
}
wait-awaits = Väntar en kort stund på operatören från förra samtalet.
wait-neighbours = Grannregionerna hjälper till.
wait-nation = Hela landet hjälper till.
idle-opens = { $count ->
    [one] En väntar, men kontoret tar emot samtal först { $time }.
   *[other] { $count } väntar, men kontoret tar emot samtal först { $time }.
}
idle-only-elsewhere = { $count ->
    [one] En väntar, i en annan region.
   *[other] { $count } väntar, alla i andra regioner.
}
idle-only-language = { $count ->
    [one] En väntar, men talar ett annat språk.
   *[other] { $count } väntar, men talar andra språk.
}
idle-only-matter = { $count ->
    [one] En väntar, men behöver annan kompetens eller personalkategori.
   *[other] { $count } väntar, men behöver annan kompetens eller personalkategori.
}
idle-only-kept = { $count ->
    [one] En väntar, men operatörer hålls fria för { $class }.
   *[other] { $count } väntar, men operatörer hålls fria för { $class }.
}
idle-only-booked = { $count ->
    [one] En väntar, men operatörer hålls fria för bokade samtal.
   *[other] { $count } väntar, men operatörer hålls fria för bokade samtal.
}
idle-only-awaited = { $count ->
    [one] En väntar på operatören från förra samtalet.
   *[other] { $count } väntar, var och en på operatören från förra samtalet.
}
idle-elsewhere = { $count ->
    [one] en i en annan region
   *[other] { $count } i andra regioner
}
idle-language = { $count ->
    [one] en talar ett annat språk
   *[other] { $count } talar andra språk
}
idle-matter = { $count ->
    [one] en behöver annan kompetens eller personalkategori
   *[other] { $count } behöver annan kompetens eller personalkategori
}
idle-kept = { $count ->
    [one] en lämnas inte hit, för operatörer hålls fria för { $class }
   *[other] { $count } lämnas inte hit, för operatörer hålls fria för { $class }
}
idle-booked = { $count ->
    [one] en lämnas inte hit, för operatörer hålls fria för bokade samtal
   *[other] { $count } lämnas inte hit, för operatörer hålls fria för bokade samtal
}
idle-awaited = { $count ->
    [one] en väntar på operatören från förra samtalet
   *[other] { $count } väntar på operatören från förra samtalet
}
idle-several = { $count } väntar: { $parts }.
idle-other-matters = andra ärenden
lead-under-way = Pågår
lead-nothing-under-way = Inget pågår.
lead-state = Tillstånd
lead-age = Tid
lead-owner = Ansvarig
lead-promises = Löften, försenade och inom en timme
lead-no-promises = Inget är försenat eller förfaller inom en timme.
kept-title = Hållna löften i dag
kept-none = Inget förfaller i dag.
kept-about = Löften som förfaller i dag. De som togs tillbaka eller ersattes räknas inte.
kept-due = Förfaller
kept-in-time = Hållna i tid
kept-late = Hållna för sent
kept-not-reached = { $count ->
    [one] En person ringdes upp en sista gång i dag utan att nås.
   *[other] { $count } personer ringdes upp en sista gång i dag utan att nås.
}
lead-due = Senast
lead-promise = Löfte
lead-operators = Operatörer i tjänst
lead-no-operators = Ingen är i tjänst.
lead-operator = Operatör
lead-alarms = Larm
lead-no-alarms = Inga larm.
lead-more = och { $count } till
alarm-pair-standing = Ett samtal väntade fast { $operator } var ledig
alarm-emergency-unanswered = { $party } svarade inte
alarm-operator-unresponsive = { $operator } svarade inte på ett samtal
alarm-operator-gone = { $operator } försvann under ett samtal
alarm-long-talk = { $operator } har talat länge i samma samtal
alarm-long-with-party = Ett samtal har varit länge hos { $party }
alarm-nobody-serves = Ingen i tjänst svarar i { $queue }
alarm-message-given-up = Ett utlovat meddelande kunde inte skickas ({ $medium }): { $why }
alarm-promise-late = Ett löfte är försenat: { $reference }
alarm-promise-of = { $operator } har det
alarm-call-given-up = En återuppringning nådde ingen på flera dagar, någon måste avgöra: { $reference }
rests-until = tidigast { $time }
call-back-kind = Återuppringning
call-back-attempts = Försök

leading = Ta över turordningen
leading-reason = Varför
leading-to = Till vem (lediga nu)
leading-give = Ge till operatören
leading-first = Sätt före andra
leading-back = Tillbaka i turordning
leading-nobody-free = Ingen är ledig just nu.
lead-reason-in-need = Någon som har det svårt
lead-reason-knows-the-matter = Operatören känner till ärendet
lead-reason-language = Språk
lead-reason-waited-too-long = Har väntat för länge
lead-reason-misplaced = Hamnade fel
lead-reason-other = Annat

expected-title = Beräknad väntan, och om den stämde
expected-about = Av de senaste som ringde till varje kö: hur många som fick svar inom det som de skulle ha fått höra när de kom. Ungefär hälften ska få det inom den kortare tiden, fyra av fem inom den längre.
expected-none = Ingen beräknad väntan har kunnat prövas än.
expected-low = Inom den kortare
expected-high = Inom den längre
expected-count = Antal
expected-state = Sägs till den som ringer
expected-announced = ● ja, den stämmer
expected-silent = ○ nej, tyst
understood-title = Hur inringare förstås
understood-about = Avslutade samtal där inringaren med egna ord sade vad det gällde, per dag och språk.
understood-counting = Räknas fram ur journalen.
understood-none = Ingen har med egna ord sagt vad det gällde de senaste fyra veckorna.
understood-drifted = Annat än förut
understood-sentence = { $share }: { $today } i dag, { $before } de fyra veckorna före.
understood-caption = En stapel om dagen, i dag längst till höger. Varje rad har sin egen skala, med högsta värdet till höger.
understood-share = Andel
understood-share-corrected = Rättat av den som svarade
understood-share-no-idea = Inget togs ur orden
understood-share-asked = Fick nödfrågan
understood-share-said-no = Svarade nej på nödfrågan
understood-today = I dag
understood-before-weeks = Fyra veckor före
understood-of = Av
understood-days = Dag för dag
understood-day = Dag
understood-callers = Inringare
mail-waiting = E-postmeddelanden som väntar på att tas emot: { $count }, det äldsta sedan { $time }
mail-unreadable = { $count ->
    [one] Ett e-postmeddelande som inte gick att läsa ligger i en egen mapp
   *[other] { $count } e-postmeddelanden som inte gick att läsa ligger i en egen mapp
}
mail-stands = E-post till oss kan inte tas emot just nu
messages-owed = { $count ->
    [one] Ett meddelande väntar på att skickas ({ $medium }), utlovat { $time }
   *[other] { $count } meddelanden väntar på att skickas ({ $medium }), det äldsta utlovat { $time }
}
lead-learning = Vad de som ringer menar lärs in: { $percent } % är klart. Till dess väljer de med knappar.
to-link = Att koppla till ett ärende
to-link-none = Ingenting väntar på att kopplas.
to-link-channel = Kom in
to-link-proposed = Kanske
to-link-nothing = Inget förslag

booked-title = Bokade tider
booked-day-before = Dagen före
booked-day-after = Dagen efter
booked-none = Inget är bokat.
booked-time = Tid
booked-kind = Vad
booked-call = Vi ringer
booked-visit = Besök
booked-visit-to = Besök: { $desk }
booked-met = Är här
booked-missed = Kom inte
booked-change = Flytta eller avboka
booked-why = Varför
booked-to = Ny tid
booked-do-move = Flytta
booked-do-cancel = Avboka
