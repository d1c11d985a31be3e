//! The voice dialogue: from the greeting to a place in line, another party or 112.
//!
//! A pure machine, one file per step: it is told what was heard and answers with what to say next or
//! where to lead the caller. It knows no line, no clock and no recogniser. Keys mean the same in
//! every step: 1 yes, 2 no, 0 a person, 9 it is happening now, 8 the other language; `*` leaves an
//! entry of digits. So do a few words: to start over, a person, a tip, a language. A sign of danger goes before
//! everything else that words say.

mod choice;
mod confirm;
mod emergency;
mod going_on;
mod lines;
mod matter;
mod menu;
mod narrow;
mod place;
mod requests;

pub(crate) use confirm::matter_prompt;
pub use lines::{Line, Prompt};

use crate::{
    ClassId,
    intent::{Answer, Gate, Intent, Language, Understanding},
    place::{CountyCode, PlaceEstimate, PlaceSource, Places},
    plan::{GoingOn, Plan},
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

impl Heard {
    /// Yes or no to the question just asked, by key or in words.
    fn answer(&self) -> Option<Answer> {
        match self {
            Self::Key('1') => Some(Answer::Yes),
            Self::Key('2') => Some(Answer::No),
            Self::Words(words) => words.answer,
            Self::Key(_) | Self::Mumble | Self::Silence => None,
        }
    }

    /// Words that tell of danger, or may.
    fn may_be_danger(&self) -> bool {
        matches!(self, Self::Words(words) if words.gate != Gate::None)
    }
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
    /// Connect with this helper now.
    Help(Helper),
    /// A place in line for this class of matters.
    Queue { class: ClassId, in_front: bool },
}

/// Who is rung first for a caller in need.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Helper {
    /// 112.
    Emergency,
    /// The region's own, where the plan leads what is going on but not dangerous.
    CommandCentre,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    Matter,
    Menu,
    Emergency(AfterEmergency),
    GoingOn(AfterEmergency),
    Confirm(Intent),
    Choice(choice::Pair),
    Narrow,
    Place,
}

/// Where the dialogue goes on when nothing is happening now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum AfterEmergency {
    /// What it is about is still unknown.
    Matter,
    /// It may be one of two.
    Choice(choice::Pair),
    /// It is known, or everything was tried: on to confirmation, place and line.
    Settle { confirm: bool },
}

/// The state of one caller's dialogue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dialogue {
    step: Step,
    language: Language,
    /// How often the present question was asked anew.
    misunderstandings: u8,
    /// The same for what it is about, which comes back after other questions.
    matter_misunderstandings: u8,
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
    /// How often it was begun anew.
    starts_over: u8,
}

impl Dialogue {
    /// Begins with the greeting and the open question.
    #[must_use]
    pub fn start(language: Language, place: Option<PlaceEstimate>, around: &Surroundings<'_>) -> (Self, Turn) {
        let dialogue = Self::new(language, place);
        let mut lines = vec![Line::Say(Prompt::Greeting)];
        if around.plan.languages.len() > 1 {
            lines.push(Line::Say(Prompt::EnglishOffer));
        }
        lines.extend(matter::question(around));
        (dialogue, Turn::Ask(lines))
    }

    /// Somebody else has asked it all already: straight into line.
    #[must_use]
    pub fn asked_before(language: Language, place: Option<PlaceEstimate>, intent: Intent, around: &Surroundings<'_>) -> (Self, Turn) {
        let dialogue = Self { intent: Some(intent), cleared: true, ..Self::new(language, place) };
        let turn = dialogue.to_line(false, around);
        (dialogue, turn)
    }

    /// Nothing is asked: into line of this class, before everybody where it is strict.
    #[must_use]
    pub fn straight_to(class: ClassId, language: Language, place: Option<PlaceEstimate>) -> (Self, Turn) {
        let dialogue = Self { cleared: true, ..Self::new(language, place) };
        (dialogue, Turn::Leave(Leave::Queue { class, in_front: false }))
    }

    fn new(language: Language, place: Option<PlaceEstimate>) -> Self {
        Self {
            step: Step::Matter,
            language,
            misunderstandings: 0,
            matter_misunderstandings: 0,
            entry: String::new(),
            intent: None,
            class: None,
            place,
            cleared: false,
            urged: false,
            place_asked: false,
            starts_over: 0,
        }
    }

    /// As it began, but for what stays true of the caller: the language, the place and a sign of danger.
    fn forget(&mut self) {
        let (place, urged, starts_over) = (self.place.take(), self.urged, self.starts_over);
        *self = Self { urged, starts_over, ..Self::new(self.language, place) };
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

    /// The emergency question, or its second half, is being asked.
    fn asks_about_danger(&self) -> bool {
        matches!(self.step, Step::Emergency(_) | Step::GoingOn(_))
    }

    /// Digits of a postal code are coming in.
    #[must_use]
    pub fn is_entering_digits(&self) -> bool {
        self.step == Step::Place && !self.entry.is_empty()
    }

    /// Takes in what was heard. A sign of danger goes before whatever else the words say.
    pub fn hear(&mut self, heard: &Heard, around: &Surroundings<'_>) -> Turn {
        if let Heard::Words(understood) = heard {
            self.learn(understood, around);
            let first = requests::start_over(self, understood, around)
                .or_else(|| self.danger_first(understood, around))
                .or_else(|| self.only_language(understood, around))
                .or_else(|| requests::take_up(self, understood, around));
            if let Some(turn) = first {
                return turn;
            }
        }
        if let Some(turn) = self.key_of_every_step(heard, around) {
            return turn;
        }
        match self.step {
            Step::Matter => matter::hear(self, heard, around),
            Step::Menu => menu::hear(self, heard, around),
            Step::Emergency(then) => emergency::hear(self, heard, then, around),
            Step::GoingOn(then) => going_on::hear(self, heard, then, around),
            Step::Confirm(intent) => confirm::hear(self, heard, intent, around),
            Step::Choice(pair) => choice::hear(self, heard, pair, around),
            Step::Narrow => narrow::hear(self, heard, around),
            Step::Place => place::hear(self, heard, around),
        }
    }

    /// The caller undid a connection that was announced: on where the dialogue was. Nobody is in danger, which
    /// leaves the second half of the question where the plan parts it.
    pub fn resume(&mut self, around: &Surroundings<'_>) -> Turn {
        let half_asked = matches!(self.step, Step::Emergency(_)) && around.plan.emergency.going_on == GoingOn::CommandCentre;
        let then = self.interrupted();
        if half_asked { going_on::ask(self, then) } else { emergency::cleared(self, then, around) }
    }

    /// Language and a place named count in every step.
    fn learn(&mut self, understood: &Understanding, around: &Surroundings<'_>) {
        if let Some(language) = understood.language.filter(|language| around.plan.languages.contains(language)) {
            self.language = language;
        }
        // What the caller states goes before all that is known less well, such as the number's area code.
        let better = self.place.as_ref().is_none_or(|place| place.uncertain || place.source >= PlaceSource::Stated);
        if let Some(code) = understood.municipality.as_deref().filter(|_| better) {
            self.place = around.places.of_municipality(code).or(self.place.take());
        } else if let Some(code) = understood.county.as_deref().and_then(CountyCode::new).filter(|_| better) {
            // A municipality that was named there says more.
            let found = around.places.of_county(code).filter(|found| !self.place.as_ref().is_some_and(|place| place.lies_in(found)));
            self.place = found.or(self.place.take());
        }
    }

    /// Danger in so many words leads to 112; what may be danger is asked about, unless it was already.
    fn danger_first(&mut self, understood: &Understanding, around: &Surroundings<'_>) -> Option<Turn> {
        match understood.gate {
            Gate::Direct => return Some(Turn::Leave(Leave::Help(Helper::Emergency))),
            Gate::Ask if !self.cleared => {}
            Gate::Ask | Gate::None => return None,
        }
        // A cough is asked about as well, but whoever hangs up after it said nothing that was urgent.
        self.urged |= !understood.readings.is_empty() || understood.answer.is_some() || understood.municipality.is_some();
        match self.step {
            Step::Confirm(_) => Some(confirm::ask_about_danger(self, understood.answer, around)),
            Step::Narrow | Step::Place => {
                let then = self.interrupted();
                Some(emergency::ask(self, then, around))
            }
            // There the words are read for the matter first, or are the answer.
            Step::Matter | Step::Menu | Step::Choice(_) | Step::Emergency(_) | Step::GoingOn(_) => None,
        }
    }

    /// "In English, please" and no more: the question once more, in that language.
    fn only_language(&self, understood: &Understanding, around: &Surroundings<'_>) -> Option<Turn> {
        let Understanding { readings, gate, language, answer, municipality, county, request, circumstances: _, model: _ } = understood;
        let no_place = municipality.is_none() && county.is_none();
        let nothing_else = readings.is_empty() && *gate == Gate::None && answer.is_none() && no_place && request.is_none();
        (nothing_else && *language == Some(self.language)).then(|| Turn::Ask(self.question(around)))
    }

    /// The caller pressed 9: the emergency question, whatever was answered before.
    fn happening_now(&mut self, around: &Surroundings<'_>) -> Turn {
        self.urged = true;
        let then = self.interrupted();
        emergency::ask_anew(self, then, around)
    }

    /// What is to follow when danger comes between: nothing that was heard or asked is lost by it.
    fn interrupted(&mut self) -> AfterEmergency {
        match self.step {
            Step::Matter | Step::Menu => AfterEmergency::Matter,
            Step::Emergency(then) | Step::GoingOn(then) => then,
            Step::Confirm(_) => AfterEmergency::Settle { confirm: true },
            Step::Choice(pair) => AfterEmergency::Choice(pair),
            Step::Narrow | Step::Place => {
                self.place_asked = false;
                AfterEmergency::Settle { confirm: false }
            }
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
            '0' if self.asks_about_danger() => None,
            '0' => Some(self.lead_to_person(around)),
            '9' => Some(self.happening_now(around)),
            '8' => self.other_language(around),
            _ => None,
        }
    }

    fn other_language(&mut self, around: &Surroundings<'_>) -> Option<Turn> {
        let languages = &around.plan.languages;
        let here = languages.iter().position(|language| *language == self.language)?;
        self.language = *languages.get((here + 1) % languages.len())?;
        Some(Turn::Ask(self.question(around)))
    }

    /// The question that is being asked.
    fn question(&self, around: &Surroundings<'_>) -> Vec<Line> {
        match self.step {
            Step::Matter => matter::question(around),
            Step::Menu => menu::question(),
            Step::Emergency(_) => emergency::question(around),
            Step::GoingOn(_) => going_on::question(),
            Step::Confirm(intent) => confirm::question(intent),
            Step::Choice(pair) => choice::question(pair),
            Step::Narrow => narrow::question(self, around),
            Step::Place => place::question(around),
        }
    }

    /// On to a question; another than before is given patience of its own.
    fn turn_to(&mut self, step: Step) {
        if std::mem::discriminant(&step) != std::mem::discriminant(&self.step) {
            self.misunderstandings = 0;
        }
        self.step = step;
    }

    /// The caller wants a human: no more questions but the one that decides which human.
    fn lead_to_person(&mut self, around: &Surroundings<'_>) -> Turn {
        self.want_person();
        if matches!(self.step, Step::Narrow | Step::Place) {
            self.place_asked = true;
        }
        self.settle(false, around)
    }

    fn want_person(&mut self) {
        if self.class.is_none() {
            self.intent = self.intent.or(Some(Intent::Operator));
        }
    }

    fn ask_matter_or_settle(&mut self, around: &Surroundings<'_>) -> Turn {
        if self.intent.is_none() && self.class.is_none() && self.matter_misunderstandings <= around.plan.dialogue.misunderstandings_max {
            self.turn_to(Step::Matter);
            return Turn::Ask(matter::question(around));
        }
        self.settle(false, around)
    }

    /// On to confirmation, then place, then the line.
    fn settle(&mut self, confirm: bool, around: &Surroundings<'_>) -> Turn {
        if let Some(intent) = self.intent.filter(|_| confirm) {
            self.turn_to(Step::Confirm(intent));
            return Turn::Ask(confirm::question(intent));
        }
        if !self.place_asked && self.place.as_ref().is_none_or(|place| place.uncertain) && self.wants_place(around) {
            self.place_asked = true;
            self.entry.clear();
            return narrow::ask(self, around).unwrap_or_else(|| place::ask_openly(self, None, around));
        }
        self.to_line(false, around)
    }

    /// The caller chose this of what was offered.
    fn settle_on(&mut self, intent: Intent, around: &Surroundings<'_>) -> Turn {
        (self.intent, self.class) = (Some(intent), None);
        self.settle(false, around)
    }

    fn wants_place(&self, around: &Surroundings<'_>) -> bool {
        around.plan.regions.len() > 1 && self.class_now(around).is_none_or(|class| class.party.is_none())
    }

    fn to_line(&self, in_front: bool, around: &Surroundings<'_>) -> Turn {
        let class = if in_front { around.plan.strict_class() } else { self.class_now(around) };
        match class.or(around.plan.classes.last()) {
            Some(class) => Turn::Leave(Leave::Queue { class: class.id.clone(), in_front }),
            // A plan without classes is refused when it is read; a caller is never lost all the same.
            None => Turn::Leave(Leave::Help(Helper::Emergency)),
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
        self.to_line(self.asks_about_danger(), around)
    }

    /// One more misunderstanding of the present question; true while there is patience for another try.
    /// What it is about is one question, in words or by keys, however often others come between.
    fn may_try_again(&mut self, around: &Surroundings<'_>) -> bool {
        let count = match self.step {
            Step::Matter | Step::Menu => &mut self.matter_misunderstandings,
            Step::Emergency(_) | Step::GoingOn(_) | Step::Confirm(_) | Step::Choice(_) | Step::Narrow | Step::Place => {
                &mut self.misunderstandings
            }
        };
        *count = count.saturating_add(1);
        *count <= around.plan.dialogue.misunderstandings_max
    }
}
