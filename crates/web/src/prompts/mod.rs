//! What callers hear: every text with the recording in use, to be listened to. Who may change the plan puts a
//! studio's recording in place of the synthetic voice, or takes it back, by plain forms without any script.

mod sight;

pub use sight::{Sight, draw};

use crate::{
    access::Reader,
    app::App,
    fault::{Fault, SaysItself},
    preferences::Preferences,
};
use axum::{
    Extension,
    extract::{Multipart, Path, Query, State, multipart::MultipartRejection},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::{access::Permission, intent::Language};
use serde::Deserialize;
use std::sync::Arc;
use switchboard::{Catalogue, NoRecording, Piece, StudioError};

/// What the page says beside the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Told {
    Nothing,
    Entered,
    TakenBack,
    Refused(Refused),
}

/// Why a recording is not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
    NoFile,
    NotListened,
    NotWav,
    TooLong,
    Silent,
    Clipped,
    OddLength {
        duration_ms: u64,
    },
    /// The folder cannot be written, or not read anew.
    NotKept,
}

impl Told {
    fn from_word(word: &str) -> Self {
        match word {
            "entered" => Self::Entered,
            "taken-back" => Self::TakenBack,
            _ => Self::Nothing,
        }
    }
}

impl From<NoRecording> for Refused {
    fn from(why: NoRecording) -> Self {
        match why {
            NoRecording::Studio(StudioError::Sound(switchboard::SoundError::TooLong)) => Self::TooLong,
            NoRecording::Studio(StudioError::Sound(_)) => Self::NotWav,
            NoRecording::Studio(StudioError::Silent) => Self::Silent,
            NoRecording::Studio(StudioError::Clipped) => Self::Clipped,
            NoRecording::Studio(StudioError::OddLength { duration_ms }) => Self::OddLength { duration_ms: duration_ms as u64 },
            NoRecording::Studio(StudioError::Catalogue(_) | StudioError::NoText | StudioError::Write(_))
            | NoRecording::None
            | NoRecording::NotReloaded(_) => {
                tracing::error!(error = %why, "a recording could not be kept");
                Self::NotKept
            }
        }
    }
}

impl Refused {
    fn status(self) -> StatusCode {
        if self == Self::NotKept { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::UNPROCESSABLE_ENTITY }
    }
}

#[derive(Deserialize)]
pub struct Came {
    #[serde(default)]
    language: String,
    #[serde(default)]
    done: String,
}

/// `GET /prompts?language=sv`: the first language of the catalogue, unless another is asked for.
pub async fn page(State(app): State<App>, reader: Reader, preferences: Preferences, Query(came): Query<Came>) -> Result<Response, Fault> {
    reader.require(Permission::SeeAll)?;
    let catalogue = catalogue(&app);
    let asked = Language::from_word(&came.language).filter(|language| catalogue.languages().contains(language));
    let language = asked.or(catalogue.languages().first().copied()).ok_or(Fault::NotFound)?;
    let sight = Sight { words: preferences.words(), catalogue: &catalogue, language, told: Told::from_word(&came.done), of: None };
    Ok(draw(&sight, &reader, preferences).into_response())
}

/// `GET /prompts/{language}/{name}`: the recording in use, as the telephone plays it.
pub async fn sound(State(app): State<App>, reader: Reader, Path(of): Path<(String, String)>) -> Result<Response, Fault> {
    reader.require(Permission::SeeAll)?;
    let catalogue = catalogue(&app);
    let (language, piece) = known(&catalogue, &of)?;
    let file = catalogue.recorded(language, piece).ok_or(Fault::NotFound)?.file.clone();
    let bytes = tokio::fs::read(file).await.map_err(|_| Fault::NotFound)?;
    Ok(([(header::CONTENT_TYPE, "audio/wav")], bytes).into_response())
}

/// `POST /prompts/{language}/{name}`: a file `recording`, and `listened` by whoever stands for it.
pub async fn enter(
    State(app): State<App>,
    reader: Reader,
    preferences: Preferences,
    Path(of): Path<(String, String)>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Fault> {
    reader.require(Permission::ChangePlan)?;
    let (language, piece) = known(&catalogue(&app), &of)?;
    let told = match read(form.map_err(|_| Fault::MediaType)?).await? {
        Err(refused) => Err(refused),
        Ok(wav) => app.switchboard().enter_recording(language, piece, wav, reader.name.clone()).await.map_err(Refused::from),
    };
    match told {
        Ok(()) => Ok(back(language, "entered")),
        Err(refused) => {
            let (catalogue, told) = (catalogue(&app), Told::Refused(refused));
            let sight = Sight { words: preferences.words(), catalogue: &catalogue, language, told, of: Some(piece) };
            Ok((refused.status(), Extension(SaysItself), draw(&sight, &reader, preferences)).into_response())
        }
    }
}

/// `POST /prompts/{language}/{name}/back`: the synthetic voice is heard again.
pub async fn take_back(State(app): State<App>, reader: Reader, Path(of): Path<(String, String)>) -> Result<Response, Fault> {
    reader.require(Permission::ChangePlan)?;
    let (language, piece) = known(&catalogue(&app), &of)?;
    match app.switchboard().take_back_recording(language, piece).await {
        Ok(()) => Ok(back(language, "taken-back")),
        Err(NoRecording::None) => Err(Fault::NotFound),
        Err(error) => {
            tracing::error!(%error, "a recording could not be taken back");
            Err(Fault::Unavailable)
        }
    }
}

/// To the page, which tells it.
fn back(language: Language, done: &str) -> Response {
    Redirect::to(&format!("/prompts?language={language}&done={done}")).into_response()
}

fn catalogue(app: &App) -> Arc<Catalogue> {
    app.switchboard().deployment().sounds.catalogue()
}

fn known(catalogue: &Catalogue, (language, name): &(String, String)) -> Result<(Language, Piece), Fault> {
    let language = Language::from_word(language).filter(|language| catalogue.languages().contains(language)).ok_or(Fault::NotFound)?;
    let piece = Piece::from_name(name).filter(|piece| catalogue.recorded(language, *piece).is_some()).ok_or(Fault::NotFound)?;
    Ok((language, piece))
}

/// The sound of the form, or what is missing in it. More than the limit of the address is not read at all.
async fn read(mut form: Multipart) -> Result<Result<Vec<u8>, Refused>, Fault> {
    let (mut wav, mut listened) = (Vec::new(), false);
    while let Some(field) = form.next_field().await.map_err(fault)? {
        match field.name() {
            Some("recording") => wav = field.bytes().await.map_err(fault)?.to_vec(),
            Some("listened") => listened = true,
            _ => {}
        }
    }
    Ok(match (wav.is_empty(), listened) {
        (true, _) => Err(Refused::NoFile),
        (false, false) => Err(Refused::NotListened),
        (false, true) => Ok(wav),
    })
}

fn fault(error: axum::extract::multipart::MultipartError) -> Fault {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE { Fault::TooLarge } else { Fault::Unreadable(String::new()) }
}
