//! A real day as callers and staff, read out of its journal, so that another plan can be tried on it. What the
//! journal cannot know is assumed and told: whoever was answered would have waited for as long as it takes,
//! and everybody's conversation is as long as it was, whoever has it. It must not decide anything.

use crate::{
    Caller, End, Fate,
    callers::DAY_MS,
    staff::{Duty, Ending, Operator},
};
use domain::{
    ClassId, ContactId, OperatorId, RegionId, Timestamp,
    contact::{Channel, ContactState, VisitOutcome},
    intent::{Intent, Language},
    plan::{OperatorProfile, Plan},
    routing::{Alarm, Command, Event, NextIntent},
};
use std::collections::BTreeMap;

/// Nobody's patience ends within the day.
const FOR_EVER_MS: u64 = DAY_MS as u64;
/// What a conversation that was never had takes, where the journal knows none.
const HANDLING_MS: u64 = 8 * 60_000;

/// Reads entries in the order of the journal; only what happens on the day of its midnight counts.
pub struct Recorder {
    midnight: Timestamp,
    /// No record keeps its operator for longer after the conversation.
    wrap_up_ms_max: u64,
    contacts: BTreeMap<ContactId, Came>,
    operators: BTreeMap<OperatorId, Worked>,
    plan: Option<String>,
    /// Time of the last entry that counts.
    last: Timestamp,
}

struct Came {
    channel: Channel,
    language: Language,
    intent: Option<Intent>,
    /// First in line, and where.
    entered: Option<(Timestamp, RegionId, ClassId)>,
    strict: bool,
    answered: Option<Timestamp>,
    by: Option<OperatorId>,
    /// How the wait of the first visit that counts ended.
    end: Option<(End, u64)>,
    diverted: bool,
    spoken: Option<Timestamp>,
    done: Option<Timestamp>,
}

struct Worked {
    profile: OperatorProfile,
    since: Option<i64>,
    duties: Vec<Duty>,
}

/// The day, ready to be lived through under any plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    pub midnight: Timestamp,
    /// In the order in which they came into line.
    pub callers: Vec<Caller>,
    pub staff: Vec<Operator>,
    /// What became of each caller that day; no end where the record has none that is counted.
    pub fates: Vec<Fate>,
    /// How many of them were answered.
    pub answered: u64,
    /// The digest of the plan that was in force last; none when the entries do not say.
    pub plan: Option<String>,
}

impl Recorder {
    #[must_use]
    pub fn of(midnight: Timestamp, wrap_up_ms_max: u64) -> Self {
        Self { midnight, wrap_up_ms_max, contacts: BTreeMap::new(), operators: BTreeMap::new(), plan: None, last: midnight }
    }

    /// False when the day is over: no later entry counts.
    pub fn take(&mut self, at: Timestamp, event: &Event, commands: &[Command]) -> bool {
        if at >= self.midnight.plus_ms(DAY_MS as u64) {
            return false;
        }
        self.last = self.last.max(at);
        self.take_event(at, event);
        for command in commands {
            self.take_command(at, command);
        }
        true
    }

    fn take_event(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::OperatorSignedIn { operator, profile } => {
                let worked = self.operators.entry(*operator);
                worked.and_modify(|known| known.profile.clone_from(profile)).or_insert_with(|| Worked {
                    profile: profile.clone(),
                    since: None,
                    duties: Vec::new(),
                });
            }
            Event::OperatorReady { operator } | Event::NextIntentChosen { operator, next: NextIntent::Ready } => self.comes(at, *operator),
            Event::OperatorPaused { operator, .. }
            | Event::OperatorSignedOut { operator }
            | Event::NextIntentChosen { operator, next: NextIntent::Pause(_) | NextIntent::SignOut } => {
                self.goes(at, *operator, Ending::Leaves);
            }
            Event::OperatorLost { operator } => self.goes(at, *operator, Ending::Vanishes),
            Event::PlanChanged { plan } => self.plan = Some(plan.clone()),
            // A run that ended took everybody's page with it.
            Event::Started { plan, .. } => {
                self.plan = Some(plan.clone());
                let all: Vec<OperatorId> = self.operators.keys().copied().collect();
                all.into_iter().for_each(|operator| self.goes(at, operator, Ending::Vanishes));
            }
            _ => {}
        }
    }

    fn take_command(&mut self, at: Timestamp, command: &Command) {
        match command {
            // A call that we owed is nobody more who turned to us.
            Command::OpenContact { channel: Channel::CallBack, .. } => {}
            Command::OpenContact { contact, channel, .. } => {
                let (language, intent) = (Language::English, None);
                let came = Came {
                    channel: *channel,
                    language,
                    intent,
                    entered: None,
                    strict: false,
                    answered: None,
                    by: None,
                    end: None,
                    diverted: false,
                    spoken: None,
                    done: None,
                };
                self.contacts.insert(*contact, came);
            }
            Command::RaiseAlarm { alarm: Alarm::OperatorUnresponsive { operator }, .. } => self.goes(at, *operator, Ending::Leaves),
            Command::Describe { contact, intent, language, .. } => {
                self.with(*contact, |came| (came.intent, came.language) = (*intent, *language))
            }
            Command::EnterQueue { contact, queue, strict } => self.with(*contact, |came| {
                let (region, class) = queue.as_str().rsplit_once('.').unwrap_or((queue.as_str(), ""));
                came.entered.get_or_insert_with(|| (at, RegionId::new(region), ClassId::new(class)));
                came.strict |= *strict;
            }),
            Command::Connect { contact, operator } => self.with(*contact, |came| {
                came.by.get_or_insert(*operator);
            }),
            Command::EndVisit { contact, outcome, waited_ms, .. } => self.end_visit(at, *contact, *outcome, *waited_ms),
            Command::MoveContact { contact, state: ContactState::WrapUp, .. } => self.with(*contact, |came| came.spoken = Some(at)),
            Command::CloseContact { contact, .. } => self.with(*contact, |came| came.done = Some(at)),
            _ => {}
        }
    }

    /// Who comes back into line after a human voice was counted already.
    fn end_visit(&mut self, at: Timestamp, contact: ContactId, outcome: VisitOutcome, waited_ms: u64) {
        if outcome == VisitOutcome::Diverted {
            self.with(contact, |came| came.diverted = true);
        }
        let Some(end) = End::of(outcome) else { return };
        self.with(contact, |came| {
            came.end.get_or_insert((end, waited_ms));
            if end == End::Answered {
                came.answered.get_or_insert(at);
            }
        });
    }

    fn with(&mut self, contact: ContactId, change: impl FnOnce(&mut Came)) {
        if let Some(came) = self.contacts.get_mut(&contact) {
            change(came);
        }
    }

    fn since_midnight(&self, at: Timestamp) -> i64 {
        at.0.saturating_sub(self.midnight.0)
    }

    fn comes(&mut self, at: Timestamp, operator: OperatorId) {
        let from_ms = self.since_midnight(at);
        if let Some(worked) = self.operators.get_mut(&operator) {
            worked.since.get_or_insert(from_ms);
        }
    }

    fn goes(&mut self, at: Timestamp, operator: OperatorId, ending: Ending) {
        let to_ms = self.since_midnight(at);
        let Some(worked) = self.operators.get_mut(&operator) else { return };
        if let Some(from_ms) = worked.since.take().filter(|from_ms| *from_ms < to_ms) {
            worked.duties.push(Duty { from_ms, to_ms, pauses: Vec::new(), ending });
        }
    }

    /// The day until its last entry, when whoever still works is taken to go on. The plan knows where sites are and what
    /// a class is about.
    #[must_use]
    pub fn finish(mut self, plan: &Plan) -> Recorded {
        let end = self.last;
        let all: Vec<OperatorId> = self.operators.keys().copied().collect();
        all.into_iter().for_each(|operator| self.goes(end.plus_ms(FOR_EVER_MS), operator, Ending::Leaves));
        let usual_ms = self.usual_handling_ms();
        let of_day = |came: &Came| Some((self.caller(came, usual_ms, plan)?, self.fate(came, plan)));
        let mut came: Vec<(Caller, Fate)> = self.contacts.values().filter_map(of_day).collect();
        came.sort_by_key(|(caller, _)| caller.arrives_ms);
        let (callers, fates): (Vec<Caller>, Vec<Fate>) = came.into_iter().unzip();
        let answered = fates.iter().filter(|fate| fate.end == Some(End::Answered)).count() as u64;
        let staff = self.operators.into_values().filter(|worked| !worked.duties.is_empty());
        let staff = staff.map(|Worked { profile, duties, .. }| Operator { profile, duties }).collect();
        Recorded { midnight: self.midnight, callers, staff, fates, answered, plan: self.plan }
    }

    /// The median of all in the journal who were spoken with to the end.
    fn usual_handling_ms(&self) -> u64 {
        let mut spoken: Vec<u64> = self.contacts.values().filter_map(|came| self.handling_ms(came)).collect();
        spoken.sort_unstable();
        spoken.get(spoken.len() / 2).copied().unwrap_or(HANDLING_MS)
    }

    /// From the voice to the record's end.
    fn handling_ms(&self, came: &Came) -> Option<u64> {
        let latest = came.spoken.map(|spoken| spoken.plus_ms(self.wrap_up_ms_max));
        let done = [came.done, latest].into_iter().flatten().min()?;
        Some(done.since_ms(came.answered?))
    }

    fn fate(&self, came: &Came, plan: &Plan) -> Fate {
        let by = came.by.and_then(|operator| self.operators.get(&operator));
        Fate {
            end: came.end.map(|(end, _)| end),
            waited_ms: came.end.map_or(0, |(_, waited_ms)| waited_ms),
            answered_in: by.and_then(|worked| plan.site(&worked.profile.site)).map(|site| site.region.clone()),
            diverted: came.diverted,
            interrupted: false,
        }
    }

    fn caller(&self, came: &Came, usual_ms: u64, plan: &Plan) -> Option<Caller> {
        let (entered, region, class) = came.entered.as_ref()?;
        let arrives_ms = self.since_midnight(*entered);
        if !(0..DAY_MS).contains(&arrives_ms) {
            return None;
        }
        // Whoever goes before all others does so by an intent of the strict class; whoever chose a class by key is
        // of one of its intents.
        let of_class = || plan.class(class).and_then(|class| class.intents.first().copied());
        let intent = if came.strict { Some(Intent::OngoingEmergency) } else { came.intent.or_else(of_class) };
        let intent = intent.unwrap_or(Intent::Other);
        let gave_up = came.end.filter(|(end, _)| matches!(end, End::Short | End::Abandoned));
        let patience_ms = gave_up.filter(|_| came.answered.is_none()).map(|(_, waited_ms)| waited_ms);
        Some(Caller {
            arrives_ms,
            region: region.clone(),
            intent,
            language: came.language,
            channel: came.channel,
            handling_ms: self.handling_ms(came).unwrap_or(usual_ms),
            patience_ms: patience_ms.unwrap_or(FOR_EVER_MS),
            rung_back: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        MatterId, QueueId, SiteId,
        contact::{Outcome, Owner, PauseReason},
    };

    const MINUTE_MS: i64 = 60_000;
    const OPERATOR: OperatorId = OperatorId(7);

    fn opened(contact: u64, intent: impl Into<Option<Intent>>) -> Vec<Command> {
        let (contact, owner, intent) = (ContactId(contact), Owner::Dialogue, intent.into());
        let described = Command::Describe { contact, region: None, uncertain: false, intent, language: Language::Swedish, urged: false };
        vec![Command::OpenContact { contact, matter: MatterId(contact.0), channel: Channel::Telephone, owner }, described]
    }

    fn entered(contact: u64, strict: bool) -> Command {
        Command::EnterQueue {
            contact: ContactId(contact),
            queue: QueueId::of(&RegionId::new("vast"), &domain::ClassId::new("report")),
            strict,
        }
    }

    fn ended(contact: u64, outcome: VisitOutcome, waited_ms: u64) -> Command {
        let queue = QueueId::of(&RegionId::new("vast"), &domain::ClassId::new("report"));
        Command::EndVisit { contact: ContactId(contact), queue, outcome, waited_ms }
    }

    /// A day of two minutes of wrap-up at most, from entries at minutes after its midnight.
    fn recorded(entries: Vec<(i64, Event, Vec<Command>)>) -> Recorded {
        let midnight = Timestamp(1_000 * MINUTE_MS);
        let mut recorder = Recorder::of(midnight, 2 * MINUTE_MS.unsigned_abs());
        for (minute, event, commands) in entries {
            recorder.take(Timestamp(midnight.0 + minute * MINUTE_MS), &event, &commands);
        }
        let text = include_str!("../../../deployments/sweden/plan.toml");
        recorder.finish(&domain::plan::read(&domain::plan::Source { file: "plan.toml", text }).unwrap())
    }

    #[test]
    fn callers_come_as_they_came() {
        let contact = ContactId(1);
        let wrap_up = Command::MoveContact { contact, state: ContactState::WrapUp, owner: Owner::Operator(OPERATOR) };
        let closed = Command::CloseContact { contact, outcome: Outcome::Helped };
        let Recorded { callers, fates, answered, plan, .. } = recorded(vec![
            (-5, Event::TimePassed, [opened(9, Intent::Tip), vec![entered(9, false), ended(9, VisitOutcome::Answered, 0)]].concat()),
            (9, Event::PlanChanged { plan: "0123".to_owned() }, Vec::new()),
            (10, Event::TimePassed, [opened(1, Intent::ReportTheft), vec![entered(1, false)]].concat()),
            (11, Event::TimePassed, [opened(2, Intent::Tip), vec![entered(2, true)], opened(3, Intent::Tip)].concat()),
            // By key: what it is about is known by the class alone.
            (11, Event::TimePassed, [opened(4, None), vec![entered(4, false)]].concat()),
            (12, Event::TimePassed, vec![ended(1, VisitOutcome::Answered, 120_000), ended(2, VisitOutcome::Abandoned, 60_000)]),
            (17, Event::TimePassed, vec![wrap_up]),
            (40, Event::TimePassed, vec![closed]),
            (1_440, Event::PlanChanged { plan: "4567".to_owned() }, Vec::new()),
        ]);
        let minutes = |ms: u64| ms / MINUTE_MS.unsigned_abs();
        let told: Vec<_> = callers
            .iter()
            .map(|caller| (caller.arrives_ms / MINUTE_MS, caller.intent, minutes(caller.handling_ms), minutes(caller.patience_ms)))
            .collect();
        // Whoever came before midnight or never into line is none of the day's; five minutes of talk and two of
        // wrap-up are what anybody takes.
        assert_eq!(told, [(10, Intent::ReportTheft, 7, 1_440), (11, Intent::OngoingEmergency, 7, 1), (11, Intent::ReportTheft, 7, 1_440)]);
        assert_eq!((callers[0].region.as_str(), callers[0].language, answered), ("vast", Language::Swedish, 1));
        let ends: Vec<_> = fates.iter().map(|fate| (fate.end, fate.waited_ms)).collect();
        assert_eq!(ends, [(Some(End::Answered), 120_000), (Some(End::Abandoned), 60_000), (None, 0)]);
        assert_eq!(plan.as_deref(), Some("0123"), "what comes after midnight is none of the day's");
    }

    #[test]
    fn operators_work_when_they_worked() {
        let profile = OperatorProfile {
            site: SiteId::new("goteborg"),
            also_regions: Vec::new(),
            category: None,
            skills: BTreeMap::new(),
            languages: vec![Language::Swedish],
        };
        let operator = OPERATOR;
        let unresponsive = Command::RaiseAlarm { alarm: Alarm::OperatorUnresponsive { operator }, contact: None };
        let Recorded { staff, .. } = recorded(vec![
            (-10, Event::OperatorSignedIn { operator, profile: profile.clone() }, Vec::new()),
            (-9, Event::OperatorReady { operator }, Vec::new()),
            (20, Event::OperatorPaused { operator, reason: PauseReason::Meal }, Vec::new()),
            (50, Event::OperatorReady { operator }, Vec::new()),
            (60, Event::TimePassed, vec![unresponsive]),
            (61, Event::OperatorReady { operator }, Vec::new()),
            (70, Event::OperatorLost { operator }, Vec::new()),
            (80, Event::OperatorReady { operator }, Vec::new()),
            (90, Event::TimePassed, Vec::new()),
        ]);
        assert_eq!(staff.len(), 1);
        assert_eq!(staff[0].profile, profile);
        let duties: Vec<_> = staff[0].duties.iter().map(|duty| (duty.from_ms / MINUTE_MS, duty.to_ms / MINUTE_MS, duty.ending)).collect();
        // Whoever works at the end works on.
        let expected =
            [(-9, 20, Ending::Leaves), (50, 60, Ending::Leaves), (61, 70, Ending::Vanishes), (80, 90 + DAY_MS / MINUTE_MS, Ending::Leaves)];
        assert_eq!(duties, expected);
    }
}
