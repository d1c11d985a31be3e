### How long what is kept, what is held, and who read whose data.

hold-title = Held from erasing
hold-open = Nothing of an open matter is erased by itself.
hold-due = What is known of its citizens is erased on { $day }.
hold-not-due = By the plan nothing of it is erased by itself.
hold-held = Held since { $time } by { $who }: nothing of it is erased.
hold-was-held = { $who } held it from { $from }. { $by } let it go at { $to }.
hold-reason = Why, in at most { $most } characters
hold-set = Hold the matter
hold-lift = Let the matter go

access-title = Who read what
access-about = Every reading of what is known of citizens, and every refusal, hold and erasure. That you look here is noted too.
access-matter = Reference of a matter
access-contact = Number of a contact
access-who = Account (login)
access-day = Day
access-show = Show
access-none-such = There is none such
access-rows = Readings
access-none = Nobody read anything like that.
access-time = When
access-who-head = Who
access-what = What was read
access-why = What for
access-matter-head = The matter
access-contact-head = The contact
access-newest = To the newest
access-earlier = Earlier ones
access-token = The program { $label }
access-system = Svar itself
access-of-matter = Who read of this matter
access-what-caller = What is known of the citizen
access-what-report = The report
access-what-matter = The matter's page
access-what-evidence = Evidence
access-what-opinion = An opinion in own words
access-what-access-log = This log
access-what-hold = Held from erasing
access-what-retention = Erased after its time
access-why-ring = It rang at their desk
access-why-talk = They spoke with the citizen
access-why-wrap-up = They finished the record
access-why-promise = They owed the citizen something
access-why-search = They looked it up
access-why-conflict = Somebody wrote at the same time
access-why-survey = To read opinions
access-why-refused = Refused
access-why-set = Held
access-why-lifted = Let go

retention-title = Keeping and erasing
retention-about = What is known of citizens is erased so long after their matter was closed, by the plan. A matter that is held, open again or owes something is left. The matter itself, its course and all figures stay.
retention-none-planned = Nothing is erased by itself: the plan has no [[retention]].
retention-classes = How long it is kept
retention-class = Matter class
retention-kept = Kept after closing
retention-due = Due within a week
retention-days = { $count ->
    [one] 1 day
   *[other] { $count } days
}
retention-until-erased = Until somebody erases it
retention-months = Erased matters by month
retention-month = The month
retention-by-hand = Contacts, by hand
retention-held = Held matters
retention-held-none = No matter is held.
retention-since = Held since
retention-by = Held by
retention-in-the-log = Each of them in the log
