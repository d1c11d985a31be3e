//! A call to us, from its INVITE until it is acknowledged. Turns away what cannot become a call,
//! tells the rest as `Incoming` and waits for what is decided about it.

use std::sync::Arc;
use std::time::Duration;

use rsipstack::dialog::dialog::{DialogState, DialogStateReceiver, TerminatedReason};
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::sip::prelude::ToTypedHeader;
use rsipstack::sip::{Header, HeadersExt, Request, StatusCode, Transport as SipTransport, Uri};
use rsipstack::transaction::transaction::{Transaction, TransactionEvent, TransactionEventSender};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::body::{self, Contents, Head};
use super::call::{Call, Refreshing};
use super::endpoint::{error_kind, reply};
use super::session_timer::{self, SessionTimer};
use super::{ALLOW, CallCommand};
use crate::event::{EndCause, LegEvent, LegId, Refusal, Transport};
use crate::sdp::{self, Description, OurEnd, SdpError};
use crate::shared::{LegMedia, Signalling};
use crate::stats::count;

/// A call nobody decides on is turned away after this.
const UNDECIDED: Duration = Duration::from_secs(180);
/// Extensions a caller may require of us.
const EXTENSIONS: [&str; 1] = ["timer"];

/// Why an INVITE cannot become a call.
struct Rejection {
    status: StatusCode,
    headers: Vec<Header>,
}

impl Rejection {
    fn of(status: StatusCode) -> Rejection {
        Rejection { status, headers: Vec::new() }
    }
}

/// What an INVITE asks for.
struct Wish {
    contents: Contents,
    offer: Option<Description>,
    timer: SessionTimer,
    timer_headers: Vec<Header>,
}

/// Takes a new INVITE through to its end.
pub async fn take(signalling: Arc<Signalling>, transaction: Transaction) {
    let shared = &signalling.shared;
    let wish = match examine(&signalling, &transaction.original) {
        Ok(wish) => wish,
        Err(rejection) => return reply(transaction, rejection.status, rejection.headers),
    };
    if !signalling.gate.has_room() || !shared.events.has_room_for_calls() {
        count(&shared.counters.refused_by_gate);
        return unavailable(&signalling, transaction);
    }
    let transport = transport_of(&transaction);
    let (states_in, states) = signalling.dialogs.new_dialog_state_channel();
    let contact = Some(signalling.contact(transport));
    let dialog = match signalling.dialogs.get_or_create_server_invite(&transaction, states_in, None, contact) {
        Ok(dialog) => dialog,
        // No usable Contact, From or Call-ID.
        Err(_) => {
            count(&shared.counters.malformed);
            return reply(transaction, StatusCode::BadRequest, Vec::new());
        }
    };
    let leg = shared.next_leg();
    let (media, commands) = match shared.open_call(leg) {
        Ok(opened) => opened,
        Err(error) => {
            tracing::error!(%leg, %error, "no socket for a call's sound; the call is refused");
            signalling.dialogs.remove_dialog(&dialog.id());
            return unavailable(&signalling, transaction);
        }
    };
    count(&shared.counters.new_calls);
    shared.events.tell(incoming(leg, &transaction.original, &wish, transport));
    let answers = transaction.tu_sender.clone();
    drive(dialog.clone(), transaction);
    let arrival = Arrival { signalling, leg, dialog, states, commands, media, answers, wish, ringing: false };
    arrival.run().await;
}

/// No room for the call now: the caller hears when to try again.
fn unavailable(signalling: &Signalling, transaction: Transaction) {
    let retry = Header::RetryAfter(signalling.gate.retry_after_s().to_string().into());
    reply(transaction, StatusCode::ServiceUnavailable, vec![retry]);
}

/// Lets the library work on the INVITE while we decide: it answers retransmissions, CANCEL and ACK.
fn drive(mut dialog: InviteDialog, mut transaction: Transaction) {
    tokio::spawn(async move {
        if let Err(error) = dialog.handle(&mut transaction).await {
            tracing::debug!(kind = error_kind(&error), "an INVITE was not handled to its end");
        }
    });
}

fn examine(signalling: &Signalling, request: &Request) -> Result<Wish, Rejection> {
    let unsupported: Vec<&str> = body::values(&request.headers, "Require")
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|wanted| !wanted.is_empty() && !EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(wanted)))
        .collect();
    if !unsupported.is_empty() {
        // Reliable provisional answers above all: the library cannot send them.
        let headers = vec![Header::Unsupported(unsupported.join(", ").into())];
        return Err(Rejection { status: StatusCode::BadExtension, headers });
    }
    let encoded = body::values(&request.headers, "Content-Encoding").any(|value| !value.eq_ignore_ascii_case("identity"));
    if encoded {
        let headers = vec![Header::Other("Accept-Encoding".into(), "identity".into())];
        return Err(Rejection { status: StatusCode::UnsupportedMediaType, headers });
    }
    let malformed = || count(&signalling.shared.counters.malformed);
    let contents = contents_of(request).map_err(|_| {
        malformed();
        Rejection::of(StatusCode::BadRequest)
    })?;
    if contents.is_beyond_us() {
        return Err(Rejection { status: StatusCode::UnsupportedMediaType, headers: vec![Header::Accept(body::ACCEPT.into())] });
    }
    let offer = contents.sdp.as_deref().map(sdp::read).transpose().map_err(|error| match error {
        SdpError::Malformed => {
            malformed();
            Rejection::of(StatusCode::BadRequest)
        }
        SdpError::NoAudio | SdpError::NoCodec => Rejection::of(StatusCode::NotAcceptableHere),
    })?;
    let ours_s = signalling.shared.config.session_expires_s;
    let (timer, timer_headers) = session_timer::answer(&request.headers, ours_s).map_err(|small| Rejection {
        status: StatusCode::SessionIntervalTooSmall,
        headers: vec![Header::MinSE(small.min_se_s.to_string().into())],
    })?;
    Ok(Wish { contents, offer, timer, timer_headers })
}

/// The parts of a request's body.
pub fn contents_of(request: &Request) -> Result<Contents, body::MalformedBody> {
    let value = |name| body::values(&request.headers, name).next();
    let head = Head {
        content_type: value("Content-Type").unwrap_or_default().to_owned(),
        content_id: value("Content-ID").map(|id| body::without_brackets(id).to_owned()),
        disposition: value("Content-Disposition").map(str::to_owned),
    };
    body::read(head, &request.body)
}

fn transport_of(transaction: &Transaction) -> Transport {
    let kind = transaction.connection.as_ref().and_then(|connection| connection.get_addr().r#type);
    match kind {
        Some(SipTransport::Tcp) => Transport::Tcp,
        Some(SipTransport::Tls) => Transport::Tls,
        _ => Transport::Udp,
    }
}

fn incoming(leg: LegId, request: &Request, wish: &Wish, transport: Transport) -> LegEvent {
    let headers = &request.headers;
    let from = request.from_header().ok().and_then(|from| from.typed().ok());
    let said = from.as_ref().map(|from| body::user_of(&from.uri)).unwrap_or_default();
    let hidden_host = from.as_ref().is_some_and(|from| from.uri.host_with_port.host.to_string() == "anonymous.invalid");
    let asks = |token: &str| token.eq_ignore_ascii_case("id") || token.eq_ignore_ascii_case("user") || token.eq_ignore_ascii_case("header");
    let private = body::values(headers, "Privacy").flat_map(|value| value.split([';', ','])).any(|token| asks(token.trim()));
    let anonymous = private || hidden_host || said.eq_ignore_ascii_case("anonymous");
    // The network vouches for this one; a caller who hides is not unveiled by it.
    let vouched = body::values(headers, "P-Asserted-Identity")
        .flat_map(body::elements)
        .filter_map(uri_of)
        .map(|uri| body::user_of(&uri))
        .find(|user| !user.is_empty());
    let from_user = if anonymous { said } else { vouched.unwrap_or(said) };
    let dialled = body::user_of(&request.uri);
    let to_user = if dialled.is_empty() {
        request.to_header().ok().and_then(|to| to.typed().ok()).map(|to| body::user_of(&to.uri)).unwrap_or_default()
    } else {
        dialled
    };
    LegEvent::Incoming {
        leg,
        from_user,
        from_display: from.and_then(|from| from.display_name).filter(|name| !name.is_empty()),
        to_user,
        anonymous,
        parts: wish.contents.others.clone(),
        geolocation: body::values(headers, "Geolocation").map(str::to_owned).collect(),
        geolocation_routing: body::values(headers, "Geolocation-Routing").next().map(str::to_owned),
        transport,
    }
}

fn uri_of(element: &str) -> Option<Uri> {
    let uri = match element.find('<') {
        Some(open) => element[open + 1..].split('>').next()?,
        None => element.split(';').next()?,
    };
    Uri::try_from(uri).ok()
}

/// A call that is not ours yet.
struct Arrival {
    signalling: Arc<Signalling>,
    leg: LegId,
    dialog: InviteDialog,
    states: DialogStateReceiver,
    commands: mpsc::Receiver<CallCommand>,
    media: LegMedia,
    answers: TransactionEventSender,
    wish: Wish,
    ringing: bool,
}

/// How the decision went.
enum Decided {
    Answered { ours: OurEnd, invite_sequence: Option<u32> },
    Over(EndCause),
}

impl Arrival {
    async fn run(mut self) {
        match self.decide().await {
            Decided::Over(cause) => {
                self.signalling.shared.close_call(self.leg, &self.media.handle, cause);
                self.signalling.dialogs.remove_dialog(&self.dialog.id());
            }
            Decided::Answered { ours, invite_sequence } => {
                let request = self.dialog.initial_request();
                let call = Call {
                    signalling: self.signalling,
                    leg: self.leg,
                    dialog: self.dialog,
                    states: self.states,
                    commands: self.commands,
                    media: self.media,
                    ours,
                    remote: self.wish.offer,
                    timer: Some(self.wish.timer),
                    peer_takes_update: takes_update(&request.headers),
                    answer_expected: invite_sequence,
                    acknowledged: false,
                    refreshing: Refreshing::default(),
                    info_keys: None,
                };
                call.run().await;
            }
        }
    }

    async fn decide(&mut self) -> Decided {
        let deadline = Instant::now() + UNDECIDED;
        loop {
            tokio::select! {
                biased;
                state = self.states.recv() => match state {
                    Some(DialogState::Terminated(_, reason)) => return Decided::Over(cause_of(&reason)),
                    Some(_) => {}
                    None => return Decided::Over(EndCause::Cancelled),
                },
                command = self.commands.recv() => match command {
                    Some(CallCommand::Ring) => self.ring(),
                    Some(CallCommand::Answer) => return self.answer(),
                    Some(CallCommand::Refuse(why)) => return self.refuse(why),
                    Some(CallCommand::HangUp) | None => {
                        return self.turn_away(StatusCode::TemporarilyUnavailable, Vec::new(), EndCause::HungUpHere);
                    }
                    Some(CallCommand::SendKeys(_)) => {}
                },
                () = self.media.lost.notified() => {
                    return self.turn_away(StatusCode::TemporarilyUnavailable, Vec::new(), EndCause::MediaLost);
                }
                () = sleep_until(deadline) => {
                    return self.turn_away(StatusCode::TemporarilyUnavailable, Vec::new(), EndCause::NoAnswer);
                }
            }
        }
    }

    fn ring(&mut self) {
        if !self.ringing {
            self.ringing = true;
            let _ = self.dialog.ringing(None, None);
        }
    }

    fn answer(&mut self) -> Decided {
        // The caller may have given up in this very moment: accepting would not notice.
        if !self.dialog.state().can_cancel() {
            return Decided::Over(EndCause::Cancelled);
        }
        let mut ours = OurEnd::new(self.signalling.sound_address(self.media.port));
        let (description, invite_sequence) = match &self.wish.offer {
            Some(offer) => (ours.answer(offer), None),
            None => {
                let sequence = self.dialog.initial_request().cseq_header().and_then(|cseq| cseq.seq()).ok();
                (ours.offer(), sequence)
            }
        };
        let mut headers = vec![Header::ContentType("application/sdp".into()), Header::Allow(ALLOW.into())];
        headers.append(&mut self.wish.timer_headers);
        if self.dialog.accept(Some(headers), Some(description)).is_err() || !self.dialog.state().waiting_ack() {
            return Decided::Over(EndCause::Cancelled);
        }
        Decided::Answered { ours, invite_sequence }
    }

    fn refuse(&mut self, why: Refusal) -> Decided {
        let (status, headers) = match why {
            Refusal::NotFound => (StatusCode::NotFound, Vec::new()),
            Refusal::Busy => (StatusCode::BusyHere, Vec::new()),
            Refusal::NotAcceptable => (StatusCode::NotAcceptableHere, Vec::new()),
            Refusal::Unavailable { retry_after_s } => {
                (StatusCode::ServiceUnavailable, vec![Header::RetryAfter(retry_after_s.to_string().into())])
            }
            Refusal::Declined => (StatusCode::Decline, Vec::new()),
        };
        self.turn_away(status, headers, EndCause::HungUpHere)
    }

    fn turn_away(&mut self, status: StatusCode, headers: Vec<Header>, cause: EndCause) -> Decided {
        if !self.dialog.state().can_cancel() {
            return Decided::Over(EndCause::Cancelled);
        }
        if !headers.is_empty() {
            // The library's refusal takes no headers: ours goes before it, and the transaction lets
            // only the first through.
            let mut response = self.signalling.dialogs.endpoint.make_response(&self.dialog.initial_request(), status.clone(), None);
            for header in response.headers.iter_mut() {
                if let Header::To(to) = header {
                    let _ = to.mut_tag(self.dialog.id().local_tag.into());
                }
            }
            response.headers.extend(headers);
            let _ = self.answers.send(TransactionEvent::Respond(response));
        }
        let _ = self.dialog.reject(Some(status), None);
        Decided::Over(cause)
    }
}

/// Whether the other side can be refreshed without SDP.
pub fn takes_update(headers: &rsipstack::sip::Headers) -> bool {
    body::values(headers, "Allow").flat_map(|value| value.split(',')).any(|method| method.trim() == "UPDATE")
}

/// What the end of a dialog we did not start means.
pub fn cause_of(reason: &TerminatedReason) -> EndCause {
    match reason {
        TerminatedReason::Timeout => EndCause::AckMissing,
        TerminatedReason::UacCancel => EndCause::Cancelled,
        TerminatedReason::UacBye | TerminatedReason::UasBye => EndCause::HungUp,
        TerminatedReason::UasDecline | TerminatedReason::UasBusy | TerminatedReason::UacBusy => EndCause::HungUpHere,
        TerminatedReason::ProxyError(code) | TerminatedReason::UacOther(code) | TerminatedReason::UasOther(code) => {
            EndCause::Refused { code: code.code() }
        }
        TerminatedReason::ProxyAuthRequired => EndCause::Refused { code: 407 },
    }
}
