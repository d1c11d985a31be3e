//! What is promised by kind, matter class and channel: within which time, when that is soon, and who is told when
//! it is late. What no row says holds as it stands elsewhere in the plan: `answer_within`, `[offers]`, `[follow_up]`.

use super::{
    Plan,
    check::Objections,
    fields::{Fields, choose},
    overtaking::spoken,
    values::{DURATION, ID, TARGET},
};
use crate::{
    ClassId, RegionId, UnitId,
    contact::{Channel, PromiseKind},
    intent::words,
    promise::Target,
    time::MINUTE_MS,
};
use serde::{Deserialize, Serialize};

/// What is late is told again no sooner than this: whoever mends it needs the time.
const AGAIN_MS_MIN: u64 = MINUTE_MS;
/// Whoever has been told by so many steps has been told.
const STEPS_MAX: usize = 8;

words! {
    /// Who is told of a late promise, and has it from then on. From near to far.
    EscalateTo {
        /// Whoever has it, and keeps it.
        Operator = "operator",
        /// The operators of its region.
        Group = "group",
        /// The unit that owns follow-ups of its region.
        Supervisors = "supervisors",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LateStep {
    /// How long it is late then.
    pub late_ms: u64,
    pub to: EscalateTo,
    /// Told again each time so much has passed, until the next step; none is once.
    pub again_ms: Option<u64>,
}

/// The step that a late promise has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Escalation {
    /// From 1.
    pub step: u8,
    pub to: EscalateTo,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromiseRule {
    /// None beside a fault.
    pub kind: Option<PromiseKind>,
    /// None is for all.
    pub class: Option<ClassId>,
    pub channel: Option<Channel>,
    pub within: Option<Target>,
    /// So long before its time it is shown as due soon.
    pub soon_ms: Option<u64>,
    /// In order; none leaves it as it is without a row.
    pub steps: Vec<LateStep>,
}

impl PromiseRule {
    fn is_for(&self, kind: PromiseKind, class: Option<&ClassId>, channel: Channel) -> bool {
        let for_class = self.class.is_none() || self.class.as_ref() == class;
        self.kind == Some(kind) && for_class && self.channel.is_none_or(|of| of == channel)
    }

    fn key(&self) -> (Option<PromiseKind>, Option<&ClassId>, Option<Channel>) {
        (self.kind, self.class.as_ref(), self.channel)
    }
}

impl Plan {
    /// What a row says of promises of a kind about a matter class by a channel: the row for both before that for the
    /// class, that before the one for the channel, each word from the nearest row that says it.
    fn said<'p, T>(
        &'p self,
        (kind, class, channel): (PromiseKind, Option<&ClassId>, Channel),
        word: impl Fn(&'p PromiseRule) -> Option<T>,
    ) -> Option<T> {
        let rows = self.promises.iter().filter(|rule| rule.is_for(kind, class, channel));
        let said = rows.filter_map(|rule| word(rule).map(|word| ((rule.class.is_some(), rule.channel.is_some()), word)));
        said.max_by_key(|(nearness, _)| *nearness).map(|(_, word)| word)
    }

    #[must_use]
    pub fn promised_within(&self, kind: PromiseKind, class: Option<&ClassId>, channel: Channel) -> Option<Target> {
        self.said((kind, class, channel), |rule| rule.within)
    }

    /// How long before its time it is due soon.
    #[must_use]
    pub fn promised_soon_ms(&self, kind: PromiseKind, class: Option<&ClassId>, channel: Channel) -> Option<u64> {
        self.said((kind, class, channel), |rule| rule.soon_ms)
    }

    /// The steps of a late one; empty where no row has any.
    #[must_use]
    pub fn late_steps(&self, kind: PromiseKind, class: Option<&ClassId>, channel: Channel) -> &[LateStep] {
        let steps = |rule: &'_ PromiseRule| !rule.steps.is_empty();
        self.said((kind, class, channel), |rule| steps(rule).then_some(rule.steps.as_slice())).unwrap_or_default()
    }

    /// The operators of a region, or of all when nobody knows it, as a unit that owes; none where the plan has none.
    #[must_use]
    pub fn group_of(&self, region: Option<&RegionId>) -> Option<UnitId> {
        let group = self.follow_up.group.as_ref()?;
        Some(match region {
            Some(region) => UnitId::new(&group.replace("{region}", region.as_str())),
            None => self.follow_up.unit_of(None),
        })
    }
}

pub(super) fn read(whole: &mut Fields<'_, '_, '_>) -> Vec<PromiseRule> {
    let mut number = 0;
    whole.optional_tables("promises", "promise", |fields| {
        fields.rename(format!("promises/{number}"), format!("promise {}", number + 1));
        number += 1;
        PromiseRule {
            kind: fields.word("kind", PromiseKind::ALL, PromiseKind::word),
            class: fields.optional("class", &ID).map(|id| ClassId::new(&id)),
            channel: fields.optional_word("channel", Channel::ALL, Channel::word),
            within: fields.optional("within", &TARGET),
            soon_ms: fields.optional("soon", &DURATION),
            steps: read_steps(fields, number),
        }
    })
}

/// `number` is that of the promise, as people count.
fn read_steps(fields: &mut Fields<'_, '_, '_>, number: usize) -> Vec<LateStep> {
    let mut step = 0;
    fields.optional_tables("steps", "step", |fields| {
        fields.rename(format!("promises/{}/steps/{step}", number - 1), format!("promise {number}, step {}", step + 1));
        step += 1;
        LateStep {
            late_ms: fields.required("late", &DURATION),
            to: fields.word("to", EscalateTo::ALL, EscalateTo::word).unwrap_or(EscalateTo::Supervisors),
            again_ms: fields.optional("again", &DURATION),
        }
    })
}

pub(super) fn check(plan: &Plan, found: &mut Objections) {
    for (number, rule) in plan.promises.iter().enumerate() {
        let Some(kind) = rule.kind else { continue };
        let row = Row { plan, rule, kind, number };
        row.check_reach(found);
        row.check_times(found);
        row.check_steps(found);
    }
}

struct Row<'p> {
    plan: &'p Plan,
    rule: &'p PromiseRule,
    kind: PromiseKind,
    number: usize,
}

impl Row<'_> {
    fn at(&self, key: &str) -> String {
        format!("promises/{}/{key}", self.number)
    }

    fn label(&self) -> String {
        format!("promise {} ({})", self.number + 1, self.kind)
    }

    /// Whom the row is for, and that it says something.
    fn check_reach(&self, found: &mut Objections) {
        let (label, rule) = (self.label(), self.rule);
        if let Some(class) = rule.class.as_ref().filter(|class| self.plan.class(class).is_none()) {
            let mend = choose(class.as_str(), self.plan.classes.iter().map(|class| class.id.as_str()));
            found.fault(&[&self.at("class"), "classes"], format!("{label}: no class is called \"{class}\""), mend);
        }
        if let Some(first) = self.plan.promises[..self.number].iter().position(|other| other.key() == rule.key()) {
            let what = format!("{label} is for the same as promise {}", first + 1);
            found.fault(&[&self.at("kind")], what, "join the two, or give one a class or a channel");
        }
        if rule.within.is_none() && rule.soon_ms.is_none() && rule.steps.is_empty() {
            let mend = "add `within`, `soon` or `steps`, or take the row away";
            found.fault(
                &[&self.at("kind"), &self.at("within"), &self.at("soon"), &self.at("steps")],
                format!("{label} says nothing"),
                mend,
            );
        }
        self.check_answer(found);
        if self.kind == PromiseKind::Feedback {
            let what = format!("{label}: nothing promises feedback yet, so the row has no effect");
            found.notice(&[&self.at("kind")], what, "keep it for later, or take it away");
        }
    }

    /// Nobody in need is answered later for a row that is meant for others.
    fn check_answer(&self, found: &mut Objections) {
        if self.kind != PromiseKind::Answer {
            return;
        }
        let (label, class_at) = (self.label(), self.at("class"));
        match self.rule.class.as_ref().map(|class| self.plan.class(class)) {
            None => {
                let mend = "add `class = …`; what holds for all is [service_level] within";
                found.fault(&[&self.at("kind"), &class_at], format!("{label} is for every class"), mend);
            }
            Some(Some(class)) if class.strict => {
                let what = format!("{label} is for class \"{}\", which is strict", class.id);
                found.fault(&[&class_at], what, "take it away: its answer_within says it");
            }
            Some(_) => {}
        }
    }

    fn check_times(&self, found: &mut Objections) {
        let (label, within_at) = (self.label(), self.at("within"));
        match self.rule.within {
            Some(Target::Plain { ms: 0 } | Target::WorkingTime { ms: 0 } | Target::WorkingDays { days: 0 }) => {
                found.fault(&[&within_at], format!("{label}: within is 0"), "write a time longer than 0");
            }
            Some(target) if target.is_working() && self.plan.calendar.is_none() => {
                let mend = "add [calendar] with the hours of each working day, or write a time such as \"4 h\"";
                let what = format!("{label} counts working time, but the plan has no calendar");
                found.fault(&[&within_at, "calendar"], what, mend);
            }
            Some(Target::Plain { ms }) if self.kind == PromiseKind::FollowUp && ms < self.plan.follow_up.strict_ms => {
                let strict = spoken(self.plan.follow_up.strict_ms);
                let what = format!("{label}: within ({}) is shorter than that of urgent calls, [follow_up] strict ({strict})", spoken(ms));
                found.fault(&[&within_at, "follow_up/strict"], what, "make strict the shorter of the two");
            }
            _ => {}
        }
        if let (Some(Target::Plain { ms }), Some(soon_ms)) = (self.rule.within, self.rule.soon_ms)
            && soon_ms >= ms
            && ms > 0
        {
            let what = format!("{label}: it would be due soon ({}) from the beginning ({})", spoken(soon_ms), spoken(ms));
            found.fault(&[&self.at("soon"), &within_at], what, "make soon the shorter of the two");
        }
    }

    fn check_steps(&self, found: &mut Objections) {
        let (label, steps) = (self.label(), &self.rule.steps);
        let steps_at = self.at("steps");
        let Some(last) = steps.last() else { return };
        if matches!(self.kind, PromiseKind::Answer | PromiseKind::Conclude) {
            let mend = "take the steps away: a late answer is told by the service level, and by an alarm when it is urgent; \
                        a late record is closed and owed as a follow-up";
            found.fault(&[&steps_at], format!("{label} cannot have steps"), mend);
            return;
        }
        if steps.len() > STEPS_MAX {
            found.fault(&[&steps_at], format!("{label} has {} steps; at most {STEPS_MAX} may be", steps.len()), "leave some out");
        }
        if last.to != EscalateTo::Supervisors {
            let what = format!("{label}: the last step goes to \"{}\", so nobody who leads is told", last.to);
            let path = format!("{steps_at}/{}/to", steps.len() - 1);
            found.fault(&[&path, &steps_at], what, "add a step with to = \"supervisors\"");
        }
        for (n, step) in steps.iter().enumerate() {
            self.check_step(n, step, found);
        }
    }

    fn check_step(&self, n: usize, step: &LateStep, found: &mut Objections) {
        let label = format!("promise {}, step {}", self.number + 1, n + 1);
        let at = |key: &str| format!("{}/{n}/{key}", self.at("steps"));
        let before = n.checked_sub(1).map(|before| &self.rule.steps[before]);
        if before.is_some_and(|before| step.late_ms <= before.late_ms) {
            let what = format!("{label} comes no later ({}) than the one before", spoken(step.late_ms));
            found.fault(&[&at("late")], what, "write the steps in the order of time, each later than the one before");
        }
        if let Some(before) = before.filter(|before| step.to < before.to) {
            let what = format!("{label} goes back from \"{}\" to \"{}\"", before.to, step.to);
            found.fault(&[&at("to")], what, "go on from operator to group to supervisors; steps may be left out");
        }
        if step.again_ms.is_some_and(|again_ms| again_ms < AGAIN_MS_MIN) {
            let mend = format!("write at least {}, so that somebody can see to it meanwhile", spoken(AGAIN_MS_MIN));
            found.fault(&[&at("again")], format!("{label} is told again too soon"), mend);
        }
        if step.to == EscalateTo::Group && self.plan.follow_up.group.is_none() {
            let mend = "add `group = \"operators.{region}\"` to [follow_up], or leave the step out";
            found.fault(&[&at("to"), "follow_up"], format!("{label} goes to a group, but the plan names none"), mend);
        }
    }
}
