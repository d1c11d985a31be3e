//! What was made of each caller's words: what the model read in them, what the caller and then an operator
//! made of that, and whether the emergency question was put. Followed through the journal, entry by entry.

use crate::{
    ContactId, Timestamp,
    contact::{Channel, ContactState, Owner},
    dialogue::{Line, Prompt},
    intent::{Answer, Circumstance, Gate, Intent, Language, Reading, Understanding},
    routing::{Command, Event},
};
use std::collections::BTreeMap;

/// Utterances of one contact that are followed; whoever says more has been understood or has not.
const UTTERANCES_MAX: usize = 32;

/// Something that was said about the matter. A plain yes or a place alone says nothing of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Utterance {
    /// The journal entry that it came with, and its words beside it.
    pub entry: u64,
    pub at: Timestamp,
    /// Never empty; best first.
    pub readings: Vec<Reading>,
    pub gate: Gate,
    pub circumstances: Vec<Circumstance>,
    /// Digest of the model that decided.
    pub model: String,
}

/// The emergency question as put to one caller, and the last answer to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Question {
    #[default]
    NotPut,
    Unanswered,
    Yes,
    No,
}

/// One contact from its beginning to its end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Course {
    pub arrived: Timestamp,
    pub language: Language,
    pub utterances: Vec<Utterance>,
    pub question: Question,
    /// The caller was led somewhere: into a line or to another party.
    pub led: bool,
    /// Somebody of ours spoke with the caller.
    pub answered: bool,
    intent: Option<Intent>,
    /// What it was understood to be about before the first correction; none before one.
    before: Option<Option<Intent>>,
    /// The question is on the line, and with which playback.
    pending: Option<u64>,
    playback: u64,
}

impl Course {
    fn begun(arrived: Timestamp, language: Language) -> Self {
        Self {
            arrived,
            language,
            utterances: Vec::new(),
            question: Question::NotPut,
            led: false,
            answered: false,
            intent: None,
            before: None,
            pending: None,
            playback: 0,
        }
    }

    /// What it was understood to be about when a person took over, by words or by keys.
    #[must_use]
    pub fn understood(&self) -> Option<Intent> {
        self.before.unwrap_or(self.intent)
    }

    /// What it is about, after every correction.
    #[must_use]
    pub fn intent(&self) -> Option<Intent> {
        self.intent
    }

    /// What an operator says it is about, where that is not what was understood.
    #[must_use]
    pub fn corrected(&self) -> Option<Intent> {
        self.before.and_then(|before| self.intent.filter(|intent| Some(*intent) != before))
    }

    /// Whether what was understood is a reading of something that was said.
    #[must_use]
    pub fn is_by_words(&self) -> bool {
        let read = |intent| self.utterances.iter().any(|said| said.readings.iter().any(|reading| reading.intent == intent));
        self.understood().is_some_and(read)
    }

    fn hear(&mut self, entry: u64, at: Timestamp, understood: &Understanding) {
        if understood.readings.is_empty() || self.utterances.len() >= UTTERANCES_MAX {
            return;
        }
        let Understanding { readings, gate, circumstances, model, .. } = understood.clone();
        self.utterances.push(Utterance { entry, at, readings, gate, circumstances, model });
    }

    /// Takes in an answer while the question is on the line; what came too late to be one is none.
    fn answer(&mut self, answer: Option<Answer>, after: Option<u64>) {
        let in_time = self.pending.is_some() && after.is_none_or(|after| after == self.playback);
        match answer.filter(|_| in_time) {
            Some(Answer::Yes) => self.question = Question::Yes,
            Some(Answer::No) => self.question = Question::No,
            None => return,
        }
        self.pending = None;
    }
}

/// The contacts that are open, as far as their words go.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Courses(BTreeMap<ContactId, Course>);

impl Courses {
    /// Takes in one journal entry, and gives the contacts that it closed. Contacts that were opened before
    /// the first entry given are passed over.
    pub fn apply(&mut self, entry: u64, at: Timestamp, event: &Event, commands: &[Command]) -> Vec<(ContactId, Course)> {
        self.note(entry, at, event);
        let mut closed = Vec::new();
        for command in commands {
            if let Command::CloseContact { contact, .. } = command {
                closed.extend(self.0.remove(contact).map(|course| (*contact, course)));
            } else {
                self.follow(at, event, command);
            }
        }
        closed
    }

    /// How many are open.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn note(&mut self, entry: u64, at: Timestamp, event: &Event) {
        match event {
            Event::WordsUnderstood { contact, understanding, after } => {
                let Some(course) = self.0.get_mut(contact) else { return };
                course.hear(entry, at, understanding);
                // A no in words that may tell of danger all the same is no answer.
                let plain = understanding.answer.filter(|answer| *answer == Answer::Yes || understanding.gate == Gate::None);
                course.answer(plain, *after);
            }
            Event::KeyPressed { contact, key: key @ ('1' | '2') } => {
                let answer = if *key == '1' { Answer::Yes } else { Answer::No };
                if let Some(course) = self.0.get_mut(contact) {
                    course.answer(Some(answer), None);
                }
            }
            Event::OperatorConnected { contact, .. } => {
                if let Some(course) = self.0.get_mut(contact) {
                    course.answered = true;
                }
            }
            _ => {}
        }
    }

    fn follow(&mut self, at: Timestamp, event: &Event, command: &Command) {
        match command {
            // Nobody says there what it is about: that was understood before.
            Command::OpenContact { channel: Channel::CallBack, .. }
            | Command::OpenContact { owner: Owner::Unit(_) | Owner::Operator(_), .. } => {}
            Command::OpenContact { contact, .. } => {
                let language = if let Event::CallArrived { intake, .. } = event { intake.language } else { Language::ALL[0] };
                self.0.insert(*contact, Course::begun(at, language));
            }
            Command::Describe { contact, intent, language, .. } => {
                let Some(course) = self.0.get_mut(contact) else { return };
                if matches!(event, Event::IntentCorrected { contact: corrected, .. } if corrected == contact) {
                    course.before = course.before.or(Some(course.intent));
                }
                (course.intent, course.language) = (*intent, *language);
            }
            Command::EnterQueue { contact, .. }
            | Command::MoveContact { contact, state: ContactState::EmergencyTransfer | ContactState::WithParty, .. } => {
                if let Some(course) = self.0.get_mut(contact) {
                    course.led = true;
                }
            }
            Command::Play { contact, playback, lines, .. } => {
                let Some(course) = self.0.get_mut(contact) else { return };
                course.playback = *playback;
                course.pending = lines.iter().any(is_emergency_question).then_some(*playback);
                if course.pending.is_some() {
                    course.question = Question::Unanswered;
                }
            }
            _ => {}
        }
    }
}

fn is_emergency_question(line: &Line) -> bool {
    matches!(line, Line::Say(Prompt::EmergencyQuestion | Prompt::DangerQuestion | Prompt::GoingOnQuestion))
}
