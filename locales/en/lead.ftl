### The lead's page.

lead-title = Lead
lead-waiting = Waiting
lead-order = In the order in which they will be taken, each as soon as somebody who may answer is ready.
lead-place = No. in line
lead-matter = Matter
lead-why = Why here
order-strict = Time-critical: before all others
order-put-first = Put before others by a leader
order-oldest = By time waited
order-faster = By time waited, weighted at { $percent }%
order-head-start = By time waited, with a head start of { $start }
order-both = By time waited, weighted at { $percent }%, with a head start of { $start }
order-returned = Before all others: the operator was lost
wait-ahead = { $count ->
    [0] First in its queue.
    [one] One is ahead in its queue.
   *[other] { $count } are ahead in its queue.
}
wait-nobody = Nobody on duty can answer it.
wait-ready = { $count ->
    [one] One who can answer is ready.
   *[other] { $count } who can answer are ready.
}
wait-busy = { $all ->
    [one] The only one who can answer is not ready
   *[other] None of the { $all } who can answer is ready
}: { $talking } in calls, { $wrap-up } in wrap-up, { $paused } paused.
wait-kept = { $count ->
    [one] One is free but kept for other matters.
   *[other] { $count } are free but kept for other matters.
}
wait-awaits = Waits a short while for the operator they spoke with last time.
wait-neighbours = Neighbouring regions help.
wait-nation = The whole country helps.
idle-opens = { $count ->
    [one] One waits, but this site takes calls only from { $time }.
   *[other] { $count } wait, but this site takes calls only from { $time }.
}
idle-only-elsewhere = { $count ->
    [one] One waits, in another region.
   *[other] { $count } wait, all in other regions.
}
idle-only-language = { $count ->
    [one] One waits, but speaks another language.
   *[other] { $count } wait, but speak other languages.
}
idle-only-matter = { $count ->
    [one] One waits, but asks for another skill or staff category.
   *[other] { $count } wait, but ask for another skill or staff category.
}
idle-only-kept = { $count ->
    [one] One waits, but operators are kept free for { $class }.
   *[other] { $count } wait, but operators are kept free for { $class }.
}
idle-only-booked = { $count ->
    [one] One waits, but operators are kept free for booked calls.
   *[other] { $count } wait, but operators are kept free for booked calls.
}
idle-only-awaited = { $count ->
    [one] One waits for the operator they spoke with last time.
   *[other] { $count } wait, each for the operator they spoke with last time.
}
idle-elsewhere = { $count ->
    [one] one in another region
   *[other] { $count } in other regions
}
idle-language = { $count ->
    [one] one speaks another language
   *[other] { $count } speak other languages
}
idle-matter = { $count ->
    [one] one asks for another skill or staff category
   *[other] { $count } ask for another skill or staff category
}
idle-kept = { $count ->
    [one] one is not given here, for operators are kept free for { $class }
   *[other] { $count } are not given here, for operators are kept free for { $class }
}
idle-booked = { $count ->
    [one] one is not given here, for operators are kept free for booked calls
   *[other] { $count } are not given here, for operators are kept free for booked calls
}
idle-awaited = { $count ->
    [one] one waits for the operator they spoke with last time
   *[other] { $count } wait for the operator they spoke with last time
}
idle-several = { $count } wait: { $parts }.
idle-other-matters = other matters
lead-under-way = Under way
lead-nothing-under-way = Nothing is under way.
lead-state = State
lead-age = For
lead-owner = Owner
lead-promises = Promises, late and within the hour
lead-no-promises = Nothing is late or due within the hour.
kept-title = Promises kept today
kept-none = Nothing is due today.
kept-about = Promises due today. Those withdrawn or replaced are not counted.
kept-due = Due
kept-in-time = Kept in time
kept-late = Kept late
kept-not-reached = { $count ->
    [one] One citizen was rung for the last time and not reached today.
   *[other] { $count } citizens were rung for the last time and not reached today.
}
lead-due = Due
lead-promise = Promise
lead-operators = Operators on duty
lead-no-operators = Nobody is on duty.
lead-operator = Operator
lead-alarms = Alarms
lead-no-alarms = No alarms.
lead-more = and { $count } more
alarm-pair-standing = A call waited though { $operator } was ready
alarm-emergency-unanswered = { $party } did not answer
alarm-operator-unresponsive = { $operator } did not answer a call
alarm-operator-gone = { $operator } was gone during a call
alarm-long-talk = { $operator } has been in one call for long
alarm-long-with-party = A call has been with { $party } for long
alarm-nobody-serves = Nobody on duty serves { $queue }
alarm-message-given-up = A message that was promised could not be sent ({ $medium }): { $why }
alarm-promise-late = A promise is late: { $reference }
alarm-promise-of = { $operator } has it
alarm-call-given-up = A call-back reached nobody for days, somebody must decide: { $reference }
rests-until = not before { $time }
call-back-kind = Call-back
call-back-attempts = Attempts

leading = A hand in who is next
leading-reason = Why
leading-to = To whom (free now)
leading-give = Give to the operator
leading-first = Put before others
leading-back = Back in turn
leading-nobody-free = Nobody is free just now.
lead-reason-in-need = Somebody hard pressed
lead-reason-knows-the-matter = The operator knows the matter
lead-reason-language = Language
lead-reason-waited-too-long = Has waited too long
lead-reason-misplaced = Ended up in the wrong place
lead-reason-other = Other

expected-title = Expected waits, and whether they held
expected-about = Of the latest callers in each queue: how many had an answer within what would have been told them when they came. About half should within the shorter time, four in five within the longer.
expected-none = No expected wait has been put to the test yet.
expected-low = Within the shorter
expected-high = Within the longer
expected-count = Waits
expected-state = Callers are told
expected-announced = ● yes, calibrated
expected-silent = ○ no, silent
understood-title = How callers are understood
understood-about = Calls that have ended and in which the caller said in their own words what it was about, by day and language.
understood-counting = Being counted from the journal.
understood-none = Nobody has said in their own words what it was about in the last four weeks.
understood-drifted = Not as before
understood-sentence = { $share }: { $today } today, { $before } in the four weeks before.
understood-caption = One bar a day, today on the far right. Each row has a scale of its own, with its highest value on the right.
understood-share = Share
understood-share-corrected = Corrected by who answered
understood-share-no-idea = Nothing was taken from the words
understood-share-asked = Were asked the emergency question
understood-share-said-no = Answered no to the emergency question
understood-today = Today
understood-before-weeks = Four weeks before
understood-of = Of
understood-days = Day by day
understood-day = Day
understood-callers = Callers
mail-waiting = Mails that wait to be taken in: { $count }, the oldest since { $time }
mail-unreadable = { $count ->
    [one] One mail that could not be read is kept in a folder of its own
   *[other] { $count } mails that could not be read are kept in a folder of their own
}
mail-stands = Mail to us cannot be taken in right now
messages-owed = { $count ->
    [one] One message waits to be sent ({ $medium }), promised at { $time }
   *[other] { $count } messages wait to be sent ({ $medium }), the oldest promised at { $time }
}
lead-learning = What callers mean is being learnt: { $percent } % is done. Until then they choose by keys.
to-link = To be linked to a matter
to-link-none = Nothing waits to be linked.
to-link-channel = Came by
to-link-proposed = Perhaps
to-link-nothing = No proposal

booked-title = Booked times
booked-day-before = The day before
booked-day-after = The day after
booked-none = Nothing is booked.
booked-time = Time
booked-kind = What
booked-call = We ring
booked-visit = Visit
booked-visit-to = Visit: { $desk }
booked-met = Is here
booked-missed = Did not come
booked-change = Move or cancel
booked-why = Why
booked-to = New time
booked-do-move = Move
booked-do-cancel = Cancel the booking
