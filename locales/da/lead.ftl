### The lead's page.

lead-title = Vagtleder
lead-waiting = Venter
lead-order = I den rækkefølge, de bliver taget, så snart en, der kan svare, er ledig.
lead-place = Nr. i køen
lead-matter = Henvendelse
lead-why = Hvorfor her
order-strict = Tidskritisk: før alle andre
order-put-first = Sat foran andre af en leder
order-oldest = Efter ventetid
order-faster = Efter ventetid, vægtet med { $percent } %
order-head-start = Efter ventetid, med et forspring på { $start }
order-both = Efter ventetid, vægtet med { $percent } %, med et forspring på { $start }
order-returned = Før alle andre: operatøren forsvandt
wait-ahead = { $count ->
    [0] Først i sin kø.
    [one] Én foran i køen.
   *[other] { $count } foran i køen.
}
wait-nobody = Ingen på vagt kan svare.
wait-ready = { $count ->
    [one] Én, der kan svare, er ledig.
   *[other] { $count }, der kan svare, er ledige.
}
wait-busy = { $all ->
    [one] Den eneste, der kan svare, er ikke ledig
   *[other] Ingen af de { $all }, der kan svare, er ledig
}: { $talking } i samtale, { $wrap-up } i efterbehandling, { $paused } på pause.
wait-kept = { $count ->
    [one] Én er ledig, men holdes fri til andre sager.
   *[other] { $count } er ledige, men holdes fri til andre sager.
}
wait-awaits = Venter en kort stund på operatøren fra sidste samtale.
wait-neighbours = Naboregionerne hjælper til.
wait-nation = Hele landet hjælper til.
idle-opens = { $count ->
    [one] Én venter, men stedet tager først imod opkald fra { $time }.
   *[other] { $count } venter, men stedet tager først imod opkald fra { $time }.
}
idle-only-elsewhere = { $count ->
    [one] Én venter, i en anden region.
   *[other] { $count } venter, alle i andre regioner.
}
idle-only-language = { $count ->
    [one] Én venter, men taler et andet sprog.
   *[other] { $count } venter, men taler andre sprog.
}
idle-only-matter = { $count ->
    [one] Én venter, men kræver en anden kompetence eller personalekategori.
   *[other] { $count } venter, men kræver en anden kompetence eller personalekategori.
}
idle-only-kept = { $count ->
    [one] Én venter, men operatører holdes fri til { $class }.
   *[other] { $count } venter, men operatører holdes fri til { $class }.
}
idle-only-booked = { $count ->
    [one] Én venter, men operatører holdes fri til bestilte opkald.
   *[other] { $count } venter, men operatører holdes fri til bestilte opkald.
}
idle-only-awaited = { $count ->
    [one] Én venter på operatøren fra sidste samtale.
   *[other] { $count } venter, hver på operatøren fra sidste samtale.
}
idle-elsewhere = { $count ->
    [one] én i en anden region
   *[other] { $count } i andre regioner
}
idle-language = { $count ->
    [one] én taler et andet sprog
   *[other] { $count } taler andre sprog
}
idle-matter = { $count ->
    [one] én kræver en anden kompetence eller personalekategori
   *[other] { $count } kræver en anden kompetence eller personalekategori
}
idle-kept = { $count ->
    [one] én gives ikke hertil, for operatører holdes fri til { $class }
   *[other] { $count } gives ikke hertil, for operatører holdes fri til { $class }
}
idle-booked = { $count ->
    [one] én gives ikke hertil, for operatører holdes fri til bestilte opkald
   *[other] { $count } gives ikke hertil, for operatører holdes fri til bestilte opkald
}
idle-awaited = { $count ->
    [one] én venter på operatøren fra sidste samtale
   *[other] { $count } venter på operatøren fra sidste samtale
}
idle-several = { $count } venter: { $parts }.
idle-other-matters = andre sager
lead-under-way = I gang
lead-nothing-under-way = Der er ikke noget i gang.
lead-state = Tilstand
lead-age = Varighed
lead-owner = Ansvarlig
lead-promises = Løfter, forsinkede og inden for en time
lead-no-promises = Intet er forsinket eller forfalder inden for en time.
kept-title = Holdte løfter i dag
kept-none = Intet forfalder i dag.
kept-about = Løfter, der forfalder i dag. De, der blev taget tilbage eller erstattet, tælles ikke.
kept-due = Forfalder
kept-in-time = Holdt i tide
kept-late = Holdt for sent
kept-not-reached = { $count ->
    [one] Én borger blev ringet op for sidste gang i dag uden at blive nået.
   *[other] { $count } borgere blev ringet op for sidste gang i dag uden at blive nået.
}
lead-due = Senest
lead-promise = Løfte
lead-operators = Operatører på vagt
lead-no-operators = Ingen er på vagt.
lead-operator = Operatør
lead-alarms = Alarmer
lead-no-alarms = Ingen alarmer.
lead-more = og { $count } til
alarm-pair-standing = Et opkald ventede, selv om { $operator } var ledig
alarm-emergency-unanswered = { $party } svarede ikke
alarm-operator-unresponsive = { $operator } besvarede ikke et opkald
alarm-operator-gone = { $operator } forsvandt under et opkald
alarm-long-talk = { $operator } har været længe i samme samtale
alarm-long-with-party = Et opkald har været længe hos { $party }
alarm-nobody-serves = Ingen på vagt svarer i { $queue }
alarm-message-given-up = En lovet besked kunne ikke sendes ({ $medium }): { $why }
alarm-promise-late = Et løfte er forsinket: { $reference }
alarm-promise-of = { $operator } har det
alarm-call-given-up = Ingen blev truffet ved opringning i flere dage, nogen må afgøre det: { $reference }
rests-until = tidligst { $time }
call-back-kind = Opringning
call-back-attempts = Forsøg

leading = Grib ind i rækkefølgen
leading-reason = Hvorfor
leading-to = Til hvem (ledige nu)
leading-give = Giv til operatøren
leading-first = Sæt foran andre
leading-back = Tilbage i rækken
leading-nobody-free = Ingen er ledig lige nu.
lead-reason-in-need = En, der har det svært
lead-reason-knows-the-matter = Operatøren kender sagen
lead-reason-language = Sprog
lead-reason-waited-too-long = Har ventet for længe
lead-reason-misplaced = Endte det forkerte sted
lead-reason-other = Andet

expected-title = Forventet ventetid, og om den holdt
expected-about = Af de seneste, der ringede til hver kø: hvor mange der fik svar inden for det, de ville have fået at vide, da de kom. Omkring halvdelen bør få det inden for den korte tid, fire ud af fem inden for den lange.
expected-none = Ingen forventet ventetid har kunnet prøves endnu.
expected-low = Inden for den korte
expected-high = Inden for den lange
expected-count = Antal
expected-state = Siges til den, der ringer
expected-announced = ● ja, den holder
expected-silent = ○ nej, tavs
understood-title = Hvordan indringere forstås
understood-about = Afsluttede opkald, hvor indringeren med egne ord sagde, hvad det drejede sig om, pr. dag og sprog.
understood-counting = Tælles op af journalen.
understood-none = Ingen har med egne ord sagt, hvad det drejede sig om, i de seneste fire uger.
understood-drifted = Anderledes end før
understood-sentence = { $share }: { $today } i dag, { $before } i de fire uger før.
understood-caption = En søjle om dagen, i dag længst til højre. Hver række har sin egen skala med den højeste værdi til højre.
understood-share = Andel
understood-share-corrected = Rettet af den, der svarede
understood-share-no-idea = Intet blev taget ud af ordene
understood-share-asked = Fik nødspørgsmålet
understood-share-said-no = Svarede nej til nødspørgsmålet
understood-today = I dag
understood-before-weeks = Fire uger før
understood-of = Af
understood-days = Dag for dag
understood-day = Dag
understood-callers = Indringere
mail-waiting = Mails, der venter på at blive modtaget: { $count }, den ældste siden { $time }
mail-unreadable = { $count ->
    [one] En mail, der ikke kunne læses, ligger i en mappe for sig
   *[other] { $count } mails, der ikke kunne læses, ligger i en mappe for sig
}
mail-stands = Mails til os kan ikke modtages lige nu
messages-owed = { $count ->
    [one] En besked venter på at blive sendt ({ $medium }), lovet { $time }
   *[other] { $count } beskeder venter på at blive sendt ({ $medium }), den ældste lovet { $time }
}
lead-learning = Det læres, hvad de ringende mener: { $percent } % er færdigt. Indtil da vælger de med taster.
to-link = Skal knyttes til en sag
to-link-none = Intet venter på at blive knyttet til en sag.
to-link-channel = Kom ind
to-link-proposed = Måske
to-link-nothing = Intet forslag

booked-title = Bestilte tider
booked-day-before = Dagen før
booked-day-after = Dagen efter
booked-none = Intet er bestilt.
booked-time = Tid
booked-kind = Hvad
booked-call = Vi ringer
booked-visit = Besøg
booked-visit-to = Besøg: { $desk }
booked-met = Er her
booked-missed = Kom ikke
booked-change = Flyt eller aflys
booked-why = Hvorfor
booked-to = Ny tid
booked-do-move = Flyt
booked-do-cancel = Aflys tiden
