//! The reference of a matter: eight digits to read aloud, the last one a check digit.
//!
//! The number is scattered so that two neighbours are not alike and the volume of a day cannot be
//! read off; it is a name, never a secret, and opens nothing by itself.

use crate::MatterId;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Numbers before the check digit; the matter's number is taken modulo this.
const SPAN: u64 = 10_000_000;
/// Coprime to `SPAN`, so that scattering is one to one.
const SCATTER: u64 = 7_368_787;
const OFFSET: u64 = 2_914_631;

/// Damm's quasigroup of order ten: finds every single wrong digit and every swap of neighbours.
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

/// Eight digits, the last a Damm check digit. Shown in two groups of four.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Reference(u32);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReferenceError {
    /// Not eight digits once spaces and hyphens are taken away.
    NotEightDigits,
    /// Most likely misheard or mistyped: the check digit does not fit.
    CheckDigit,
}

impl fmt::Display for ReferenceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotEightDigits => "a reference has eight digits",
            Self::CheckDigit => "a digit of the reference is wrong or two are swapped: ask for it again",
        })
    }
}

impl std::error::Error for ReferenceError {}

impl Reference {
    #[must_use]
    pub fn of(matter: MatterId) -> Self {
        let number = ((matter.0 % SPAN) * SCATTER + OFFSET) % SPAN;
        let checked = number * 10 + u64::from(check_digit(digits_of(number).into_iter()));
        Self(u32::try_from(checked).unwrap_or_default())
    }

    /// The eight digits without a gap.
    #[must_use]
    pub fn digits(self) -> String {
        digits_of(u64::from(self.0)).into_iter().map(char::from).collect()
    }
}

/// The last eight digits.
fn digits_of(number: u64) -> [u8; 8] {
    let mut rest = number;
    let mut digits = [b'0'; 8];
    for digit in digits.iter_mut().rev() {
        *digit += (rest % 10) as u8;
        rest /= 10;
    }
    digits
}

/// A zero in front changes nothing.
fn check_digit(digits: impl Iterator<Item = u8>) -> u8 {
    digits.fold(0, |interim, digit| DAMM[usize::from(interim)][usize::from(digit.wrapping_sub(b'0') % 10)])
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits();
        write!(f, "{} {}", &digits[..4], &digits[4..])
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.digits()
    }
}

impl TryFrom<String> for Reference {
    type Error = ReferenceError;
    fn try_from(text: String) -> Result<Self, ReferenceError> {
        text.parse()
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;
    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{a0}')).collect();
        if digits.len() != 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(ReferenceError::NotEightDigits);
        }
        if check_digit(digits.bytes()) != 0 {
            return Err(ReferenceError::CheckDigit);
        }
        digits.parse().map(Self).map_err(|_| ReferenceError::NotEightDigits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_digit_and_every_swap_is_noticed() {
        let digits = Reference::of(MatterId(1)).digits().into_bytes();
        for place in 0..8 {
            for digit in b'0'..=b'9' {
                let mut wrong = digits.clone();
                wrong[place] = digit;
                let text = String::from_utf8_lossy(&wrong).into_owned();
                assert_eq!(text.parse::<Reference>().is_ok(), wrong == digits, "{text}");
            }
        }
        for place in 0..7 {
            let mut swapped = digits.clone();
            swapped.swap(place, place + 1);
            assert_eq!(String::from_utf8_lossy(&swapped).parse::<Reference>().is_ok(), swapped == digits);
        }
    }

    #[test]
    fn ten_million_matters_have_ten_million_references() {
        let mut seen = vec![false; 10_000_000];
        for matter in 0..SPAN {
            let number = usize::try_from(Reference::of(MatterId(matter)).0 / 10).unwrap_or_default();
            assert!(!std::mem::replace(&mut seen[number], true));
        }
    }
}
