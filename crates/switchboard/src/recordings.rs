//! Recordings of a person's voice, entered and taken back while calls run. One at a time; the next caller hears
//! what is entered.

use crate::{Switchboard, sounds::Sounds};
use domain::intent::Language;
use std::{path::Path, sync::Arc};
use understanding::prompts::{self, Piece, StudioError};

/// Why a recording is not taken. What callers hear is as before.
#[derive(Debug, thiserror::Error)]
pub enum NoRecording {
    #[error(transparent)]
    Studio(#[from] StudioError),
    /// The text has no such recording.
    #[error("there is no such recording")]
    None,
    #[error("the recordings could not be read anew: {0}")]
    NotReloaded(String),
}

impl Switchboard {
    /// Has callers hear this recording of a text from now on. `wav` is 16-bit PCM or A-law in one channel.
    ///
    /// # Errors
    /// A [`NoRecording`] when it is not fit to be played or cannot be kept.
    pub async fn enter_recording(&self, language: Language, piece: Piece, wav: Vec<u8>, approved_by: String) -> Result<(), NoRecording> {
        self.change_recordings(move |dir| Ok(prompts::enter(dir, language, piece, &wav, &approved_by)?)).await
    }

    /// Has callers hear the synthetic voice again.
    ///
    /// # Errors
    /// [`NoRecording::None`] when there is no recording to take back.
    pub async fn take_back_recording(&self, language: Language, piece: Piece) -> Result<(), NoRecording> {
        self.change_recordings(move |dir| if prompts::take_back(dir, language, piece)? { Ok(()) } else { Err(NoRecording::None) }).await
    }

    /// Files are written and read beside the pages: a slow disk holds up nobody else.
    async fn change_recordings(&self, change: impl FnOnce(&Path) -> Result<(), NoRecording> + Send + 'static) -> Result<(), NoRecording> {
        let _turn = self.inner.recording.lock().await;
        let sounds: Arc<Sounds> = self.deployment().sounds.clone();
        let changed = tokio::task::spawn_blocking(move || {
            change(sounds.catalogue().dir())?;
            sounds.reload().map_err(|why| NoRecording::NotReloaded(why.to_string()))
        });
        changed.await.unwrap_or_else(|why| Err(NoRecording::NotReloaded(why.to_string())))
    }
}
