//! Citizens' pages, a tree for each language (`/sv`, `/en`, `/da`): one thing at a time, large and plain, without
//! script. What an address holds is never personal; nothing is changed by fetching one.

pub(crate) mod adding;
pub mod booking;
mod drafts;
mod fields;
mod files;
mod following;
mod forms;
mod frame;
mod parts;
mod paths;
mod receipt;
mod start;
mod survey;
mod written;

pub use booking::dates::{MONTHS, WEEKDAYS};
pub(crate) use drafts::Drafts;
pub use paths::language_of;

use crate::{app::App, clock, fault::Fault, words::Words};
use axum::{Extension, Router, response::Response, routing::get};
use domain::intent::Language;
use frame::Frame;
use maud::html;
use paths::Paths;
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use switchboard::{CitizensPages, Deployment, SignInBroker};

/// Where citizens reach these pages from outside, for what is written to them.
#[must_use]
pub fn citizens_pages(address: Option<String>) -> CitizensPages {
    let (booking, matter, survey, files) = (paths::booking, paths::matter, paths::survey, paths::files);
    CitizensPages { address, booking, matter, survey, files, appointment: booking::appointment }
}

/// The language of the tree in which a page stands.
#[derive(Clone, Copy)]
pub(crate) struct Tongue(pub Language);

/// Every citizen's page of every language.
pub fn routes() -> Router<App> {
    Language::ALL.iter().fold(Router::new(), |all, language| all.merge(of(*language)))
}

/// What takes as long as a file takes, with limits of its own.
pub fn transfers() -> Router<App> {
    let of = |language| files::transfers(Paths::of(language)).layer(Extension(Tongue(language)));
    Language::ALL.iter().fold(Router::new(), |all, language| all.merge(of(*language)))
}

fn of(language: Language) -> Router<App> {
    let paths = Paths::of(language);
    let (book, add) = (paths.book(), paths.add());
    Router::new()
        .route(&paths.start(), get(start::page))
        .route(&book, get(booking::begin))
        .route(&format!("{book}/{{step}}"), get(booking::show).post(booking::take))
        .route(&format!("{book}/{{token}}/{{act}}"), get(booking::kept::show_act).post(booking::kept::take_act))
        .route(&add, get(adding::begin))
        .route(&format!("{add}/{{step}}"), get(adding::show).post(adding::take))
        .route(&paths.matter("{token}"), get(following::show).post(following::take))
        .route(&paths.receipt("{token}"), get(receipt::show))
        .route(&paths.survey("{token}"), get(survey::show).post(survey::take))
        .merge(forms::routes(paths))
        .merge(files::routes(paths))
        .layer(Extension(Tongue(language)))
}

/// What every page draws from.
pub(crate) struct Sight {
    pub words: Words,
    pub paths: Paths,
    pub deployment: Arc<Deployment>,
    /// By which citizens sign in, where they can.
    pub broker: Option<Arc<SignInBroker>>,
    pub now: domain::Timestamp,
}

impl Sight {
    pub(crate) fn of(app: &App, language: Language) -> Self {
        let (deployment, now) = (app.switchboard().deployment(), app.switchboard().now());
        Self { words: Words::new(language), paths: Paths::of(language), deployment, broker: app.config().sign_in.clone(), now }
    }

    /// What the authority calls itself.
    pub(crate) fn authority(&self) -> String {
        self.text(&self.deployment.plan.title).unwrap_or_else(|| self.words.t("product"))
    }

    /// A text of the plan in the page's language, else in the first that it has.
    pub(crate) fn text(&self, texts: &BTreeMap<Language, String>) -> Option<String> {
        self.deployment.plan.in_language(texts, self.words.language)
    }

    /// The page's language, or the first of the plan's where it has not that one.
    pub(crate) fn planned_language(&self) -> Language {
        let planned = &self.deployment.plan.languages;
        let first = planned.first().copied().unwrap_or(self.words.language);
        Some(self.words.language).filter(|language| planned.contains(language)).unwrap_or(first)
    }

    /// Too much has come from one address: when to try again, and the number to ring instead.
    pub(crate) fn too_often(&self, wait: Duration) -> String {
        let until = self.now.plus_ms(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
        let time = clock::time_of_day(until, &self.deployment.plan.zone, self.now);
        self.words.with("add-too-often", [("time", time.into()), ("number", self.number_to_read().into())])
    }

    /// A number as it is rung, where the plan lets us.
    pub(crate) fn dialled(&self, number: &str) -> Option<String> {
        self.deployment.plan.call_backs.as_ref()?.diallable(number)
    }

    /// The number at which people answer, as it is dialled.
    pub(crate) fn number(&self) -> String {
        self.deployment.plan.numbers.first().cloned().unwrap_or_default()
    }

    /// The same as it is read: short numbers are said in two pieces.
    pub(crate) fn number_to_read(&self) -> String {
        in_two_pieces(self.number())
    }
}

fn in_two_pieces(number: String) -> String {
    match number.split_at_checked(3) {
        Some((first, rest)) if number.len() == 5 => format!("{first}\u{a0}{rest}"),
        _ => number,
    }
}

/// What a citizen is told when something cannot be done, with the way to a human beside it.
pub(crate) fn fault_page(app: &App, language: Language, fault: &Fault, reference: &str) -> Response {
    let sight = Sight::of(app, language);
    let key = if matches!(fault, Fault::NotFound) { Some("not-found") } else { None };
    let (what, mend) = match key {
        Some(_) => (sight.words.t("public-not-found"), sight.words.t("public-not-found-mend")),
        None => fault.in_words(sight.words),
    };
    let frame = Frame { sight: &sight, title: &what, elsewhere: Paths::start, back: None, wrong: false };
    let content = html! {
        h1 .govuk-heading-l { (what) }
        p .govuk-body { (mend) }
        p .govuk-body { (sight.words.with("public-fault-ring", [("number", sight.number_to_read().into())])) }
        p .govuk-body { a .govuk-link href=(sight.paths.start()) { (sight.words.t("public-to-start")) } }
        p .govuk-body-s { (sight.words.t("fault-reference")) " " span .number { (reference) } }
    };
    axum::response::IntoResponse::into_response(frame.page(&content))
}

/// An address as the log may have it: what may give access to a citizen's matter is left out, also where signs cling to it
/// as to a link at the end of a sentence, and where it stands at no address of ours.
pub(crate) fn without_secrets(path: &str) -> String {
    path.split('/').map(|part| if booking::kept::may_hold_token(part) { "TOKEN" } else { part }).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gives_access_is_not_in_the_log_whatever_clings_to_it() {
        let token = "946044245aef9f7029124eead02a9e9d4e3c";
        for (before, after) in
            [("/en/matter/", ""), ("/en/matter/", "/files"), ("/en/matter/", "%00"), ("/sv/boka/", "."), ("/SV/arende/", ""), ("//", ")")]
        {
            let shown = without_secrets(&format!("{before}{token}{after}"));
            assert!(!shown.contains(token) && shown.contains("TOKEN") && shown.starts_with(before), "{shown}");
        }
        for path in ["/", "/en/report/theft/check", "/api/v1/contacts/1/why", "/desk/search"] {
            assert_eq!(without_secrets(path), path);
        }
    }
}
