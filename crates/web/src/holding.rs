//! A leader's hold of a matter, on its page: while it is held nothing of it is erased. Who holds it, since when and why stands
//! there, as do earlier holds; a plain form sets and lifts it. Reasons are personal data and shown to those alone who see persons.

use crate::{
    access::Reader,
    app::App,
    clock,
    fault::Fault,
    matters::{self, Sight},
    names,
    words::Words,
};
use axum::{
    Form,
    extract::{
        Path, State,
        rejection::{FormRejection, PathRejection},
    },
    response::Redirect,
};
use domain::{MatterId, Timestamp, access::Permission};
use maud::{Markup, html};
use serde::Deserialize;
use storage::{HOLD_REASON_CHARS_MAX, Hold, HoldReason, MatterFile};

/// The holds of a matter as this reader may see them.
///
/// # Errors
/// [`Fault::NotRead`] when they cannot be read, or the reading cannot be written down.
pub async fn holds(app: &App, reader: &Reader, matter: MatterId) -> Result<Vec<Hold>, Fault> {
    let told_why = reader.operator.filter(|_| reader.may(Permission::SeePersons));
    app.switchboard().holds(told_why, matter).await.map_err(|_| Fault::NotRead)
}

/// Whether it is held, since when, by whom and why, and what a leader can do about it; nothing where there is nothing to tell.
#[must_use]
pub fn draw(sight: &Sight<'_>, reader: &Reader, file: &MatterFile, holds: &[Hold]) -> Markup {
    let words = sight.words;
    let may_act = reader.may(Permission::HoldMatters) && reader.operator.is_some();
    let held = holds.iter().find(|hold| hold.lifted.is_none());
    if holds.is_empty() && !may_act {
        return html! {};
    }
    html! {
        section aria-labelledby="holding" {
            h2 #holding { (words.t("hold-title")) }
            @match held {
                Some(hold) => { (held_now(sight, hold)) }
                None => { p { (due(sight, file)) } }
            }
            @for hold in holds.iter().filter(|hold| hold.lifted.is_some()) { (bygone(sight, hold)) }
            @if may_act { (form(words, file, held.is_some())) }
        }
    }
}

/// What becomes of what is known of its citizens while nobody holds it.
fn due(sight: &Sight<'_>, file: &MatterFile) -> String {
    let (words, plan) = (sight.words, &sight.deployment.plan);
    let Some(closed) = file.matter.closed else { return words.t("hold-open") };
    match plan.keeping(closed, &file.contacts).and_then(|keeping| keeping.due) {
        Some(due) => words.with("hold-due", [("day", due.local(&plan.zone).date().to_string().into())]),
        None => words.t("hold-not-due"),
    }
}

fn held_now(sight: &Sight<'_>, hold: &Hold) -> Markup {
    let blanks = [("time", time(sight, hold.since).into()), ("who", names::operator(sight.words, sight.live, hold.by).into())];
    html! {
        p { span .mark.soon { (sight.words.with("hold-held", blanks)) } }
        (reason(hold.reason.as_ref()))
    }
}

fn bygone(sight: &Sight<'_>, hold: &Hold) -> Markup {
    let Some(lifted) = &hold.lifted else { return html! {} };
    let who = |operator| names::operator(sight.words, sight.live, operator);
    let blanks = [
        ("from", time(sight, hold.since).into()),
        ("who", who(hold.by).into()),
        ("to", time(sight, lifted.at).into()),
        ("by", who(lifted.by).into()),
    ];
    html! {
        p .quiet { (sight.words.with("hold-was-held", blanks)) }
        (reason(hold.reason.as_ref()))
        (reason(lifted.reason.as_ref()))
    }
}

fn reason(reason: Option<&HoldReason>) -> Markup {
    html! { @for line in reason.into_iter().flat_map(|reason| reason.text().lines()) { p { bdi { (line) } } } }
}

fn time(sight: &Sight<'_>, at: Timestamp) -> String {
    clock::time_of_day(at, &sight.deployment.plan.zone, sight.now)
}

fn form(words: Words, file: &MatterFile, is_held: bool) -> Markup {
    let (act, label) = if is_held { ("lift", "hold-lift") } else { ("set", "hold-set") };
    html! {
        form method="post" action={ "/matters/" (file.reference.digits()) "/hold" } {
            p .field {
                label for="hold-reason" { (words.with("hold-reason", [("most", HOLD_REASON_CHARS_MAX.into())])) }
                textarea #hold-reason name="reason" rows="2" maxlength=(HOLD_REASON_CHARS_MAX) required {}
            }
            button type="submit" name="act" value=(act) { (words.t(label)) }
        }
    }
}

#[derive(Deserialize)]
pub struct Wanted {
    act: String,
    reason: String,
}

/// `POST /matters/{reference}/hold`: back to the matter's page.
pub async fn take(
    State(app): State<App>,
    reader: Reader,
    reference: Result<Path<String>, PathRejection>,
    form: Result<Form<Wanted>, FormRejection>,
) -> Result<Redirect, Fault> {
    reader.require(Permission::HoldMatters)?;
    let Form(wanted) = form.map_err(|_| Fault::Unreadable(String::new()))?;
    let hold = match wanted.act.as_str() {
        "set" => true,
        "lift" => false,
        _ => return Err(Fault::WrongShape),
    };
    let file = change(&app, &reader, reference, &wanted.reason, hold).await?;
    Ok(Redirect::to(&format!("/matters/{}", file.reference.digits())))
}

/// Has a matter held, or let go.
///
/// # Errors
/// [`Fault::WrongShape`] for a reason that is none or too long, [`Fault::NotFound`] for an unknown matter, else the switchboard's.
pub async fn change(
    app: &App,
    reader: &Reader,
    reference: Result<Path<String>, PathRejection>,
    reason: &str,
    hold: bool,
) -> Result<MatterFile, Fault> {
    reader.require(Permission::HoldMatters)?;
    let by = reader.operator()?;
    let reason = HoldReason::read(reason).ok_or(Fault::WrongShape)?;
    let file = matters::opened(app, reader, reference).await?;
    let matter = file.matter.matter;
    if hold {
        app.switchboard().hold_matter(by, matter, &reason).await?;
    } else {
        app.switchboard().lift_hold(by, matter, &reason).await?;
    }
    Ok(file)
}
