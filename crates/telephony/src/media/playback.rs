//! Plays sounds one after the other, 20 ms at a time. Knows nothing of who hears them.

use super::g711::Codec;
use super::jitter::FRAME;
use crate::event::{Playback, PlaybackId};

/// A playback under way.
#[derive(Debug)]
pub struct Player {
    playback: Playback,
    sound: usize,
    frame: usize,
}

impl Player {
    pub fn new(playback: Playback) -> Player {
        Player { playback, sound: 0, frame: 0 }
    }

    pub fn id(&self) -> PlaybackId {
        self.playback.id
    }

    /// Whether it ends by itself: a prompt does, music does not.
    pub fn ends(&self) -> bool {
        !self.playback.repeat
    }

    /// The next 20 ms, or `None` at the end.
    pub fn next(&mut self, codec: Codec) -> Option<[u8; FRAME]> {
        // Two rounds over the list find either a frame or that there is none at all.
        for _ in 0..=2 * self.playback.sounds.len() {
            match self.playback.sounds.get(self.sound) {
                Some(sound) => {
                    if let Some(frame) = sound.frames(codec).get(self.frame) {
                        self.frame += 1;
                        return Some(*frame);
                    }
                    self.sound += 1;
                    self.frame = 0;
                }
                None if self.playback.repeat => self.sound = 0,
                None => return None,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::media::sound::Sound;

    /// How many of the first 10 ticks carry sound.
    fn check(lengths_ms: &[u32], repeat: bool) -> usize {
        let sounds = lengths_ms.iter().map(|&ms| Arc::new(Sound::silence(ms))).collect();
        let mut player = Player::new(Playback { id: PlaybackId(1), sounds, repeat });
        (0..10).map_while(|_| player.next(Codec::Alaw)).count()
    }

    #[test]
    fn sounds_follow_each_other_and_end_or_begin_again() {
        assert_eq!(check(&[40, 0, 60], false), 5);
        assert_eq!(check(&[40, 0, 60], true), 10);
        assert_eq!(check(&[], true), 0);
        assert_eq!(check(&[0, 0], true), 0);
    }
}
