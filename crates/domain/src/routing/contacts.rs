//! The open contacts, by number.

use super::state::Contact;
use crate::{ContactId, numbered::Numbered};

/// Each stands apart, so that its place in the row is small.
#[derive(Clone, Default)]
pub(super) struct Contacts(Numbered<ContactId, Box<Contact>>);

impl Contacts {
    pub fn get(&self, id: &ContactId) -> Option<&Contact> {
        self.0.get(id).map(Box::as_ref)
    }

    pub fn get_mut(&mut self, id: &ContactId) -> Option<&mut Contact> {
        self.0.get_mut(id).map(Box::as_mut)
    }

    pub fn contains_key(&self, id: &ContactId) -> bool {
        self.0.contains_key(id)
    }

    pub fn insert(&mut self, contact: Box<Contact>) {
        self.0.insert(contact.id, contact);
    }

    pub fn remove(&mut self, id: &ContactId) -> Option<Box<Contact>> {
        self.0.remove(id)
    }

    /// In the order of their numbers.
    pub fn values(&self) -> impl Iterator<Item = &Contact> {
        self.0.values().map(Box::as_ref)
    }
}
