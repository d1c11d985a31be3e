#![allow(clippy::unwrap_used)]
//! The adapter for transcription servers against a stand-in that answers well, badly and not at all.

use domain::intent::Language;
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use understanding::recogniser::{HttpSettings, HttpTranscription, Recogniser, RecogniserError, Recognition, Request, Scripted};

/// More requests than any test sends.
const REQUESTS_MAX: usize = 64;
const PATIENT: Duration = Duration::from_secs(10);

/// What the stand-in does with every connection.
#[derive(Clone)]
enum Manner {
    Answer(String),
    Silent,
    HangUp,
}

/// Listens on loopback; what it was sent comes out of the channel.
async fn stand_in(manner: Manner) -> (String, mpsc::Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1/audio/transcriptions", listener.local_addr().unwrap());
    let (requests, received) = mpsc::channel(REQUESTS_MAX);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, manner.clone(), requests.clone()));
        }
    });
    (url, received)
}

async fn serve(mut stream: TcpStream, manner: Manner, requests: mpsc::Sender<Vec<u8>>) {
    let mut request = Vec::new();
    let mut piece = [0; 4_096];
    while !request.ends_with(b"--\r\n") {
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return,
            Ok(count) => request.extend(&piece[..count]),
        }
    }
    let _ = requests.send(request).await;
    match manner {
        Manner::Answer(answer) => drop(stream.write_all(answer.as_bytes()).await),
        Manner::Silent => drop(stream.read(&mut piece).await),
        Manner::HangUp => {}
    }
}

fn answer(status: &str, body: &str) -> Manner {
    Manner::Answer(format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len()))
}

fn adapter(url: &str) -> HttpTranscription {
    let settings = format!("url = \"{url}\"\nmodel = \"kb-whisper-small\"");
    HttpTranscription::new(&toml::from_str::<HttpSettings>(&settings).unwrap()).unwrap()
}

fn request(deadline: Duration) -> Request {
    Request { samples: (0..8_000).map(|index| index % 100).collect(), languages: vec![Language::Swedish], deadline }
}

async fn check(manner: Manner, deadline: Duration) -> Result<Recognition, RecogniserError> {
    let (url, _received) = stand_in(manner).await;
    adapter(&url).recognise(request(deadline)).await
}

#[tokio::test]
async fn words_come_back_and_the_sound_went_out() {
    let (url, mut received) = stand_in(answer("200 OK", r#"{"text":" Min cykel är stulen.\n","language":"swedish","segments":[]}"#)).await;
    let heard = adapter(&url).recognise(request(PATIENT)).await.unwrap();
    assert_eq!(heard.alternatives, [("Min cykel är stulen.".to_owned(), None)], "no confidence is invented");
    assert_eq!((heard.language, heard.engine), (Some(Language::Swedish), "http"));
    let sent = received.recv().await.unwrap();
    let text = String::from_utf8_lossy(&sent);
    for part in
        ["POST /v1/audio/transcriptions HTTP/1.1", "kb-whisper-small", "name=\"language\"\r\n\r\nsv", "filename=\"call.wav\"", "RIFF"]
    {
        assert!(text.contains(part), "{part} was not sent");
    }
    assert!(sent.len() > 16_000, "all samples are sent");
}

#[tokio::test]
async fn a_server_that_misbehaves_costs_an_error_and_nothing_else() {
    assert_eq!(check(answer("503 Later", ""), PATIENT).await.unwrap_err(), RecogniserError::Refused { status: 503 });
    assert_eq!(check(Manner::Silent, Duration::from_millis(50)).await.unwrap_err(), RecogniserError::Deadline { deadline_ms: 50 });
    assert!(matches!(check(Manner::HangUp, PATIENT).await, Err(RecogniserError::Unreachable { .. })));
    let gone = adapter("http://127.0.0.1:1/").recognise(request(PATIENT)).await;
    assert!(matches!(gone, Err(RecogniserError::Unreachable { .. })));
    for body in ["", "[]", "{}", "{\"text\":3}", "{\"text\":\"\u{fffd}", &"x".repeat(300_000)] {
        let answer = check(answer("200 OK", body), PATIENT).await;
        assert!(matches!(answer, Err(RecogniserError::Unreadable { .. })), "{} bytes", body.len());
    }
    let silence = check(answer("200 OK", r#"{"text":"  ","language":"klingon"}"#), PATIENT).await.unwrap();
    assert_eq!((silence.best(), silence.language), (None, None));
    let long = check(answer("200 OK", &format!("{{\"text\":\"{}\"}}", "a".repeat(200_000))), PATIENT).await.unwrap();
    assert_eq!(long.best().map(str::len), Some(2_000));
}

#[tokio::test]
async fn after_failing_again_and_again_it_is_left_alone() {
    let (url, mut received) = stand_in(answer("500 Broken", "")).await;
    let adapter = adapter(&url);
    for _ in 0..5 {
        assert_eq!(adapter.recognise(request(PATIENT)).await.unwrap_err(), RecogniserError::Refused { status: 500 });
        received.recv().await.unwrap();
    }
    assert_eq!(adapter.recognise(request(PATIENT)).await.unwrap_err(), RecogniserError::Resting);
    assert!(received.try_recv().is_err(), "nothing was sent");
}

#[tokio::test]
async fn no_more_callers_than_it_may_take() {
    let (url, mut received) = stand_in(Manner::Silent).await;
    let settings = format!("url = \"{url}\"\nmodel = \"m\"\nconcurrent_max = 1");
    let adapter = HttpTranscription::new(&toml::from_str(&settings).unwrap()).unwrap();
    let first = adapter.recognise(request(PATIENT));
    tokio::pin!(first);
    tokio::select! {
        _ = &mut first => panic!("it does not answer"),
        _ = received.recv() => {}
    }
    assert_eq!(adapter.recognise(request(PATIENT)).await.unwrap_err(), RecogniserError::Busy);
}

#[tokio::test]
async fn too_much_sound_is_refused() {
    let long = Request { samples: vec![0; 30 * 8_000 + 1].into(), ..request(PATIENT) };
    assert_eq!(adapter("http://127.0.0.1:1/").recognise(long).await.unwrap_err(), RecogniserError::TooLong);
}

#[test]
fn settings_that_cannot_work_are_refused() {
    for (url, right) in [("http://a.example/x", true), ("https://[::1]:9/x", true), ("ftp://a/", false), ("/v1", false), ("", false)] {
        let settings: HttpSettings = toml::from_str(&format!("url = \"{url}\"\nmodel = \"m\"")).unwrap();
        assert_eq!(HttpTranscription::new(&settings).is_ok(), right, "{url}");
    }
    for (figure, right) in [
        ("", true),
        ("answer_ms_max = 10000", true),
        ("answer_ms_max = 10001", false),
        ("answer_ms_max = 0", false),
        ("cost_per_minute = 0.006", true),
        ("cost_per_minute = -0.006", false),
        ("cost_per_minute = nan", false),
        ("cost_per_minute = inf", false),
    ] {
        let settings: HttpSettings = toml::from_str(&format!("url = \"https://a.example/\"\nmodel = \"m\"\n{figure}")).unwrap();
        assert_eq!(HttpTranscription::new(&settings).is_ok(), right, "{figure}");
    }
    let missing = "url = \"https://a.example/\"\nmodel = \"m\"\nroot_certificates = \"no-such-file\"";
    assert!(HttpTranscription::new(&toml::from_str(missing).unwrap()).is_err());
}

#[tokio::test]
async fn a_script_is_spoken_in_order() {
    let scripted = Scripted::saying(["min cykel är stulen", "ja"]);
    let mut heard = Vec::new();
    for _ in 0..3 {
        heard.push(scripted.recognise(request(PATIENT)).await.unwrap().best().map(str::to_owned));
    }
    assert_eq!(heard, [Some("min cykel är stulen".to_owned()), Some("ja".to_owned()), None]);
    let shown = format!("{:?}", Scripted::saying(["hemligt"]).recognise(request(PATIENT)).await);
    assert!(!shown.contains("hemligt"));
}
