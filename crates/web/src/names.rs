//! What people read instead of ids: queues, classes, parties, units, operators and outcomes by the
//! plan's words in the reader's language, or in one that it has.

use crate::words::Words;
use domain::{
    ClassId, OperatorId, QueueId, UnitId,
    contact::{Outcome, Owner},
    destination::Led,
    intent::Intent,
    plan::{Class, Escalation, Plan, Region, Words as PlanWords},
    routing::ContactView,
};
use switchboard::Live;

/// A text of the plan.
fn told(words: Words, texts: &PlanWords) -> Option<&str> {
    texts.get(&words.language).or_else(|| texts.values().next()).map(String::as_str)
}

fn parts_of<'a>(plan: &'a Plan, queue: &QueueId) -> Option<(&'a Region, &'a Class)> {
    plan.queues().find(|(id, ..)| id == queue).map(|(_, region, class)| (region, class))
}

/// "Väst, report a crime": a queue by region and matter class.
#[must_use]
pub fn queue(words: Words, plan: &Plan, queue: &QueueId) -> String {
    let Some((region, class)) = parts_of(plan, queue) else { return queue.to_string() };
    told(words, &class.name).map_or_else(|| region.name.clone(), |class| format!("{}, {class}", region.name))
}

/// The same by its id, which stands in where the plan has the class no longer.
#[must_use]
pub fn class_of_id(words: Words, plan: &Plan, id: &ClassId) -> String {
    plan.class(id).map_or_else(|| id.to_string(), |known| class(words, known))
}

/// "Report a crime": a matter class.
#[must_use]
pub fn class(words: Words, class: &Class) -> String {
    told(words, &class.name).map_or_else(|| class.id.to_string(), str::to_owned)
}

/// What a contact is about: what was understood, else the class that it waits in (chosen by key).
#[must_use]
pub fn matter(words: Words, plan: &Plan, intent: Option<Intent>, queue: Option<&QueueId>) -> String {
    let class = || queue.and_then(|queue| parts_of(plan, queue)).and_then(|(_, class)| told(words, &class.name));
    match intent {
        Some(intent) => words.intent(intent),
        None => class().map_or_else(|| words.t("matter-unknown"), str::to_owned),
    }
}

/// The same of an open contact; the class is that of the queue from which it was offered once it is
/// answered.
#[must_use]
pub fn matter_of(words: Words, plan: &Plan, contact: &ContactView) -> String {
    matter(words, plan, contact.intent, contact.queue.as_ref().or(contact.why.as_ref().map(|why| &why.queue)))
}

/// Where a matter is led, and why: "Web form" and "a form fits: a card was used by somebody else".
#[must_use]
pub fn led(words: Words, led: &Led<'_>) -> (String, String) {
    let to = told(words, &led.to.name).map_or_else(|| led.to.id.clone(), str::to_owned);
    let rule = words.named("rule", led.rule.word());
    let why = match led.because {
        Some(circumstance) => format!("{rule}: {}", words.named("circumstance", circumstance.word())),
        None => rule,
    };
    (to, why)
}

/// Where it waits, beside [`matter`]: the region alone when the matter is the class already.
#[must_use]
pub fn line(words: Words, plan: &Plan, intent: Option<Intent>, of: &QueueId) -> String {
    match (intent, parts_of(plan, of)) {
        (None, Some((region, _))) => region.name.clone(),
        (Some(_), _) | (None, None) => queue(words, plan, of),
    }
}

/// "Sweden's 112": a party by its id in the plan; the id itself when the plan has it no longer.
#[must_use]
pub fn party(words: Words, plan: &Plan, party: &str) -> String {
    plan.parties.get(party).and_then(|party| told(words, &party.name)).unwrap_or(party).to_owned()
}

/// A party by its name, the supervisors who owe follow-ups by their region's.
#[must_use]
pub fn unit(words: Words, plan: &Plan, unit: &str) -> String {
    let owes = plan.follow_up.unit.as_str();
    let of_region = plan.regions.iter().find(|region| owes.contains("{region}") && owes.replace("{region}", region.id.as_str()) == unit);
    match of_region {
        Some(region) => words.with("unit-supervisors", [("region", region.name.clone().into())]),
        None if owes == unit => words.t("unit-supervisors-all"),
        None => group(words, plan, unit).unwrap_or_else(|| party(words, plan, unit)),
    }
}

/// The operators of a region, to whom late promises go.
fn group(words: Words, plan: &Plan, unit: &str) -> Option<String> {
    let unit = UnitId::new(unit);
    let region = plan.regions.iter().find(|region| plan.follow_up.is_group(&unit, &region.id))?;
    Some(words.with("unit-operators", [("region", region.name.clone().into())]))
}

/// "step 2: the operators of the region"
#[must_use]
pub fn escalation(words: Words, at: Escalation) -> String {
    words.with("promise-step", [("step", u64::from(at.step).into()), ("to", words.named("escalate-to", at.to.word()).into())])
}

/// The shown name of an operator, or the account's number.
#[must_use]
pub fn operator(words: Words, live: &Live, operator: OperatorId) -> String {
    live.names.get(&operator).cloned().unwrap_or_else(|| words.with("operator-numbered", [("number", operator.to_string().into())]))
}

#[must_use]
pub fn owner(words: Words, plan: &Plan, live: &Live, owner: &Owner) -> String {
    match owner {
        Owner::Dialogue => words.t("owner-dialogue"),
        Owner::Queue(of) => queue(words, plan, of),
        Owner::Operator(of) => operator(words, live, *of),
        Owner::Unit(of) => unit(words, plan, of.as_str()),
    }
}

#[must_use]
pub fn outcome(words: Words, plan: &Plan, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Transferred(to) => words.with("outcome-transferred", [("to", party(words, plan, to.as_str()).into())]),
        Outcome::SystemTerminated(cause) => words.named("cause", cause.word()),
        Outcome::Helped
        | Outcome::ReportReceived
        | Outcome::LeftInDialogue
        | Outcome::Abandoned
        | Outcome::CallbackAccepted
        | Outcome::Deflected
        | Outcome::Emergency
        | Outcome::JoinedOther
        | Outcome::NotReached
        | Outcome::Read
        | Outcome::PassedOn
        | Outcome::Cancelled
        | Outcome::Missed => words.named("outcome", &outcome.word()),
    }
}
