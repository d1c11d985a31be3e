//! The open pages of operators, and what is pushed to them.

use crate::desk::{DeskEvent, PageId};
use domain::OperatorId;
use std::collections::{BTreeMap, BTreeSet};
use tokio::sync::mpsc;

/// Events a slow page may be behind before it is cut off; it then opens anew and reads the state.
pub(crate) const PAGE_EVENTS_MAX: usize = 256;

#[derive(Default)]
pub(crate) struct Pages {
    open: BTreeMap<OperatorId, BTreeMap<PageId, mpsc::Sender<DeskEvent>>>,
}

impl Pages {
    pub fn add(&mut self, operator: OperatorId, page: PageId, sender: mpsc::Sender<DeskEvent>) {
        self.open.entry(operator).or_default().insert(page, sender);
    }

    /// True when the operator has no page any more, this one or one that was cut off before.
    pub fn remove(&mut self, operator: OperatorId, page: PageId) -> bool {
        let Some(pages) = self.open.get_mut(&operator) else { return true };
        pages.remove(&page);
        let none_left = pages.is_empty();
        if none_left {
            self.open.remove(&operator);
        }
        none_left
    }

    pub fn tell(&mut self, operator: OperatorId, event: &DeskEvent) {
        if let Some(pages) = self.open.get_mut(&operator) {
            pages.retain(|_, page| page.try_send(event.clone()).is_ok());
        }
    }

    /// Tells one page alone; whether it is open and was told.
    pub fn tell_page(&mut self, operator: OperatorId, page: PageId, event: DeskEvent) -> bool {
        let Some(pages) = self.open.get_mut(&operator) else { return false };
        let told = pages.get(&page).is_some_and(|sender| sender.try_send(event).is_ok());
        if !told {
            pages.remove(&page);
        }
        told
    }

    pub fn is_open(&self, operator: OperatorId, page: PageId) -> bool {
        self.open.get(&operator).is_some_and(|pages| pages.contains_key(&page))
    }

    pub fn tell_those(&mut self, operators: &BTreeSet<OperatorId>, event: &DeskEvent) {
        for operator in operators {
            self.tell(*operator, event);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_page_is_known_however_it_went() {
        let (operator, mut pages) = (OperatorId(1), Pages::default());
        let (sender, mut events) = mpsc::channel(1);
        pages.add(operator, PageId(1), sender.clone());
        pages.add(operator, PageId(2), sender);
        assert!(pages.is_open(operator, PageId(1)) && pages.is_open(operator, PageId(2)));
        assert!(!pages.remove(operator, PageId(1)));
        assert!(!pages.is_open(operator, PageId(1)));
        assert!(!pages.tell_page(operator, PageId(1), DeskEvent::SoundLost), "nobody is there to be told");
        // A page that is too far behind is cut off, and then closes.
        pages.tell(operator, &DeskEvent::Changed);
        pages.tell(operator, &DeskEvent::SoundLost);
        assert!(pages.remove(operator, PageId(2)));
        assert!(matches!(events.try_recv(), Ok(DeskEvent::Changed)));
        assert!(events.try_recv().is_err());
    }
}
