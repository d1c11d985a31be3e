//! Who hears whom in one contact's conversation, said in people: the legs are looked up each time,
//! so a leg that is replaced (a page was reloaded) takes the old one's place by itself.

use crate::legs::Legs;
use domain::{AttemptId, ContactId, OperatorId, routing::Consulted};
use telephony::LegId;

/// The people of a conversation beside the citizen.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Talk {
    pub operator: Option<OperatorId>,
    /// The citizen hears music instead.
    pub held: bool,
    /// Whoever was asked in, by a colleague's name or as a party.
    pub other: Option<(AttemptId, Consulted)>,
    /// The other speaks with the citizen too.
    pub together: bool,
}

/// Legs that hear each other: with the citizen, and apart from them.
#[derive(PartialEq, Eq, Default, Debug)]
pub(crate) struct Wiring {
    pub talk: Vec<LegId>,
    pub consult: Vec<LegId>,
}

impl Talk {
    pub fn with(operator: OperatorId) -> Self {
        Self { operator: Some(operator), ..Self::default() }
    }

    /// The operator leaves, as the one who leads the conversation or as the colleague asked in.
    pub fn leave(&mut self, operator: OperatorId) {
        self.operator = self.operator.filter(|known| *known != operator);
        self.other.take_if(|(_, with)| *with == Consulted::Operator(operator));
    }

    pub fn drop_attempt(&mut self, attempt: AttemptId) {
        self.other.take_if(|(known, _)| *known == attempt);
    }

    pub fn includes(&self, operator: OperatorId) -> bool {
        self.operator == Some(operator) || self.other.as_ref().is_some_and(|(_, with)| *with == Consulted::Operator(operator))
    }

    /// Operator and other speak apart from the citizen.
    fn is_apart(&self) -> bool {
        self.operator.is_some() && self.other.is_some() && !self.together
    }
}

impl Legs {
    /// Whether somebody is on the line with the citizen now, so that nothing may be played to them. Whoever is
    /// meant to be there and has lost their leg hears nobody.
    pub fn is_heard(&self, contact: ContactId) -> bool {
        self.wiring(contact).talk.len() > 1
    }

    /// The legs of a conversation as it is to be now.
    pub fn wiring(&self, contact: ContactId) -> Wiring {
        let Some(talk) = self.talk(contact) else { return Wiring::default() };
        let caller = self.caller(contact).filter(|_| !talk.held);
        let operator = talk.operator.and_then(|operator| self.connected(operator));
        let other = talk.other.as_ref().and_then(|(attempt, with)| match with {
            Consulted::Party(_) => self.party(*attempt).filter(|party| party.up).map(|party| party.leg),
            Consulted::Operator(colleague) => self.connected(*colleague),
        });
        if talk.is_apart() {
            Wiring { talk: caller.into_iter().collect(), consult: operator.into_iter().chain(other).collect() }
        } else {
            Wiring { talk: caller.into_iter().chain(operator).chain(other).collect(), consult: Vec::new() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{desk::PageId, legs::Use};
    use domain::PartyId;

    const CONTACT: ContactId = ContactId(7);
    const CALLER: LegId = LegId(1);
    const OPERATOR: LegId = LegId(2);
    const PARTY: LegId = LegId(3);
    const COLLEAGUE: LegId = LegId(4);

    fn legs() -> Legs {
        let mut legs = Legs::default();
        legs.add(CALLER, Use::Caller(CONTACT));
        legs.add(OPERATOR, Use::Browser(OperatorId(1), PageId(1)));
        legs.add(COLLEAGUE, Use::Browser(OperatorId(2), PageId(2)));
        legs.add(PARTY, Use::Party(CONTACT, AttemptId(1)));
        for leg in [OPERATOR, COLLEAGUE, PARTY] {
            legs.set_up(leg, true);
        }
        legs
    }

    fn party() -> Option<(AttemptId, Consulted)> {
        Some((AttemptId(1), Consulted::Party(PartyId::new("switchboard"))))
    }

    fn colleague() -> Option<(AttemptId, Consulted)> {
        Some((AttemptId(2), Consulted::Operator(OperatorId(2))))
    }

    fn check(talk: Talk, with_citizen: &[LegId], apart: &[LegId]) {
        let mut legs = legs();
        legs.change_talk(CONTACT, |known| *known = talk.clone());
        assert_eq!(legs.wiring(CONTACT), Wiring { talk: with_citizen.to_vec(), consult: apart.to_vec() }, "{talk:?}");
    }

    #[test]
    fn everybody_hears_whom_they_should() {
        let talk = Talk::with(OperatorId(1));
        let held = Talk { held: true, ..talk.clone() };
        check(talk.clone(), &[CALLER, OPERATOR], &[]);
        check(held.clone(), &[OPERATOR], &[]);
        check(Talk { other: party(), ..held.clone() }, &[], &[OPERATOR, PARTY]);
        check(Talk { other: colleague(), ..held.clone() }, &[], &[OPERATOR, COLLEAGUE]);
        check(Talk { other: party(), together: true, ..talk.clone() }, &[CALLER, OPERATOR, PARTY], &[]);
        check(Talk { other: colleague(), together: true, ..talk }, &[CALLER, OPERATOR, COLLEAGUE], &[]);
        check(Talk { other: party(), ..Talk::default() }, &[CALLER, PARTY], &[]);
        check(Talk::default(), &[CALLER], &[]);
    }

    #[test]
    fn a_new_leg_takes_the_place_of_the_old_one() {
        let mut legs = legs();
        legs.change_talk(CONTACT, |talk| *talk = Talk { held: true, other: colleague(), ..Talk::with(OperatorId(1)) });
        let reloaded = LegId(9);
        assert_eq!(legs.add(reloaded, Use::Browser(OperatorId(2), PageId(3))), Some(COLLEAGUE));
        assert_eq!(legs.wiring(CONTACT).consult, [OPERATOR]);
        legs.set_up(reloaded, true);
        assert_eq!(legs.wiring(CONTACT).consult, [OPERATOR, reloaded]);
        assert_eq!(legs.talks_of(OperatorId(2)), [CONTACT]);
    }

    #[test]
    fn whoever_leaves_or_has_lost_their_leg_is_not_heard() {
        let mut legs = legs();
        assert!(!legs.is_heard(CONTACT));
        legs.change_talk(CONTACT, |talk| *talk = Talk { other: party(), together: true, ..Talk::with(OperatorId(1)) });
        assert!(legs.is_heard(CONTACT));
        legs.change_talk(CONTACT, |talk| talk.leave(OperatorId(1)));
        assert!(legs.is_heard(CONTACT), "the party is there");
        legs.change_talk(CONTACT, |talk| talk.drop_attempt(AttemptId(2)));
        assert!(legs.is_heard(CONTACT), "another attempt is not meant");
        legs.remove(PARTY);
        assert!(!legs.is_heard(CONTACT), "its line is gone");
        legs.change_talk(CONTACT, |talk| talk.drop_attempt(AttemptId(1)));
        assert!(legs.talk(CONTACT).is_some_and(|talk| talk.operator.is_none() && talk.other.is_none()));
    }
}
