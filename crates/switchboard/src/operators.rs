//! Operators as the loop meets them: their pages and sound come and go, and they ask for things.

use crate::{
    clock,
    desk::{DeskEvent, OperatorAct, PageId, Refusal},
    desk_acts,
    input::Reply,
    legs::Use,
    run_loop::RunLoop,
};
use domain::{
    OperatorId, Timestamp,
    contact::ContactState,
    plan::OperatorProfile,
    routing::{Event, OperatorState},
};
use telephony::LegId;
use tokio::sync::mpsc;

/// A page's sound, connected and not yet anybody's.
#[derive(Debug)]
pub(crate) struct SoundOffered {
    pub page: PageId,
    /// Under which number the same page had the sound before; none of one that is to have it now, whoever has it.
    pub had: Option<PageId>,
    pub leg: LegId,
}

/// An operator without any page for this long is lost; a reload is quicker.
const PAGELESS_MS_MAX: u64 = 3_000;

impl RunLoop {
    // Pages

    pub async fn page_opened(
        &mut self,
        operator: OperatorId,
        page: PageId,
        profile: OperatorProfile,
        telephone: Option<String>,
        sender: mpsc::Sender<DeskEvent>,
    ) {
        self.pageless.remove(&operator);
        self.stage.pages.lock().add(operator, page, sender);
        match telephone {
            Some(target) => self.stage.telephones.lock().insert(operator, target),
            None => self.stage.telephones.lock().remove(&operator),
        };
        // Whoever lost a conversation has it back with the page's sound, not before: connecting
        // without sound would give the citizen to somebody else.
        if !self.waits_for_sound(operator) {
            self.decide(Event::OperatorSignedIn { operator, profile }, Vec::new(), None).await;
        }
    }

    fn waits_for_sound(&self, operator: OperatorId) -> bool {
        let Some(known) = self.router.view_of_operator(clock::now(), operator).filter(|known| known.state == OperatorState::Lost) else {
            return false;
        };
        let contact = known.contact.and_then(|contact| self.router.view_of_contact(clock::now(), contact));
        contact.is_some_and(|contact| contact.state == ContactState::OperatorLost)
    }

    pub fn page_closed(&mut self, operator: OperatorId, page: PageId) {
        if self.stage.pages.lock().remove(operator, page) && !self.has_telephone(operator) {
            self.pageless.insert(operator, clock::now().plus_ms(PAGELESS_MS_MAX));
        }
        // It was told to connect its sound anew and is gone: another page takes it.
        if self.sound_page(operator).is_some_and(|(holder, up)| holder == page && !up) {
            self.stage.tell(operator, &DeskEvent::SoundLost);
        }
    }

    /// The page that has an operator's sound, or had it last, and whether it flows.
    fn sound_page(&self, operator: OperatorId) -> Option<(PageId, bool)> {
        let legs = self.stage.legs.lock();
        let connected = legs.operator(operator)?;
        match legs.use_of(connected.leg)? {
            Use::Browser(_, page) => Some((page, connected.up)),
            _ => None,
        }
    }

    /// A conversation whose sound still flows is not broken because the page's stream is: the leg
    /// itself tells when the browser is gone.
    pub async fn look_for_lost_pages(&mut self, now: Timestamp) {
        let late: Vec<OperatorId> = self.pageless.iter().filter(|(_, until)| **until <= now).map(|(operator, _)| *operator).collect();
        for operator in late {
            if self.speaks(operator) {
                self.pageless.insert(operator, now.plus_ms(PAGELESS_MS_MAX));
            } else {
                self.pageless.remove(&operator);
                self.decide(Event::OperatorLost { operator }, Vec::new(), None).await;
            }
        }
    }

    fn speaks(&self, operator: OperatorId) -> bool {
        let legs = self.stage.legs.lock();
        legs.connected(operator).is_some() && !legs.talks_of(operator).is_empty()
    }

    fn has_telephone(&self, operator: OperatorId) -> bool {
        self.stage.telephones.lock().contains_key(&operator)
    }

    // Sound

    /// The new leg takes the place of the one before, which may be a page's that was reloaded. Another
    /// page that is still open is told. A page that only has its own sound connected anew takes it from no other: it is
    /// told so late that it has been taken, when the machine has much to do, and the two would take it from each other.
    pub fn sound_offered(&mut self, operator: OperatorId, offered: &SoundOffered, reply: Reply) {
        let SoundOffered { page, had, leg } = *offered;
        let other = self.sound_page(operator).map(|(holder, _)| holder).filter(|holder| *holder != page);
        let is_taken = |holder: PageId| had.is_some_and(|had| had != holder) && self.stage.pages.lock().is_open(operator, holder);
        if other.is_some_and(is_taken) {
            self.stage.telephony.hang_up(leg);
            let _ = reply.send(Err(Refusal::NotNow));
            return;
        }
        let (from, before) = {
            let mut legs = self.stage.legs.lock();
            let from = legs.operator(operator).and_then(|connected| legs.use_of(connected.leg));
            (from, legs.add(leg, Use::Browser(operator, page)))
        };
        if let Some(Use::Browser(_, other)) = from.filter(|from| *from != Use::Browser(operator, page)) {
            self.stage.pages.lock().tell_page(operator, other, DeskEvent::SoundElsewhere);
        }
        if let Some(before) = before {
            self.stage.telephony.hang_up(before);
        }
        let _ = reply.send(Ok(()));
    }

    /// A page's sound is there (again): back to the conversation it belongs to.
    pub async fn sound_connected(&mut self, operator: OperatorId) {
        self.decide(Event::OperatorReturned { operator }, Vec::new(), None).await;
        self.stage.rejoin(operator);
        self.stage.tell(operator, &DeskEvent::Changed);
    }

    /// Also when the sound was never there: nobody is rung who could not be heard.
    pub async fn sound_lost(&mut self, leg: LegId, operator: OperatorId) {
        let current = self.stage.legs.lock().operator(operator).is_some_and(|connected| connected.leg == leg);
        if !current {
            return;
        }
        self.stage.legs.lock().set_up(leg, false);
        // Whoever had it connects anew. All of them at once would take it from each other.
        let told =
            self.sound_page(operator).is_some_and(|(page, _)| self.stage.pages.lock().tell_page(operator, page, DeskEvent::SoundLost));
        if !told {
            self.stage.tell(operator, &DeskEvent::SoundLost);
        }
        if !self.has_telephone(operator) || !self.stage.legs.lock().talks_of(operator).is_empty() {
            self.decide(Event::OperatorLost { operator }, Vec::new(), None).await;
        }
    }

    // Acts

    pub async fn operator_asks(&mut self, operator: OperatorId, act: &OperatorAct, reply: Reply) {
        if let OperatorAct::Mute { .. } | OperatorAct::Keys { .. } = act {
            let _ = reply.send(self.on_the_line(operator, act));
            return;
        }
        let contact = self.router.contact_of(operator);
        match self.check_act(operator, act).and_then(|()| desk_acts::event_of(act, operator, contact)) {
            Ok(event) => self.decide(event, Vec::new(), Some(reply)).await,
            Err(refusal) => {
                let _ = reply.send(Err(refusal));
            }
        }
    }

    fn check_act(&self, operator: OperatorId, act: &OperatorAct) -> Result<(), Refusal> {
        let heard = self.stage.legs.lock().connected(operator).is_some();
        match act {
            // A ringing telephone is answered by lifting it.
            OperatorAct::Accept { .. } | OperatorAct::RingCitizen { .. } if !heard => return Err(Refusal::Sound),
            OperatorAct::Ready if !heard && !self.has_telephone(operator) => return Err(Refusal::Sound),
            _ => {}
        }
        if self.health.database { Ok(()) } else { Err(Refusal::NotSaved) }
    }

    /// What concerns the line alone needs no decision, leaves no entry and waits for nothing.
    fn on_the_line(&self, operator: OperatorId, act: &OperatorAct) -> Result<(), Refusal> {
        let leg = self.stage.legs.lock().connected(operator).ok_or(Refusal::Sound)?;
        match act {
            OperatorAct::Mute { on } => self.stage.telephony.mute(leg, *on),
            OperatorAct::Keys { keys } => {
                let heard_by = self.heard_by(operator, leg);
                if heard_by.is_empty() {
                    return Err(Refusal::NoContact);
                }
                for other in heard_by {
                    self.stage.telephony.send_keys(other, keys);
                }
            }
            _ => return Err(Refusal::NotNow),
        }
        Ok(())
    }

    /// Whoever hears this operator now: the citizen, or whoever was asked in.
    fn heard_by(&self, operator: OperatorId, leg: LegId) -> Vec<LegId> {
        let legs = self.stage.legs.lock();
        let wirings = legs.talks_of(operator).into_iter().map(|contact| legs.wiring(contact));
        let mine = wirings.flat_map(|wiring| [wiring.talk, wiring.consult]).find(|members| members.contains(&leg));
        mine.unwrap_or_default().into_iter().filter(|other| *other != leg).collect()
    }
}
