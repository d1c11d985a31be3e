### The board on the wall.

board-title = Overblik
board-nation = Hele landet
board-regions = Regionerne lige nu
board-region = Region
board-waiting = Venter
board-longest = Længste
board-expected = Ventetid nu
board-ready = Ledige
board-talking = Samtaler
board-wrap-up = Efterbehandling
board-paused = Pause
board-lost = Siden væk
board-level = Serviceniveau
board-kept = Holdte løfter
board-late = Forsinkede løfter
board-call-backs = Skal ringes op
board-late-unit = { $count ->
    [one] forsinket
   *[other] forsinkede
}
board-over-goal = længere end målet
board-not-expected = Endnu intet pålideligt tal
board-no-level = Ingen opkald endnu
board-outside-hours = uden for måletiden
board-none-due = Ingen løfter forfalder i dag
outside-title = Uden for { $from }–{ $to } i dag
outside-offered = Indkomne
outside-in-time = Besvaret i tide
outside-late = Besvaret for sent
outside-abandoned = Lagde på
outside-waiting = Venter endnu
board-goal-kept = målet nås
board-goal-missed = målet nås ikke
strip-title = Dagen i halve timer
strip-offered = Indkomne
strip-in-time = Besvaret i tide
strip-goal = Mål
strip-from = Fra
strip-table = Dagen som tabel
legend-title = Hvad ordene betyder
legend-waiting = Venter: i kø, har endnu ikke fået svar af et menneske. Længste: den, der har ventet længst.
legend-expected = Ventetid nu: forventet ventetid for den, der ringer nu; streg, indtil den er pålidelig.
legend-operators = Ledige: kan tage et opkald nu. Samtaler: i samtale, eller det ringer. Efterbehandling: afslutter efter samtale. Pause: holder pause eller svarede ikke. Siden væk: arbejdspladsen har mistet forbindelsen; nogen kan være på linjen.
legend-level = Serviceniveau: andelen af opkald { $from }–{ $to }, der besvares inden for { $minutes } minutter; målet er { $goal } (▲ nås, ▼ nås ikke).
legend-late = Holdte løfter: i tide, af dem, der forfalder i dag. Forsinkede løfter: svar, tilbagekald og opfølgninger, der skulle være sket.
