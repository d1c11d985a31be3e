//! A number that a caller keys: digits until #, until there are too many, or until nothing more comes.

use domain::Timestamp;

/// For the first key, while the question is still being said.
const FIRST_KEY_MS_MAX: u64 = 30_000;
const NEXT_KEY_MS_MAX: u64 = 10_000;
/// Ends a number.
pub(super) const END: char = '#';
/// Digits that come so soon after a number that nobody ended are the rest of it: they say nothing to us, and stand in no
/// journal. The number is still being read out then.
pub(super) const REST_MS: u64 = 5_000;
/// With two zeros before a country code; more digits has no number (ITU-T E.164).
const DIGITS_MAX: usize = 17;

pub(super) struct Keying {
    digits: String,
    until: Timestamp,
}

impl Keying {
    pub fn begin(at: Timestamp) -> Self {
        Self { digits: String::new(), until: at.plus_ms(FIRST_KEY_MS_MAX) }
    }

    /// Whether this was the last key. * begins anew.
    pub fn press(&mut self, key: char, now: Timestamp) -> bool {
        self.until = now.plus_ms(NEXT_KEY_MS_MAX);
        match key {
            END => return true,
            '*' => self.digits.clear(),
            digit if digit.is_ascii_digit() => self.digits.push(digit),
            _ => {}
        }
        self.digits.len() >= DIGITS_MAX
    }

    pub fn is_late(&self, now: Timestamp) -> bool {
        self.until <= now
    }

    pub fn into_digits(self) -> String {
        self.digits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_to_what_stands_before_the_end() {
        for (keys, ends, digits) in [
            ("0313900600#", true, "0313900600"),
            ("031*0701#", true, "0701"),
            ("A0B1#", true, "01"),
            ("#", true, ""),
            ("031", false, "031"),
            ("00000000000000000", true, "00000000000000000"),
        ] {
            let mut keying = Keying::begin(Timestamp(0));
            let ended: Vec<bool> = keys.chars().map(|key| keying.press(key, Timestamp(1))).collect();
            assert_eq!((ended.last() == Some(&true), keying.into_digits().as_str()), (ends, digits), "{keys}");
            assert!(ended.iter().rev().skip(1).all(|ended| !ended), "{keys}");
        }
    }

    #[test]
    fn each_key_gives_time_for_the_next() {
        let mut keying = Keying::begin(Timestamp(0));
        assert!(!keying.is_late(Timestamp(29_999)) && keying.is_late(Timestamp(30_000)));
        assert!(!keying.press('0', Timestamp(29_000)));
        assert!(!keying.is_late(Timestamp(38_999)) && keying.is_late(Timestamp(39_000)));
    }
}
