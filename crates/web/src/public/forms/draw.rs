//! The fields of a question, in the patterns of govuk-frontend: what was answered before or just now, what is wrong with
//! it beside it, and "I do not know" wherever that is an answer.

use super::{
    super::{
        Sight,
        parts::{Wrong, described, of, told_beside},
    },
    said::{text, yes_or_no},
};
use domain::form::{Entered, Given, Kind, Need, Part, Question};
use maud::{Markup, html};

/// The words that the browser offers while a municipality is written.
const MUNICIPALITIES: &str = "municipalities";
const UNKNOWN: &str = "unknown";

/// One question with what is known of its answer.
pub(super) struct Asked<'a> {
    pub sight: &'a Sight,
    pub question: &'a Question,
    pub given: Option<&'a Given>,
    /// What was just sent and is to be put right.
    pub entered: Option<&'a Entered>,
    pub wrong: &'a [Wrong],
    /// The question is the page's heading.
    pub heading: bool,
}

impl Asked<'_> {
    pub fn draw(&self) -> Markup {
        match self.question.kind {
            Kind::YesNo | Kind::Choice => self.choices("radio"),
            Kind::Choices => self.choices("checkbox"),
            Kind::Day | Kind::Moment => self.moment(),
            Kind::Place => self.place(),
            Kind::Text => self.written(&self.lines()),
            _ => self.written(&self.line()),
        }
    }

    fn id(&self) -> &str {
        &self.question.id
    }

    fn label(&self) -> &str {
        text(self.sight.words, &self.question.label)
    }

    fn hint(&self) -> Option<&str> {
        self.question.hint.as_ref().map(|hint| text(self.sight.words, hint))
    }

    fn field(&self, part: Part) -> String {
        format!("{}.{part}", self.id())
    }

    /// What is wrong with the question as a whole or with one of its parts, the first of them.
    fn told(&self) -> Option<&str> {
        let part = format!("{}.", self.id());
        self.wrong.iter().find(|wrong| wrong.field == self.id() || wrong.field.starts_with(&part)).map(|wrong| wrong.told.as_str())
    }

    fn describes(&self) -> Option<String> {
        described(self.id(), self.question.hint.is_some(), self.told().is_some())
    }

    fn beside(&self) -> Markup {
        html! {
            @if let Some(hint) = self.hint() { div .govuk-hint id={ (self.id()) "-hint" } { (hint) } }
            (told_beside(self.id(), self.told()))
        }
    }

    /// A line of one field: what was just written, else what was answered.
    fn value(&self) -> String {
        match (self.entered, self.given) {
            (Some(entered), _) => entered.raw(self.id()).to_owned(),
            (None, Some(Given::Words(words))) => words.clone(),
            _ => String::new(),
        }
    }

    fn part(&self, part: Part) -> String {
        if let Some(entered) = self.entered {
            return entered.raw(&self.field(part)).to_owned();
        }
        match self.given {
            Some(Given::Words(words)) => {
                let (day, clock) = words.split_once('T').unwrap_or((words, ""));
                let nth = |n: usize| day.split('-').nth(n).unwrap_or_default().trim_start_matches('0').to_owned();
                match part {
                    Part::Year => nth(0),
                    Part::Month => nth(1),
                    Part::Day => nth(2),
                    Part::Clock => clock.to_owned(),
                    _ => String::new(),
                }
            }
            Some(Given::Place { street, municipality, more }) => match part {
                Part::Street => street.clone(),
                Part::More => more.clone(),
                Part::Municipality => {
                    let areas = &self.sight.deployment.places.areas;
                    let known = areas.municipalities().iter().find(|known| Some(&known.code) == municipality.as_ref());
                    known.map(|known| known.name.clone()).unwrap_or_default()
                }
                _ => String::new(),
            },
            _ => String::new(),
        }
    }

    fn is_chosen(&self, id: &str) -> bool {
        match (self.entered, self.given) {
            (Some(entered), _) => entered.all(self.id()).iter().any(|chosen| chosen == id),
            (None, Some(Given::Chosen(chosen))) => chosen.iter().any(|chosen| chosen == id),
            (None, Some(Given::Unknown)) => id == UNKNOWN,
            _ => false,
        }
    }

    // The fields

    fn group(&self, content: &Markup) -> Markup {
        html! { div .govuk-form-group .govuk-form-group--error[self.told().is_some()] { (content) } }
    }

    fn fieldset(&self, content: &Markup) -> Markup {
        self.group(&html! {
            fieldset .govuk-fieldset aria-describedby=[self.describes()] {
                legend .govuk-fieldset__legend .{ "govuk-fieldset__legend--" (if self.heading { "l" } else { "m" }) } {
                    @if self.heading { h1 .govuk-fieldset__heading { (self.label()) } } @else { (self.label()) }
                }
                (self.beside())
                (content)
            }
        })
    }

    fn choices(&self, kind: &str) -> Markup {
        let words = self.sight.words;
        let several = kind == "checkbox";
        let (group, item) = if several { ("govuk-checkboxes", "checkboxes") } else { ("govuk-radios", "radios") };
        let yes_no = ["yes", "no"].map(|id| (id, yes_or_no(words, id)));
        let mut options: Vec<(&str, String, Option<&str>)> = match self.question.kind {
            Kind::YesNo => yes_no.into_iter().map(|(id, name)| (id, name, None)).collect(),
            _ => {
                let options = self.question.options.iter();
                options
                    .map(|option| (&*option.id, text(words, &option.name).to_owned(), option.hint.as_ref().map(|hint| text(words, hint))))
                    .collect()
            }
        };
        if self.question.answer == Need::Needed {
            options.push((UNKNOWN, words.t("form-unknown"), None));
        }
        self.fieldset(&html! {
            div .(group) {
                @for (n, (value, name, hint)) in options.iter().enumerate() {
                    @let id = if n == 0 { self.id().to_owned() } else { format!("{}-{n}", self.id()) };
                    div .{ (group) "__item" } {
                        input .{ (group) "__input" } type=(kind) id=(id) name=(self.id()) value=(value) checked[self.is_chosen(value)]
                            aria-describedby=[hint.map(|_| format!("{id}-hint"))];
                        label .govuk-label .{ "govuk-" (item) "__label" } for=(id) { (name) }
                        @if let Some(hint) = hint { div .govuk-hint .{ "govuk-" (item) "__hint" } id={ (id) "-hint" } { (hint) } }
                    }
                }
            }
        })
    }

    fn written(&self, control: &Markup) -> Markup {
        let label = html! {
            label .govuk-label .{ "govuk-label--" (if self.heading { "l" } else { "s" }) } for=(self.id()) { (self.label()) }
        };
        html! {
            (self.group(&html! {
                @if self.heading { h1 .govuk-label-wrapper { (label) } } @else { (label) }
                (self.beside())
                (control)
            }))
            (self.unknown())
        }
    }

    fn line(&self) -> Markup {
        let (kind, autocomplete, digits) = match self.question.kind {
            Kind::Telephone => ("tel", "tel", false),
            Kind::Mail => ("email", "email", false),
            Kind::Amount | Kind::Digits | Kind::Imei => ("text", "off", true),
            _ => ("text", "off", false),
        };
        html! {
            input .govuk-input .govuk-input--error[self.told().is_some()] id=(self.id()) name=(self.id()) type=(kind) value=(self.value())
                inputmode=[digits.then_some("numeric")] autocomplete=(autocomplete) aria-describedby=[self.describes()]
                aria-invalid=[self.told().map(|_| "true")] spellcheck="false" dir=(if kind == "text" { "auto" } else { "ltr" });
        }
    }

    fn lines(&self) -> Markup {
        html! {
            textarea .govuk-textarea .govuk-textarea--error[self.told().is_some()] id=(self.id()) name=(self.id()) rows="6" autocomplete="off"
                aria-describedby=[self.describes()] aria-invalid=[self.told().map(|_| "true")] dir="auto" { "\n" (self.value()) }
        }
    }

    fn moment(&self) -> Markup {
        let words = self.sight.words;
        let mut parts = vec![(Part::Day, 2), (Part::Month, 2), (Part::Year, 4)];
        if self.question.kind == Kind::Moment {
            parts.push((Part::Clock, 5));
        }
        html! {
            (self.fieldset(&html! {
                div .govuk-date-input {
                    @for (part, width) in parts {
                        @let id = self.field(part);
                        @let wrong = of(&id, self.wrong).is_some();
                        div .govuk-date-input__item {
                            div .govuk-form-group {
                                label .govuk-label .govuk-date-input__label for=(id) { (words.named("form-part", part.word())) }
                                input .govuk-input .govuk-date-input__input .{ "govuk-input--width-" (width) } .govuk-input--error[wrong]
                                    id=(id) name=(id) type="text" inputmode=[(part != Part::Clock).then_some("numeric")] autocomplete="off"
                                    value=(self.part(part)) aria-invalid=[wrong.then_some("true")];
                            }
                        }
                    }
                }
            }))
            (self.unknown())
        }
    }

    fn place(&self) -> Markup {
        let words = self.sight.words;
        html! {
            (self.fieldset(&html! {
                @for part in [Part::Street, Part::Municipality, Part::More] {
                    @let id = self.field(part);
                    @let told = of(&id, self.wrong);
                    div .govuk-form-group {
                        label .govuk-label for=(id) { (words.named("form-part", part.word())) }
                        input .govuk-input .govuk-input--error[told.is_some()] id=(id) name=(id) type="text" autocomplete="off" dir="auto"
                            spellcheck="false" value=(self.part(part)) aria-invalid=[told.map(|_| "true")]
                            list=[(part == Part::Municipality).then_some(MUNICIPALITIES)];
                    }
                }
                datalist id=(MUNICIPALITIES) {
                    @for known in self.sight.deployment.places.areas.municipalities() { option value=(known.name) {} }
                }
            }))
            (self.unknown())
        }
    }

    /// "I do not know" beside what is written.
    fn unknown(&self) -> Markup {
        let id = self.field(Part::Unknown);
        let chosen = match self.entered {
            Some(entered) => !entered.raw(&id).is_empty(),
            None => self.given == Some(&Given::Unknown),
        };
        html! {
            @if self.question.answer == Need::Needed { (super::super::parts::tick(&id, &self.sight.words.t("form-unknown"), chosen)) }
        }
    }
}
