//! A form as the pages see it. Field names are the words of its text; `docs/forms.md` is the reference.

use crate::{
    intent::{Intent, words},
    plan::Words,
    report::{Crimes, PartyRole, ReportKind, numbers::Country},
    survey::may_be_asked_about,
};

/// Longest answer of one line and of several, where the form says nothing, in characters.
pub const LINE_CHARS: usize = 200;
pub const TEXT_CHARS: usize = 5_000;

/// One form. Its id is the name of its file.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    pub id: String,
    /// Where it stands in the list.
    pub order: usize,
    pub name: Words,
    pub about: Words,
    /// Its part of the address in each language.
    pub path: Words,
    pub kind: ReportKind,
    /// The matter, which leads to a class and its queue.
    pub intent: Intent,
    pub status: Status,
    pub source: Option<String>,
    /// How long it takes.
    pub minutes: u8,
    /// It may be sent without saying who one is; then nothing tells where it came from.
    pub anonymous: bool,
    /// Whoever fills it in may sign in, or must; none: nobody is asked who they are before they tell it.
    pub sign_in: Option<SignIn>,
    pub needs: Vec<Words>,
    /// Crime codes that an operator is proposed.
    pub codes: Vec<String>,
    /// What happens after it was sent.
    pub next: Words,
    pub not_for: Vec<NotFor>,
    pub pages: Vec<Page>,
}

/// The forms of a deployment, in the order in which they are listed, with the crimes that their codes are of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalogue {
    pub forms: Vec<Form>,
    pub crimes: Crimes,
    /// Whose numbers are asked for; none where there are no forms.
    pub country: Option<Country>,
}

words! {
    Status {
        /// The authority has the form today.
        Known = "known",
        Proposed = "proposed",
    }
}

words! {
    /// Whether somebody proves who they are before a form is filled in. Both ask for nothing where no broker is configured.
    SignIn {
        Needed = "needed",
        Offered = "offered",
    }
}

/// Somebody for whom this form is not the way.
#[derive(Clone, Debug, PartialEq)]
pub struct NotFor {
    pub who: Words,
    pub way: Way,
}

/// Where somebody is led instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    Emergency,
    /// To the number that people answer.
    Ring,
    /// To a booked time.
    Book,
    /// To another form of the deployment, by its id.
    Form(String),
    /// To an address on the web; https.
    Address(String),
}

words! {
    /// The word of a [`Way`].
    WayWord { Emergency = "112", Ring = "ring", Book = "book", Form = "form", Address = "address" }
}

/// One page: one thing at a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    pub id: String,
    /// None where the only question is the heading.
    pub title: Option<Words>,
    pub about: Option<Words>,
    pub repeats: Option<Repeats>,
    /// All must hold.
    pub show_if: Vec<Condition>,
    pub questions: Vec<Question>,
}

/// The page is asked again for each thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Repeats {
    pub rows_max: u8,
    /// What one is called.
    pub one: Words,
}

/// It holds when one of the answers was given to a question before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    pub question: String,
    pub is: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Unique within the form.
    pub id: String,
    pub label: Words,
    pub hint: Option<Words>,
    pub kind: Kind,
    pub answer: Need,
    pub fills: Option<Fill>,
    pub show_if: Vec<Condition>,
    /// Of words, in characters.
    pub chars_max: usize,
    /// Of a choice.
    pub options: Vec<Choice>,
    pub leads: Vec<Lead>,
    /// Whose numbers of persons and firms are meant.
    pub country: Country,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub id: String,
    pub name: Words,
    pub hint: Option<Words>,
}

/// An answer after which this form is not the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Lead {
    pub is: Vec<String>,
    pub way: Way,
    /// Why, in a sentence or two.
    pub text: Words,
}

words! {
    /// What is answered, and how it is looked at.
    Kind {
        Line = "line",
        Text = "text",
        YesNo = "yes_no",
        Choice = "choice",
        Choices = "choices",
        /// A date.
        Day = "day",
        /// A date, and a clock where it is known.
        Moment = "moment",
        /// Street or place, municipality, more words.
        Place = "place",
        /// Money in whole units.
        Amount = "amount",
        Name = "name",
        Telephone = "telephone",
        Mail = "mail",
        /// The country's number of a person.
        Identity = "identity",
        /// The country's number of a firm.
        Organisation = "organisation",
        Imei = "imei",
        /// What stands on a vehicle's plate.
        Registration = "registration",
        /// The last four digits of a card, never more.
        Digits = "digits",
    }
}

impl Kind {
    /// Whether the answer is one or more of a few that the form names.
    #[must_use]
    pub fn is_chosen(self) -> bool {
        matches!(self, Self::YesNo | Self::Choice | Self::Choices)
    }
}

words! {
    /// What must be answered.
    Need {
        /// An answer, or "I do not know".
        Needed = "needed",
        /// It may be left empty.
        Optional = "optional",
        /// What leads another way, and how whoever writes is reached.
        Known = "known",
    }
}

/// What of the report an answer fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fill {
    WhatHappened,
    Place,
    From,
    To,
    Traces,
    Damage,
    Measures,
    Party(PartyRole, PartyField),
    Property(PropertyField),
}

words! {
    PartyField { Name = "name", IdentityNumber = "identity_number", Telephone = "telephone", Mail = "mail", Note = "note" }
}

words! {
    PropertyField { What = "what", Mark = "mark", IdentityNumber = "identity_number", Value = "value" }
}

impl Fill {
    const PLAIN: [(&'static str, Self); 7] = [
        ("what_happened", Self::WhatHappened),
        ("place", Self::Place),
        ("from", Self::From),
        ("to", Self::To),
        ("traces", Self::Traces),
        ("damage", Self::Damage),
        ("measures", Self::Measures),
    ];

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        if let Some((_, fill)) = Self::PLAIN.iter().find(|(name, _)| *name == word) {
            return Some(*fill);
        }
        let (of, field) = word.split_once('.')?;
        match of {
            "property" => PropertyField::from_word(field).map(Self::Property),
            _ => Some(Self::Party(PartyRole::from_word(of)?, PartyField::from_word(field)?)),
        }
    }

    /// Every word that stands for one.
    pub(super) fn words() -> Vec<String> {
        let plain = Self::PLAIN.iter().map(|(name, _)| (*name).to_owned());
        let roles = [PartyRole::Reporter, PartyRole::Victim, PartyRole::Suspect, PartyRole::Witness];
        let parties = roles.iter().flat_map(|role| PartyField::ALL.iter().map(move |field| format!("{role}.{field}")));
        let property = PropertyField::ALL.iter().map(|field| format!("property.{field}"));
        plain.chain(parties).chain(property).collect()
    }
}

impl Form {
    /// Whether what was answered may be given out as a file, which others may come to read: where that betrays nobody. Never
    /// what somebody tipped off, nor what may be about somebody at home.
    #[must_use]
    pub fn may_be_kept(&self) -> bool {
        use ReportKind as K;
        let by_kind = match self.kind {
            K::Theft | K::BicycleTheft | K::Burglary | K::Fraud | K::Damage | K::Loss => true,
            K::Violence | K::DomesticViolence | K::Threat | K::Tip | K::Other => false,
        };
        by_kind && !self.anonymous && may_be_asked_about(Some(self.intent))
    }

    #[must_use]
    pub fn page(&self, id: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.id == id)
    }

    pub fn questions(&self) -> impl Iterator<Item = (&Page, &Question)> {
        self.pages.iter().flat_map(|page| page.questions.iter().map(move |question| (page, question)))
    }
}

impl Catalogue {
    #[must_use]
    pub fn form(&self, id: &str) -> Option<&Form> {
        self.forms.iter().find(|form| form.id == id)
    }
}
