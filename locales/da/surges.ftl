### Spidsbelastning: the page of surges, and their line on the lead's page.

surges-title = Spidsbelastning
surges-about = Når mange ringer om samme slags henvendelse, kan de, der venter, få det at vide. De beholder deres plads i køen, og den, der vil, kan tage det, som planen tilbyder, i stedet for at vente. Tidskritiske opkald berøres aldrig.
surges-waiting = { $count ->
    [0] Ingen venter nu.
    [one] Én venter nu.
   *[other] { $count } venter nu.
}
surges-offer-later-call = Den, der hellere vil ringes op, trykker 5 og får et opkald inden for { $within }.
surges-offer-web = Den, der hellere vil gøre det på nettet, trykker 5.
surges-offer-none = De får at vide, at mange ringer. Planen tilbyder ingen anden vej.
surges-until = Indtil { $time }
surges-one = { $class } indtil { $time }
surges-for = Hvor længe, regnet fra nu
surges-reason = Hvorfor
surges-declare = Fortæl, at mange ringer
surges-set-time = Sæt ny tid
surges-end = Afslut nu
surges-done-declared = De, der venter, får nu at vide, at mange ringer.
surges-done-ended = De, der venter, får ikke længere at vide, at mange ringer.
surges-minutes = { $count ->
    [one] 1 minut
   *[other] { $count } minutter
}
surges-hours = { $count ->
    [one] 1 time
   *[other] { $count } timer
}
surge-reason-many-calls = Mange opkald
surge-reason-service-down = En tjeneste er nede
surge-reason-event = En omtalt hændelse
surge-reason-few-operators = Få operatører på vagt
surge-reason-other = Andet
