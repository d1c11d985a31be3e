//! The addresses of citizens' pages in each language. They are printed and sent to people: they never change.

use super::{adding, booking::Step};
use domain::intent::Language;

/// The addresses of one language.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Paths {
    pub language: Language,
}

/// What can be done with a booking that is there, each with an address of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Act {
    Move,
    Cancel,
    Calendar,
}

impl Act {
    pub const ALL: [Self; 3] = [Self::Move, Self::Cancel, Self::Calendar];
}

/// What can be done with the files of a matter, each with an address of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum FilesAct {
    Remove,
    Send,
    Done,
}

impl FilesAct {
    pub const ALL: [Self; 3] = [Self::Remove, Self::Send, Self::Done];
}

impl Paths {
    pub fn of(language: Language) -> Self {
        Self { language }
    }

    pub fn start(self) -> String {
        format!("/{}", self.language)
    }

    pub fn book(self) -> String {
        let name = match self.language {
            Language::Swedish => "boka",
            Language::English => "book",
            Language::Danish => "bestil-tid",
        };
        format!("/{}/{name}", self.language)
    }

    /// Where somebody adds to their matter.
    pub fn add(self) -> String {
        let name = match self.language {
            Language::Swedish => "komplettera",
            Language::English => "add",
            Language::Danish => "tilfoej",
        };
        format!("/{}/{name}", self.language)
    }

    pub fn adding(self, step: adding::Step) -> String {
        format!("{}/{}", self.add(), self.adding_word(step))
    }

    pub fn adding_of(self, word: &str) -> Option<adding::Step> {
        adding::Step::ALL.into_iter().find(|step| self.adding_word(*step) == word)
    }

    fn adding_word(self, step: adding::Step) -> &'static str {
        let (swedish, english, danish) = match step {
            adding::Step::Matter => ("arende", "matter", "sag"),
            adding::Step::Text => ("text", "text", "tekst"),
            adding::Step::Contact => ("kontakt", "contact", "kontakt"),
            adding::Step::Check => ("granska", "check", "gennemse"),
            adding::Step::Done => ("klart", "done", "faerdig"),
            adding::Step::Forget => ("glom", "forget", "glem"),
        };
        match self.language {
            Language::Swedish => swedish,
            Language::English => english,
            Language::Danish => danish,
        }
    }

    /// Where somebody follows their matter; behind it stands what can be done with it.
    pub fn matter(self, token: &str) -> String {
        let name = match self.language {
            Language::Swedish => "arende",
            Language::English => "matter",
            Language::Danish => "sag",
        };
        format!("/{}/{name}/{token}", self.language)
    }

    /// The receipt of what somebody follows.
    pub fn receipt(self, token: &str) -> String {
        format!("{}/{}", self.matter(token), self.receipt_word())
    }

    /// The receipt's name, in an address and as a file.
    pub fn receipt_word(self) -> &'static str {
        match self.language {
            Language::Swedish => "kvitto.pdf",
            Language::English => "receipt.pdf",
            Language::Danish => "kvittering.pdf",
        }
    }

    /// Where somebody sends files to their matter.
    pub fn files(self, token: &str) -> String {
        let name = match self.language {
            Language::English => "files",
            Language::Swedish | Language::Danish => "filer",
        };
        format!("{}/{name}", self.matter(token))
    }

    pub fn files_act(self, token: &str, act: FilesAct) -> String {
        format!("{}/{}", self.files(token), self.files_word(act))
    }

    pub fn files_act_of(self, word: &str) -> Option<FilesAct> {
        FilesAct::ALL.into_iter().find(|act| self.files_word(*act) == word)
    }

    /// Where uploads that can go on are begun; named as the protocol is in every language.
    pub fn tus(self, token: &str) -> String {
        format!("{}/tus", self.files(token))
    }

    fn files_word(self, act: FilesAct) -> &'static str {
        let (swedish, english, danish) = match act {
            FilesAct::Remove => ("ta-bort", "remove", "fjern"),
            FilesAct::Send => ("skicka", "send", "send"),
            FilesAct::Done => ("klart", "done", "faerdig"),
        };
        match self.language {
            Language::Swedish => swedish,
            Language::English => english,
            Language::Danish => danish,
        }
    }

    /// Where somebody says how it was to turn to us.
    pub fn survey(self, token: &str) -> String {
        let name = match self.language {
            Language::Swedish => "omdome",
            Language::English => "opinion",
            Language::Danish => "mening",
        };
        format!("/{}/{name}/{token}", self.language)
    }

    pub fn step(self, step: Step) -> String {
        format!("{}/{}", self.book(), self.step_word(step))
    }

    pub fn booking(self, token: &str) -> String {
        format!("{}/{token}", self.book())
    }

    pub fn act(self, token: &str, act: Act) -> String {
        format!("{}/{token}/{}", self.book(), self.act_word(act))
    }

    pub fn step_of(self, word: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| self.step_word(*step) == word)
    }

    pub fn act_of(self, word: &str) -> Option<Act> {
        Act::ALL.into_iter().find(|act| self.act_word(*act) == word)
    }

    fn step_word(self, step: Step) -> &'static str {
        let (swedish, english, danish) = match step {
            Step::Danger => ("fara", "danger", "fare"),
            Step::Ring112 => ("ring-112", "ring-112", "ring-112"),
            Step::Matter => ("arende", "matter", "sag"),
            Step::Place => ("plats", "place", "sted"),
            Step::Language => ("sprak", "language", "sprog"),
            Step::Way => ("satt", "way", "maade"),
            Step::Time => ("tid", "time", "tid"),
            Step::Contact => ("kontakt", "contact", "kontakt"),
            Step::Check => ("granska", "check", "gennemse"),
            Step::Done => ("klart", "done", "faerdig"),
            Step::Forget => ("glom", "forget", "glem"),
        };
        match self.language {
            Language::Swedish => swedish,
            Language::English => english,
            Language::Danish => danish,
        }
    }

    pub(super) fn act_word(self, act: Act) -> &'static str {
        match (act, self.language) {
            (Act::Move, Language::Swedish) => "byt",
            (Act::Move, Language::English) => "move",
            (Act::Move, Language::Danish) => "flyt",
            (Act::Cancel, Language::Swedish) => "avboka",
            (Act::Cancel, Language::English) => "cancel",
            (Act::Cancel, Language::Danish) => "aflys",
            (Act::Calendar, Language::Swedish) => "tid.ics",
            (Act::Calendar, Language::English) => "time.ics",
            (Act::Calendar, Language::Danish) => "tid.ics",
        }
    }
}

/// The language of the tree that an address stands in; none for the console, the API and their like.
#[must_use]
pub fn language_of(path: &str) -> Option<Language> {
    Language::from_word(path.strip_prefix('/')?.split('/').next()?)
}

/// Where a citizen sees, moves and cancels what was booked; for messages that lead there.
#[must_use]
pub fn booking(language: Language, token: &str) -> String {
    Paths::of(language).booking(token)
}

/// Where a citizen follows what they sent in; for messages that lead there.
#[must_use]
pub fn matter(language: Language, token: &str) -> String {
    Paths::of(language).matter(token)
}

/// Where a citizen says how it was to turn to us; for messages that lead there.
#[must_use]
pub fn survey(language: Language, token: &str) -> String {
    Paths::of(language).survey(token)
}

/// Where whoever is talked with sends files; for messages that lead there.
#[must_use]
pub fn files(language: Language, token: &str) -> String {
    Paths::of(language).files(token)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_step_and_act_has_an_address_of_its_own_in_each_language() {
        for language in Language::ALL {
            let paths = Paths::of(*language);
            let steps: BTreeSet<String> = Step::ALL.into_iter().map(|step| paths.step(step)).collect();
            assert_eq!(steps.len(), Step::ALL.len(), "{language}");
            for step in Step::ALL {
                assert_eq!(paths.step_of(paths.step(step).rsplit('/').next().unwrap()), Some(step));
                assert_eq!(language_of(&paths.step(step)), Some(*language));
            }
            let steps: BTreeSet<String> = adding::Step::ALL.into_iter().map(|step| paths.adding(step)).collect();
            assert_eq!(steps.len(), adding::Step::ALL.len(), "{language}");
            for step in adding::Step::ALL {
                assert_eq!(paths.adding_of(paths.adding(step).rsplit('/').next().unwrap()), Some(step));
            }
            for act in Act::ALL {
                assert_eq!(paths.act_of(paths.act("t", act).rsplit('/').next().unwrap()), Some(act));
            }
        }
        for path in ["/", "/desk", "/svar", "/api/v1/sv", ""] {
            assert_eq!(language_of(path), None, "{path:?}");
        }
    }
}
