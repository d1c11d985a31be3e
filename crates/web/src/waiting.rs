//! Why a contact waits and stands where it stands: read off the snapshot, for the lead's page and the
//! API alike. The router alone decides the order; nothing is ranked here.

use crate::{clock, words::Words};
use domain::{
    contact::ContactState,
    plan::{Class, Plan},
    routing::{Able, ContactView, LineView, Reach, View},
};

/// What puts a contact where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rule {
    /// Its operator was lost: before all others.
    Returned,
    /// Time-critical: before all others.
    Strict,
    /// A leader put it before all that is not time-critical.
    PutFirst,
    /// By time waited, counted at this share, with this head start.
    Waited { head_start_ms: u64, acceleration_permille: u32 },
}

/// Why one contact waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Why {
    /// In the order in which all are taken, from 1.
    pub place: usize,
    /// Before it in its own queue.
    pub ahead: usize,
    pub rule: Rule,
    pub line: LineView,
}

/// The waiting in the order in which they will be taken.
pub fn line(view: &View) -> impl Iterator<Item = &ContactView> {
    view.contacts.iter().filter(|contact| contact.state == ContactState::Queued)
}

/// Why this contact waits; none when it does not.
#[must_use]
pub fn why(plan: &Plan, view: &View, contact: &ContactView) -> Option<Why> {
    let standing = contact.line?;
    let place = line(view).position(|other| other.contact == contact.contact)?;
    let ahead = line(view).take(place).filter(|other| other.queue == contact.queue).count();
    let class = class_of(plan, contact);
    Some(Why { place: place + 1, ahead, rule: rule(contact, standing, class), line: standing })
}

fn class_of<'p>(plan: &'p Plan, contact: &ContactView) -> Option<&'p Class> {
    let (_, class) = contact.queue.as_ref()?.as_str().rsplit_once('.')?;
    plan.classes.iter().find(|known| known.id.as_str() == class)
}

fn rule(contact: &ContactView, standing: LineView, class: Option<&Class>) -> Rule {
    let (head_start_ms, acceleration_permille) = class.map_or((0, 1_000), |class| (class.head_start_ms, class.acceleration_permille));
    match (contact.strict, standing.returned) {
        (true, true) => Rule::Returned,
        (true, false) => Rule::Strict,
        (false, _) if contact.put_first => Rule::PutFirst,
        (false, _) => Rule::Waited { head_start_ms, acceleration_permille },
    }
}

fn rule_in_words(words: Words, rule: Rule) -> String {
    match rule {
        Rule::Returned => words.t("order-returned"),
        Rule::Strict => words.t("order-strict"),
        Rule::PutFirst => words.t("order-put-first"),
        Rule::Waited { head_start_ms: 0, acceleration_permille: 1_000 } => words.t("order-oldest"),
        Rule::Waited { head_start_ms: 0, acceleration_permille: faster } => {
            words.with("order-faster", [("percent", u64::from(faster / 10).into())])
        }
        Rule::Waited { head_start_ms: start, acceleration_permille: 1_000 } => {
            words.with("order-head-start", [("start", clock::age(start).into())])
        }
        Rule::Waited { head_start_ms: start, acceleration_permille: faster } => {
            words.with("order-both", [("start", clock::age(start).into()), ("percent", u64::from(faster / 10).into())])
        }
    }
}

/// Why it waits: the rule, who is before it, and what those who can answer are doing.
#[must_use]
pub fn in_words(words: Words, why: &Why) -> String {
    let ordered = format!("{}.", rule_in_words(words, why.rule));
    let ahead = words.with("wait-ahead", [("count", why.ahead.into())]);
    let Able { ready, talking, wrap_up, paused, kept } = why.line.able;
    let able = match (why.line.able.all(), ready) {
        _ if why.line.awaits.is_some() => words.t("wait-awaits"),
        (0, _) => words.t("wait-nobody"),
        (all, 0) => {
            let doing = [("all", all.into()), ("talking", talking.into()), ("wrap-up", wrap_up.into()), ("paused", paused.into())];
            words.with("wait-busy", doing)
        }
        (_, ready) => words.with("wait-ready", [("count", ready.into())]),
    };
    let wider = match why.line.reach {
        Reach::Region => None,
        Reach::Neighbours => Some(words.t("wait-neighbours")),
        Reach::Nation => Some(words.t("wait-nation")),
    };
    let kept = (kept > 0).then(|| words.with("wait-kept", [("count", kept.into())]));
    [Some(ordered), Some(ahead), Some(able), kept, wider].into_iter().flatten().collect::<Vec<_>>().join(" ")
}
