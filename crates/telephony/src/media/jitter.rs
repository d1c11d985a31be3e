//! Puts decoded sound back on an even clock: in by RTP timestamp, out 20 ms at a time. Used only
//! where we listen, record or mix; a call between two is relayed without it.

use std::collections::VecDeque;

/// 20 ms at 8 kHz.
pub const FRAME: usize = 160;
/// Held back before the first frame comes out, so that ordinary jitter makes no gaps.
const PREFILL: usize = 2 * FRAME;
/// Above this the oldest sound is given up, so that delay cannot grow with clock drift.
const HELD_MAX: usize = 10 * FRAME;
/// What is left after giving up.
const HELD_AFTER_TRIM: usize = 3 * FRAME;
/// A hole longer than this is a new start, not a loss.
const HOLE_MAX: i32 = 10 * FRAME as i32;

/// See the module.
#[derive(Debug, Default)]
pub struct Jitter {
    samples: VecDeque<i16>,
    next_timestamp: Option<u32>,
    flowing: bool,
}

impl Jitter {
    /// Sound of one packet. Late packets fill the hole they left if it is still there.
    pub fn push(&mut self, timestamp: u32, sound: impl ExactSizeIterator<Item = i16>) {
        let length = sound.len();
        let ahead = match self.next_timestamp {
            Some(next) => timestamp.wrapping_sub(next) as i32,
            None => 0,
        };
        if ahead < 0 && ahead > -HOLE_MAX {
            self.fill(ahead, sound);
            return;
        }
        if (0..=HOLE_MAX).contains(&ahead) {
            self.samples.extend(std::iter::repeat_n(0, ahead as usize));
        }
        self.samples.extend(sound);
        self.next_timestamp = Some(timestamp.wrapping_add(length as u32));
        if self.samples.len() > HELD_MAX {
            let given_up = self.samples.len() - HELD_AFTER_TRIM;
            self.samples.drain(..given_up);
        }
    }

    fn fill(&mut self, ahead: i32, sound: impl Iterator<Item = i16>) {
        let from = self.samples.len() as i32 + ahead;
        for (offset, sample) in sound.enumerate() {
            let at = from + offset as i32;
            if at >= 0
                && let Some(slot) = self.samples.get_mut(at as usize)
            {
                *slot = sample;
            }
        }
    }

    /// The next 20 ms, or `None` while nothing (or not yet enough) is there.
    pub fn pop(&mut self) -> Option<[i16; FRAME]> {
        if !self.flowing && self.samples.len() < PREFILL {
            return None;
        }
        if self.samples.len() < FRAME {
            self.flowing = false;
            return None;
        }
        self.flowing = true;
        let mut frame = [0; FRAME];
        for (slot, sample) in frame.iter_mut().zip(self.samples.drain(..FRAME)) {
            *slot = sample;
        }
        Some(frame)
    }

    /// Forgets everything, for a new source.
    pub fn clear(&mut self) {
        *self = Jitter::default();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn packet(value: i16) -> std::vec::IntoIter<i16> {
        vec![value; FRAME].into_iter()
    }

    /// Pushes (frame number, value) in the order given and returns the first sample of each frame
    /// that comes out.
    fn check(pushed: &[(u32, i16)]) -> Vec<i16> {
        let mut jitter = Jitter::default();
        for &(number, value) in pushed {
            jitter.push(number * 160, packet(value));
        }
        std::iter::from_fn(|| jitter.pop()).map(|frame| frame[0]).collect()
    }

    #[test]
    fn order_is_restored_and_holes_are_silent() {
        assert_eq!(check(&[(1, 1), (2, 2), (3, 3)]), [1, 2, 3]);
        assert_eq!(check(&[(1, 1), (3, 3), (2, 2)]), [1, 2, 3]);
        assert_eq!(check(&[(1, 1), (3, 3)]), [1, 0, 3]);
        assert_eq!(check(&[(1, 1), (2, 2), (2, 2)]), [1, 2]);
        assert_eq!(check(&[(1, 1), (500, 2), (501, 3)]), [1, 2, 3]);
    }

    #[test]
    fn delay_cannot_grow_without_end() {
        let mut jitter = Jitter::default();
        for number in 0..100 {
            jitter.push(number * 160, packet(number as i16));
        }
        let held = std::iter::from_fn(|| jitter.pop()).count();
        assert!(held <= 10, "{held}");
    }

    #[test]
    fn a_dry_buffer_waits_until_it_is_prefilled_again() {
        let mut jitter = Jitter::default();
        jitter.push(0, packet(1));
        assert!(jitter.pop().is_none());
        jitter.push(160, packet(2));
        assert_eq!(jitter.pop().unwrap()[0], 1);
        assert_eq!(jitter.pop().unwrap()[0], 2);
        assert!(jitter.pop().is_none());
        jitter.push(320, packet(3));
        assert!(jitter.pop().is_none());
    }
}
