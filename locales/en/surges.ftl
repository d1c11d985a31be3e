### The page of surges, and their line on the lead's page.

surges-title = Surges
surges-about = When many ring about one class of matters, those who wait can be told so. They keep their place in line, and whoever wants to can take what the plan offers instead of waiting. Time-critical calls are never touched.
surges-waiting = { $count ->
    [0] Nobody waits now.
    [one] One waits now.
   *[other] { $count } wait now.
}
surges-offer-later-call = Whoever would rather be called back presses 5 and is rung within { $within }.
surges-offer-web = Whoever would rather do it on the web presses 5.
surges-offer-none = They hear that many are ringing. The plan offers no other way.
surges-until = Until { $time }
surges-one = { $class } until { $time }
surges-for = For how long, from now
surges-reason = Why
surges-declare = Tell that many ring
surges-set-time = Set a new time
surges-end = End it now
surges-done-declared = Those who wait are now told that many ring.
surges-done-ended = Those who wait are told no longer that many ring.
surges-minutes = { $count ->
    [one] 1 minute
   *[other] { $count } minutes
}
surges-hours = { $count ->
    [one] 1 hour
   *[other] { $count } hours
}
surge-reason-many-calls = Many calls
surge-reason-service-down = A service is down
surge-reason-event = An event in the news
surge-reason-few-operators = Few operators on duty
surge-reason-other = Other
