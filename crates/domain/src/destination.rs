//! Where a caller is led, and why: what was understood, what was said beside it, and the plan's
//! destinations. The order of the rules stands here; which destinations and forms there are is the
//! plan's, and what the words mean is not decided here.
//!
//! It tells the operator and `svar understand` where a matter belongs. The router goes by the plan's classes.

use crate::{
    intent::{Circumstance, Gate, Intent, Reading, words},
    plan::{GoingOn, Message, Plan, Words},
};
use std::collections::BTreeMap;

/// A place that callers can be led to, by the plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Destination {
    /// "112", "pkc": as in the training sentences.
    pub id: String,
    pub name: Words,
    pub serves: Serves,
    /// Matters that belong here.
    pub intents: Vec<Intent>,
    /// Matters that belong here only when one of these was said.
    pub only_with: BTreeMap<Intent, Vec<Circumstance>>,
    /// What a caller is sent about it by text message, where it is a form that has a web address.
    pub message: Option<Message>,
}

words! {
    /// What a destination is for.
    Serves {
        /// 112.
        Emergency = "emergency",
        /// Who sends patrols.
        CommandCentre = "command_centre",
        /// A person of ours, who takes whatever belongs nowhere else.
        Person = "person",
        /// A form that the caller fills in.
        Form = "form",
        /// Somebody of the police who answers this kind of matter.
        Service = "service",
        /// Not the police.
        Elsewhere = "elsewhere",
    }
}

words! {
    /// The rule that decided.
    Rule {
        Danger = "danger",
        /// A passport or national identity card is lost: somebody must block it.
        Document = "document",
        /// A form fits.
        Form = "form",
        /// A form would fit, but for what was said.
        Blocked = "blocked",
        GoingOn = "going_on",
        /// It may be going on, and a patrol may be wanted.
        Patrol = "patrol",
        /// It belongs there by the plan.
        Matter = "matter",
        /// It belongs nowhere else, or nobody can tell.
        Person = "person",
        /// It may be one of several matters, and most of what it may be is taken there.
        Between = "between",
    }
}

/// Where, by which rule, and what was said that made the difference.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Led<'p> {
    pub to: &'p Destination,
    pub rule: Rule,
    pub because: Option<Circumstance>,
}

/// What is known when a caller is led.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Said<'a> {
    pub intent: Option<Intent>,
    pub circumstances: &'a [Circumstance],
    pub gate: Gate,
    /// Nobody is in danger, but it is going on, has just happened or is about to.
    pub going_on: bool,
}

/// Where a matter is led; with the gate `ask`, after the answer no. None where the plan names no
/// destination for it: every plan that names any has one for danger and a person.
#[must_use]
pub fn lead<'p>(plan: &'p Plan, said: &Said<'_>) -> Option<Led<'p>> {
    let destinations = &plan.destinations;
    let serving = |serves: Serves| destinations.iter().find(|destination| destination.serves == serves);
    let led = |serves: Serves, rule, because| serving(serves).map(|to| Led { to, rule, because });
    if said.gate == Gate::Direct {
        return led(Serves::Emergency, Rule::Danger, None);
    }
    if said.going_on {
        let to = match plan.emergency.going_on {
            GoingOn::Emergency => Serves::Emergency,
            GoingOn::CommandCentre => Serves::CommandCentre,
        };
        return led(to, Rule::GoingOn, None).or_else(|| led(Serves::Emergency, Rule::GoingOn, None));
    }
    let Some(intent) = said.intent else { return led(Serves::Person, Rule::Person, None) };
    lost_document(said, intent)
        .and_then(|because| led(Serves::Person, Rule::Document, Some(because)))
        .or_else(|| with_what_was_said(destinations, said, intent))
        .or_else(|| form(destinations, said, intent, serving(Serves::Person)))
        .or_else(|| patrol(destinations, said, intent))
        .or_else(|| by_matter(destinations, said, intent))
        .or_else(|| led(Serves::Person, Rule::Person, None))
}

/// Where a matter is led while nobody has confirmed what it is about: by the likeliest reading, if that is sure
/// enough by the plan to be asked about alone; else where most of what it may be is taken. What `said` has as its
/// intent is not looked at.
#[must_use]
pub fn lead_among<'p>(plan: &'p Plan, readings: &[Reading], said: &Said<'_>) -> Option<Led<'p>> {
    let likeliest = readings.first();
    let first = lead(plan, &Said { intent: likeliest.map(|reading| reading.intent), ..*said })?;
    let sure = likeliest.is_none_or(|reading| reading.confidence_permille >= plan.dialogue.confirm_permille);
    if sure || said.gate == Gate::Direct || said.going_on {
        return Some(first);
    }
    let way = |reading: &Reading| Some((lead(plan, &Said { intent: Some(reading.intent), ..*said })?.to, reading.confidence_permille));
    let ways: Vec<(&Destination, u16)> = readings.iter().filter_map(way).collect();
    let worth = |to: &Destination| -> u32 { ways.iter().filter(|(meant, _)| to.suits(meant)).map(|(_, sure)| u32::from(*sure)).sum() };
    let person = plan.destinations.iter().find(|destination| destination.serves == Serves::Person);
    // Of equals the likelier stays, and a person is the last of them.
    let best = ways.iter().map(|(to, _)| *to).chain(person).rev().max_by_key(|to| worth(to)).unwrap_or(first.to);
    Some(if best.id == first.to.id { first } else { Led { to: best, rule: Rule::Between, because: None } })
}

/// Only where it is the matter itself: a passport in a stolen bag is stolen too.
fn lost_document(said: &Said<'_>, intent: Intent) -> Option<Circumstance> {
    let document = Circumstance::IdentityDocument;
    let gone = matches!(intent, Intent::ReportLostItem | Intent::ReportTheft);
    (gone && said.circumstances.contains(&document)).then_some(document)
}

/// Where the plan leads a matter only because of what was said.
fn with_what_was_said<'p>(destinations: &'p [Destination], said: &Said<'_>, intent: Intent) -> Option<Led<'p>> {
    open(destinations, said).find_map(|to| {
        let because = to.needs_one_of(intent, said.circumstances)?;
        Some(Led { to, rule: Rule::Matter, because: Some(because) })
    })
}

/// A form, where one exists and nothing that was said stands in its way.
fn form<'p>(destinations: &'p [Destination], said: &Said<'_>, intent: Intent, person: Option<&'p Destination>) -> Option<Led<'p>> {
    let mut forms = destinations.iter().filter(|destination| destination.serves == Serves::Form);
    let (to, because) = forms.find_map(|to| Some((to, to.takes(intent, said.circumstances)?)))?;
    match Circumstance::BLOCKING.into_iter().find(|blocking| said.circumstances.contains(blocking) && blocks(*blocking, intent)) {
        Some(blocking) => person.map(|to| Led { to, rule: Rule::Blocked, because: Some(blocking) }),
        None => Some(Led { to, rule: Rule::Form, because }),
    }
}

/// A vehicle stands in the way of a form for theft; damage to one, or a bag lost in one, has its form.
fn blocks(blocking: Circumstance, intent: Intent) -> bool {
    blocking != Circumstance::Vehicle || intent == Intent::ReportTheft
}

/// Whom a patrol may be wanted for while the words leave open whether it is going on.
fn patrol<'p>(destinations: &'p [Destination], said: &Said<'_>, intent: Intent) -> Option<Led<'p>> {
    let mut centres = destinations.iter().filter(|to| to.serves == Serves::CommandCentre && said.gate == Gate::Ask);
    centres.find_map(|to| Some(Led { to, rule: Rule::Patrol, because: to.takes(intent, said.circumstances)? }))
}

fn by_matter<'p>(destinations: &'p [Destination], said: &Said<'_>, intent: Intent) -> Option<Led<'p>> {
    open(destinations, said).find(|to| to.intents.contains(&intent)).map(|to| Led { to, rule: Rule::Matter, because: None })
}

/// Where matters are led by the plan's lists alone. Nobody who may be in danger is sent away from the police.
fn open<'p>(destinations: &'p [Destination], said: &Said<'_>) -> impl Iterator<Item = &'p Destination> {
    let elsewhere = said.gate == Gate::None;
    destinations.iter().filter(move |to| to.serves.is_by_matter() && (elsewhere || to.serves != Serves::Elsewhere))
}

impl Serves {
    /// Whether matters are led there by the plan's lists alone.
    pub(crate) fn is_by_matter(self) -> bool {
        match self {
            Self::Person | Self::Service | Self::Elsewhere => true,
            Self::Emergency | Self::CommandCentre | Self::Form => false,
        }
    }
}

impl Destination {
    /// Whether whoever belongs in `meant` is helped here as well: a person takes what a form would.
    fn suits(&self, meant: &Self) -> bool {
        self.id == meant.id || self.serves == Serves::Person && meant.serves == Serves::Form
    }

    /// Whether such a matter belongs here, and what was said that makes it so.
    #[allow(clippy::option_option)] // belongs here: yes, and why if there is a why
    fn takes(&self, intent: Intent, circumstances: &[Circumstance]) -> Option<Option<Circumstance>> {
        if self.intents.contains(&intent) { Some(None) } else { self.needs_one_of(intent, circumstances).map(Some) }
    }

    fn needs_one_of(&self, intent: Intent, circumstances: &[Circumstance]) -> Option<Circumstance> {
        self.only_with.get(&intent)?.iter().copied().find(|needed| circumstances.contains(needed))
    }
}
