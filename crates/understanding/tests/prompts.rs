#![allow(clippy::unwrap_used)]
//! The catalogue: Sweden's own is complete and fit to be played; faults, staleness and stand-ins.

use domain::{
    dialogue::{Line, Prompt},
    intent::Language,
    place::CountyCode,
};
use std::{
    fs,
    path::{Path, PathBuf},
};
use understanding::prompts::{
    Catalogue, Clip, Finding, Kind, Piece, StudioError, check, enter,
    sound::{RATE, Sound, SoundError, alaw_to_linear, doubled, linear_to_alaw},
    take_back,
};

fn sweden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deployments/sweden/prompts")
}

/// A folder of its own for one test, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn of_sweden(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&path);
        for part in ["", "sv", "en"] {
            fs::create_dir_all(path.join(part)).unwrap();
            for entry in fs::read_dir(sweden().join(part)).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_file()) {
                fs::copy(entry.path(), path.join(part).join(entry.file_name())).unwrap();
            }
        }
        Self(path)
    }

    fn change(&self, from: &str, to: &str) {
        let path = self.0.join("catalogue.toml");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from} is not in the catalogue");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn sweden_s_prompts_are_complete_and_fit_to_be_played() {
    let findings = check(&sweden());
    assert!(findings.is_empty(), "{findings:#?}");
    let greeting =
        Sound::from_wav(&fs::read(sweden().join(Piece::Prompt(Prompt::Greeting).file(Language::Swedish, Kind::Synthetic))).unwrap());
    assert!(greeting.unwrap().measure().duration_ms < 8_000, "a greeting is short");
}

#[test]
fn lines_become_recordings() {
    let catalogue = Catalogue::load(&sweden()).unwrap();
    let names = |language, lines: &[Line]| -> Vec<String> {
        let name = |path: &Path| path.strip_prefix(sweden()).unwrap().to_string_lossy().into_owned();
        catalogue
            .sounds(language, lines)
            .into_iter()
            .map(|clip| match clip {
                Clip::File(path) => name(&path),
                Clip::Loop(path) => format!("{} again and again", name(&path)),
                Clip::Silence(ms) => format!("{ms} ms"),
            })
            .collect()
    };
    let lines = [Line::Say(Prompt::ExpectedFrom), Line::Number(4), Line::Pause(120), Line::Number(60), Line::Music];
    assert_eq!(
        names(Language::English, &lines),
        ["en/expected_from.wav", "en/number_04.wav", "120 ms", "en/number_60.wav", "music.wav again and again"]
    );
    let reference = [Line::Digits("1234 56".into()), Line::Number(61)];
    let expected = ["01", "02", "03", "04", "", "05", "06", "06", "01"];
    let expected: Vec<_> =
        expected.iter().map(|digit| if digit.is_empty() { "400 ms".to_owned() } else { format!("sv/number_{digit}.wav") }).collect();
    assert_eq!(names(Language::Swedish, &reference), expected);
    let times = |minutes: &[(u8, u8)]| minutes.iter().map(|(hour, minute)| Line::Time { hour: *hour, minute: *minute }).collect::<Vec<_>>();
    let some = times(&[(8, 0), (7, 30), (14, 5)]);
    let in_numbers =
        |folder: &str, numbers: &[u8]| numbers.iter().map(|number| format!("{folder}/number_{number:02}.wav")).collect::<Vec<_>>();
    assert_eq!(names(Language::Swedish, &some), in_numbers("sv", &[8, 7, 30, 14, 0, 5]));
    let english = [vec!["en/hour_08.wav".to_owned()], in_numbers("en", &[7, 30, 14, 0, 5])].concat();
    assert_eq!(names(Language::English, &some), english, "a full hour in the words of the language");
    assert_eq!(names(Language::Danish, &some), in_numbers("sv", &[8, 7, 30, 14, 0, 5]), "the first language stands in");
    let county = Line::County(CountyCode::new("14").unwrap());
    assert_eq!(names(Language::English, &[county]), ["sv/county_14.wav"], "a name is said in the language that it is of");
    assert_eq!(names(Language::Danish, &[Line::Say(Prompt::Goodbye)]), ["sv/goodbye.wav"], "the first language stands in");
}

#[test]
fn in_danish_half_past_seven_is_half_eight() {
    let denmark = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deployments/denmark/prompts");
    let catalogue = Catalogue::load(&denmark).unwrap();
    let said = |language, hour, minute| {
        let clips = catalogue.sounds(language, &[Line::Time { hour, minute }]);
        let name = |clip: &Clip| match clip {
            Clip::File(path) => path.strip_prefix(&denmark).unwrap().to_string_lossy().into_owned(),
            other => panic!("{other:?}"),
        };
        clips.iter().map(name).collect::<Vec<_>>()
    };
    assert_eq!(catalogue.text(Language::Danish, Piece::HalfPast(7)).map(|(text, _)| text), Some("halv otte"));
    assert_eq!(said(Language::Danish, 7, 30), ["da/half_past_07.wav"]);
    assert_eq!(said(Language::Danish, 7, 45), ["da/number_07.wav", "da/number_45.wav"]);
    assert_eq!(said(Language::Danish, 14, 30), ["da/number_14.wav", "da/number_30.wav"], "after noon by the clock of 24 hours");
    assert_eq!(said(Language::English, 7, 30), ["en/number_07.wav", "en/number_30.wav"], "never in another language's words");
    assert_eq!(said(Language::English, 14, 0), ["en/hour_14.wav"]);
}

#[test]
fn every_piece_has_words_in_both_languages() {
    let catalogue = Catalogue::load(&sweden()).unwrap();
    assert_eq!(catalogue.warnings(), []);
    for language in [Language::Swedish, Language::English] {
        for piece in Piece::all() {
            assert!(catalogue.text(language, piece).is_some_and(|(text, version)| !text.is_empty() && version > 0), "{piece:?} {language}");
        }
    }
}

fn check_fault(name: &str, from: &str, to: &str, line_of: &str, what: &str) {
    let folder = Folder::of_sweden(name);
    folder.change(from, to);
    let text = fs::read_to_string(folder.0.join("catalogue.toml")).unwrap();
    let line = text.lines().position(|line| line.contains(line_of)).map_or(0, |line| line + 1);
    let faults = Catalogue::load(&folder.0).unwrap_err();
    assert_eq!(faults[0].line, line, "{name}: {faults:?}");
    assert!(faults[0].what.contains(what) && !faults[0].mend.is_empty(), "{name}: {}", faults[0]);
}

#[test]
fn faults_name_their_line() {
    check_fault("unknown-prompt", "[prompts.goodbye]", "[prompts.farewell]", "[prompts.farewell]", "farewell");
    check_fault("no-first-language", "sv = \"Nu kopplas du fram.\"", "sv = \" \"", "[prompts.connecting]", "no text in sv");
    check_fault(
        "unknown-language",
        "en = \"Thank you for calling",
        "no = \"Thank you for calling",
        "[prompts.goodbye]",
        "no is no language",
    );
    check_fault("syntax", "version = 1\nsv = \"Nu kopplas", "version = ?\nsv = \"Nu kopplas", "version = ?", "");
}

#[test]
fn a_missing_text_is_said_in_the_first_language_with_a_warning() {
    let folder = Folder::of_sweden("missing");
    folder.change("en = \"You are being connected now.\"", "");
    let catalogue = Catalogue::load(&folder.0).unwrap();
    assert_eq!(catalogue.warnings().len(), 1);
    assert!(catalogue.warnings()[0].what.contains("connecting has no text in en"), "{:?}", catalogue.warnings());
    assert_eq!(catalogue.sounds(Language::English, &[Line::Say(Prompt::Connecting)]), [Clip::File(folder.0.join("sv/connecting.wav"))]);
}

#[test]
fn a_changed_text_makes_its_recording_stale() {
    let folder = Folder::of_sweden("stale");
    folder.change("Nu kopplas du fram.", "Nu kopplar vi dig vidare.");
    let findings = check(&folder.0);
    assert!(matches!(&findings[..], [Finding::Warning(warning)] if warning.what.contains("has changed")), "{findings:?}");
}

#[test]
fn a_studio_recording_wins_while_it_is_fresh() {
    let folder = Folder::of_sweden("studio");
    let sidecar = fs::read_to_string(folder.0.join("audio.toml")).unwrap();
    let entry = sidecar.split("[[audio]]").find(|entry| entry.contains("\"sv/connecting.wav\"")).unwrap();
    let entry = entry.replace("sv/connecting.wav", "sv/connecting.studio.wav").replace("\"synthetic\"", "\"studio\"");
    fs::write(folder.0.join("audio.toml"), format!("{sidecar}\n[[audio]]{entry}")).unwrap();
    fs::copy(folder.0.join("sv/connecting.wav"), folder.0.join("sv/connecting.studio.wav")).unwrap();
    let said = |folder: &Folder| Catalogue::load(&folder.0).unwrap().sounds(Language::Swedish, &[Line::Say(Prompt::Connecting)]);
    assert_eq!(said(&folder), [Clip::File(folder.0.join("sv/connecting.studio.wav"))]);
    fs::write(folder.0.join("audio.toml"), format!("{sidecar}\n[[audio]]{}", entry.replace("text_sha256 = \"", "text_sha256 = \"0")))
        .unwrap();
    assert_eq!(said(&folder), [Clip::File(folder.0.join("sv/connecting.wav"))], "a stale one is passed over");
}

#[test]
fn a_missing_or_damaged_recording_is_told() {
    let folder = Folder::of_sweden("damaged");
    fs::write(folder.0.join("sv/goodbye.wav"), b"RIFF").unwrap();
    fs::remove_file(folder.0.join("en/goodbye.wav")).unwrap();
    let findings = check(&folder.0);
    assert!(
        findings.iter().any(|finding| matches!(finding, Finding::Fault(fault) if fault.file.ends_with("sv/goodbye.wav"))),
        "{findings:?}"
    );
    assert!(
        findings.iter().any(|finding| matches!(finding, Finding::Warning(fault) if fault.file.ends_with("en/goodbye.wav"))),
        "{findings:?}"
    );
    fs::remove_file(folder.0.join("music.wav")).unwrap();
    assert!(Catalogue::load(&folder.0).unwrap_err().iter().any(|fault| fault.file.ends_with("music.wav")));
}

#[test]
fn a_law_is_that_of_g_711() {
    for (linear, code) in [(0, 0xD5), (8, 0xD5), (-8, 0x55), (-1, 0x55), (32_767, 0xAA), (-32_768, 0x2A), (1_000, 0xFA), (-1_000, 0x7A)] {
        assert_eq!(linear_to_alaw(linear), code, "{linear}");
    }
    for code in 0..=u8::MAX {
        assert_eq!(linear_to_alaw(alaw_to_linear(code)), code, "{code:#04x}");
    }
    assert_eq!((alaw_to_linear(0xD5), alaw_to_linear(0x55), alaw_to_linear(0xAA)), (8, -8, 32_256));
}

#[test]
fn sound_that_is_no_sound_is_refused() {
    let right = fs::read(sweden().join("sv/goodbye.wav")).unwrap();
    assert_eq!(Sound::from_wav(&right).unwrap().to_alaw_wav(), right);
    for cut in 0..60 {
        let _ = Sound::from_wav(&right[..cut]);
    }
    assert!(Sound::from_wav(b"RIFF\0\0\0\0WAVEdata\xff\xff\xff\xff").is_err());
    assert!(Sound::from_wav(b"").is_err());
}

/// What a studio sends: 16 bits at 48 kHz, a voice of so many seconds with quiet around it.
fn studio_wav(seconds: usize, amplitude: f32) -> Vec<u8> {
    const STUDIO_RATE: u32 = 48_000;
    let rate = usize::try_from(STUDIO_RATE).unwrap();
    let voice = (0..seconds * rate).map(|at| (amplitude * (at as f32 * 0.03).sin()).clamp(-1.0, 1.0));
    let quiet = || std::iter::repeat_n(0.0, rate);
    let data: Vec<u8> = quiet().chain(voice).chain(quiet()).flat_map(|sample| ((sample * 32_767.0) as i16).to_le_bytes()).collect();
    let mut wav = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    wav.extend(STUDIO_RATE.to_le_bytes());
    wav.extend((2 * STUDIO_RATE).to_le_bytes());
    wav.extend(b"\x02\0\x10\0data");
    wav.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
    wav.extend(data);
    wav
}

const GREETING: Piece = Piece::Prompt(Prompt::Greeting);

#[test]
fn a_studio_s_recording_stands_in_for_the_voice_until_its_text_changes_or_it_is_taken_back() {
    let folder = Folder::of_sweden("studio");
    let in_use = || Catalogue::load(&folder.0).unwrap().recorded(Language::Swedish, GREETING).cloned().unwrap();
    let synthetic = in_use();
    assert_eq!((synthetic.kind, synthetic.is_fresh, &synthetic.approved_by), (Kind::Synthetic, true, &None));

    enter(&folder.0, Language::Swedish, GREETING, &studio_wav(6, 0.1), "Test Administrator").unwrap();
    let studio = in_use();
    assert_eq!((studio.kind, studio.is_fresh), (Kind::Studio, true));
    assert_eq!(studio.approved_by.as_deref(), Some("Test Administrator"));
    let sound = Sound::from_wav(&fs::read(&studio.file).unwrap()).unwrap();
    assert_eq!(sound.rate, RATE);
    assert_eq!(check(&folder.0), [], "it is as fit to be played as the others");

    folder.change("Hej, det här är polisen", "Hallå, det här är polisen");
    assert!(!in_use().is_fresh, "of a text that has changed");
    assert!(take_back(&folder.0, Language::Swedish, GREETING).unwrap());
    assert_eq!(in_use().kind, Kind::Synthetic);
    assert!(!take_back(&folder.0, Language::Swedish, GREETING).unwrap(), "there is none any more");
}

#[test]
fn a_recording_that_is_not_fit_changes_nothing() {
    let folder = Folder::of_sweden("unfit");
    let before = fs::read(folder.0.join("audio.toml")).unwrap();
    let refused = |piece, wav: &[u8]| enter(&folder.0, Language::Swedish, piece, wav, "Test Administrator").unwrap_err();
    let good = studio_wav(6, 0.1);
    assert!(matches!(refused(GREETING, b""), StudioError::Sound(SoundError::NotWav)));
    assert!(matches!(refused(GREETING, &good[..30]), StudioError::Sound(SoundError::Format)));
    assert!(matches!(refused(GREETING, &studio_wav(6, 0.0)), StudioError::Silent));
    assert!(matches!(refused(GREETING, &studio_wav(6, 3.0)), StudioError::Clipped));
    assert!(matches!(refused(GREETING, &studio_wav(60, 0.1)), StudioError::OddLength { duration_ms: 59_000..=61_000 }));
    assert!(matches!(refused(GREETING, &studio_wav(130, 0.1)), StudioError::Sound(SoundError::TooLong)));
    assert!(matches!(refused(Piece::Number(3), &good), StudioError::OddLength { .. }));
    let nowhere = enter(Path::new("/nonexistent"), Language::Swedish, GREETING, &good, "Test Administrator").unwrap_err();
    assert!(matches!(nowhere, StudioError::Write(_)));
    assert!(matches!(enter(&folder.0, Language::Danish, GREETING, &good, "").unwrap_err(), StudioError::NoText));
    assert_eq!(fs::read(folder.0.join("audio.toml")).unwrap(), before);
    assert!(!folder.0.join("sv/greeting.studio.wav").exists());
}

#[test]
fn sound_is_doubled_without_another_tone() {
    let tone = |rate: f32, at: usize| (at as f32 * 1_000.0 * std::f32::consts::TAU / rate).sin();
    let narrow: Vec<i16> = (0..8_000).map(|at| (tone(8_000.0, at) * 16_384.0) as i16).collect();
    let wide = doubled(&narrow);
    assert_eq!(wide.len(), 16_000);
    for (at, sample) in wide.iter().enumerate().skip(20).take(15_960) {
        let expected = tone(16_000.0, at) / 2.0;
        assert!((sample - expected).abs() < 0.01, "{at}: {sample}, not {expected}");
    }
    assert_eq!(doubled(&[]).len(), 0);
}
