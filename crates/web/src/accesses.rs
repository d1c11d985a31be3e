//! The access log as a page: who read whose data, when, what and why, with what was refused, held and erased; newest first, by
//! matter, contact, account and day. Looking at it is in the log before anything is shown. Links and a plain form, no script.

use crate::{
    access::Reader,
    app::App,
    clock,
    fault::Fault,
    layout::{self, Frame},
    names,
    preferences::Preferences,
    words::Words,
};
use axum::extract::{Query, State, rejection::QueryRejection};
use domain::{ContactId, OperatorId, Timestamp, access::Permission, contact::Reference, plan::Plan};
use jiff::{civil::Date, tz::TimeZone};
use maud::{Markup, html};
use serde::Deserialize;
use storage::{Access, AccessFilter};
use switchboard::Live;

/// Rows of a page.
const ROWS: u32 = 250;
/// What the log calls what was read or done. What is not among them (of an older or newer program) stands as it is.
pub const WHATS: [&str; 8] = ["caller", "report", "matter", "evidence", "opinion", "access_log", "hold", "retention"];
/// What for. A reason that somebody wrote stands as it is.
pub const WHYS: [&str; 10] = ["ring", "talk", "wrap_up", "promise", "search", "conflict", "survey", "refused", "set", "lifted"];

/// As the form and the links write it; what is left empty asks for all.
#[derive(Clone, Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    matter: String,
    #[serde(default)]
    contact: String,
    /// A login, or a reader as the log names it.
    #[serde(default)]
    who: String,
    #[serde(default)]
    day: String,
    #[serde(default)]
    before: String,
}

/// The field that asks for nothing there is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Matter,
    Contact,
    Who,
    Day,
}

/// `GET /access`.
pub async fn page(
    State(app): State<App>,
    reader: Reader,
    preferences: Preferences,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Markup, Fault> {
    let wanted = wanted.map(|Query(wanted)| wanted);
    let contact = wanted.as_ref().ok().and_then(|wanted| wanted.contact.trim().parse().ok()).map(ContactId);
    reader.require_for(&app, Permission::SeeAccessLog, "access_log", contact).await?;
    let wanted = wanted.map_err(|_| Fault::Unreadable("known are matter, contact, who, day and before".to_owned()))?;
    let (words, live, deployment) = (preferences.words(), app.switchboard().live(), app.switchboard().deployment());
    let me = reader.operator()?;
    let found = match filter(&app, &wanted, &deployment.plan.zone).await? {
        Ok(filter) => Ok(Rows::of(&app, me, filter).await?),
        Err(field) => Err(field),
    };
    let title = words.t("access-title");
    let sight = Sight { words, plan: &deployment.plan, live: &live, now: clock::now() };
    let frame = Frame { preferences, title: &title, reader: Some(&reader), here: "lead", address: "/access", parts: &[] };
    let content = html! {
        main #content .surveys-page tabindex="-1" {
            h1 { (title) }
            p .quiet { (words.t("access-about")) }
            (form(words, &wanted, found.as_ref().err().copied()))
            @if let Ok(rows) = &found { (list(&sight, &wanted, rows)) }
        }
    };
    Ok(layout::page(&frame, &content))
}

struct Rows {
    rows: Vec<Access>,
    /// There are earlier ones.
    more: bool,
}

impl Rows {
    async fn of(app: &App, me: OperatorId, filter: AccessFilter) -> Result<Self, Fault> {
        let rows = app.switchboard().accesses(me, &filter, ROWS).await.map_err(|_| Fault::NotRead)?;
        let Some(last) = rows.last() else { return Ok(Self { rows, more: false }) };
        // Whether there is one more is all that is asked of it.
        let earlier = AccessFilter { before: Some(last.at), ..filter };
        let more = !app.switchboard().store().accesses(&earlier, 1).await.map_err(|_| Fault::NotRead)?.is_empty();
        Ok(Self { rows, more })
    }
}

/// What the wanted rows are; the field that names nothing where there is one.
async fn filter(app: &App, wanted: &Wanted, zone: &TimeZone) -> Result<Result<AccessFilter, Field>, Fault> {
    let mut filter = AccessFilter::default();
    if !wanted.matter.trim().is_empty() {
        let Ok(reference) = wanted.matter.parse::<Reference>() else { return Ok(Err(Field::Matter)) };
        let file = app.switchboard().store().matter_by_reference(reference).await.map_err(|_| Fault::NotRead)?;
        let Some(file) = file else { return Ok(Err(Field::Matter)) };
        filter.matter = Some(file.matter.matter);
    }
    if !wanted.contact.trim().is_empty() {
        let Ok(contact) = wanted.contact.trim().parse() else { return Ok(Err(Field::Contact)) };
        filter.contact = Some(ContactId(contact));
    }
    if !wanted.who.trim().is_empty() {
        let Some(who) = named(app, wanted.who.trim()).await? else { return Ok(Err(Field::Who)) };
        filter.reader = Some(who);
    }
    if !wanted.day.trim().is_empty() {
        let Some((from, to)) = day(wanted.day.trim(), zone) else { return Ok(Err(Field::Day)) };
        (filter.from, filter.before) = (Some(from), Some(to));
    }
    if let Ok(before) = wanted.before.parse() {
        filter.before = Some(filter.before.map_or(Timestamp(before), |end| end.min(Timestamp(before))));
    }
    Ok(Ok(filter))
}

async fn named(app: &App, who: &str) -> Result<Option<storage::Reader>, Fault> {
    if let Some(reader) = storage::Reader::from_word(who) {
        return Ok(Some(reader));
    }
    let account = app.switchboard().store().account_by_login(who).await.map_err(|_| Fault::NotRead)?;
    Ok(account.map(|account| storage::Reader::Account(account.id)))
}

/// The first instant of a day and of the next.
fn day(text: &str, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    let day: Date = text.parse().ok()?;
    let begins = |day: Date| day.to_zoned(zone.clone()).ok().map(|zoned| Timestamp(zoned.timestamp().as_millisecond()));
    Some((begins(day)?, begins(day.tomorrow().ok()?)?))
}

struct Sight<'a> {
    words: Words,
    plan: &'a Plan,
    live: &'a Live,
    now: Timestamp,
}

fn form(words: Words, wanted: &Wanted, wrong: Option<Field>) -> Markup {
    let fields = [
        ("matter", "access-matter", &wanted.matter, Field::Matter),
        ("contact", "access-contact", &wanted.contact, Field::Contact),
        ("who", "access-who", &wanted.who, Field::Who),
        ("day", "access-day", &wanted.day, Field::Day),
    ];
    html! {
        form method="get" action="/access" {
            @for (name, label, value, field) in fields {
                @let is_wrong = wrong == Some(field);
                p .field {
                    label for={ "access-" (name) } { (words.t(label)) }
                    input id={ "access-" (name) } name=(name) value=(value) autocomplete="off"
                        type=(if field == Field::Day { "date" } else { "text" })
                        aria-invalid=[is_wrong.then_some("true")] aria-describedby=[is_wrong.then_some("access-wrong")];
                }
                @if is_wrong { p #access-wrong role="alert" { (words.t("access-none-such")) } }
            }
            button type="submit" { (words.t("access-show")) }
        }
    }
}

fn list(sight: &Sight<'_>, wanted: &Wanted, Rows { rows, more }: &Rows) -> Markup {
    let words = sight.words;
    let next = rows.last().filter(|_| *more).map(|last| address(&Wanted { before: last.at.0.to_string(), ..wanted.clone() }));
    html! {
        section aria-labelledby="accesses" tabindex="0" {
            h2 #accesses { (words.t("access-rows")) }
            @if rows.is_empty() { p .empty { (words.t("access-none")) } } @else {
                table .list {
                    thead { tr {
                        th scope="col" { (words.t("access-time")) }
                        th scope="col" { (words.t("access-who-head")) }
                        th scope="col" { (words.t("access-what")) }
                        th scope="col" { (words.t("access-why")) }
                        th scope="col" { (words.t("access-matter-head")) }
                        th scope="col" { (words.t("access-contact-head")) }
                    } }
                    tbody { @for row in rows { (one(sight, row)) } }
                }
            }
            p .acts {
                @if !wanted.before.is_empty() { a href=(address(&Wanted { before: String::new(), ..wanted.clone() })) { (words.t("access-newest")) } " " }
                @if let Some(next) = next { a href=(next) rel="next" { (words.t("access-earlier")) } }
            }
        }
    }
}

fn one(sight: &Sight<'_>, row: &Access) -> Markup {
    let words = sight.words;
    let by = Wanted { who: row.reader.word(), ..Wanted::default() };
    let of_matter = row.matter.map(Reference::of);
    html! {
        tr {
            td .number { (clock::to_the_second(row.at, &sight.plan.zone, sight.now)) }
            td { a href=(address(&by)) { bdi { (who(sight, &row.reader)) } } }
            td { (told(words, "access-what", &WHATS, &row.what)) }
            td { (told(words, "access-why", &WHYS, &row.why)) }
            td .number {
                @if let Some(reference) = of_matter { a href={ "/matters/" (reference.digits()) } { (reference) } }
            }
            td .number {
                @if let Some(contact) = row.contact {
                    a href=(address(&Wanted { contact: contact.to_string(), ..Wanted::default() })) { (contact) }
                }
            }
        }
    }
}

fn who(sight: &Sight<'_>, reader: &storage::Reader) -> String {
    match reader {
        storage::Reader::Account(operator) => names::operator(sight.words, sight.live, *operator),
        storage::Reader::Token(label) => sight.words.with("access-token", [("label", label.clone().into())]),
        storage::Reader::System => sight.words.t("access-system"),
    }
}

fn told(words: Words, family: &str, known: &[&str], word: &str) -> Markup {
    html! { @if known.contains(&word) { (words.named(family, word)) } @else { bdi { (word) } } }
}

/// The same page by a link.
fn address(wanted: &Wanted) -> String {
    let fields =
        [("matter", &wanted.matter), ("contact", &wanted.contact), ("who", &wanted.who), ("day", &wanted.day), ("before", &wanted.before)];
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(fields.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, value.trim())));
    format!("/access?{}", query.finish())
}

/// The readings of one matter.
#[must_use]
pub fn of_matter(reference: Reference) -> String {
    address(&Wanted { matter: reference.digits(), ..Wanted::default() })
}
