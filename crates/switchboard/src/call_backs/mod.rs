//! Calls that we owe, as far as numbers and lines go: which number is rung, who keys another one, and that nobody is
//! rung twice at once. Numbers are personal data: none is logged, and each is forgotten with its contact.

mod keying;
mod ring;

use domain::{
    AttemptId, ContactId, MatterId, OperatorId, PromiseId, Timestamp,
    contact::{ContactState, ledger::PromiseRecord},
    plan::{CallBackRule, Plan},
    routing::Command,
};
use keying::Keying;
use parking_lot::Mutex;
pub(crate) use ring::not_reached;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use storage::{ContactFile, Payload, PayloadKind, Store, StoreError};
use telephony::LegId;

/// What the loop and the acts know in common of calls that we owe.
pub(crate) struct CallBacks {
    store: Store,
    known: Mutex<Known>,
}

/// Numbers stand here as they are dialled.
#[derive(Default)]
struct Known {
    /// Whole numbers that callers on the line show, whether they may be rung or not.
    shown: BTreeMap<ContactId, String>,
    /// Whole numbers of those who were asked to ring again, and what that is about.
    asked: BTreeMap<PromiseId, (String, MatterId)>,
    /// Of callers on the line, where it may be rung: what they show, or the other that they keyed.
    callers: BTreeMap<ContactId, String>,
    /// Of open contacts that owe a call, as far as it is known already.
    owed: BTreeMap<ContactId, String>,
    keying: BTreeMap<ContactId, Keying>,
    /// Whose number was taken before they said that it ends, until when a digit may still belong to it.
    ended_for: BTreeMap<ContactId, Timestamp>,
    /// Attempts whose number is being looked up, until when the citizen is to be rung.
    wanted: BTreeMap<AttemptId, Timestamp>,
    /// Whose line hears our last words.
    parting: BTreeMap<ContactId, LegId>,
    /// Who hears it ring.
    hearing: BTreeMap<AttemptId, OperatorId>,
    /// Who is being rung or was reached, for as long as that line lasts.
    rung: BTreeMap<AttemptId, String>,
}

/// What keys that were collected come to.
#[derive(PartialEq, Debug)]
pub(crate) enum Given {
    /// This may be rung; to be kept beside the event.
    Usable(Payload),
    Unusable,
}

/// What is known of a number that rings in.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Shown {
    /// It may be rung.
    pub callable: bool,
    /// The contact of a call that we owe it.
    pub owed: Option<ContactId>,
    /// The matter about which we have asked it to ring again.
    pub asked: Option<MatterId>,
}

impl CallBacks {
    pub fn new(store: Store) -> Self {
        Self { store, known: Mutex::default() }
    }

    /// At a start: the numbers of those who were asked to ring again before it.
    pub async fn look_up_asked(&self, asked: impl Iterator<Item = &PromiseRecord>, plan: &Plan) -> Result<(), StoreError> {
        for record in asked {
            let Some(contact) = record.ring_back else { continue };
            if let Some(number) = shown_by(&self.store, contact).await? {
                self.known.lock().asked.insert(record.promise, (plan.whole_number(&number), record.matter));
            }
        }
        Ok(())
    }

    /// At a start: the numbers of what was owed before it, so that whoever rings in again is known.
    pub async fn look_up(&self, owed: impl Iterator<Item = (ContactId, ContactId)>, plan: &Plan) -> Result<(), StoreError> {
        let Some(rule) = &plan.call_backs else { return Ok(()) };
        for (contact, from) in owed {
            if let Some(number) = number_of(&self.store, contact, from).await?.and_then(|number| rule.diallable(&number)) {
                self.known.lock().owed.insert(contact, number);
            }
        }
        Ok(())
    }

    /// The number of a call that comes in is kept until its contact is closed.
    pub fn arrived(&self, contact: ContactId, number: Option<&str>, plan: &Plan) -> Shown {
        let Some(number) = number else { return Shown::default() };
        let mut known = self.known.lock();
        let whole = plan.whole_number(number);
        let asked = known.asked.values().find(|(asked, _)| *asked == whole).map(|(_, matter)| *matter);
        let dialled = plan.call_backs.as_ref().and_then(|rule| rule.diallable(number));
        let owed =
            dialled.is_some().then(|| known.owed.iter().find(|(_, owed)| plan.whole_number(owed) == whole).map(|(contact, _)| *contact));
        known.shown.insert(contact, whole);
        let callable = dialled.is_some();
        known.callers.extend(dialled.map(|dialled| (contact, dialled)));
        Shown { callable, owed: owed.flatten(), asked }
    }

    /// The number of a booking is kept until its contact is closed.
    pub fn booked(&self, contact: ContactId, number: Option<String>) {
        if let Some(number) = number {
            self.known.lock().callers.insert(contact, number);
        }
    }

    /// A caller is told goodbye; of others, only those who still hear theirs are remembered.
    pub fn parting(&self, contact: ContactId, leg: LegId, goodbyes: &BTreeMap<LegId, Timestamp>) {
        let mut known = self.known.lock();
        known.parting.retain(|_, leg| goodbyes.contains_key(leg));
        known.parting.insert(contact, leg);
    }

    /// Follows what was decided. Keys are collected from the decision on, so that none is lost to the router.
    pub fn follow(&self, at: Timestamp, commands: &[Command]) {
        let mut known = self.known.lock();
        for command in commands {
            match command {
                Command::OweCall { contact, from, .. } => {
                    if let Some(number) = known.callers.get(from).cloned() {
                        known.owed.insert(*contact, number);
                    }
                }
                Command::AwaitRingBack { contact, promise, matter } => {
                    if let Some(number) = known.shown.get(contact).cloned() {
                        known.asked.insert(*promise, (number, *matter));
                    }
                }
                Command::SettlePromise { promise, .. } => {
                    known.asked.remove(promise);
                }
                Command::AskNumber { contact } => {
                    known.keying.insert(*contact, Keying::begin(at));
                }
                // Somebody is free for them: their keys are for that conversation.
                Command::MoveContact { contact, state, .. } if !matches!(state, ContactState::Queued | ContactState::Offered) => {
                    known.keying.remove(contact);
                }
                _ => {}
            }
        }
        // Last: a call may be owed to whoever is closed with the same decision.
        for command in commands {
            if let Command::CloseContact { contact, .. } = command {
                known.callers.remove(contact);
                known.shown.remove(contact);
                known.owed.remove(contact);
                known.keying.remove(contact);
                known.ended_for.remove(contact);
            }
        }
    }

    /// Whether the keys of this caller are collected; then this one is, or it is the rest of a number and nobody's.
    pub fn is_keying(&self, contact: ContactId, now: Timestamp) -> bool {
        self.known.lock().is_keying(contact, now)
    }

    /// Takes a key that is collected; what they come to, once that was the last.
    pub fn key(&self, contact: ContactId, key: char, now: Timestamp, rule: Option<&CallBackRule>) -> Option<Given> {
        self.known.lock().key(contact, key, now, rule)
    }

    /// What those come to who have pressed nothing for too long.
    pub fn late(&self, now: Timestamp, rule: Option<&CallBackRule>) -> Vec<(ContactId, Given)> {
        self.known.lock().late(now, rule)
    }

    /// The open contacts that owe this number a call, as far as it is known.
    pub fn owed_to(&self, number: &str, plan: &Plan) -> Vec<ContactId> {
        let whole = plan.whole_number(number);
        let known = self.known.lock();
        known.owed.iter().filter(|(_, owed)| plan.whole_number(owed) == whole).map(|(contact, _)| *contact).collect()
    }

    /// The digits that are read out to a caller: as they are keyed at home.
    pub fn read_out(&self, contact: ContactId, rule: Option<&CallBackRule>) -> String {
        let known = self.known.lock();
        known.callers.get(&contact).zip(rule).map(|(number, rule)| at_home(number, &rule.numbers)).unwrap_or_default()
    }
}

impl Known {
    fn is_keying(&self, contact: ContactId, now: Timestamp) -> bool {
        self.keying.contains_key(&contact) || self.ended_for.get(&contact).is_some_and(|until| now < *until)
    }

    fn key(&mut self, contact: ContactId, key: char, now: Timestamp, rule: Option<&CallBackRule>) -> Option<Given> {
        let is_last = self.keying.get_mut(&contact)?.press(key, now);
        if is_last && key != keying::END {
            self.ended_for.insert(contact, now.plus_ms(keying::REST_MS));
        }
        is_last.then(|| self.given(contact, rule))
    }

    fn late(&mut self, now: Timestamp, rule: Option<&CallBackRule>) -> Vec<(ContactId, Given)> {
        let late: Vec<ContactId> = self.keying.iter().filter(|(_, keying)| keying.is_late(now)).map(|(contact, _)| *contact).collect();
        self.ended_for.extend(late.iter().map(|contact| (*contact, now.plus_ms(keying::REST_MS))));
        late.into_iter().map(|contact| (contact, self.given(contact, rule))).collect()
    }

    fn given(&mut self, contact: ContactId, rule: Option<&CallBackRule>) -> Given {
        let digits = self.keying.remove(&contact).map(Keying::into_digits).unwrap_or_default();
        let Some(number) = rule.and_then(|rule| rule.diallable(&digits)) else { return Given::Unusable };
        let payload = Payload { contact, kind: PayloadKind::CallBack, body: json!({ "number": number }) };
        self.callers.insert(contact, number);
        Given::Usable(payload)
    }
}

/// A number in the ways in which it may have been kept: as it came, with the country code, and as it is keyed at home.
pub(crate) fn ways_of_writing(number: &str, plan: &Plan) -> Vec<String> {
    let home = plan.call_backs.as_ref().map(|rule| at_home(&plan.whole_number(number), &rule.numbers));
    [Some(number.to_owned()), Some(plan.whole_number(number)), home].into_iter().flatten().collect()
}

/// Without the country code where that is our own, and without any sign.
fn at_home(number: &str, beginnings: &[String]) -> String {
    let Some(abroad) = number.strip_prefix('+') else { return number.to_owned() };
    let countries = beginnings.iter().filter(|beginning| beginning.starts_with('+'));
    let trunk = if beginnings.iter().any(|beginning| beginning == "0") { "0" } else { "" };
    match countries.filter_map(|country| number.strip_prefix(country.as_str())).next() {
        Some(rest) => format!("{trunk}{rest}"),
        None => format!("00{abroad}"),
    }
}

/// Whom a call-back goes to: the number keyed for it, else what the caller showed. None once it was erased.
async fn number_of(store: &Store, contact: ContactId, from: ContactId) -> Result<Option<String>, StoreError> {
    let own = store.contact(contact).await?;
    let theirs = if from == contact { None } else { store.contact(from).await? };
    let kinds = [PayloadKind::CallBack, PayloadKind::Booking, PayloadKind::Caller];
    Ok(kinds.into_iter().find_map(|kind| newest(&own, kind).or_else(|| newest(&theirs, kind))))
}

/// The number of a contact, or of the caller whom it owes a call.
pub(crate) async fn number_of_contact(store: &Store, contact: ContactId) -> Result<Option<String>, StoreError> {
    let Some(file) = store.contact(contact).await? else { return Ok(None) };
    let from = file.record.call.as_ref().map_or(contact, |call| call.from);
    number_of(store, contact, from).await
}

/// The newest mail address that is kept of a contact, whatever it came with.
pub(crate) async fn mail_of_contact(store: &Store, contact: ContactId) -> Result<Option<String>, StoreError> {
    let Some(file) = store.contact(contact).await? else { return Ok(None) };
    let mail = |body: &Value| ["mail", "address"].into_iter().find_map(|field| body.get(field)?.as_str().map(str::to_owned));
    Ok(file.payloads.iter().rev().find_map(|payload| mail(payload.body.as_ref()?)))
}

/// What a caller showed; none once it was erased.
async fn shown_by(store: &Store, contact: ContactId) -> Result<Option<String>, StoreError> {
    let file = store.contact(contact).await?;
    Ok(newest(&file, PayloadKind::Caller))
}

fn newest(file: &Option<ContactFile>, kind: PayloadKind) -> Option<String> {
    let kept = file.iter().flat_map(|file| file.payloads.iter().rev()).filter(|payload| payload.kind == kind);
    kept.filter_map(|payload| payload.body.as_ref()?.get("number").and_then(Value::as_str).map(str::to_owned)).next()
}

/// Whom an operator rings and until when.
#[derive(Clone, Copy)]
pub(crate) struct Call {
    pub contact: ContactId,
    pub attempt: AttemptId,
    pub operator: OperatorId,
    pub from: ContactId,
    pub until: Timestamp,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use domain::plan::{self, Source};

    #[test]
    fn the_rest_of_a_number_that_nobody_ended_is_nobodys() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deployments/sweden/plan.toml");
        let plan = plan::read(&Source { file, text: &std::fs::read_to_string(file).unwrap() }).unwrap();
        let (caller, at) = (ContactId(7), |seconds: i64| Timestamp(seconds * 1_000));
        for (end, given_at, rest) in [('#', 2, false), ('5', 12, true)] {
            let mut known = Known::default();
            known.keying.insert(caller, Keying::begin(at(0)));
            for key in "070174060".chars() {
                assert_eq!(known.key(caller, key, at(1), plan.call_backs.as_ref()), None);
            }
            let given = known.key(caller, end, at(2), plan.call_backs.as_ref());
            let late = known.late(at(given_at), plan.call_backs.as_ref()).pop().map(|(_, given)| given);
            assert!(matches!(given.or(late), Some(Given::Usable(_))));
            assert_eq!(known.is_keying(caller, at(given_at + 4)), rest, "{end}");
            assert_eq!(known.key(caller, '1', at(given_at + 4), plan.call_backs.as_ref()), None, "it means nothing to the number");
            assert!(!known.is_keying(caller, at(given_at + 5)), "the answer to what is read out is the router's");
        }
    }

    #[test]
    fn a_number_is_read_out_as_it_is_keyed_at_home() {
        for (numbers, number, expected) in [
            (&["0", "+46"][..], "0313900600", "0313900600"),
            (&["0", "+46"], "+46313900600", "0313900600"),
            (&["0", "+45", "+46"], "+46313900600", "0313900600"),
            (&["3", "+46"], "+46313900600", "313900600"),
            (&["0"], "+46313900600", "0046313900600"),
        ] {
            let beginnings: Vec<String> = numbers.iter().map(|beginning| (*beginning).to_owned()).collect();
            assert_eq!(at_home(number, &beginnings), expected, "{number} {numbers:?}");
        }
    }
}
