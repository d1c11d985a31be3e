//! Tokens of the links that citizens hold. Each is made of what it opens, by its number, and the deployment's secret, each
//! time that it is needed; it stands nowhere, and nobody makes one without the secret.

use crate::hashing::{Hash, hex, keyed, unhex};

/// A link's token: so many bytes of a keyed hash, which nobody can guess, and the number, which nobody can read.
const SEAL_BYTES: usize = 12;
const NUMBER_BYTES: usize = 6;
const TOKEN_DIGITS: usize = 2 * (SEAL_BYTES + NUMBER_BYTES);

type Seal = [u8; SEAL_BYTES];

/// What a token opens. The token of one opens nothing of another kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Opens {
    Booking,
    /// What somebody sent in: whoever sent it follows it by this, and sees nothing of what others sent about the same.
    Contact,
    /// The question how it was to turn to us about a contact.
    Survey,
    /// Where somebody whom an operator talks with sends files, and nothing else.
    Files,
}

impl Opens {
    fn seal(self, secret: &Hash, number: u64) -> Seal {
        let message = match self {
            // The first links were of bookings.
            Self::Booking => format!("svar link 1 {number}"),
            Self::Contact => format!("svar link contact 1 {number}"),
            Self::Survey => format!("svar link survey 1 {number}"),
            Self::Files => format!("svar link files 1 {number}"),
        };
        let hash = keyed(secret, message.as_bytes());
        std::array::from_fn(|place| hash[place])
    }

    /// Numbers from 2^48 on have none that leads to them.
    pub fn token(self, secret: &Hash, number: u64) -> String {
        let seal = self.seal(secret, number);
        let veiled = veiled(secret, &seal, number.to_be_bytes());
        hex(&seal) + &hex(&veiled[veiled.len() - NUMBER_BYTES..])
    }

    /// The number that a token leads to; none for what is no token of ours.
    pub fn number(self, secret: &Hash, token: &str) -> Option<u64> {
        let bytes = unhex(&format!("{token:0<64}")).filter(|_| token.len() == TOKEN_DIGITS)?;
        let seal: Seal = std::array::from_fn(|place| bytes[place]);
        let mut number = [0; 8];
        number[8 - NUMBER_BYTES..].copy_from_slice(&bytes[SEAL_BYTES..SEAL_BYTES + NUMBER_BYTES]);
        let number = u64::from_be_bytes(veiled(secret, &seal, number));
        // Every byte is looked at, whichever differs: how long it takes tells nothing.
        let difference = self.seal(secret, number).iter().zip(seal).fold(0, |all, (ours, theirs)| all | (ours ^ theirs));
        (difference == 0).then_some(number)
    }
}

/// The number under a veil that follows from its seal, or from under it: how many there are is nobody's business.
fn veiled(secret: &Hash, seal: &Seal, number: [u8; 8]) -> [u8; 8] {
    let veil = keyed(secret, format!("svar link veil {}", hex(seal)).as_bytes());
    std::array::from_fn(|place| if place < number.len() - NUMBER_BYTES { number[place] } else { number[place] ^ veil[place] })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: Hash = [7; 32];

    #[test]
    fn a_token_leads_to_its_number_and_to_nothing_of_another_kind() {
        for number in [0, 1, 2, 4_711, (1 << 48) - 1] {
            let (booking, contact) = (Opens::Booking.token(&SECRET, number), Opens::Contact.token(&SECRET, number));
            assert_eq!((booking.len(), contact.len()), (TOKEN_DIGITS, TOKEN_DIGITS));
            assert_eq!((Opens::Booking.number(&SECRET, &booking), Opens::Contact.number(&SECRET, &contact)), (Some(number), Some(number)));
            assert_eq!((Opens::Booking.number(&SECRET, &contact), Opens::Contact.number(&SECRET, &booking)), (None, None));
            assert_eq!(Opens::Contact.number(&[8; 32], &contact), None);
        }
    }

    #[test]
    fn what_is_no_token_leads_nowhere() {
        let token = Opens::Contact.token(&SECRET, 12);
        for place in 0..token.len() {
            let mut other = token.clone().into_bytes();
            other[place] = if other[place] == b'0' { b'1' } else { b'0' };
            assert_eq!(Opens::Contact.number(&SECRET, std::str::from_utf8(&other).unwrap_or_default()), None, "{place}");
        }
        for wrong in ["", "0", &token[1..], &format!("{token}0"), &"å".repeat(18), &"g".repeat(36)] {
            assert_eq!(Opens::Contact.number(&SECRET, wrong), None, "{wrong}");
        }
    }
}
