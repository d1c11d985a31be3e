//! The language of the scenarios: lines that happen become events, decisions become lines. See `scenarios/README.md`.
#![allow(clippy::unwrap_used)]

mod additions;
mod bookings;
mod calls;
mod messages;
mod surveys;
mod words;

use domain::{
    AttemptId, BookingId, CategoryId, ClassId, ContactId, MatterId, OfferId, OperatorId, PartyId, PromiseId, RegionId, SiteId, SkillId,
    Timestamp,
    contact::{Channel, LeadReason, Medium, NamedMatter, PauseReason, PromiseKind, Settlement, SurgeReason, SystemCause, VisitOutcome},
    dialogue::{Line, Prompt},
    intent::{Intent, Language},
    place::{CountyCode, PlaceEstimate, PlaceSource},
    plan::OperatorProfile,
    routing::{Alarm, Command, Consulted, Event, Explanation, Intake, NextIntent},
};
use jiff::{civil::Date, tz::TimeZone};
use std::collections::{BTreeMap, BTreeSet};

/// What the lines of a scenario may leave unsaid: which offer, attempt or playback is meant.
#[derive(Default)]
pub struct Memory {
    offers: BTreeMap<OperatorId, OfferId>,
    attempts: BTreeMap<ContactId, Vec<AttemptId>>,
    playbacks: BTreeMap<ContactId, u64>,
    kinds: BTreeMap<PromiseId, PromiseKind>,
    matters: BTreeMap<MatterId, NamedMatter>,
    of_contacts: BTreeMap<ContactId, MatterId>,
    /// The time of the line that is read.
    pub now: Timestamp,
}

impl Memory {
    pub fn learn(&mut self, commands: &[Command]) {
        for command in commands {
            self.learn_matter(command);
            match command {
                Command::Ring { offer, operator, .. } => {
                    self.offers.insert(*operator, *offer);
                }
                Command::RingColleague { offer, operator, contact, attempt, .. } => {
                    self.offers.insert(*operator, *offer);
                    self.attempts.entry(*contact).or_default().push(*attempt);
                }
                Command::Dial { contact, attempt, .. } | Command::DialCitizen { contact, attempt, .. } => {
                    self.attempts.entry(*contact).or_default().push(*attempt);
                }
                Command::Play { contact, playback, .. } | Command::SayGoodbye { contact, playback, .. } => {
                    let before = self.playbacks.insert(*contact, *playback);
                    assert!(before.is_none_or(|before| before < *playback), "a playback of call {contact} under a number used before");
                }
                Command::MakePromise { promise, promise_kind, .. } => {
                    self.kinds.insert(*promise, *promise_kind);
                }
                _ => {}
            }
        }
    }

    /// The event that a line tells, or none when the line cannot be read.
    pub fn event(&self, line: &str) -> Option<Event> {
        let words: Vec<&str> = line.split_whitespace().map(|word| word.trim_end_matches(',')).collect();
        match words.as_slice() {
            words if let Some(event) = surveys::event(words, self.now) => Some(event),
            words if additions::is_one(words) => self.of_addition(words),
            ["the", "citizen", "of", "call", contact, rest @ ..] => {
                let contact = ContactId(number(contact)?);
                calls::of_citizen(contact, *self.attempts.get(&contact)?.last()?, rest)
            }
            ["the", "gateway", rest @ ..] => messages::event(rest),
            ["booking", booking, rest @ ..] => bookings::of_booking(BookingId(number(booking)?), rest),
            ["operator", operator, rest @ ..] => self.of_operator(OperatorId(number(operator)?), rest),
            ["call", contact, rest @ ..] => self.of_call(ContactId(number(contact)?), rest),
            ["the", "party", "of", "call", contact, rest @ ..] => self.of_party(ContactId(number(contact)?), 0, rest),
            ["the", "party", "before", "of", "call", contact, rest @ ..] => self.of_party(ContactId(number(contact)?), 1, rest),
            _ => None,
        }
    }

    fn of_operator(&self, operator: OperatorId, words: &[&str]) -> Option<Event> {
        let call = |contact: &str| number(contact).map(ContactId);
        Some(match words {
            ["at", site, "speaks", rest @ ..] => Event::OperatorSignedIn { operator, profile: profile(site, rest)? },
            ["is", "ready"] => Event::OperatorReady { operator },
            ["pauses", "for", reason] => Event::OperatorPaused { operator, reason: PauseReason::from_word(reason)? },
            ["signs", "out"] => Event::OperatorSignedOut { operator },
            ["wants", "next:", rest @ ..] => Event::NextIntentChosen { operator, next: next_intent(rest)? },
            ["takes", languages @ ..] => Event::LanguagesChosen {
                operator,
                languages: languages.iter().map(|word| Language::from_word(word)).collect::<Option<_>>()?,
            },
            ["is", "lost"] => Event::OperatorLost { operator },
            ["is", "back"] => Event::OperatorReturned { operator },
            ["accepts"] => Event::OfferAccepted { offer: *self.offers.get(&operator)?, operator },
            ["accepts", "offer", offer] => Event::OfferAccepted { offer: OfferId(number(offer)?), operator },
            ["declines"] => Event::OfferDeclined { offer: *self.offers.get(&operator)?, operator },
            ["is", "heard", "by", "call", contact] => Event::OperatorConnected { contact: call(contact)?, operator },
            ["cannot", "be", "heard", "by", "call", contact] => Event::OperatorUnreachable { contact: call(contact)?, operator },
            ["holds", "call", contact] => Event::CallHeld { contact: call(contact)?, operator },
            ["resumes", "call", contact] => Event::CallResumed { contact: call(contact)?, operator },
            ["asks", "operator", other, "into", "call", contact] => {
                Event::ConsultAsked { contact: call(contact)?, operator, with: Consulted::Operator(OperatorId(number(other)?)) }
            }
            ["asks", party, "into", "call", contact] => {
                Event::ConsultAsked { contact: call(contact)?, operator, with: Consulted::Party(PartyId::new(party)) }
            }
            ["ends", "the", "consultation", "in", "call", contact] => Event::ConsultEnded { contact: call(contact)?, operator },
            ["joins", "all", "in", "call", contact] => Event::ConferenceAsked { contact: call(contact)?, operator },
            ["hands", "over", "call", contact] => Event::TransferAsked { contact: call(contact)?, operator },
            ["ends", "call", contact] => Event::CallEndedByOperator { contact: call(contact)?, operator },
            ["closes", "call", contact, "as", word] => {
                Event::OutcomeStated { contact: call(contact)?, operator, outcome: words::outcome(word)? }
            }
            ["asks", "for", "more", "time", "for", "call", contact] => Event::WrapUpExtended { contact: call(contact)?, operator },
            ["corrects", "call", contact, "to", word] => {
                Event::IntentCorrected { contact: call(contact)?, operator, intent: Intent::from_word(word)? }
            }
            ["gives", "call", contact, "to", "operator", taker, "because:", reason] => Event::ContactAssigned {
                contact: call(contact)?,
                operator: OperatorId(number(taker)?),
                by: operator,
                reason: LeadReason::from_word(reason)?,
            },
            ["puts", "call", contact, place, "because:", reason] => Event::ContactPutFirst {
                contact: call(contact)?,
                first: match *place {
                    "first" => true,
                    "back" => false,
                    _ => return None,
                },
                by: operator,
                reason: LeadReason::from_word(reason)?,
            },
            ["declares", "a", "surge", "of", class, "for", minutes, "min", "because:", reason] => Event::SurgeDeclared {
                class: ClassId::new(class),
                until: self.now.plus_ms(number(minutes)? * 60_000),
                by: operator,
                reason: SurgeReason::from_word(reason)?,
            },
            ["ends", "the", "surge", "of", class] => Event::SurgeEnded { class: ClassId::new(class), by: operator },
            ["settles", "promise", promise, "of", "matter", matter, "as", word] => Event::PromiseSettled {
                matter: MatterId(number(matter)?),
                promise: PromiseId(number(promise)?),
                operator,
                outcome: words::outcome(word)?,
            },
            rest => return calls::of_operator(operator, rest).or(bookings::of_operator(operator, rest)),
        })
    }

    fn of_call(&self, contact: ContactId, words: &[&str]) -> Option<Event> {
        Some(match words {
            [rest @ .., "about", "matter", matter] => match self.of_call(contact, rest)? {
                Event::CallArrived { contact, channel, place, intake, .. } => {
                    Event::CallArrived { contact, matter: MatterId(number(matter)?), channel, place, intake }
                }
                _ => return None,
            },
            [rest @ .., "having", "spoken", "with", "operator", operator] => {
                let operator = OperatorId(number(operator)?);
                with_intake(self.of_call(contact, rest)?, |intake| intake.spoke_with = Some(operator))
            }
            [rest @ .., "owed", "call", call] => {
                let call = ContactId(number(call)?);
                with_intake(self.of_call(contact, rest)?, |intake| intake.owed = Some(call))
            }
            ["keys", "a", "number", rest @ ..] => calls::number_given(contact, rest)?,
            [rest @ .., "reached", "by", "text"] => with_intake(self.of_call(contact, rest)?, |intake| intake.textable = true),
            [rest @ .., "without", "a", "number"] => {
                with_intake(self.of_call(contact, rest)?, |intake| (intake.anonymous, intake.callable) = (true, false))
            }
            ["arrives", "from", place @ .., "in", language, "with", means] => Event::CallArrived {
                contact,
                matter: MatterId(contact.0),
                channel: Channel::Telephone,
                place: place_of(place)?,
                intake: Intake { recogniser: means_voice(means)?, callable: true, ..Intake::of_caller(Language::from_word(language)?) },
            },
            ["is", "handed", "over", "from", place @ .., "in", language, "about", intent] => Event::CallArrived {
                contact,
                matter: MatterId(contact.0),
                channel: Channel::HandOver,
                place: place_of(place)?,
                intake: Intake { intent: Some(Intent::from_word(intent)?), ..Intake::of_caller(Language::from_word(language)?) },
            },
            ["hears", "it", "out"] => Event::PlaybackEnded { contact, playback: *self.playbacks.get(&contact)? },
            ["heard", "out", "what", "was", "before"] => {
                Event::PlaybackEnded { contact, playback: self.playbacks.get(&contact)?.checked_sub(1)? }
            }
            ["presses", key] => Event::KeyPressed { contact, key: key.chars().next()? },
            ["says", rest @ ..] => self.words(contact, rest, 0)?,
            ["said", "before", rest @ ..] => self.words(contact, rest, 1)?,
            ["mumbles"] => Event::WordsMissed { contact, after: self.playbacks.get(&contact).copied() },
            ["mumbled", "before"] => Event::WordsMissed { contact, after: self.playbacks.get(&contact).map(|last| last.saturating_sub(1)) },
            ["is", "silent"] => Event::SilenceHeard { contact, after: None },
            ["hangs", "up"] => Event::CallerHungUp { contact },
            ["breaks:", cause] => Event::CallBroken { contact, cause: SystemCause::from_word(cause)? },
            _ => return None,
        })
    }

    /// Words to what was played last, or so many playbacks before.
    fn words(&self, contact: ContactId, words: &[&str], before: u64) -> Option<Event> {
        let after = self.playbacks.get(&contact).map(|last| last.saturating_sub(before));
        Some(Event::WordsUnderstood { contact, understanding: words::understanding(words)?, after })
    }

    /// Of the party that was rung last, or so many before.
    fn of_party(&self, contact: ContactId, before: usize, words: &[&str]) -> Option<Event> {
        let attempt = *self.attempts.get(&contact)?.iter().nth_back(before)?;
        Some(match words {
            ["rings"] => Event::PartyRinging { contact, attempt },
            ["answers"] => Event::PartyAnswered { contact, attempt },
            ["fails"] => Event::PartyFailed { contact, attempt },
            ["hangs", "up"] => Event::PartyHungUp { contact, attempt },
            _ => return None,
        })
    }
}

fn with_intake(mut event: Event, change: impl FnOnce(&mut Intake)) -> Event {
    if let Event::CallArrived { intake, .. } = &mut event {
        change(intake);
    }
    event
}

fn number(word: &str) -> Option<u64> {
    word.parse().ok()
}

/// "sv en as officer also for syd with report 5 service 3"
fn profile(site: &str, words: &[&str]) -> Option<OperatorProfile> {
    let with = words.iter().position(|word| *word == "with")?;
    let mut before = words[..with].split(|word| *word == "also");
    let mut spoken = before.next()?.split(|word| *word == "as");
    let also_regions = before.next().map_or(&[][..], |also| &also[1..]).iter().map(|region| RegionId::new(region)).collect();
    let languages = spoken.next()?.iter().map(|word| Language::from_word(word)).collect::<Option<_>>()?;
    let category = spoken.next().map(|category| CategoryId::new(category[0]));
    let skill = |pair: &[&str]| Some((SkillId::new(pair.first()?), pair.get(1)?.parse().ok()?));
    let skills = words[with + 1..].chunks(2).map(skill).collect::<Option<_>>()?;
    Some(OperatorProfile { site: SiteId::new(site), also_regions, category, skills, languages })
}

fn next_intent(words: &[&str]) -> Option<NextIntent> {
    match words {
        ["ready"] => Some(NextIntent::Ready),
        ["pause", "for", reason] => PauseReason::from_word(reason).map(NextIntent::Pause),
        ["sign", "out"] => Some(NextIntent::SignOut),
        _ => None,
    }
}

fn means_voice(word: &str) -> Option<bool> {
    match word {
        "voice" => Some(true),
        "keys" => Some(false),
        _ => None,
    }
}

/// "nowhere", "vast", "vast perhaps", "vast perhaps between 13 12" (counties, likeliest first)
fn place_of(words: &[&str]) -> Option<Option<PlaceEstimate>> {
    let whole = |region: &str| PlaceEstimate::whole(PlaceSource::AreaCode, RegionId::new(region));
    match words {
        ["nowhere"] => Some(None),
        [region] => Some(Some(whole(region))),
        [region, "perhaps"] => Some(Some(PlaceEstimate { uncertain: true, ..whole(region) })),
        [region, "perhaps", "between", codes @ ..] => {
            let candidates = codes.iter().map(|code| CountyCode::new(code)).collect::<Option<_>>()?;
            Some(Some(PlaceEstimate { uncertain: true, candidates, ..whole(region) }))
        }
        _ => None,
    }
}

/// Which records a scenario shows beside what callers and operators notice.
pub struct Telling {
    pub zone: TimeZone,
    pub day: Date,
    /// "place", "hearing", "records", "waiting", "surveys": what is shown beyond the rest.
    pub show: BTreeSet<String>,
}

impl Telling {
    pub fn time(&self, at: Timestamp) -> String {
        let local = at.local(&self.zone);
        let day = if local.date() == self.day { String::new() } else { format!("{} ", local.date()) };
        let ms = if local.subsec_nanosecond() == 0 { String::new() } else { format!(".{:03}", local.subsec_nanosecond() / 1_000_000) };
        format!("{day}{}{ms}", local.strftime("%H:%M:%S"))
    }

    /// The decisions of one event in lines, without what this scenario does not show.
    pub fn lines(&self, commands: &[Command], memory: &Memory) -> Vec<String> {
        commands.iter().filter(|command| self.shown(command, memory)).map(|command| self.line(command)).collect()
    }

    fn shown(&self, command: &Command, memory: &Memory) -> bool {
        let routine = |promise: &PromiseId| matches!(memory.kinds.get(promise), Some(PromiseKind::Answer | PromiseKind::Conclude));
        let hidden = match command {
            Command::Describe { .. } => "place",
            Command::Answer { .. } | Command::Hear { .. } | Command::StopHearing { .. } | Command::StopPlaying { .. } => "hearing",
            Command::Play { lines, .. } if lines.first() == Some(&Line::Say(Prompt::StillWaiting)) => "waiting",
            Command::OpenContact { .. } | Command::DecideMatter { .. } => "records",
            Command::AwaitOpinion { .. } | Command::WeighOpinion { .. } | Command::SettleSurvey { .. } => "surveys",
            Command::MakePromise { promise, .. } | Command::PassPromise { promise, .. } | Command::SettlePromise { promise, .. }
                if routine(promise) =>
            {
                "records"
            }
            _ => return true,
        };
        self.show.contains(hidden)
    }

    fn line(&self, command: &Command) -> String {
        match command {
            Command::Answer { .. }
            | Command::Play { .. }
            | Command::SayGoodbye { .. }
            | Command::StopPlaying { .. }
            | Command::Hear { .. }
            | Command::StopHearing { .. }
            | Command::HangUp { .. } => caller_line(command),
            Command::Ring { .. } | Command::RingColleague { .. } | Command::StopRinging { .. } => self.ringing(command),
            Command::Connect { .. } | Command::Hold { .. } | Command::Resume { .. } | Command::Release { .. } => bridge(command),
            Command::Dial { .. }
            | Command::CancelDial { .. }
            | Command::ConnectConsult { .. }
            | Command::ConnectConference { .. }
            | Command::ConnectParty { .. }
            | Command::DropParty { .. } => self.party(command),
            Command::DialCitizen { .. }
            | Command::CancelCitizen { .. }
            | Command::AskNumber { .. }
            | Command::OweCall { .. }
            | Command::RestCall { .. }
            | Command::PausePromise { .. }
            | Command::ResumePromise { .. }
            | Command::AwaitRingBack { .. } => calls::line(command, &|at| self.time(at)),
            Command::RaiseAlarm { alarm, contact: None } => format!("alarm: {}", alarm_words(alarm)),
            Command::RaiseAlarm { alarm, contact: Some(contact) } => format!("alarm: {} (call {contact})", alarm_words(alarm)),
            _ => self.recorded(command),
        }
    }

    fn ringing(&self, command: &Command) -> String {
        match command {
            Command::Ring { contact, operator, until, why, .. } => {
                format!("rings operator {operator} for call {contact} until {}, {}", self.time(*until), because(why))
            }
            Command::RingColleague { contact, operator, until, .. } => {
                format!("rings operator {operator} to come into call {contact} until {}", self.time(*until))
            }
            Command::StopRinging { operator, .. } => format!("stops ringing operator {operator}"),
            other => panic!("{other:?}"),
        }
    }

    fn party(&self, command: &Command) -> String {
        let whom = |with: &Consulted| match with {
            Consulted::Party(party) => party.to_string(),
            Consulted::Operator(operator) => format!("operator {operator}"),
        };
        match command {
            Command::Dial { contact, party, until, .. } => format!("dials {party} for call {contact} until {}", self.time(*until)),
            Command::CancelDial { contact, .. } => format!("stops dialling for call {contact}"),
            Command::ConnectConsult { contact, with, operator, .. } => {
                format!("connects operator {operator} with {}, away from call {contact}", whom(with))
            }
            Command::ConnectConference { contact, with, operator, .. } => {
                format!("connects operator {operator}, {} and call {contact}", whom(with))
            }
            Command::ConnectParty { contact, .. } => format!("connects call {contact} with the party"),
            Command::DropParty { contact, .. } => format!("lets go of the party of call {contact}"),
            other => panic!("{other:?}"),
        }
    }

    fn recorded(&self, command: &Command) -> String {
        match command {
            Command::OpenContact { contact, matter, channel, owner } => {
                format!("opens call {contact} in matter {matter} by {channel}, owner {}", owner.word())
            }
            Command::MoveContact { contact, state, owner } => format!("call {contact} is {state}, owner {}", owner.word()),
            Command::Describe { contact, region, uncertain, intent, language, urged } => format!(
                "knows of call {contact}: region {}{}, matter {}, language {language}{}",
                region.as_ref().map_or("unknown", |region| region.as_str()),
                if *uncertain { " perhaps" } else { "" },
                intent.map_or("unknown", |intent| intent.word()),
                if *urged { ", perhaps in danger" } else { "" },
            ),
            Command::EnterQueue { contact, queue, strict } => {
                format!("call {contact} enters {queue}{}", if *strict { ", before all others" } else { "" })
            }
            Command::EndVisit { contact, queue, outcome, waited_ms } => {
                format!("call {contact} leaves {queue}: {} after {}", visit_words(*outcome), seconds(*waited_ms))
            }
            Command::MakePromise { promise, matter, promise_kind, owner, due } => {
                format!("promise {promise} in matter {matter}: {promise_kind} by {}, owner {}", self.time(*due), owner.word())
            }
            Command::PassPromise { promise, owner, .. } => format!("promise {promise} goes to {}", owner.word()),
            Command::SettlePromise { promise, settlement, .. } => match settlement {
                Settlement::Kept => format!("promise {promise} is kept"),
                Settlement::Withdrawn => format!("promise {promise} is withdrawn"),
                Settlement::Replaced => format!("promise {promise} is replaced"),
            },
            Command::CloseContact { contact, outcome } => format!("call {contact} is closed: {}", outcome.word()),
            Command::CloseMatter { matter } => format!("matter {matter} is closed"),
            Command::SetSurge { class, until } => {
                let until = until.map_or("no more".to_owned(), |until| format!("until {}", self.time(until)));
                format!("tells of many calls about {class} {until}")
            }
            Command::ReopenMatter { .. }
            | Command::DecideMatter { .. }
            | Command::DecideReport { .. }
            | Command::OweAddition { .. }
            | Command::LinkContact { .. } => additions::recorded(command),
            Command::AwaitOpinion { .. } | Command::WeighOpinion { .. } | Command::SettleSurvey { .. } | Command::KeepOpinion { .. } => {
                surveys::line(command, |at| self.time(at))
            }
            other => bookings::line(other, &|at| self.time(at)).unwrap_or_else(|| messages::recorded(other, |at| self.time(at))),
        }
    }
}

fn caller_line(command: &Command) -> String {
    match command {
        Command::Answer { contact } => format!("picks up call {contact}"),
        Command::Play { contact, lines, .. } if *lines == [Line::Music] => format!("plays music to call {contact}"),
        Command::Play { contact, language, lines, .. } => {
            format!("says to call {contact} in {language}: {}", lines.iter().map(words::said).collect::<Vec<_>>().join(", "))
        }
        Command::SayGoodbye { contact, language, lines, .. } => {
            format!("says to call {contact} in {language} and hangs up: {}", lines.iter().map(words::said).collect::<Vec<_>>().join(", "))
        }
        Command::StopPlaying { contact } => format!("falls silent to call {contact}"),
        Command::Hear { contact, language } => format!("listens to call {contact} in {language}"),
        Command::StopHearing { contact } => format!("stops listening to call {contact}"),
        Command::HangUp { contact } => format!("hangs up call {contact}"),
        other => panic!("{other:?}"),
    }
}

fn bridge(command: &Command) -> String {
    match command {
        Command::Connect { contact, operator } => format!("connects operator {operator} with call {contact}"),
        Command::Hold { contact } => format!("holds call {contact}"),
        Command::Resume { contact } => format!("takes call {contact} off hold"),
        Command::Release { contact, operator } => format!("takes operator {operator} out of call {contact}"),
        other => panic!("{other:?}"),
    }
}

fn visit_words(outcome: VisitOutcome) -> String {
    match outcome {
        VisitOutcome::SystemTerminated(cause) => format!("system_terminated:{cause}"),
        other => serde_json::to_value(other).unwrap().as_str().unwrap().to_owned(),
    }
}

fn because(why: &Explanation) -> String {
    let list = |ids: Vec<String>| if ids.is_empty() { "none".to_owned() } else { ids.join(" ") };
    format!(
        "because of {} after {}, step {}; next calls {}, operators {}",
        serde_json::to_value(why.reason).unwrap().as_str().unwrap(),
        seconds(why.waited_ms),
        why.step,
        list(why.contacts_behind.iter().map(ToString::to_string).collect()),
        list(why.operators_behind.iter().map(ToString::to_string).collect()),
    )
}

fn alarm_words(alarm: &Alarm) -> String {
    match alarm {
        Alarm::PairStanding { operator } => format!("operator {operator} and a caller wait for each other"),
        Alarm::EmergencyUnanswered { party } => format!("{party} does not answer"),
        Alarm::OperatorUnresponsive { operator } => format!("operator {operator} does not answer"),
        Alarm::OperatorGone { operator } => format!("operator {operator} is gone"),
        Alarm::LongTalk { operator } => format!("operator {operator} has talked for long"),
        Alarm::LongWithParty { party } => format!("{party} has had the call for long"),
        Alarm::NobodyServes { queue } => format!("nobody serves {queue}"),
        Alarm::PromiseLate { promise, step, operator } => calls::late(*promise, *step, *operator),
        Alarm::CallGivenUp { promise } => format!("nobody was reached; promise {promise} is a person's"),
        Alarm::MessageGivenUp { why, medium: Medium::Text } => format!("the text message is given up: {why}"),
        Alarm::MessageGivenUp { why, medium: Medium::Mail } => format!("the mail is given up: {why}"),
    }
}

fn seconds(ms: u64) -> String {
    if ms.is_multiple_of(1000) { format!("{} s", ms / 1000) } else { format!("{ms} ms") }
}
