//! The voice dialogue: from the greeting to a place in line, another party or 112.
//!
//! A pure machine, one file per step: it is told what was heard and answers with what to say next or
//! where to lead the caller. It knows no line, no clock and no recogniser. Keys mean the same in
//! every step: 1 yes, 2 no, 0 a person, 9 it is happening now, 8 the other language; `*` leaves an
//! entry of digits.

mod confirm;
mod emergency;
mod lines;
mod matter;
mod menu;
mod place;

pub use lines::{Line, Prompt};

use crate::{
    ClassId,
    intent::{Gate, Intent, Language, Understanding},
    place::{PlaceEstimate, Places},
    plan::Plan,
};

/// What reached us from the caller or from the lack of one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Heard {
    Key(char),
    Words(Understanding),
    /// Words that nothing could make out.
    Mumble,
    /// The time for an answer ran out.
    Silence,
}

/// What the dialogue may ask of its surroundings.
pub struct Surroundings<'a> {
    pub plan: &'a Plan,
    pub places: &'a Places,
    pub recogniser: bool,
}

/// What to do next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Turn {
    /// Say this, then wait for an answer.
    Ask(Vec<Line>),
    /// Digits are coming in: stop talking and wait for the next.
    Wait,
    Leave(Leave),
}

/// Where the dialogue leads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Leave {
    /// Connect with 112 now.
    Emergency,
    /// A place in line for this class of matters.
    Queue { class: ClassId, in_front: bool },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    Matter,
    Menu,
    Emergency(AfterEmergency),
    Confirm(Intent),
    Place,
}

/// Where the dialogue goes on when nothing is happening now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum AfterEmergency {
    /// What it is about is still unknown.
    Matter,
    /// It is known, or everything was tried: on to confirmation, place and line.
    Settle { confirm: bool },
}

/// The state of one caller's dialogue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dialogue {
    step: Step,
    language: Language,
    misunderstandings: u8,
    /// Digits keyed so far in an entry.
    entry: String,
    intent: Option<Intent>,
    class: Option<ClassId>,
    place: Option<PlaceEstimate>,
    /// The emergency question has been answered with no.
    cleared: bool,
    /// The caller pressed 9 or said something that sounded urgent, and has not cleared it since.
    urged: bool,
    place_asked: bool,
}

impl Dialogue {
    /// Begins with the greeting and the open question.
    #[must_use]
    pub fn start(language: Language, place: Option<PlaceEstimate>, around: &Surroundings<'_>) -> (Self, Turn) {
        let dialogue = Self {
            step: Step::Matter,
            language,
            misunderstandings: 0,
            entry: String::new(),
            intent: None,
            class: None,
            place,
            cleared: false,
            urged: false,
            place_asked: false,
        };
        let mut lines = vec![Line::Say(Prompt::Greeting)];
        if around.plan.languages.len() > 1 {
            lines.push(Line::Say(Prompt::EnglishOffer));
        }
        lines.extend(matter::question(around));
        (dialogue, Turn::Ask(lines))
    }

    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    #[must_use]
    pub fn intent(&self) -> Option<Intent> {
        self.intent
    }

    #[must_use]
    pub fn place(&self) -> Option<&PlaceEstimate> {
        self.place.as_ref()
    }

    /// Whoever leaves now leaves a sign of danger unanswered.
    #[must_use]
    pub fn is_urgent(&self) -> bool {
        self.urged
    }

    /// Digits of a postal code are coming in.
    #[must_use]
    pub fn is_entering_digits(&self) -> bool {
        self.step == Step::Place && !self.entry.is_empty()
    }

    /// Takes in what was heard.
    pub fn hear(&mut self, heard: &Heard, around: &Surroundings<'_>) -> Turn {
        if let Heard::Words(understood) = heard {
            self.learn(understood, around);
            self.urged |= understood.gate != Gate::None && !self.cleared;
        }
        if let Some(turn) = self.key_of_every_step(heard, around) {
            return turn;
        }
        match self.step {
            Step::Matter => matter::hear(self, heard, around),
            Step::Menu => menu::hear(self, heard, around),
            Step::Emergency(then) => emergency::hear(self, heard, then, around),
            Step::Confirm(intent) => confirm::hear(self, heard, intent, around),
            Step::Place => place::hear(self, heard, around),
        }
    }

    /// Asks the emergency question of a caller who already waits in line or undid a transfer.
    pub fn resume(&mut self, around: &Surroundings<'_>) -> Turn {
        (self.cleared, self.urged) = (true, false);
        self.ask_matter_or_settle(around)
    }

    /// Language and a municipality named count in every step.
    fn learn(&mut self, understood: &Understanding, around: &Surroundings<'_>) {
        if let Some(language) = understood.language.filter(|language| around.plan.languages.contains(language)) {
            self.language = language;
        }
        let needed = self.place.as_ref().is_none_or(|place| place.uncertain);
        if let Some(code) = understood.municipality.as_deref().filter(|_| needed) {
            self.place = around.places.of_municipality(code).or(self.place.take());
        }
    }

    fn key_of_every_step(&mut self, heard: &Heard, around: &Surroundings<'_>) -> Option<Turn> {
        let Heard::Key(key) = heard else { return None };
        // While digits are being entered they are digits; only `*` leaves.
        if self.step == Step::Place && (!self.entry.is_empty() || !matches!(key, '0')) {
            return None;
        }
        match key {
            // The one question that decides which human is answered, or asked again.
            '0' if matches!(self.step, Step::Emergency(_)) => None,
            '0' => Some(self.lead_to_person(around)),
            '9' if self.step != Step::Place => {
                self.urged = true;
                Some(emergency::ask(self, AfterEmergency::Matter, around))
            }
            '8' => self.other_language(around),
            _ => None,
        }
    }

    fn other_language(&mut self, around: &Surroundings<'_>) -> Option<Turn> {
        let languages = &around.plan.languages;
        let here = languages.iter().position(|language| *language == self.language)?;
        self.language = *languages.get((here + 1) % languages.len())?;
        Some(match self.step {
            Step::Matter => Turn::Ask(matter::question(around)),
            Step::Menu => Turn::Ask(menu::question()),
            Step::Emergency(_) => Turn::Ask(emergency::question()),
            Step::Confirm(intent) => Turn::Ask(confirm::question(intent)),
            Step::Place => Turn::Ask(place::question(around)),
        })
    }

    /// The caller wants a human: no more questions but the one that decides which human.
    fn lead_to_person(&mut self, around: &Surroundings<'_>) -> Turn {
        if self.class.is_none() {
            self.intent = self.intent.or(Some(Intent::Operator));
        }
        if self.step == Step::Place {
            self.place_asked = true;
        }
        self.settle(false, around)
    }

    fn ask_matter_or_settle(&mut self, around: &Surroundings<'_>) -> Turn {
        if self.intent.is_none() && self.class.is_none() && self.misunderstandings <= around.plan.dialogue.misunderstandings_max {
            self.step = Step::Matter;
            return Turn::Ask(matter::question(around));
        }
        self.settle(false, around)
    }

    /// On to confirmation, then place, then the line.
    fn settle(&mut self, confirm: bool, around: &Surroundings<'_>) -> Turn {
        if let Some(intent) = self.intent.filter(|_| confirm) {
            self.step = Step::Confirm(intent);
            return Turn::Ask(confirm::question(intent));
        }
        if !self.place_asked && self.place.as_ref().is_none_or(|place| place.uncertain) && self.wants_place(around) {
            self.place_asked = true;
            self.step = Step::Place;
            self.entry.clear();
            return Turn::Ask(place::question(around));
        }
        self.to_line(false, around)
    }

    fn wants_place(&self, around: &Surroundings<'_>) -> bool {
        around.plan.regions.len() > 1 && self.class_now(around).is_none_or(|class| class.party.is_none())
    }

    fn to_line(&self, in_front: bool, around: &Surroundings<'_>) -> Turn {
        let class = if in_front { around.plan.strict_class() } else { self.class_now(around) };
        match class.or(around.plan.classes.last()) {
            Some(class) => Turn::Leave(Leave::Queue { class: class.id.clone(), in_front }),
            // A plan without classes is refused when it is read; a caller is never lost all the same.
            None => Turn::Leave(Leave::Emergency),
        }
    }

    fn class_now<'p>(&self, around: &Surroundings<'p>) -> Option<&'p crate::plan::Class> {
        match &self.class {
            Some(class) => around.plan.class(class),
            None => around.plan.class_of(self.intent),
        }
    }

    /// Leaves because the whole dialogue took too long: with what is known by then.
    #[must_use]
    pub fn run_out(&self, around: &Surroundings<'_>) -> Turn {
        self.to_line(matches!(self.step, Step::Emergency(_)), around)
    }

    /// One more misunderstanding; true while there is patience for another try.
    fn may_try_again(&mut self, around: &Surroundings<'_>) -> bool {
        self.misunderstandings = self.misunderstandings.saturating_add(1);
        self.misunderstandings <= around.plan.dialogue.misunderstandings_max
    }
}
