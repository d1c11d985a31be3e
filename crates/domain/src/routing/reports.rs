//! Reports in writing: what a citizen reports by a form. It is a contact and a matter of its own from the first second,
//! owed by the operators of the region where it happened: read, completed, decided, and the citizen told.

use super::{Command, Event, additions::Addition, command::put, router::Router, state::Promise};
use crate::{
    ContactId, MatterId, MessageNumber, OperatorId, PromiseId, RegionId, Timestamp,
    contact::{Channel, ContactState, Outcome, Owner, PromiseKind, Template},
};

impl Router {
    pub(super) fn report_event(&mut self, now: Timestamp, event: &Event) -> bool {
        self.report_received(now, event)
            || self.report_decided(now, event)
            || self.citizen_asked(now, event)
            || self.next_report_asked(now, event)
    }

    fn report_received(&mut self, now: Timestamp, event: &Event) -> bool {
        let Event::ReportReceived { contact, matter, intent, language, region, reached } = event else { return false };
        let (contact, matter, intent, language) = (*contact, *matter, *intent, *language);
        if self.is_known(contact) || self.matters.contains_key(&matter) {
            return false;
        }
        self.ids.pass_contact(contact);
        let (channel, region) = (Channel::Web, region.clone());
        let owner = self.operators_of(region.as_ref());
        put(&mut self.out, || Command::OpenContact { contact, matter, channel, owner: owner.clone() });
        self.out.push(Command::MoveContact { contact, state: ContactState::Unread, owner: owner.clone() });
        let about = self.about_written(Some(intent), channel);
        let due = now.plus_ms(self.ordinary_ms(now, PromiseKind::Report, &about));
        let promise = self.make(Promise { region: region.clone(), about, ..Promise::new(matter, PromiseKind::Report, owner, due) });
        self.additions.insert(
            contact,
            Addition {
                matter,
                promise,
                channel,
                language,
                intent: Some(intent),
                arrived: now,
                region: region.clone(),
                verified: false,
                to_link: false,
                proposed: None,
                next_message: MessageNumber::default(),
            },
        );
        self.keep_matter(matter);
        self.hold_addition(contact, promise);
        let (uncertain, urged) = (false, false);
        put(&mut self.out, || Command::Describe { contact, region, uncertain, intent: Some(intent), language, urged });
        self.tell_writer(contact, Template::Received, *reached);
        true
    }

    /// The report that a promise is about, where this operator answers for it.
    fn report_of(&self, promise: PromiseId, matter: MatterId, operator: OperatorId) -> Option<ContactId> {
        let known = self.promises.get(&promise).filter(|known| known.matter == matter && known.kind == PromiseKind::Report)?;
        let contact = known.contact.filter(|contact| self.additions.contains_key(contact))?;
        self.answers_for(promise, operator).then_some(contact)
    }

    /// Decided, it is owed no more, and whoever reported is told.
    fn report_decided(&mut self, now: Timestamp, event: &Event) -> bool {
        let Event::ReportDecided { matter, promise, operator, decision, reached } = event else { return false };
        let Some(contact) = self.report_of(*promise, *matter, *operator) else { return false };
        if self.plan.decision(decision).is_none() {
            return false;
        }
        put(&mut self.out, || Command::DecideReport { contact, matter: *matter, decision: decision.clone() });
        self.tell_writer(contact, Template::Decided, *reached);
        self.promise_settled(now, *matter, *promise, *operator, &Outcome::ReportReceived)
    }

    /// It waits for whoever reported, who is told that we ask. Asked once more, it goes on waiting.
    fn citizen_asked(&mut self, now: Timestamp, event: &Event) -> bool {
        let Event::CitizenAsked { matter, promise, operator, reached } = event else { return false };
        let Some(contact) = self.report_of(*promise, *matter, *operator) else { return false };
        let waits = self.promises.get(promise).is_some_and(|known| known.paused.is_some());
        if !waits && !self.promise_paused(now, *promise, *matter, *operator) {
            return false;
        }
        self.tell_writer(contact, Template::Asked, *reached);
        true
    }

    /// Whoever has time is given the report that is due first, then the one that came first. A late one is given to whoever
    /// can complete it, wherever they serve: nobody's report waits for a region that has no time.
    fn next_report_asked(&mut self, now: Timestamp, event: &Event) -> bool {
        let Event::NextReportAsked { operator } = event else { return false };
        let due = |(contact, report): (&ContactId, &Addition)| {
            let promise = self.promises.get(&report.promise).filter(|promise| self.may_be_given(now, report, promise, *operator))?;
            Some((promise.due, report.arrived, *contact, report.promise))
        };
        let Some((.., promise)) = self.additions.iter().filter_map(due).min() else { return false };
        self.pass_promise(promise, Owner::Operator(*operator));
        true
    }

    /// A report that nobody has, for somebody at work who serves its class, reads its language and is of its region.
    fn may_be_given(&self, now: Timestamp, report: &Addition, promise: &Promise, operator: OperatorId) -> bool {
        let Some(known) = self.operators.get(&operator).filter(|_| self.is_at_work(operator)) else { return false };
        let is_nobodys = promise.kind == PromiseKind::Report && promise.paused.is_none() && matches!(promise.owner, Owner::Unit(_));
        let serves = self.plan.class_of(report.intent).is_some_and(|class| known.post.serves_fully(class));
        let reads = known.post.languages().contains(&report.language);
        let is_theirs = report.region.as_ref().is_none_or(|region| known.post.is_of(region)) || promise.due < now;
        is_nobodys && serves && reads && is_theirs
    }

    /// The operators of a region, who have it until one takes it; the supervisors where nobody knows the region.
    fn operators_of(&self, region: Option<&RegionId>) -> Owner {
        let group = region.and_then(|region| self.plan.follow_up.group_of(region));
        group.map_or_else(|| self.unit_of(region), Owner::Unit)
    }
}
