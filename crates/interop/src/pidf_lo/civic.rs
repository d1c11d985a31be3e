//! A civic address (RFC 5139, with the Swedish and Danish use of its fields).

use super::document::text_of;
use roxmltree::Node;
use std::{collections::BTreeMap, fmt};

/// The fields of RFC 5139 and 6848 that are kept; others are left out with a warning.
const FIELDS: [&str; 35] = [
    "country", "A1", "A2", "A3", "A4", "A5", "A6", "PRM", "PRD", "RD", "STS", "POD", "POM", "RDSEC", "RDBR", "RDSUBBR", "HNO", "HNS",
    "LMK", "LOC", "FLR", "NAM", "PC", "BLD", "UNIT", "ROOM", "SEAT", "PLC", "PCN", "POBOX", "ADDCODE", "PN", "MP", "STP", "HNP",
];
const VALUE_CHARS_MAX: usize = 200;

/// An address by field name. Personal data: hidden in Debug.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Civic {
    fields: BTreeMap<&'static str, String>,
}

impl fmt::Debug for Civic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Civic(hidden, {} fields)", self.fields.len())
    }
}

impl Civic {
    /// None when there is no such field or the value is blank after trimming.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&str> {
        self.fields.get(field).map(String::as_str)
    }

    /// Sets a field. False when the field is not one of RFC 5139's, the value is blank, too long or
    /// holds control characters.
    pub fn set(&mut self, field: &str, value: &str) -> bool {
        let value = value.trim();
        let known = FIELDS.iter().find(|known| known.eq_ignore_ascii_case(field));
        let fits = !value.is_empty() && value.chars().count() <= VALUE_CHARS_MAX && !value.contains(char::is_control);
        match known {
            Some(name) if fits => {
                self.fields.insert(name, value.to_owned());
                true
            }
            _ => false,
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Two letters, upper case.
    #[must_use]
    pub fn country(&self) -> Option<String> {
        self.get("country").map(str::to_ascii_uppercase)
    }

    /// The municipality: A2 in Sweden and Denmark.
    #[must_use]
    pub fn municipality(&self) -> Option<&str> {
        self.get("A2")
    }

    /// The postal code's digits without blanks or country prefix.
    #[must_use]
    pub fn postal_code(&self) -> Option<String> {
        self.get("PC").map(|code| code.chars().filter(char::is_ascii_digit).collect::<String>()).filter(|digits| !digits.is_empty())
    }

    /// Fields in the schema's order, for the writer.
    pub(super) fn in_order(&self) -> impl Iterator<Item = (&'static str, &str)> {
        FIELDS.into_iter().filter_map(|name| self.get(name).map(|value| (name, value)))
    }

    /// Reads a `civicAddress`; the number of fields left out comes second.
    pub(super) fn read(node: Node<'_, '_>) -> (Self, usize) {
        let mut civic = Self::default();
        let mut left_out = 0;
        for field in node.children().filter(Node::is_element) {
            if let Some(value) = text_of(field) {
                left_out += usize::from(!civic.set(field.tag_name().name(), value));
            }
        }
        (civic, left_out)
    }
}
