### The plan's page: which version is in force, changing it while calls run.

plan-title = Plan
plan-in-force = In force
plan-version = Version
plan-since = Since
plan-from = From
plan-when = When
plan-by = By
plan-why = Why
plan-act = Act
plan-by-start = A start of the program
plan-why-start = It stood in the deployment's folder
plan-to-come = To come
plan-nothing-to-come = No change waits for its time.
plan-withdraw = Withdraw
plan-new = A new version
plan-new-about = Change the text and check it. A check changes nothing. Once a version is adopted, calls are led by it at once; whoever waits keeps place and age.
plan-text = The plan's text
plan-reason = Why it is changed
plan-due = Adopt at (leave empty for now)
plan-due-about = Local time of the plan, { $zone }.
plan-check = Check
plan-adopt = Adopt
plan-earlier = Earlier versions
plan-nothing-earlier = There is no earlier version.
plan-was-adopted = Adopted
plan-was-withdrawn = Withdrawn
plan-was-refused = Not adopted: it did not fit any more
plan-back = Go back to this version
plan-back-reason = Back to version { $version }
plan-done-adopted = The new version is in force. Calls are led by it from now on.
plan-done-planned = The change is kept and comes into force at its time.
plan-done-withdrawn = The change is withdrawn. It will not come into force.
plan-done-returned = The earlier version is in force again.
plan-not-done = Nothing is changed yet
plan-sound = The plan has no fault
plan-sound-about = Nothing is changed yet. Give a reason and adopt it to bring it into force.
plan-faulty = { $count ->
    [one] The plan has one fault
   *[other] The plan has { $count } faults
}
plan-faulty-about = Nothing is changed. Mend the text below and check it again.
plan-notices = Have a look at this
plan-bounds = How long anybody can be overtaken
plan-difference = What differs from the plan in force
plan-no-difference = No line differs.
plan-line = Line { $line }
plan-whole = The plan as a whole
plan-mend = Mend:
plan-line-removed = Removed, line
plan-line-added = Added, line
plan-more-lines = and { $count } more lines
plan-no-text = There is no plan in the field.
plan-no-text-mend = Paste the whole text of the plan.
plan-no-reason = The reason is missing.
plan-no-reason-mend = Write in a few words why the plan is changed.
plan-long-reason = The reason is too long.
plan-long-reason-mend = Shorten it to at most 1000 characters.
plan-no-time = The time cannot be read.
plan-no-time-mend = Give date and time, or leave the field empty.
plan-no-day = The day cannot be read.
plan-no-day-mend = Give a date, or leave the field empty.
plan-day = Day to try it on (leave empty for the last whole day with callers)
plan-day-about = The callers and operators of a recorded day are led once more, by the plan of that day and by the text above. Nothing is changed and nothing is kept.
plan-try = Try on that day
trial-title = Tried on { $day }
trial-headline = { $callers ->
    [one] One caller
   *[other] { $callers } callers
} came into line, { $operators ->
    [one] one operator was
   *[other] { $operators } operators were
} on duty. Answered within { $minutes } min: { $before } by the plan of that day, { $after } by this text.
trial-nothing-changed = Nothing is changed. To bring the text into force, give a reason and adopt it.
trial-whole = All callers of the day
trial-by-region = By region of the caller
trial-by-class = By matter class
trial-measure = Measure
trial-group = Group
trial-recorded = As it was
trial-before = The day's plan, once more
trial-after = This text
trial-recorded-head = Was
trial-before-head = Day's plan
trial-after-head = This text
trial-offered = Came into line
trial-answered = Answered
trial-level = Answered within { $minutes } min, of all but those who left at once
trial-left = Left while waiting
trial-left-soon = of them at once
trial-mean-wait = Mean wait of all (min:s)
trial-diverted = Led to another region on arrival
trial-elsewhere = Answered in another region
trial-level-head = Answered in time
trial-left-head = Left
trial-mean-wait-head = Mean wait
trial-diverted-head = Led elsewhere
trial-mind = To bear in mind
trial-mind-same = Compare the plan of the day with this text: both are led by the same rules with the same callers at the same times and the same operators on duty. How far the first of them is from how it was shows how much the trial leaves out.
trial-mind-patience = How long somebody would have waited is known only of those who left. Whoever was answered is taken to wait for as long as it takes.
trial-mind-talks = A conversation takes as long as it took that day, whoever has it, and every ring is answered at once.
trial-mind-uncounted = { $count ->
    [one] One caller is
   *[other] { $count } callers are
} not in the figures of how it was: still waiting, led to 112, or cut off.
trial-mind-not-over = The day is not over: these are the callers until now.
trial-mind-same-plan = This text is the plan of that day.
trial-mind-one-day = One day proves nothing. Try several, or ask svar simulate about many.
