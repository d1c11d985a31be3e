//! A call that both sides agreed on: holds, refreshes, keys, and its end, whoever brings it about.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rsipstack::dialog::dialog::{DialogState, DialogStateReceiver, TransactionHandle};
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::{Header, HeadersExt, Method, Request, Response, StatusCode};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until, timeout};

use super::body;
use super::inbound::{cause_of, contents_of};
use super::session_timer::{self, Refresher, SessionTimer};
use super::{ALLOW, CallCommand};
use crate::event::{EndCause, LegEvent, LegId};
use crate::media::keys::{KEYS_QUEUED_MAX, code_of};
use crate::media::{MediaCommand, Remote};
use crate::sdp::{self, Description, OurEnd};
use crate::shared::{LegMedia, Signalling};
use crate::stats::count;

/// See the module. Built by whoever brought the call about.
pub struct Call {
    pub signalling: Arc<Signalling>,
    pub leg: LegId,
    pub dialog: InviteDialog,
    pub states: DialogStateReceiver,
    pub commands: mpsc::Receiver<CallCommand>,
    pub media: LegMedia,
    pub ours: OurEnd,
    /// The other side's sound as last agreed.
    pub remote: Option<Description>,
    pub timer: Option<SessionTimer>,
    /// Refreshes can go by UPDATE, without SDP.
    pub peer_takes_update: bool,
    /// The INVITE (by CSeq) that we answered with an offer: its ACK brings the answer.
    pub answer_expected: Option<u32>,
    /// Inbound: whether our answer arrived. Outbound: from the start.
    pub acknowledged: bool,
    pub refreshing: Refreshing,
    /// Where keys to be sent by INFO wait for the one before them.
    pub info_keys: Option<mpsc::Sender<char>>,
}

/// How our refreshes of the session go.
#[derive(Default)]
pub struct Refreshing {
    outcome: Option<oneshot::Receiver<Refreshed>>,
    /// The one under way carries an offer, so that another one must wait.
    by_offer: bool,
    /// How many were refused since the last that was not.
    refused: u32,
    /// The smallest interval the other side takes, once it said so.
    min_se_s: Option<u32>,
    /// When the session is over for the other side.
    ends_at: Option<Instant>,
}

/// What came of a refresh.
pub type Refreshed = Option<Response>;

impl Call {
    /// Goes on until the call is over and told.
    pub async fn run(mut self) {
        self.agreed();
        let cause = self.converse().await;
        if !self.dialog.state().is_terminated() {
            self.media.handle.tell(MediaCommand::Quiet);
            hang_up_later(self.signalling.clone(), self.dialog.clone(), self.states);
        } else {
            self.signalling.dialogs.remove_dialog(&self.dialog.id());
        }
        self.signalling.shared.close_call(self.leg, &self.media.handle, cause);
    }

    async fn converse(&mut self) -> EndCause {
        let mut refresh_at = self.next_refresh();
        loop {
            tokio::select! {
                biased;
                state = self.states.recv() => match state {
                    Some(state) => if let Some(cause) = self.changed(state, &mut refresh_at).await {
                        return cause;
                    },
                    None => return EndCause::Failed("the dialog was let go of".to_owned()),
                },
                command = self.commands.recv() => match command {
                    Some(CallCommand::HangUp | CallCommand::Refuse(_)) | None => return EndCause::HungUpHere,
                    Some(CallCommand::SendKeys(keys)) => self.send_keys(keys),
                    Some(CallCommand::Ring | CallCommand::Answer) => {}
                },
                () = self.media.lost.notified() => return EndCause::MediaLost,
                refreshed = outcome(&mut self.refreshing.outcome) => {
                    self.refreshing.outcome = None;
                    match self.refreshed(refreshed, refresh_at) {
                        Ok(next) => refresh_at = next,
                        Err(cause) => return cause,
                    }
                }
                () = at(refresh_at) => match self.timer {
                    Some(SessionTimer { refresher: Refresher::Us, .. }) => {
                        refresh_at = None;
                        self.refresh();
                    }
                    _ => return EndCause::Failed("the other side stopped refreshing the session".to_owned()),
                },
            }
        }
    }

    /// The session was refreshed now.
    fn next_refresh(&mut self) -> Option<Instant> {
        let (timer, now) = (self.timer?, Instant::now());
        self.refreshing.refused = 0;
        self.refreshing.ends_at = Some(now + Duration::from_secs(timer.interval_s.into()));
        Some(now + timer.due())
    }

    /// The other side refused to refresh the session, which leaves the call as it is.
    fn refresh_again(&mut self, response: &Response) -> Instant {
        let now = Instant::now();
        let known_s = self.timer.map_or(0, |timer| timer.interval_s);
        if response.status_code == StatusCode::SessionIntervalTooSmall
            && let Some(least_s) = session_timer::min_se_of(&response.headers).filter(|&least_s| least_s > known_s)
            && let Some(timer) = &mut self.timer
        {
            timer.interval_s = least_s;
            // At once, but only once: whoever raises it again and again is asked like one who refuses.
            if self.refreshing.min_se_s.replace(least_s).is_none() {
                return now;
            }
        }
        let left = self.refreshing.ends_at.map_or(Duration::ZERO, |end| end.saturating_duration_since(now));
        let wait = session_timer::ask_again(self.refreshing.refused, session_timer::retry_after(&response.headers), left, rand::random());
        self.refreshing.refused = self.refreshing.refused.saturating_add(1);
        now + wait
    }

    async fn changed(&mut self, state: DialogState, refresh_at: &mut Option<Instant>) -> Option<EndCause> {
        match state {
            DialogState::Terminated(_, reason) => return Some(cause_of(&reason)),
            DialogState::Confirmed(..) => return self.confirmed(),
            DialogState::Updated(_, request, handle) => {
                if self.renegotiate(&request, handle).await {
                    *refresh_at = self.next_refresh();
                }
            }
            DialogState::Info(_, request, handle) => self.informed(&request, handle).await,
            DialogState::Options(_, _, handle) => {
                let _ = handle.respond(StatusCode::OK, Some(vec![Header::Allow(ALLOW.into())]), None).await;
            }
            DialogState::Publish(_, _, handle)
            | DialogState::Notify(_, _, handle)
            | DialogState::Refer(_, _, handle)
            | DialogState::Message(_, _, handle) => {
                let _ = handle.reply(StatusCode::MethodNotAllowed).await;
            }
            DialogState::Calling(_) | DialogState::Trying(_) | DialogState::Early(..) | DialogState::WaitAck(..) => {}
        }
        None
    }

    /// An ACK arrived, or the library returned from a request within the call.
    fn confirmed(&mut self) -> Option<EndCause> {
        if let Some(sequence) = self.answer_expected {
            let ack = self
                .dialog
                .last_remote_ack()
                .filter(|ack| ack.cseq_header().and_then(|cseq| cseq.seq()).is_ok_and(|number| number == sequence))?;
            self.answer_expected = None;
            let answer = contents_of(&ack).ok().and_then(|contents| sdp::read(&contents.sdp?).ok());
            match answer {
                Some(answer) => {
                    self.remote = Some(answer);
                    self.agreed();
                }
                // Without an answer there never was any sound; a changed call keeps what it had.
                None if self.remote.is_none() => {
                    return Some(EndCause::Failed("the other side sent no usable answer to our offer".to_owned()));
                }
                None => {}
            }
        }
        if !self.acknowledged {
            self.acknowledged = true;
            self.tell(LegEvent::Answered { leg: self.leg });
            self.signalling.acknowledged.notify_waiters();
        }
        None
    }

    /// Gives the agreed description to the sound.
    fn agreed(&mut self) {
        let Some(remote) = &self.remote else { return };
        let held = !remote.direction.receives() || remote.address.ip().is_unspecified();
        let command = MediaCommand::Remote(Remote {
            address: remote.address,
            codec: remote.codec,
            payload_type: remote.payload_type,
            key_payload_type: remote.key_payload_type,
            send: remote.direction.receives(),
            receive: remote.direction.sends() && !held,
        });
        self.media.handle.tell(command);
    }

    fn tell(&self, event: LegEvent) {
        self.signalling.shared.events.tell(event);
    }

    /// re-INVITE or UPDATE: answered in full or refused without any change. Whether it refreshed.
    async fn renegotiate(&mut self, request: &Request, handle: TransactionHandle) -> bool {
        let refuse = async |status: StatusCode, headers: Vec<Header>| {
            let _ = handle.respond(status, Some(headers), None).await;
            false
        };
        let ours_s = self.signalling.shared.config.session_expires_s;
        let (timer, mut headers) = match session_timer::answer(&request.headers, ours_s) {
            Ok(agreed) => agreed,
            Err(small) => {
                let least = vec![Header::MinSE(small.min_se_s.to_string().into())];
                return refuse(StatusCode::SessionIntervalTooSmall, least).await;
            }
        };
        let Ok(contents) = contents_of(request) else {
            count(&self.signalling.shared.counters.malformed);
            return refuse(StatusCode::BadRequest, Vec::new()).await;
        };
        if contents.is_beyond_us() {
            return refuse(StatusCode::UnsupportedMediaType, vec![Header::Accept(body::ACCEPT.into())]).await;
        }
        let offers = contents.sdp.is_some() || request.method == Method::Invite;
        if offers && (self.refreshing.by_offer || self.answer_expected.is_some()) {
            return refuse(StatusCode::RequestPending, Vec::new()).await;
        }
        let body = match contents.sdp.as_deref().map(sdp::read) {
            Some(Ok(offer)) => {
                let answer = self.ours.answer(&offer);
                self.remote = Some(offer);
                Some(answer)
            }
            Some(Err(_)) => return refuse(StatusCode::NotAcceptableHere, Vec::new()).await,
            None if request.method == Method::Invite => {
                self.answer_expected = request.cseq_header().and_then(|cseq| cseq.seq()).ok();
                Some(self.ours.offer())
            }
            None => None,
        };
        if body.is_some() {
            headers.push(Header::ContentType("application/sdp".into()));
        }
        headers.push(Header::Allow(ALLOW.into()));
        let _ = handle.respond(StatusCode::OK, Some(headers), body).await;
        if self.answer_expected.is_none() {
            self.agreed();
        }
        self.timer = Some(timer);
        true
    }

    async fn informed(&mut self, request: &Request, handle: TransactionHandle) {
        let content_type = body::values(&request.headers, "Content-Type").next().unwrap_or_default();
        let key = body::key_of_info(content_type, &request.body);
        let status = if key.is_some() || request.body.is_empty() { StatusCode::OK } else { StatusCode::UnsupportedMediaType };
        let _ = handle.reply(status).await;
        if let Some(key) = key {
            self.tell(LegEvent::Key { leg: self.leg, key });
        }
    }

    /// In RTP when the other side takes them there, else one INFO after the other.
    fn send_keys(&mut self, keys: String) {
        if self.remote.as_ref().is_some_and(|remote| remote.key_payload_type.is_some()) {
            self.media.handle.tell(MediaCommand::SendKeys(keys));
            return;
        }
        let sender = match &self.info_keys {
            Some(sender) if !sender.is_closed() => sender,
            _ => {
                let (sender, waiting) = mpsc::channel(KEYS_QUEUED_MAX);
                tokio::spawn(send_by_info(self.dialog.clone(), self.signalling.patience(), waiting));
                self.info_keys.insert(sender)
            }
        };
        for key in keys.chars().filter(|&key| code_of(key).is_some()) {
            if sender.try_send(key).is_err() {
                count(&self.signalling.shared.counters.commands_lost);
            }
        }
    }

    fn refresh(&mut self) {
        let (told, outcome) = oneshot::channel();
        self.refreshing.outcome = Some(outcome);
        let interval_s = self.timer.map_or(0, |timer| timer.interval_s);
        let mut headers = session_timer::request(interval_s, Some(Refresher::Us), self.refreshing.min_se_s);
        let (dialog, patience) = (self.dialog.clone(), self.signalling.patience());
        let offer = (!self.peer_takes_update).then(|| self.ours.offer());
        self.refreshing.by_offer = offer.is_some();
        if offer.is_some() {
            headers.push(Header::ContentType("application/sdp".into()));
        }
        tokio::spawn(async move {
            let sent = async {
                match offer {
                    Some(offer) => dialog.reinvite(Some(headers), Some(offer)).await,
                    None => dialog.update(Some(headers), None).await,
                }
            };
            let response = timeout(patience, sent).await.ok().and_then(Result::ok).flatten();
            let _ = told.send(response);
        });
    }

    /// When to refresh again.
    /// When the session is to be refreshed next; `due` is when it was, if the other side took that over meanwhile.
    fn refreshed(&mut self, response: Refreshed, due: Option<Instant>) -> Result<Option<Instant>, EndCause> {
        let by_offer = std::mem::take(&mut self.refreshing.by_offer);
        let gone = || EndCause::Failed("the other side did not answer a refresh of the session".to_owned());
        let response = response.ok_or_else(gone)?;
        match response.status_code.code() {
            200..=299 => {
                self.timer = session_timer::agreed(&response.headers).or(self.timer);
                if by_offer && let Ok(answer) = sdp::read(&response.body) {
                    self.remote = Some(answer);
                    self.agreed();
                }
                Ok(self.next_refresh())
            }
            // RFC 3261 section 12.2.1.2: the other side knows of no such call.
            408 | 481 => Err(gone()),
            // Our request crossed one of theirs, by which they refresh from now on.
            _ if self.timer.is_none_or(|timer| timer.refresher == Refresher::Peer) => Ok(due),
            _ => Ok(Some(self.refresh_again(&response))),
        }
    }
}

/// Sends keys in their order, whoever asked for them, until one is not taken or the call is over.
async fn send_by_info(dialog: InviteDialog, patience: Duration, mut waiting: mpsc::Receiver<char>) {
    while let Some(key) = waiting.recv().await {
        let (content_type, body) = body::info_of_key(key);
        let headers = vec![Header::ContentType(content_type.into())];
        let sent = timeout(patience, dialog.info(Some(headers), Some(body.into_bytes()))).await;
        if !matches!(sent, Ok(Ok(Some(_)))) {
            return;
        }
    }
}

async fn outcome(outcome: &mut Option<oneshot::Receiver<Refreshed>>) -> Refreshed {
    match outcome {
        Some(outcome) => outcome.await.ok().flatten(),
        None => std::future::pending().await,
    }
}

async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

/// Ends a dialog in the background: an unacknowledged one when its ACK has come (RFC 3261 section
/// 15), an established one at once.
pub fn hang_up_later(signalling: Arc<Signalling>, dialog: InviteDialog, mut states: DialogStateReceiver) {
    tokio::spawn(async move {
        let patience = signalling.patience();
        let acknowledged = async {
            while !dialog.state().is_confirmed() && !dialog.state().is_terminated() {
                if states.recv().await.is_none() {
                    return;
                }
            }
        };
        // The library itself ends what is never acknowledged, after as long.
        let _ = timeout(patience + patience / 4, acknowledged).await;
        let _ = timeout(patience, dialog.bye()).await;
        signalling.dialogs.remove_dialog(&dialog.id());
    });
}

impl Signalling {
    /// Where we take sound on this port.
    pub fn sound_address(&self, port: u16) -> SocketAddr {
        SocketAddr::new(self.advertised, port)
    }
}
