### The board on the wall.

board-title = Board
board-nation = The nation
board-regions = The regions right now
board-region = Region
board-waiting = Waiting
board-longest = Longest
board-expected = Expected
board-ready = Ready
board-talking = Talking
board-wrap-up = Wrap-up
board-paused = Paused
board-lost = Page lost
board-level = Level today
board-kept = Promises kept
board-late = Promises late
board-call-backs = To ring back
board-late-unit = { $count ->
    [one] late
   *[other] late
}
board-over-goal = longer than the goal
board-not-expected = No reliable figure yet
board-no-level = No calls yet
board-outside-hours = outside hours
board-none-due = No promises fall due today
outside-title = Outside { $from }–{ $to } today
outside-offered = Arrived
outside-in-time = Answered in time
outside-late = Answered late
outside-abandoned = Gave up
outside-waiting = Still waiting
board-goal-kept = goal kept
board-goal-missed = goal missed
strip-title = The day in half hours
strip-offered = Offered
strip-in-time = Answered in time
strip-goal = Goal
strip-from = From
strip-table = The day as a table
legend-title = What the words mean
legend-waiting = Waiting: in a queue, not yet answered by a person. Longest: who has waited longest.
legend-expected = Expected: the wait of whoever calls now; a dash until it is reliable.
legend-operators = Ready: can take a call now. Talking: in a call, or it rings. Wrap-up: finishing after a call. Paused: on a pause, or did not answer. Page lost: the desk has lost contact; somebody may be on the line.
legend-level = Level today: of calls that arrive { $from }–{ $to }, the share answered within { $minutes } minutes; the goal is { $goal } (▲ kept, ▼ missed).
legend-late = Promises kept: in time, of those due today. Promises late: answers, call-backs and follow-ups that should have happened.
