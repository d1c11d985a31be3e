//! What the signalling library has under way, as far as the gate must know it: whatever belongs to
//! none of it never reaches the library.

use rsipstack::dialog::DialogId;
use rsipstack::dialog::dialog_layer::DialogLayer;
use rsipstack::transaction::key::TransactionKey;

/// See the module.
pub trait UnderWay: Send + Sync {
    /// Whether the transaction is on, or over so lately that its messages may still be repeated.
    fn transaction(&self, key: &TransactionKey) -> bool;

    /// Whether the transaction still waits for something.
    fn open_transaction(&self, key: &TransactionKey) -> bool;

    /// Whether a call is known under this id.
    fn dialog(&self, id: &DialogId) -> bool;
}

impl UnderWay for DialogLayer {
    fn transaction(&self, key: &TransactionKey) -> bool {
        self.open_transaction(key) || self.endpoint.finished_transactions.contains_key(key)
    }

    fn open_transaction(&self, key: &TransactionKey) -> bool {
        self.endpoint.transactions.contains_key(key)
    }

    fn dialog(&self, id: &DialogId) -> bool {
        if id.local_tag.is_empty() {
            return false;
        }
        // A call from us is kept without the other side's tag until its answer has been read, and
        // the other side may send requests right behind that answer.
        let unanswered = || DialogId { remote_tag: String::new(), ..id.clone() };
        self.get_dialog(id).is_some() || self.endpoint.waiting_ack.contains_key(id) || self.get_dialog(&unanswered()).is_some()
    }
}
