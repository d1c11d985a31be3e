//! Event streams to pages: what rings, what ails the program, and that something changed. A page
//! fetches what it shows; nothing but a ring and a trouble carries content, so that a lost event loses
//! nothing.

use crate::{
    access::Reader,
    app::App,
    clock,
    components::notices,
    fault::Fault,
    limits::{BEAT_EVERY, CHANGES_EVERY, SESSION_ASKED_EVERY, STREAMS_MAX, STREAMS_PER_ACCOUNT_MAX},
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
use std::{collections::BTreeMap, convert::Infallible, sync::Arc};
use switchboard::{DeskEvent, PageId, Trouble};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};
use tokio_stream::wrappers::ReceiverStream;

/// Events kept for a page that reads slowly; when full, the stream ends and the page comes again.
const EVENTS_KEPT_MAX: usize = 64;

/// Counts open streams, in all and by account.
#[derive(Clone, Default)]
pub struct Streams {
    open: Arc<Mutex<BTreeMap<Option<OperatorId>, usize>>>,
}

/// One open stream; dropping it makes room.
pub struct OpenStream {
    streams: Streams,
    account: Option<OperatorId>,
}

impl Streams {
    fn open(&self, account: Option<OperatorId>) -> Result<OpenStream, Fault> {
        let mut open = self.open.lock();
        let (all, own) = (open.values().sum::<usize>(), open.get(&account).copied().unwrap_or(0));
        if all >= STREAMS_MAX || (account.is_some() && own >= STREAMS_PER_ACCOUNT_MAX) {
            return Err(Fault::TooMany { retry_after_s: 5 });
        }
        *open.entry(account).or_default() += 1;
        Ok(OpenStream { streams: self.clone(), account })
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut open = self.streams.open.lock();
        if let Some(count) = open.get_mut(&self.account) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.account);
            }
        }
    }
}

/// `GET /desk/stream` and `GET /api/v1/desk/stream`: the operator is present while it is open.
pub async fn desk(State(app): State<App>, reader: Reader, preferences: Preferences) -> Result<impl IntoResponse, Fault> {
    reader.require(Permission::AnswerCalls)?;
    let operator = reader.operator()?;
    let open = app.streams().open(Some(operator))?;
    let (page, events) = app.switchboard().open_page(operator).await?;
    let (to_page, from_feed) = mpsc::channel(EVENTS_KEPT_MAX);
    let presence = Presence { app: app.clone(), operator, page };
    let first = Event::default().event("page").data(json!({ "page": page }).to_string());
    let feed = Feed { app, reader: Some(reader), words: preferences.words(), to_page, _open: open };
    tokio::spawn(async move {
        feed.run(first, Some(events)).await;
        presence.end().await;
    });
    Ok(answer(from_feed))
}

/// `GET /board/stream`: says when boards and lists should be fetched anew.
pub async fn board(State(app): State<App>, reader: Option<Reader>, preferences: Preferences) -> Result<impl IntoResponse, Fault> {
    crate::board::require(&app, reader.as_ref())?;
    let open = app.streams().open(reader.as_ref().and_then(|reader| reader.operator))?;
    let (to_page, from_feed) = mpsc::channel(EVENTS_KEPT_MAX);
    let feed = Feed { app, reader, words: preferences.words(), to_page, _open: open };
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
    _open: OpenStream,
}

impl Feed {
    /// Runs until the page, the session or the server ends.
    async fn run(self, first: Event, mut events: Option<mpsc::Receiver<DeskEvent>>) {
        let mut changes = self.app.switchboard().changes();
        let mut beat = interval(BEAT_EVERY);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut session_asked = Instant::now();
        let mut changed_due: Option<Instant> = None;
        let mut last_changed = Instant::now();
        let mut trouble = self.app.switchboard().live().health.trouble();
        if !self.send(first) || !self.send(self.trouble(trouble)) {
            return;
        }
        loop {
            let goes_on = tokio::select! {
                () = self.to_page.closed() => false,
                () = self.app.stopping().cancelled() => false,
                event = next_event(&mut events) => match event {
                    Some(event) => self.send(self.event(&event)),
                    None => false,
                },
                changed = changes.changed() => {
                    changed_due.get_or_insert(last_changed + CHANGES_EVERY);
                    let before = std::mem::replace(&mut trouble, self.app.switchboard().live().health.trouble());
                    changed.is_ok() && (before == trouble || self.send(self.trouble(trouble)))
                }
                () = sleep_until(changed_due.unwrap_or_else(Instant::now)), if changed_due.is_some() => {
                    changed_due = None;
                    last_changed = Instant::now();
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

    fn event(&self, event: &DeskEvent) -> Event {
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
            DeskEvent::Changed => ("changed", json!({})),
        };
        Event::default().event(name).data(data.to_string())
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
