//! A call from us, from dialling until it is answered, refused, or given up.

use std::sync::Arc;
use std::time::Duration;

use rsipstack::dialog::dialog::{DialogState, DialogStateReceiver, TerminatedReason};
use rsipstack::dialog::invitation::{InviteAsyncResult, InviteOption};
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::uri::ParamsExt;
use rsipstack::sip::{Auth, Header, HeadersExt, Host, Response, Scheme, StatusCode, Transport as SipTransport, Uri};
use rsipstack::transport::SipAddr;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout};

use super::body::{self, Head};
use super::call::{Call, Refreshing};
use super::inbound::takes_update;
use super::session_timer;
use super::{ALLOW, CallCommand};
use crate::event::{Dial, EndCause, LegEvent, LegId, Transport};
use crate::media::{MediaCommand, Remote};
use crate::sdp::{self, Description, OurEnd};
use crate::shared::{LegMedia, Signalling};

/// Longer than this nobody lets it ring.
const RING_TIMEOUT_MS_MAX: u64 = 600_000;
/// Where SIP is spoken when the address names no port, and where over TLS.
const SIP_PORT: u16 = 5_060;
const SIPS_PORT: u16 = 5_061;

/// What those answer who cannot read a multipart body or a place: bad request, too large, media type, extension,
/// bad location (RFC 6442), not acceptable, undecipherable, and the errors of their own that some make of it.
const UNREADABLE: [u16; 10] = [400, 413, 415, 420, 424, 488, 493, 500, 501, 513];

/// Dials; the leg and its sound exist already.
pub async fn run(signalling: Arc<Signalling>, leg: LegId, dial: Dial, media: LegMedia, commands: mpsc::Receiver<CallCommand>) {
    let ours = OurEnd::new(signalling.sound_address(media.port));
    let deadline = Instant::now() + Duration::from_millis(dial.ring_timeout_ms.min(RING_TIMEOUT_MS_MAX));
    let mut departure = Departure { signalling, leg, dial, media, commands, ours, deadline, told: Told::default(), remote: None };
    let cause = match departure.dial().await {
        Outcome::Answered { dialog, states, response } => return departure.converse(dialog, states, &response).await,
        Outcome::Over(cause) => cause,
    };
    departure.signalling.shared.close_call(departure.leg, &departure.media.handle, cause);
}

struct Departure {
    signalling: Arc<Signalling>,
    leg: LegId,
    dial: Dial,
    media: LegMedia,
    commands: mpsc::Receiver<CallCommand>,
    ours: OurEnd,
    deadline: Instant,
    told: Told,
    remote: Option<Description>,
}

#[derive(Default)]
struct Told {
    ringing: bool,
    /// Somebody out there answered anything at all.
    any: bool,
}

enum Outcome {
    Answered { dialog: InviteDialog, states: DialogStateReceiver, response: Response },
    Over(EndCause),
}

/// One INVITE on its way.
struct Attempt {
    dialog: InviteDialog,
    invite: JoinHandle<InviteAsyncResult>,
    states: DialogStateReceiver,
}

impl Departure {
    async fn dial(&mut self) -> Outcome {
        if let Err(cause) = self.connect().await {
            return Outcome::Over(cause);
        }
        let mut min_se_s = None;
        loop {
            let attempt = match self.invite(min_se_s) {
                Ok(attempt) => attempt,
                Err(cause) => return Outcome::Over(cause),
            };
            match self.wait(attempt).await {
                Waited::Outcome(outcome) => return outcome,
                // Once: a second 422 is a refusal.
                Waited::IntervalTooSmall(least) if min_se_s.is_none() => min_se_s = Some(least),
                Waited::IntervalTooSmall(_) => return Outcome::Over(EndCause::Refused { code: 422 }),
                // The voice goes before what it brings along; once, because then nothing is left to leave out.
                Waited::Unreadable { code } if self.dial.is_laden() => self.leave_out(code),
                Waited::Unreadable { code } => return Outcome::Over(EndCause::Refused { code }),
            }
        }
    }

    /// Over a stream the connection comes first: whether it can be had is known at once, and why not.
    /// The library then finds it there; on its own it would try again until the INVITE is given up.
    async fn connect(&mut self) -> Result<(), EndCause> {
        let Some((callee, transport)) = target(&self.dial.target) else { return Ok(()) };
        let (kind, port) = match transport {
            Transport::Udp => return Ok(()),
            Transport::Tcp => (SipTransport::Tcp, SIP_PORT),
            Transport::Tls => (SipTransport::Tls, SIPS_PORT),
        };
        // Whom we cannot trust, and who could not reach us in turn, is not called.
        if transport == Transport::Tls && self.signalling.shared.config.tls.as_ref().is_none_or(|tls| tls.roots.is_none()) {
            return Err(EndCause::Failed("calls over TLS need a TLS address and root certificates in the configuration".to_owned()));
        }
        let mut address = SipAddr { r#type: Some(kind), addr: callee.host_with_port };
        // A name without a port may be known by SRV alone, for which the library asks.
        if address.addr.port.is_none() && matches!(address.addr.host, Host::Domain(_)) {
            return Ok(());
        }
        address.addr.port.get_or_insert(port.into());
        let signalling = self.signalling.clone();
        let connecting = signalling.dialogs.endpoint.transport_layer.lookup(&address, None);
        tokio::pin!(connecting);
        loop {
            tokio::select! {
                found = &mut connecting => return found.map(|_| ()).map_err(|error| self.unconnected(&error)),
                command = self.commands.recv() => {
                    if matches!(command, None | Some(CallCommand::HangUp | CallCommand::Refuse(_))) {
                        return Err(EndCause::HungUpHere);
                    }
                }
                () = sleep_until(self.deadline) => return Err(EndCause::Unreachable),
            }
        }
    }

    fn unconnected(&self, error: &rsipstack::Error) -> EndCause {
        let rsipstack::Error::IoError(error) = error else { return EndCause::Unreachable };
        match error.get_ref().and_then(|why| why.downcast_ref::<rustls::Error>()) {
            Some(why) => {
                tracing::error!(leg = %self.leg, %why, "a call over TLS was not made: whom we reached could not be trusted");
                EndCause::Failed(format!("whom we reached over TLS could not be trusted: {why}"))
            }
            None => EndCause::Unreachable,
        }
    }

    fn invite(&mut self, min_se_s: Option<u32>) -> Result<Attempt, EndCause> {
        let failed = |why: &str| EndCause::Failed(why.to_owned());
        let (callee, transport) = target(&self.dial.target).ok_or_else(|| failed("the address to call is not a SIP URI"))?;
        let contact = self.signalling.contact(transport);
        let caller = Uri {
            auth: Some(Auth { user: self.dial.from_user.clone(), password: None }),
            host_with_port: contact.host_with_port.clone(),
            scheme: Some(Scheme::Sip),
            ..Default::default()
        };
        let (content_type, offer) = body::write(&self.ours.offer(), &self.dial.extra_parts);
        let interval_s = self.signalling.shared.config.session_expires_s.max(min_se_s.unwrap_or(0));
        let mut headers = session_timer::request(interval_s, None, min_se_s);
        headers.push(Header::Allow(ALLOW.into()));
        for (name, value) in &self.dial.extra_headers {
            if !is_header(name, value) {
                return Err(failed("a header to send holds what no header may hold"));
            }
            headers.push(rsipstack::sip::headers::make_header(name, value.clone()));
        }
        let option = InviteOption {
            caller_display_name: self.dial.from_display.clone().filter(|name| is_header("From", name)),
            caller,
            callee,
            contact,
            content_type: Some(content_type),
            offer: Some(offer),
            headers: Some(headers),
            ..Default::default()
        };
        let (states_in, states) = self.signalling.dialogs.new_dialog_state_channel();
        let started = self.signalling.dialogs.do_invite_async(option, states_in);
        let (dialog, invite) = started.map_err(|_| failed("the call could not be put into an INVITE"))?;
        Ok(Attempt { dialog, invite, states })
    }

    async fn wait(&mut self, mut attempt: Attempt) -> Waited {
        let over = |cause| Waited::Outcome(Outcome::Over(cause));
        let mut failed = false;
        loop {
            tokio::select! {
                biased;
                state = attempt.states.recv() => match state {
                    Some(DialogState::Trying(_)) => self.told.any = true,
                    Some(DialogState::Early(_, response)) => self.early(&response),
                    Some(DialogState::Confirmed(_, response)) => {
                        let Attempt { dialog, states, .. } = attempt;
                        return Waited::Outcome(Outcome::Answered { dialog, states, response });
                    }
                    Some(DialogState::Terminated(_, reason)) => return self.refused(reason, attempt.invite).await,
                    Some(_) => {}
                    None => return over(EndCause::Unreachable),
                },
                result = &mut attempt.invite, if !failed && !attempt.invite.is_finished() => {
                    // The states tell more: an error without a last state is one of the network.
                    if result.is_ok_and(|result| result.is_ok()) { continue }
                    failed = true;
                    if !attempt.dialog.state().is_terminated() {
                        return over(EndCause::Unreachable);
                    }
                }
                command = self.commands.recv() => {
                    if matches!(command, None | Some(CallCommand::HangUp | CallCommand::Refuse(_))) {
                        self.give_up(attempt);
                        return over(EndCause::HungUpHere);
                    }
                }
                () = self.media.lost.notified() => {
                    self.give_up(attempt);
                    return over(EndCause::MediaLost);
                }
                () = sleep_until(self.deadline) => {
                    let answered = self.told.any;
                    self.give_up(attempt);
                    return over(if answered { EndCause::NoAnswer } else { EndCause::Unreachable });
                }
            }
        }
    }

    fn early(&mut self, response: &Response) {
        self.told.any = true;
        if response.status_code == StatusCode::Ringing && !self.told.ringing {
            self.told.ringing = true;
            self.signalling.shared.events.tell(LegEvent::Ringing { leg: self.leg });
        }
        if let Some(remote) = description(response) {
            // Heard already, not spoken to yet.
            self.media.handle.tell(MediaCommand::Remote(Remote {
                address: remote.address,
                codec: remote.codec,
                payload_type: remote.payload_type,
                key_payload_type: remote.key_payload_type,
                send: false,
                receive: false,
            }));
            self.remote = Some(remote);
        }
    }

    async fn refused(&self, reason: TerminatedReason, invite: JoinHandle<InviteAsyncResult>) -> Waited {
        let status = match reason {
            TerminatedReason::UasOther(status) | TerminatedReason::UacOther(status) | TerminatedReason::ProxyError(status) => status,
            TerminatedReason::ProxyAuthRequired => StatusCode::ProxyAuthenticationRequired,
            TerminatedReason::UasBusy => StatusCode::BusyHere,
            TerminatedReason::UasDecline => StatusCode::Decline,
            TerminatedReason::UacCancel => return Waited::Outcome(Outcome::Over(EndCause::Cancelled)),
            TerminatedReason::Timeout | TerminatedReason::UacBye | TerminatedReason::UasBye | TerminatedReason::UacBusy => {
                return Waited::Outcome(Outcome::Over(EndCause::HungUp));
            }
        };
        // The INVITE's task ends with the state just told: this does not really wait.
        let response = match timeout(self.signalling.patience(), invite).await {
            Ok(Ok(Ok((_, response)))) => response,
            _ => None,
        };
        if status == StatusCode::SessionIntervalTooSmall
            && let Some(least) = response.as_ref().and_then(|response| session_timer::min_se_of(&response.headers))
        {
            return Waited::IntervalTooSmall(least);
        }
        // What the library says itself, when nothing came or a stream broke, carries no tag.
        let answered =
            self.told.any || response.is_some_and(|response| response.to_header().is_ok_and(|to| matches!(to.tag(), Ok(Some(_)))));
        Waited::Outcome(Outcome::Over(match status.code() {
            486 | 600 => EndCause::Busy,
            404 | 604 => EndCause::NotFound,
            408 | 503 if !answered => EndCause::Unreachable,
            408 | 480 => EndCause::NoAnswer,
            code if UNREADABLE.contains(&code) => return Waited::Unreadable { code },
            code => EndCause::Refused { code },
        }))
    }

    fn leave_out(&mut self, code: u16) {
        tracing::warn!(leg = %self.leg, code, "a call was refused with what it brings along (place, headers) and is made without");
        self.dial.extra_parts.clear();
        self.dial.extra_headers.clear();
    }

    /// Takes the INVITE back. What may still come of it is ended in the background: an answer that
    /// crosses our CANCEL is acknowledged and hung up by the library.
    fn give_up(&self, attempt: Attempt) {
        let patience = self.signalling.patience();
        let Attempt { dialog, invite, .. } = attempt;
        if matches!(dialog.state(), DialogState::Calling(_)) {
            // Nobody answered anything: the INVITE is not re-sent, and cancelled if somebody does.
            invite.abort();
            return;
        }
        tokio::spawn(async move {
            let _ = timeout(patience, dialog.cancel()).await;
            let _ = timeout(patience, invite).await;
        });
    }

    async fn converse(mut self, dialog: InviteDialog, states: DialogStateReceiver, response: &Response) {
        // An answer that came early counts when the 2xx repeats none.
        let remote = description(response).or(self.remote.take());
        let usable = remote.is_some();
        let call = Call {
            leg: self.leg,
            dialog,
            states,
            commands: self.commands,
            media: self.media,
            ours: self.ours,
            remote,
            timer: session_timer::agreed(&response.headers),
            peer_takes_update: takes_update(&response.headers),
            answer_expected: None,
            acknowledged: true,
            refreshing: Refreshing::default(),
            info_keys: None,
            signalling: self.signalling,
        };
        if !usable {
            let cause = EndCause::Failed("the other side answered without sound we can use".to_owned());
            super::call::hang_up_later(call.signalling.clone(), call.dialog, call.states);
            call.signalling.shared.close_call(call.leg, &call.media.handle, cause);
            return;
        }
        call.signalling.shared.events.tell(LegEvent::Answered { leg: call.leg });
        call.run().await;
    }
}

enum Waited {
    Outcome(Outcome),
    IntervalTooSmall(u32),
    /// Refused with what may mean the parts and headers that go along.
    Unreadable {
        code: u16,
    },
}

fn description(response: &Response) -> Option<Description> {
    let content_type = body::values(&response.headers, "Content-Type").next().unwrap_or_default().to_owned();
    let contents = body::read(Head { content_type, ..Head::default() }, &response.body).ok()?;
    sdp::read(&contents.sdp?).ok()
}

/// The address to call and what it is to be called over.
fn target(uri: &str) -> Option<(Uri, Transport)> {
    if uri.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return None;
    }
    let mut uri = Uri::try_from(uri).ok()?;
    let transport = match (&uri.scheme, uri.transport()) {
        (Some(Scheme::Sips), _) | (_, Some(SipTransport::Tls)) => Transport::Tls,
        (Some(Scheme::Sip), Some(SipTransport::Tcp)) => Transport::Tcp,
        (Some(Scheme::Sip), None | Some(SipTransport::Udp)) => Transport::Udp,
        _ => return None,
    };
    if transport == Transport::Tls && uri.transport().is_none() {
        uri.params.push(rsipstack::sip::Param::Transport(SipTransport::Tls));
    }
    Some((uri, transport))
}

/// Whether this may stand in a header: no line ends, no control characters.
fn is_header(name: &str, value: &str) -> bool {
    let token = |c: char| c.is_ascii_alphanumeric() || "-._~!%*+`'".contains(c);
    !name.is_empty() && name.chars().all(token) && !value.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_to_call() {
        for (uri, transport) in [
            ("sip:0313900600@127.0.0.1:5060", Some(Transport::Udp)),
            ("sip:a@127.0.0.1;transport=tcp", Some(Transport::Tcp)),
            ("sip:a@127.0.0.1;transport=tls", Some(Transport::Tls)),
            ("sips:a@example.org", Some(Transport::Tls)),
            ("tel:+46313900600", None),
            ("sip:a@b\r\nX: y", None),
            ("http://example.org", None),
            ("", None),
        ] {
            assert_eq!(target(uri).map(|(_, transport)| transport), transport, "{uri:?}");
        }
    }

    #[test]
    fn headers_cannot_be_smuggled() {
        assert!(is_header("Geolocation", "<cid:a@b>"));
        assert!(!is_header("X", "a\r\nContent-Length: 0"));
        assert!(!is_header("X:y", "a"));
        assert!(!is_header("", "a"));
    }
}
