### The board on the wall.

board-title = Tavla
board-nation = Hela landet
board-regions = Regionerna just nu
board-region = Region
board-waiting = Väntar
board-longest = Längst
board-expected = Väntan nu
board-ready = Lediga
board-talking = Samtal
board-wrap-up = Efterarbete
board-paused = Paus
board-lost = Sidan borta
board-level = Servicenivå
board-kept = Hållna löften
board-late = Försenade löften
board-call-backs = Ska ringas upp
board-late-unit = { $count ->
    [one] sent
   *[other] sena
}
board-over-goal = längre än målet
board-not-expected = Inget tillförlitligt besked ännu
board-no-level = Inga samtal ännu
board-outside-hours = utanför mättiden
board-none-due = Inga löften förfaller i dag
outside-title = Utanför { $from }–{ $to } i dag
outside-offered = Inkomna
outside-in-time = Svar i tid
outside-late = Sena svar
outside-abandoned = Lade på
outside-waiting = Väntar än
board-goal-kept = målet nås
board-goal-missed = målet nås inte
strip-title = Dagen i halvtimmar
strip-offered = Inkomna
strip-in-time = Svar i tid
strip-goal = Mål
strip-from = Från
strip-table = Dagen som tabell
legend-title = Vad orden betyder
legend-waiting = Väntar: i kö, har ännu inte fått svar av en människa. Längst: den som väntat längst.
legend-expected = Väntan nu: beräknad väntan för den som ringer nu; streck tills den är tillförlitlig.
legend-operators = Lediga: kan ta ett samtal nu. Samtal: i samtal, eller det ringer. Efterarbete: avslutar efter samtal. Paus: har paus, eller svarade inte. Sidan borta: arbetsplatsen har tappat kontakten; någon kan vara på linjen.
legend-level = Servicenivå: andel av dem som ringer { $from }–{ $to } som får svar inom { $minutes } minuter; målet är { $goal } (▲ nås, ▼ nås inte).
legend-late = Hållna löften: i tid, av dem som förfaller i dag. Försenade löften: svar, återuppringningar och uppföljningar som skulle ha skett.
