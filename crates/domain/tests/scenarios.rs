//! Runs every scenario in `scenarios/`: what is written there to happen, happens, and what the router
//! decides must be what is written below it, line for line. `SVAR_SCENARIOS=write` writes the decisions
//! into the files instead; read the difference before you keep it. At its end each is decided afresh from its
//! journal.
#![allow(clippy::unwrap_used)]

mod telling;
mod world;

use domain::{
    ContactId, Timestamp,
    contact::ledger::Ledger,
    plan::Plan,
    routing::{Event, OtherPlan, Replay},
};
use jiff::{
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};
use std::{collections::BTreeSet, fs, path::Path, sync::Arc};
use telling::{Memory, Telling};
use world::{World, places_of, plan_of};

/// Fewer would mean that files were lost.
const SCENARIOS_MIN: usize = 30;

#[test]
fn every_scenario_goes_as_it_is_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    let (mut scenarios, mut wrong) = (0, Vec::new());
    for file in &files {
        let text = fs::read_to_string(file).unwrap();
        let told: Vec<String> = parts(&text).map(run).collect();
        scenarios += told.len();
        let told = told.join("\n");
        if std::env::var("SVAR_SCENARIOS").is_ok_and(|mode| mode == "write") {
            fs::write(file, &told).unwrap();
        } else if let Some(difference) = first_difference(&text, &told) {
            wrong.push(format!("{}:{difference}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{} of {} files differ\n{}", wrong.len(), files.len(), wrong.join("\n\n"));
    assert!(scenarios >= SCENARIOS_MIN, "only {scenarios} scenarios were found");
}

/// The scenarios of one file, each from its title to the next.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut starts: Vec<usize> =
        text.match_indices("scenario: ").map(|(at, _)| at).filter(|at| text[..*at].is_empty() || text[..*at].ends_with('\n')).collect();
    assert_eq!(starts.first(), Some(&0), "a file begins with a scenario");
    starts.push(text.len());
    (0..starts.len() - 1).map(move |n| &text[starts[n]..starts[n + 1]])
}

fn first_difference(written: &str, told: &str) -> Option<String> {
    let (written, told): (Vec<&str>, Vec<&str>) = (written.trim_end().lines().collect(), told.trim_end().lines().collect());
    let line = (0..written.len().max(told.len())).find(|n| written.get(*n) != told.get(*n))?;
    let show = |lines: &[&str]| lines.get(line).map_or("(the end)".to_owned(), |text| (*text).to_owned());
    Some(format!("{}\n  written: {}\n  decided: {}", line + 1, show(&written), show(&told)))
}

/// One scenario under way.
struct Play {
    world: World,
    memory: Memory,
    telling: Telling,
    deployment: String,
    changes: Vec<(String, String)>,
    /// Each that was in force.
    plans: Vec<Arc<Plan>>,
    /// Since when nothing can be saved: nothing falls due meanwhile.
    stands_since: Option<Timestamp>,
    told: Vec<String>,
}

fn run(text: &str) -> String {
    // Shown when something is wrong further on.
    eprintln!("{}", text.lines().next().unwrap_or_default());
    let mut play = begin(text);
    for line in text.lines() {
        let told = line.trim_end();
        // Decisions and the clock's own lines are made anew.
        let of_clock = told.ends_with(" the clock");
        if told.starts_with("    ") || told.is_empty() || told == "in the end" || of_clock {
            continue;
        }
        if told.starts_with('#') || told.contains(": ") && !told.starts_with(|c: char| c.is_ascii_digit()) {
            play.told.push(told.to_owned());
            continue;
        }
        play.happen(told);
    }
    play.end()
}

/// Reads the head: `scenario`, `deployment`, `plan`, `date`, `show`.
fn begin(text: &str) -> Play {
    let head = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
    let changes: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("plan with: ")).map(change).collect();
    let day: Date = head("date:").map_or(Date::constant(2026, 11, 23), |date| date.parse().unwrap());
    let deployment = head("deployment:").unwrap_or("sweden").to_owned();
    let plan = plan_of(&deployment, &changes);
    let zone = plan.zone.clone();
    let now = at(&zone, day.at(0, 0, 0, 0));
    let show: BTreeSet<String> = head("show:").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    Play {
        world: World::start(plan.clone(), now),
        memory: Memory::default(),
        telling: Telling { zone, day, show },
        deployment,
        changes,
        plans: vec![plan],
        stands_since: None,
        told: Vec::new(),
    }
}

/// `'old text' as 'new text'`, in which `\n` begins a new line
fn change(line: &str) -> (String, String) {
    let parts: Vec<&str> = line.split('\'').collect();
    assert!(parts.len() == 5 && parts[2] == " as ", "write 'old' as 'new', not {line}");
    let lines = |text: &str| text.replace("\\n", "\n");
    (lines(parts[1]), lines(parts[3]))
}

fn at(zone: &TimeZone, local: DateTime) -> Timestamp {
    Timestamp(local.to_zoned(zone.clone()).unwrap().timestamp().as_millisecond())
}

impl Play {
    /// One written line: a time and what happens then, perhaps to several calls.
    fn happen(&mut self, line: &str) {
        let (time, what) = self.time_of(line);
        self.pass_until(time);
        assert!(time >= self.world.now, "{line}: that is in the past");
        self.world.now = time;
        self.told.push(line.to_owned());
        if let Some(rest) = what.strip_prefix("each of calls ") {
            let (range, what) = rest.split_once(' ').unwrap();
            let (from, to) = range.split_once('-').unwrap();
            for call in from.parse::<u64>().unwrap()..=to.parse().unwrap() {
                self.take(&format!("call {call} {what}"), line);
            }
        } else {
            self.take(what, line);
        }
    }

    fn time_of<'a>(&self, line: &'a str) -> (Timestamp, &'a str) {
        let mut day = self.telling.day;
        let mut rest = line;
        if let Some((date, after)) = line.split_once(' ').and_then(|(date, after)| date.parse::<Date>().ok().zip(Some(after))) {
            (day, rest) = (date, after);
        }
        let (time, what) = rest.split_once(' ').unwrap_or_else(|| panic!("cannot be read: {line}"));
        let time: Time = time.parse().unwrap_or_else(|_| panic!("{line}: begin with a time such as 09:00:00"));
        (at(&self.telling.zone, day.to_datetime(time)), what.trim())
    }

    fn take(&mut self, what: &str, line: &str) {
        let decision = if what == "the program ends and begins again" {
            self.world.restart()
        } else if let Some(written) = what.strip_prefix("the plan changes: ") {
            self.changes.push(change(written));
            let plan = plan_of(&self.deployment, &self.changes);
            self.plans.push(plan.clone());
            self.world.router.prepare(plan.clone(), places_of(&plan));
            self.world.handle(&Event::PlanChanged { plan: plan.digest.clone() })
        } else if what == "nothing happens" {
            return;
        } else if what == "nothing can be saved" {
            self.stands_since = Some(self.world.now);
            let decision = self.world.handle(&Event::SavingStopped);
            assert_eq!(decision.commands, [], "{line}: it decides nothing");
            return;
        } else if what == "saving resumes" {
            let since = self.stands_since.take().unwrap_or_else(|| panic!("{line}: it had never stopped"));
            self.world.handle(&Event::SavingResumed { stood_ms: self.world.now.since_ms(since) })
        } else {
            self.memory.now = self.world.now;
            let event = self.memory.event(what).unwrap_or_else(|| panic!("cannot be read: {line}"));
            self.world.handle(&event)
        };
        if !decision.took_effect {
            self.told.push("          (does not fit: nothing changes)".to_owned());
        }
        self.tell(&decision.commands);
    }

    fn tell(&mut self, commands: &[domain::routing::Command]) {
        self.memory.learn(commands);
        let view = self.world.prove();
        for contact in view.contacts.iter().filter(|contact| contact.queued_since.is_some()) {
            let record = &self.world.ledger.contacts[&contact.contact];
            assert_eq!(record.waited_ms(self.world.now), contact.waited_ms, "how long {} waited for the first voice", contact.contact);
        }
        let lines = self.telling.lines(commands, &self.memory);
        self.told.extend(lines.into_iter().map(|line| format!("          -> {line}")));
    }

    fn pass_until(&mut self, until: Timestamp) {
        if self.stands_since.is_some() {
            return;
        }
        while let Some((at, commands)) = self.world.next_tick(until) {
            let before = self.told.len();
            self.told.push(format!("{}  the clock", self.telling.time(at)));
            self.tell(&commands);
            if self.told.len() == before + 1 {
                self.told.pop();
            }
        }
    }

    /// What `svar journal replay` does with a journal of this.
    fn decide_afresh(&self) {
        let mut replay = Replay::new(self.plans[0].clone(), places_of(&self.plans[0]));
        for entry in &self.world.journal {
            let mut decided = replay.decide(entry.at, &entry.event, &entry.commands);
            if let Err(OtherPlan { digest }) = &decided {
                replay.prepare(self.plans.iter().find(|plan| plan.digest == *digest).unwrap().clone());
                decided = replay.decide(entry.at, &entry.event, &entry.commands);
            }
            assert_eq!(decided.as_ref(), Ok(&entry.commands), "{:?} at {}, decided afresh", entry.event, self.telling.time(entry.at));
        }
    }

    fn end(mut self) -> String {
        self.decide_afresh();
        let title = self.told.iter().position(|line| line.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(self.told.len());
        self.told.insert(title, String::new());
        self.told.push("in the end".to_owned());
        let Ledger { contacts, promises, .. } = &self.world.ledger;
        for (ContactId(id), record) in contacts {
            let how = record.outcome.as_ref().map_or_else(
                || format!("is {}, owner {}", record.state, record.owner.word()),
                |outcome| format!("is closed: {}", outcome.word()),
            );
            self.told.push(format!("          == call {id} {how}"));
        }
        let mut owed: Vec<_> = promises.values().filter(|promise| promise.settled.is_none()).collect();
        owed.sort_by_key(|promise| (promise.due, promise.promise));
        for promise in &owed {
            let due = self.telling.time(promise.due);
            let line = format!(
                "promise {} in matter {}: {} by {due}, owner {}",
                promise.promise,
                promise.matter,
                promise.kind,
                promise.owner.word()
            );
            self.told.push(format!("          == {line}"));
        }
        if owed.is_empty() {
            self.told.push("          == nothing is owed".to_owned());
        }
        self.told.join("\n") + "\n"
    }
}
