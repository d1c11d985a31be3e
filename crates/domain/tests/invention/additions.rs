//! Additions in a storm, and links of whatever is at hand to whatever matter there is or was.

use super::{Inventor, OPERATORS};
use domain::{
    ContactId, DecisionId, MatterId, MessageNumber, OperatorId, RegionId, UnitId,
    contact::{Channel, MessageFault, NamedMatter, Outcome, Owner, PromiseKind, ReachedBy, SystemCause},
    intent::{Intent, Language},
    routing::{AdditionView, Event, View},
};

impl Inventor {
    /// Something written: about a matter that is there, was there or never was, or about none.
    pub(super) fn addition(&mut self, view: &View) -> Event {
        if !view.additions.is_empty() && self.dice.percent(40) {
            let addition = self.dice.one(&view.additions);
            let operator = OperatorId(self.dice.below(OPERATORS) + 1);
            if addition.kind == PromiseKind::Report && self.dice.percent(40) {
                return self.report_in_hand(&addition, operator);
            }
            return match self.dice.percent(50) {
                true => self.link(view, addition.contact, operator),
                false => {
                    let outcome = self.dice.one(&[Outcome::Read, Outcome::PassedOn, Outcome::SystemTerminated(SystemCause::Deadline)]);
                    Event::PromiseSettled { matter: addition.matter, promise: addition.promise, operator, outcome }
                }
            };
        }
        self.calls += 1;
        if self.dice.percent(25) {
            return self.report();
        }
        let named = self.dice.percent(70).then(|| self.named(view));
        Event::AdditionReceived {
            contact: ContactId(self.contacts + 1),
            matter: MatterId(self.calls),
            channel: self.dice.one(&[Channel::Mail, Channel::Web, Channel::Desk]),
            language: self.dice.one(Language::ALL),
            verified: named.is_some() && self.dice.percent(50),
            named,
            region: self.dice.percent(50).then(|| RegionId::new(self.dice.one(&["vast", "nord"]))),
            reached: self.reached(),
        }
    }

    /// By a form, from somewhere or nobody knows where.
    fn report(&mut self) -> Event {
        Event::ReportReceived {
            contact: ContactId(self.contacts + 1),
            matter: MatterId(self.calls),
            intent: self.dice.one(Intent::ALL),
            language: self.dice.one(Language::ALL),
            region: self.dice.percent(70).then(|| RegionId::new(self.dice.one(&["vast", "nord"]))),
            reached: self.reached(),
        }
    }

    /// Decided, perhaps as nobody can, or asked about, perhaps once more.
    fn report_in_hand(&mut self, report: &AdditionView, operator: OperatorId) -> Event {
        let (matter, promise, reached) = (report.matter, report.promise, self.reached());
        if self.dice.percent(50) {
            return Event::CitizenAsked { matter, promise, operator, reached };
        }
        let decision = DecisionId::new(self.dice.one(&["investigated", "no_traces", "no_crime", "unheard_of"]));
        Event::ReportDecided { matter, promise, operator, decision, reached }
    }

    pub(super) fn reached(&mut self) -> ReachedBy {
        ReachedBy { textable: self.dice.percent(30), mailable: self.dice.percent(30) }
    }

    /// What we wrote was taken, or is given up.
    pub(super) fn of_message(&mut self, (contact, message): (ContactId, MessageNumber)) -> Event {
        match self.dice.percent(60) {
            true => Event::MessageSent { contact, message },
            false => Event::MessageGivenUp { contact, message, why: self.dice.one(MessageFault::ALL) },
        }
    }

    pub(super) fn link(&mut self, view: &View, contact: ContactId, operator: OperatorId) -> Event {
        Event::ContactLinked { contact, named: self.named(view), operator }
    }

    /// Of a matter that is open, or of any that was.
    fn named(&mut self, view: &View) -> NamedMatter {
        let open: Vec<MatterId> = view.promises.iter().map(|promise| promise.matter).collect();
        let matter =
            if open.is_empty() || self.dice.percent(50) { MatterId(self.dice.below(self.calls) + 1) } else { self.dice.one(&open) };
        let decided_by = self.dice.percent(50).then(|| Owner::Unit(UnitId::new("supervisors.syd")));
        NamedMatter { matter, opened: self.now, decided_by, region: self.dice.percent(50).then(|| RegionId::new("syd")) }
    }
}
