//! The open pages of operators, and what is pushed to them.

use crate::desk::{DeskEvent, PageId};
use domain::OperatorId;
use std::collections::BTreeMap;
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

    /// True when this was the operator's last page.
    pub fn remove(&mut self, operator: OperatorId, page: PageId) -> bool {
        let Some(pages) = self.open.get_mut(&operator) else { return false };
        let was_open = pages.remove(&page).is_some();
        let last = pages.is_empty();
        if last {
            self.open.remove(&operator);
        }
        was_open && last
    }

    pub fn tell(&mut self, operator: OperatorId, event: &DeskEvent) {
        if let Some(pages) = self.open.get_mut(&operator) {
            pages.retain(|_, page| page.try_send(event.clone()).is_ok());
        }
    }

    pub fn tell_everybody(&mut self, event: &DeskEvent) {
        let operators: Vec<OperatorId> = self.open.keys().copied().collect();
        for operator in operators {
            self.tell(operator, event);
        }
    }
}
