//! The code of a county or police district: what callers call the part of the country that they ring about.

use serde::{Deserialize, Serialize};
use std::fmt;

const LENGTH_MAX: usize = 4;

/// Official code ("14"): one to four letters or digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CountyCode {
    letters: [u8; LENGTH_MAX],
    length: u8,
}

impl CountyCode {
    /// None when it is written otherwise.
    #[must_use]
    pub fn new(code: &str) -> Option<Self> {
        let fits = (1..=LENGTH_MAX).contains(&code.len()) && code.bytes().all(|letter| letter.is_ascii_alphanumeric());
        let mut letters = [0; LENGTH_MAX];
        letters.get_mut(..code.len()).filter(|_| fits)?.copy_from_slice(code.as_bytes());
        Some(Self { letters, length: u8::try_from(code.len()).ok()? })
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        self.letters.get(..usize::from(self.length)).and_then(|letters| std::str::from_utf8(letters).ok()).unwrap_or_default()
    }
}

impl fmt::Display for CountyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CountyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CountyCode({self})")
    }
}

impl TryFrom<String> for CountyCode {
    type Error = String;

    fn try_from(code: String) -> Result<Self, String> {
        Self::new(&code).ok_or_else(|| format!("\"{code}\" is no code of a county: one to {LENGTH_MAX} letters or digits"))
    }
}

impl From<CountyCode> for String {
    fn from(code: CountyCode) -> Self {
        code.as_str().to_owned()
    }
}
