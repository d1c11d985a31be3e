//! Event streams to pages: what rings, what ails the program, and that something changed. A page
//! fetches what it shows; nothing but a ring and a trouble carries content, so that a lost event loses
//! nothing.

use crate::{
    access::Reader,
    address::{Address, network},
    app::App,
    clock,
    components::notices,
    fault::{ApiError, Fault},
    limits::{
        BEAT_EVERY, CHANGES_EVERY, OTHERS_CHANGES_FOR_EACH, OTHERS_CHANGES_MAX, SESSION_ASKED_EVERY, STREAMS_ANONYMOUS_MAX, STREAMS_MAX,
        STREAMS_PER_ACCOUNT_MAX, STREAMS_PER_ADDRESS_MAX, STREAMS_PER_TOKEN_MAX,
    },
    preferences::Preferences,
    words::Words,
};
use axum::{
    extract::State,
    response::{IntoResponse, Sse, sse::Event},
};
use domain::{OperatorId, access::Permission};
use parking_lot::Mutex;
use serde_json::json;
use std::{collections::BTreeMap, convert::Infallible, net::IpAddr, sync::Arc, time::Duration};
use switchboard::{DeskEvent, PageId, Trouble};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};
use tokio_stream::wrappers::ReceiverStream;

/// Events kept for a page that reads slowly; when full, the stream ends and the page comes again.
const EVENTS_KEPT_MAX: usize = 64;

/// Whose a stream is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Holder {
    Account(OperatorId),
    Token(String),
    /// Nobody who is signed in, by network.
    Address(IpAddr),
}

impl Holder {
    fn of(reader: Option<&Reader>, Address(address): Address) -> Self {
        match reader.map(|reader| (reader.operator, reader.token())) {
            Some((Some(operator), _)) => Self::Account(operator),
            Some((None, label)) => Self::Token(label.unwrap_or_default().to_owned()),
            None => Self::Address(network(address)),
        }
    }

    fn is_known(&self) -> bool {
        !matches!(self, Self::Address(_))
    }

    /// Most streams of this holder, and of all of its kind.
    fn limits(&self) -> (usize, usize) {
        match self {
            Self::Account(_) => (STREAMS_PER_ACCOUNT_MAX, STREAMS_MAX),
            Self::Token(_) => (STREAMS_PER_TOKEN_MAX, STREAMS_MAX),
            Self::Address(_) => (STREAMS_PER_ADDRESS_MAX, STREAMS_ANONYMOUS_MAX),
        }
    }
}

/// Counts open streams by holder. Those without sign-in have a budget of their own, so that a public
/// board shuts out no desk.
#[derive(Clone, Default)]
pub struct Streams {
    open: Arc<Mutex<BTreeMap<Holder, usize>>>,
}

/// One open stream; dropping it makes room.
struct OpenStream {
    streams: Streams,
    holder: Holder,
}

impl Streams {
    fn open(&self, holder: Holder) -> Result<OpenStream, Fault> {
        let mut open = self.open.lock();
        let (own_max, all_max) = holder.limits();
        let all: usize = open.iter().filter(|(other, _)| other.is_known() == holder.is_known()).map(|(_, count)| count).sum();
        if all >= all_max || open.get(&holder).copied().unwrap_or(0) >= own_max {
            return Err(Fault::TooMany { retry_after_s: 5 });
        }
        *open.entry(holder.clone()).or_default() += 1;
        Ok(OpenStream { streams: self.clone(), holder })
    }

    /// Open streams of all.
    fn count(&self) -> usize {
        self.open.lock().values().sum()
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut open = self.streams.open.lock();
        if let Some(count) = open.get_mut(&self.holder) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.holder);
            }
        }
    }
}

/// What rings, connects and changes at my desk, as server-sent events. I am present while it is open.
///
/// The first event is `page`, with the number that sound is connected for; then `trouble`, `ring`,
/// `stop_ring`, `connected`, `ended`, `sound_lost`, `sound_elsewhere`, `changed` and a `beat` every five seconds.
#[utoipa::path(get, path = "/api/v1/desk/stream", tag = "desk", responses(
    (status = 200, body = String, content_type = "text/event-stream"), (status = 401, body = ApiError), (status = 403, body = ApiError),
    (status = 429, body = ApiError, description = "Too many streams of one account"), (status = 503, body = ApiError)))]
pub async fn desk(State(app): State<App>, reader: Reader, address: Address, preferences: Preferences) -> Result<impl IntoResponse, Fault> {
    reader.require(Permission::AnswerCalls)?;
    let operator = reader.operator()?;
    let open = app.streams().open(Holder::of(Some(&reader), address))?;
    let (page, events) = app.switchboard().open_page(operator).await?;
    let (to_page, from_feed) = mpsc::channel(EVENTS_KEPT_MAX);
    let presence = Presence { app: app.clone(), operator, page };
    let first = Event::default().event("page").data(json!({ "page": page }).to_string());
    let feed = Feed { app, reader: Some(reader), words: preferences.words(), to_page, open };
    tokio::spawn(async move {
        feed.run(first, Some(events)).await;
        presence.end().await;
    });
    Ok(answer(from_feed))
}

/// `GET /board/stream`: says when boards and lists should be fetched anew.
pub async fn board(
    State(app): State<App>,
    reader: Option<Reader>,
    address: Address,
    preferences: Preferences,
) -> Result<impl IntoResponse, Fault> {
    crate::board::require(&app, reader.as_ref())?;
    let open = app.streams().open(Holder::of(reader.as_ref(), address))?;
    let (to_page, from_feed) = mpsc::channel(EVENTS_KEPT_MAX);
    let feed = Feed { app, reader, words: preferences.words(), to_page, open };
    tokio::spawn(feed.run(Event::default().event("page").data("{}"), None));
    Ok(answer(from_feed))
}

fn answer(from_feed: mpsc::Receiver<Result<Event, Infallible>>) -> impl IntoResponse {
    ([("x-accel-buffering", "no")], Sse::new(ReceiverStream::new(from_feed)))
}

struct Presence {
    app: App,
    operator: OperatorId,
    page: PageId,
}

impl Presence {
    async fn end(self) {
        self.app.switchboard().close_page(self.operator, self.page).await;
    }
}

struct Feed {
    app: App,
    reader: Option<Reader>,
    words: Words,
    to_page: mpsc::Sender<Result<Event, Infallible>>,
    open: OpenStream,
}

impl Feed {
    /// Runs until the page, the session or the server ends.
    async fn run(self, first: Event, mut events: Option<mpsc::Receiver<DeskEvent>>) {
        let mut changes = self.app.switchboard().changes();
        let mut beat = interval(BEAT_EVERY);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut session_asked = Instant::now();
        let mut pace = Pace::begin(Instant::now());
        let mut trouble = self.app.switchboard().live().health.trouble();
        if !self.send(first) || !self.send(self.trouble(trouble)) {
            return;
        }
        loop {
            let goes_on = tokio::select! {
                () = self.to_page.closed() => false,
                () = self.app.stopping().cancelled() => false,
                event = next_event(&mut events) => match event {
                    Some(event) => match self.event(&event) {
                        Some(at_once) => self.send(at_once),
                        None => pace.changed(),
                    },
                    None => false,
                },
                changed = changes.changed() => {
                    // A desk is told of its own besides; a board and a list are of everybody.
                    pace.others_changed(Instant::now(), if events.is_some() { self.patience() } else { Duration::ZERO });
                    let before = std::mem::replace(&mut trouble, self.app.switchboard().live().health.trouble());
                    changed.is_ok() && (before == trouble || self.send(self.trouble(trouble)))
                }
                () = sleep_until(pace.due.unwrap_or(pace.told)), if pace.due.is_some() => {
                    pace.tell(Instant::now());
                    self.send(Event::default().event("changed").data("{}"))
                }
                _ = beat.tick() => {
                    let asked = session_asked.elapsed() >= SESSION_ASKED_EVERY;
                    if asked {
                        session_asked = Instant::now();
                    }
                    (!asked || self.still_allowed().await) && self.send(beat_event())
                }
            };
            if !goes_on {
                return;
            }
        }
    }

    /// How long what changes for others may wait: its part of a span that grows with the streams that are open.
    fn patience(&self) -> Duration {
        let streams = u32::try_from(self.open.streams.count()).unwrap_or(u32::MAX);
        OTHERS_CHANGES_FOR_EACH.saturating_mul(streams).min(OTHERS_CHANGES_MAX).mul_f64(rand::random::<f64>())
    }

    fn send(&self, event: Event) -> bool {
        self.to_page.try_send(Ok(event)).is_ok()
    }

    /// The words themselves: a page cannot fetch them while the database is away.
    fn trouble(&self, trouble: Option<Trouble>) -> Event {
        let words = trouble.map(|trouble| notices::words_of(self.words, trouble));
        Event::default().event("trouble").data(json!({ "words": words }).to_string())
    }

    async fn still_allowed(&self) -> bool {
        match &self.reader {
            Some(reader) => reader.still_holds(&self.app).await,
            None => true,
        }
    }

    /// What goes out at once: a ring, its end, a connection. None for a change that the page fetches when
    /// it is told, which is only so often.
    fn event(&self, event: &DeskEvent) -> Option<Event> {
        let (name, data) = match event {
            DeskEvent::Ring { offer, contact, reference, until, why } => {
                let live = self.app.switchboard().live();
                let deployment = self.app.switchboard().deployment();
                let matter = live.view.contacts.iter().find(|view| view.contact == *contact).and_then(|view| view.intent);
                let text = crate::desk::ring_text(self.words, &deployment.plan, matter, why);
                let title = self.words.t("ring-title");
                (
                    "ring",
                    json!({ "offer": offer, "contact": contact, "reference": reference, "until": until, "title": title, "text": text }),
                )
            }
            DeskEvent::StopRing { offer } => ("stop_ring", json!({ "offer": offer })),
            DeskEvent::Connected { contact } => ("connected", json!({ "contact": contact })),
            DeskEvent::Ended { contact } => ("ended", json!({ "contact": contact })),
            DeskEvent::SoundLost => ("sound_lost", json!({})),
            DeskEvent::SoundElsewhere => ("sound_elsewhere", json!({})),
            DeskEvent::Changed => return None,
        };
        Some(Event::default().event(name).data(data.to_string()))
    }
}

/// How often a page is told that something changed: at once after a while of quiet, then once in
/// [`CHANGES_EVERY`], what concerns others a little later, and never is the last change forgotten.
struct Pace {
    told: Instant,
    due: Option<Instant>,
}

impl Pace {
    fn begin(now: Instant) -> Self {
        Self { told: now, due: None }
    }

    /// Notes a change. True, because the stream goes on.
    fn changed(&mut self) -> bool {
        self.due_by(self.told + CHANGES_EVERY);
        true
    }

    /// Notes one that may wait for so long from now.
    fn others_changed(&mut self, now: Instant, patience: Duration) {
        if self.due.is_none() {
            self.due = Some((self.told + CHANGES_EVERY).max(now + patience));
        }
    }

    fn due_by(&mut self, at: Instant) {
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    fn tell(&mut self, now: Instant) {
        (self.told, self.due) = (now, None);
    }
}

fn beat_event() -> Event {
    Event::default().event("beat").data(json!({ "now": clock::now() }).to_string())
}

async fn next_event(events: &mut Option<mpsc::Receiver<DeskEvent>>) -> Option<DeskEvent> {
    match events {
        Some(events) => events.recv().await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn anonymous(place: usize) -> Holder {
        let [.., high, low] = place.to_be_bytes();
        Holder::Address(IpAddr::from([192, 0, high, low]))
    }

    /// Opens until it is refused.
    fn fill(streams: &Streams, holder: &Holder) -> Vec<OpenStream> {
        std::iter::from_fn(|| streams.open(holder.clone()).ok()).collect()
    }

    #[test]
    fn a_public_board_shuts_out_no_desk() {
        let streams = Streams::default();
        let addresses = STREAMS_ANONYMOUS_MAX / STREAMS_PER_ADDRESS_MAX;
        let open: Vec<_> = (0..2 * addresses).map(|place| fill(&streams, &anonymous(place))).collect();
        let by_address: Vec<usize> = open.iter().map(Vec::len).collect();
        assert!(by_address[..addresses].iter().all(|count| *count == STREAMS_PER_ADDRESS_MAX), "{by_address:?}");
        assert!(by_address[addresses..].iter().all(|count| *count == 0), "{by_address:?}");

        assert_eq!(fill(&streams, &Holder::Account(OperatorId(1))).len(), STREAMS_PER_ACCOUNT_MAX);
        assert_eq!(fill(&streams, &Holder::Token("boards".into())).len(), STREAMS_PER_TOKEN_MAX);
        drop(open);
        assert_eq!(fill(&streams, &anonymous(0)).len(), STREAMS_PER_ADDRESS_MAX, "what is closed makes room");
    }

    #[test]
    fn what_changes_for_others_waits_unless_something_concerns_the_page() {
        let begun = Instant::now();
        let mut pace = Pace::begin(begun);
        pace.others_changed(begun, Duration::from_secs(2));
        pace.others_changed(begun + Duration::from_secs(1), Duration::from_secs(2));
        assert_eq!(pace.due, Some(begun + Duration::from_secs(2)), "what came first is not put off by what comes later");
        pace.changed();
        assert_eq!(pace.due, Some(begun + CHANGES_EVERY), "its own is told as soon as may be");
        pace.tell(begun + CHANGES_EVERY);
        pace.others_changed(begun + CHANGES_EVERY, Duration::ZERO);
        assert_eq!(pace.due, Some(begun + 2 * CHANGES_EVERY), "never more often than that");
    }

    #[test]
    fn desks_have_a_budget_of_their_own() {
        let streams = Streams::default();
        let open: Vec<_> = (0..STREAMS_MAX as u64).flat_map(|account| fill(&streams, &Holder::Account(OperatorId(account)))).collect();
        assert_eq!(open.len(), STREAMS_MAX);
        assert!(streams.open(anonymous(0)).is_ok());
    }

    #[test]
    fn a_page_is_told_of_changes_only_so_often_and_of_the_last_one_always() {
        let start = Instant::now();
        let (mut pace, mut told) = (Pace::begin(start), Vec::new());
        // Ten changes a second for two seconds, as the loop publishes on a busy day.
        for ms in (0..=2_400_u64).step_by(100) {
            let now = start + Duration::from_millis(ms);
            if ms < 2_000 {
                pace.changed();
            }
            if pace.due.is_some_and(|due| due <= now) {
                pace.tell(now);
                told.push(ms);
            }
        }
        assert_eq!(told, [400, 800, 1_200, 1_600, 2_000]);
        assert_eq!(pace.due, None);
    }
}
