//! The addresses of forms in each language. They are printed and sent to people: they never change. What a page asks has
//! the form's own id in it, which is the same in every language.

use super::super::paths::Paths;
use domain::{
    form::{Catalogue, Form, Page, Row},
    intent::Language,
};

/// A page of a form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// A page of questions, and which time it is asked.
    Question(String, Row),
    /// Whether there is more of what a page is asked for.
    More(String),
    /// This form is not the way.
    OtherWay,
    Check,
    Done,
    /// A file with all answers, to keep.
    Receipt,
    /// The code under which one goes on later.
    Save,
    Forget,
    /// Leads to the broker by which somebody signs in.
    SignIn,
    SignOut,
    /// Somebody came back from there, or could not be led there.
    NotSignedIn(Hindrance),
}

/// Why somebody who wanted to sign in is not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Hindrance {
    /// They said no, there.
    Cancelled,
    /// The broker does not answer.
    NoAnswer,
    /// It took too long, or what came back proves nothing.
    Failed,
}

const PLAIN: [Place; 11] = [
    Place::OtherWay,
    Place::Check,
    Place::Done,
    Place::Receipt,
    Place::Save,
    Place::Forget,
    Place::SignIn,
    Place::SignOut,
    Place::NotSignedIn(Hindrance::Cancelled),
    Place::NotSignedIn(Hindrance::NoAnswer),
    Place::NotSignedIn(Hindrance::Failed),
];

impl Paths {
    /// Where reports are made.
    pub(in crate::public) fn reports(self) -> String {
        format!("/{}/{}", self.language, self.in_words(["anmal", "report", "anmeld"]))
    }

    /// Where a form that was set aside is opened.
    pub(super) fn go_on(self) -> String {
        format!("{}/{}", self.reports(), self.in_words(["fortsatt", "go-on", "fortsaet"]))
    }

    /// Where somebody comes back to who has signed in; the broker is told it before.
    pub(super) fn signed_in(self) -> String {
        format!("/{}/{}", self.language, self.in_words(["inloggad", "signed-in", "logget-ind"]))
    }

    pub(in crate::public) fn form(self, form: &Form) -> String {
        let word = form.path.get(&self.language).map_or("", String::as_str);
        format!("{}/{word}", self.reports())
    }

    /// The form that an address names.
    pub(super) fn form_of(self, forms: &Catalogue, word: &str) -> Option<Form> {
        forms.forms.iter().find(|form| form.path.get(&self.language).is_some_and(|path| path == word)).cloned()
    }

    pub(super) fn place(self, form: &Form, place: &Place) -> String {
        let base = self.form(form);
        match place {
            Place::Question(page, row) if form.page(page).is_some_and(|page| page.repeats.is_some()) => {
                format!("{base}/{}/{page}/{}", self.question(), u16::from(*row) + 1)
            }
            Place::Question(page, _) => format!("{base}/{}/{page}", self.question()),
            Place::More(page) => format!("{base}/{}/{page}", self.more()),
            plain => format!("{base}/{}", self.plain(plain)),
        }
    }

    pub(super) fn at(self, form: &Form, page: &Page, row: Row) -> String {
        self.place(form, &Place::Question(page.id.clone(), row))
    }

    /// What stands behind the form in an address.
    pub(super) fn place_of(self, rest: &str) -> Option<Place> {
        let parts: Vec<&str> = rest.split('/').collect();
        match parts.as_slice() {
            [plain] => PLAIN.into_iter().find(|place| self.plain(place) == *plain),
            [word, page] if *word == self.question() => Some(Place::Question((*page).to_owned(), 0)),
            [word, page, row] if *word == self.question() => {
                let row: Row = row.parse().ok().filter(|_| !row.starts_with(['+', '0']))?;
                Some(Place::Question((*page).to_owned(), row - 1))
            }
            [word, page] if *word == self.more() => Some(Place::More((*page).to_owned())),
            _ => None,
        }
    }

    fn question(self) -> &'static str {
        self.in_words(["fraga", "question", "spoergsmaal"])
    }

    fn more(self) -> &'static str {
        self.in_words(["fler", "more", "flere"])
    }

    fn plain(self, place: &Place) -> &'static str {
        self.in_words(match place {
            Place::OtherWay => ["annan-vag", "other-way", "anden-vej"],
            Place::Check => ["granska", "check", "gennemse"],
            Place::Done => ["klart", "done", "faerdig"],
            Place::Receipt => return self.receipt_word(),
            Place::Save => ["spara", "save", "gem"],
            Place::Forget => ["glom", "forget", "glem"],
            Place::SignIn => ["logga-in", "sign-in", "log-ind"],
            Place::SignOut => ["logga-ut", "sign-out", "log-ud"],
            Place::NotSignedIn(Hindrance::Cancelled) => ["inloggning-avbruten", "sign-in-cancelled", "login-afbrudt"],
            Place::NotSignedIn(Hindrance::NoAnswer) => ["inloggning-svarar-inte", "sign-in-no-answer", "login-svarer-ikke"],
            Place::NotSignedIn(Hindrance::Failed) => ["inloggning-misslyckad", "sign-in-failed", "login-mislykket"],
            Place::Question(..) | Place::More(_) => return "",
        })
    }

    fn in_words(self, [swedish, english, danish]: [&'static str; 3]) -> &'static str {
        match self.language {
            Language::Swedish => swedish,
            Language::English => english,
            Language::Danish => danish,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_to_its_page_and_no_other_does() {
        let swedish = Paths::of(Language::Swedish);
        for (rest, place) in [
            ("fraga/where", Some(Place::Question("where".into(), 0))),
            ("fraga/things/3", Some(Place::Question("things".into(), 2))),
            ("fler/things", Some(Place::More("things".into()))),
            ("granska", Some(Place::Check)),
            ("kvitto.pdf", Some(Place::Receipt)),
            ("receipt.pdf", None),
            ("logga-in", Some(Place::SignIn)),
            ("inloggning-avbruten", Some(Place::NotSignedIn(Hindrance::Cancelled))),
            ("check", None),
            ("fraga", None),
            ("fraga/things/0", None),
            ("fraga/things/256", None),
            ("fraga/things/+1", None),
            ("fraga/things/1/2", None),
            ("", None),
        ] {
            assert_eq!(swedish.place_of(rest), place, "{rest}");
        }
    }
}
