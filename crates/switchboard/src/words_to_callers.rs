//! What is said to callers beside the dialogue: last words, to their end, and that nothing can be saved.

use crate::act::Stage;
use domain::{
    ContactId, Timestamp,
    dialogue::{Line, Prompt},
    intent::Language,
    routing::Event,
};
use std::sync::Arc;
use telephony::{LegId, Playback, PlaybackId, Sound};

/// Quiet between two announcements of a fault.
const FAULT_PAUSE_MS: u32 = 4_000;
/// Last words are heard this long at most.
const GOODBYE_MS_MAX: u64 = 30_000;

impl Stage {
    /// Says it to its end and hangs up.
    pub fn say_goodbye(&self, leg: LegId, words: Playback) {
        self.goodbyes.lock().insert(leg, crate::clock::now().plus_ms(GOODBYE_MS_MAX));
        self.telephony.play(leg, words);
    }

    pub(crate) fn part_with(&self, contact: ContactId, words: Playback) {
        self.on_caller(contact, |_, leg| {
            self.call_backs.parting(contact, leg, &self.goodbyes.lock());
            self.say_goodbye(leg, words);
        });
    }

    /// Whatever such a caller does now changes nothing.
    pub fn is_told_goodbye(&self, leg: LegId) -> bool {
        self.goodbyes.lock().contains_key(&leg)
    }

    pub fn end_goodbye(&self, leg: LegId) {
        self.goodbyes.lock().remove(&leg);
        self.telephony.hang_up(leg);
    }

    /// Whose end of words nobody told.
    pub fn let_long_goodbyes_go(&self, now: Timestamp) {
        self.goodbyes.lock().retain(|leg, until| {
            let stays = *until > now;
            if !stays {
                self.telephony.hang_up(*leg);
            }
            stays
        });
    }

    // While nothing can be saved

    /// A caller whose next step cannot be saved hears so, with the advice to ring 112, again and
    /// again, and stays on the line. Conversations go on undisturbed. False when there is nobody to
    /// tell.
    pub fn tell_of_fault(&self, contact: ContactId) -> bool {
        let leg = {
            let legs = self.legs.lock();
            legs.caller(contact).filter(|_| !legs.is_heard(contact))
        };
        let Some(leg) = leg else { return false };
        // Whoever has only heard it ring hears this as well; picking up twice is nothing.
        self.telephony.answer(leg);
        let Playback { id, mut sounds, .. } = self.words_of_fault();
        sounds.push(Arc::new(Sound::silence(FAULT_PAUSE_MS)));
        self.telephony.play(leg, Playback { id, sounds, repeat: true });
        true
    }

    /// Saving works again: what the announcement took the place of goes on as if it had ended.
    pub fn end_of_fault(&self, contact: ContactId) {
        let playback = self.playing.lock().get(&contact).copied();
        if let Some(playback) = playback {
            self.send(Event::PlaybackEnded { contact, playback });
        }
    }

    /// The announcement of a fault. Its number is nobody's.
    pub fn words_of_fault(&self) -> Playback {
        let lines = [Line::Say(Prompt::TechnicalFault)];
        let language = self.deployment().plan.languages.first().copied().unwrap_or(Language::English);
        let (sounds, _) = self.deployment().sounds.of(language, &lines, false);
        Playback { id: PlaybackId(0), sounds, repeat: false }
    }
}
