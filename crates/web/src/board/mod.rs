//! The board on the wall: the nation on top, a row for each region, the day in half hours. Figures
//! only, no person; readable from five metres, nothing scrolls.

use crate::{
    access::Reader,
    app::App,
    clock,
    components::{notices, strip},
    fault::Fault,
    figures::{self, Level},
    layout::{self, Frame},
    preferences::Preferences,
    words::{Blank, Words},
};
use axum::extract::State;
use domain::{
    RegionId, Timestamp,
    access::Permission,
    contact::{ContactState, Owner},
    plan::Plan,
    routing::{OperatorState, PromiseView, View},
    time::MINUTE_MS,
};
use maud::{Markup, html};
use switchboard::{Deployment, Live};

/// Everything that one drawing of a board looks at.
pub struct Sight<'a> {
    pub words: Words,
    pub deployment: &'a Deployment,
    pub live: &'a Live,
    pub now: Timestamp,
}

/// A board is open to all when the deployment says so, else to those who may see it.
///
/// # Errors
/// [`Fault::NotSignedIn`] or [`Fault::Forbidden`].
pub fn require(app: &App, reader: Option<&Reader>) -> Result<(), Fault> {
    match reader {
        _ if app.config().board_public => Ok(()),
        Some(reader) => reader.require(Permission::SeeBoard),
        None => Err(Fault::NotSignedIn),
    }
}

/// `GET /board`.
pub async fn page(State(app): State<App>, reader: Option<Reader>, preferences: Preferences) -> Result<Markup, Fault> {
    require(&app, reader.as_ref())?;
    let (live, deployment) = (app.switchboard().live(), app.switchboard().deployment());
    let sight = Sight { words: preferences.words(), deployment: &deployment, live: &live, now: clock::now() };
    Ok(draw(&sight, reader.as_ref(), preferences))
}

/// `GET /board/parts`.
pub async fn parts(State(app): State<App>, reader: Option<Reader>, preferences: Preferences) -> Result<Markup, Fault> {
    require(&app, reader.as_ref())?;
    let (live, deployment) = (app.switchboard().live(), app.switchboard().deployment());
    Ok(figures(&Sight { words: preferences.words(), deployment: &deployment, live: &live, now: clock::now() }))
}

/// The whole page.
#[must_use]
pub fn draw(sight: &Sight<'_>, reader: Option<&Reader>, preferences: Preferences) -> Markup {
    let words = sight.words;
    let title = words.t("board-title");
    let frame = Frame { preferences, title: &title, reader, here: "board", address: "/board", parts: &["board.css", "board.js"] };
    let content = html! {
        (notices::draw(words, sight.live.health))
        main #content .board tabindex="-1" data-stream="/board/stream" data-parts="/board/parts" {
            h1 .only-heard { (title) }
            (figures(sight))
        }
    };
    layout::page(&frame, &content)
}

/// One line of the board: a region, or the nation.
struct Row {
    name: String,
    waiting: usize,
    oldest_since: Option<Timestamp>,
    expected_ms: Option<(u64, u64)>,
    operators: Operators,
    level: Level,
    promises_late: usize,
}

#[derive(Default)]
struct Operators {
    ready: usize,
    talking: usize,
    wrap_up: usize,
    /// On a pause of their own, or set aside because they did not answer.
    paused: usize,
    /// Their page is gone; a citizen may be on the line.
    lost: usize,
}

fn row(sight: &Sight<'_>, region: Option<&RegionId>, name: String) -> Row {
    let view = &sight.live.view;
    let queues: Vec<_> = view.queues.iter().filter(|queue| region.is_none_or(|region| *region == queue.region)).collect();
    Row {
        name,
        waiting: queues.iter().map(|queue| queue.waiting).sum(),
        oldest_since: queues.iter().filter_map(|queue| queue.oldest_since).min(),
        expected_ms: expected(&queues),
        operators: operators(view, region),
        level: figures::level(sight.live, &sight.deployment.plan, region, sight.now),
        promises_late: view
            .promises
            .iter()
            .filter(|promise| {
                promise.is_late(sight.now) && region.is_none_or(|region| belongs(&sight.deployment.plan, view, promise, region))
            })
            .count(),
    }
}

/// The widest interval of the queues in which somebody waits; silence while one is not calibrated.
fn expected(queues: &[&domain::routing::QueueView]) -> Option<(u64, u64)> {
    let waiting: Vec<_> = queues.iter().filter(|queue| queue.waiting > 0).map(|queue| queue.expected_ms).collect::<Option<_>>()?;
    Some((waiting.iter().map(|(from, _)| *from).min()?, waiting.iter().map(|(_, to)| *to).max()?))
}

fn operators(view: &View, region: Option<&RegionId>) -> Operators {
    use OperatorState as S;
    let mut counts = Operators::default();
    for operator in view.operators.iter().filter(|operator| region.is_none_or(|region| *region == operator.region)) {
        match operator.state {
            S::Idle => counts.ready += 1,
            S::Offered | S::Connecting | S::Engaged | S::Consulting => counts.talking += 1,
            S::WrapUp => counts.wrap_up += 1,
            S::Paused | S::Unresponsive => counts.paused += 1,
            S::Lost => counts.lost += 1,
            S::SignedOut => {}
        }
    }
    counts
}

/// Whether a promise is owed by somebody or something of this region.
fn belongs(plan: &Plan, view: &View, promise: &PromiseView, region: &RegionId) -> bool {
    match &promise.owner {
        Owner::Queue(queue) => view.queues.iter().any(|view| view.queue == *queue && view.region == *region),
        Owner::Operator(operator) => view.operators.iter().any(|view| view.operator == *operator && view.region == *region),
        Owner::Unit(unit) => *unit == plan.follow_up.unit_of(Some(region)),
        Owner::Dialogue => view.contacts.iter().any(|view| view.matter == promise.matter && view.region.as_ref() == Some(region)),
    }
}

/// All that changes: nation, regions, day, legend.
#[must_use]
pub fn figures(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    let plan = &sight.deployment.plan;
    let nation = row(sight, None, words.t("board-nation"));
    let regions: Vec<Row> = plan.regions.iter().map(|region| row(sight, Some(&region.id), region.name.clone())).collect();
    html! {
        div #board-figures .part data-part="board" {
            (top(sight, &nation))
            table .regions role="table" {
                caption .only-heard { (words.t("board-regions")) }
                thead role="rowgroup" { tr role="row" {
                    @for key in HEADINGS { th scope="col" role="columnheader" .number[key != "board-region"] { (words.t(key)) } }
                } }
                tbody role="rowgroup" { @for region in &regions { (region_row(sight, region)) } }
            }
            (outside_hours(sight))
            (strip::draw(words, &figures::half_hours(sight.live, plan, sight.now), &plan.zone, sight.now))
            (legend(sight))
        }
    }
}

const HEADINGS: [&str; 11] = [
    "board-region",
    "board-waiting",
    "board-longest",
    "board-expected",
    "board-ready",
    "board-talking",
    "board-wrap-up",
    "board-paused",
    "board-lost",
    "board-level",
    "board-late",
];

fn top(sight: &Sight<'_>, nation: &Row) -> Markup {
    let words = sight.words;
    let plan = &sight.deployment.plan;
    let big = |label: &str, figure: Markup| {
        html! { div .big { dt { (words.t(label)) } dd .number { (figure) } } }
    };
    html! {
        section .nation aria-label=(nation.name) {
            h2 { (nation.name) span .clock .number { (clock::time_of_day(sight.now, &plan.zone, sight.now)) } }
            dl {
                (big("board-waiting", html! { (nation.waiting) }))
                (big("board-longest", longest(sight, nation)))
                (big("board-ready", html! { (nation.operators.ready) }))
                (big("board-talking", html! { (nation.operators.talking) }))
                (big("board-wrap-up", html! { (nation.operators.wrap_up) }))
                (big("board-paused", html! { (nation.operators.paused) }))
                (big("board-lost", lost(nation)))
                (big("board-level", level(sight, &nation.level)))
                (big("board-call-backs", html! { (call_backs(sight)) }))
                (big("board-kept", kept(sight)))
                (big("board-late", counted(nation.promises_late)))
            }
        }
    }
}

/// Calls that we owe: in line, resting, or being made.
fn call_backs(sight: &Sight<'_>) -> usize {
    sight.live.view.contacts.iter().filter(|contact| contact.call.is_some() && contact.state != ContactState::WrapUp).count()
}

/// Promises due today that were kept in time, of all that are due today.
fn kept(sight: &Sight<'_>) -> Markup {
    let today = sight.live.figures.promises_of_all_kinds();
    if today.due == 0 {
        return dash(sight.words, "board-none-due");
    }
    html! { (today.kept_in_time) span .unit.quiet { "/" (today.due) } }
}

fn region_row(sight: &Sight<'_>, row: &Row) -> Markup {
    let words = sight.words;
    let cell = |heading: &str, content: Markup| html! { td role="cell" .number data-label=(words.t(heading)) { (content) } };
    html! {
        tr role="row" .nobody[row.waiting == 0] {
            th scope="row" role="rowheader" { (row.name) }
            (cell("board-waiting", html! { strong { (row.waiting) } }))
            (cell("board-longest", longest(sight, row)))
            (cell("board-expected", expected_text(words, row)))
            (cell("board-ready", html! { (row.operators.ready) }))
            (cell("board-talking", html! { (row.operators.talking) }))
            (cell("board-wrap-up", html! { (row.operators.wrap_up) }))
            (cell("board-paused", html! { (row.operators.paused) }))
            (cell("board-lost", lost(row)))
            (cell("board-level", html! { (level(sight, &row.level)) (bar(sight, &row.level)) }))
            (cell("board-late", late(words, row.promises_late)))
        }
    }
}

/// Nobody lost is the rule and stands back; the heading says the word.
fn lost(row: &Row) -> Markup {
    html! { @if row.operators.lost == 0 { span .quiet { "0" } } @else { span .mark .late { (row.operators.lost) } } }
}

fn longest(sight: &Sight<'_>, row: &Row) -> Markup {
    let Some(since) = row.oldest_since else { return dash(sight.words, "nobody-waits") };
    let over = sight.now.since_ms(since) > sight.deployment.plan.service_level.within_ms;
    html! {
        @if over { span .mark.late { (clock::counting_up(since, sight.now)) span .only-heard { " " (sight.words.t("board-over-goal")) } } }
        @else { (clock::counting_up(since, sight.now)) }
    }
}

fn dash(words: Words, why: &str) -> Markup {
    html! { span .dash { span aria-hidden="true" { "–" } span .only-heard { (words.t(why)) } } }
}

/// "3–7" minutes, or a dash while it is not calibrated.
fn expected_text(words: Words, row: &Row) -> Markup {
    let Some((from, to)) = row.expected_ms else {
        return dash(words, if row.waiting == 0 { "nobody-waits" } else { "board-not-expected" });
    };
    let minutes = |ms: u64| ms.div_ceil(MINUTE_MS);
    html! { (minutes(from)) "–" (minutes(to)) " " span .unit { (words.t("minutes-short")) } }
}

/// Without a word of its own, below the heading that says it.
fn counted(late: usize) -> Markup {
    html! { span .mark .kept[late == 0] .late[late > 0] { (late) } }
}

fn late(words: Words, count: usize) -> Markup {
    html! {
        @if count == 0 { span .mark.kept { "0" } }
        @else { span .mark.late { (count) " " span .unit { (words.with("board-late-unit", [("count", count.into())])) } } }
    }
}

/// The level against the goal: a figure with a sign, because colour alone says nothing.
fn level(sight: &Sight<'_>, level: &Level) -> Markup {
    let words = sight.words;
    let permille = match level {
        Level::Permille(permille) => *permille,
        Level::NotYet => return dash(words, "board-no-level"),
        Level::OutsideHours => return html! { span .unit.quiet { (words.t("board-outside-hours")) } },
    };
    let kept = permille >= sight.deployment.plan.service_level.goal_permille;
    let sign = if kept { "▲" } else { "▼" };
    html! {
        span .mark .kept[kept] .late[!kept] {
            (figures::percent(words, permille)) " " span .sign aria-hidden="true" { (sign) }
            span .only-heard { " " (words.t(if kept { "board-goal-kept" } else { "board-goal-missed" })) }
        }
    }
}

/// The same as a bar of a hundred with the goal's mark.
fn bar(sight: &Sight<'_>, level: &Level) -> Markup {
    let goal = sight.deployment.plan.service_level.goal_permille / 10;
    html! {
        svg .level-bar viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" {
            rect .empty-bar x="0" y="1" width="100" height="4" {}
            @if let Level::Permille(permille) = level { rect .full-bar x="0" y="1" width=(permille / 10) height="4" {} }
            rect .goal-mark x=(goal) y="0" width="0.8" height="6" {}
        }
    }
}

/// What arrived outside the day's hours. Always there, so that nothing moves when the evening begins.
fn outside_hours(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    let counts = figures::outside_hours(sight.live);
    let figure = |label: &str, count: u64| html! { div { dt { (words.t(label)) } dd .number { (count) } } };
    html! {
        section .outside aria-labelledby="outside-title" {
            h2 #outside-title { (words.with("outside-title", hours(sight))) }
            dl {
                (figure("outside-offered", counts.offered))
                (figure("outside-in-time", counts.answered_in_time))
                (figure("outside-late", counts.answered - counts.answered_in_time))
                (figure("outside-abandoned", counts.abandoned))
                (figure("outside-waiting", counts.still_waiting()))
            }
        }
    }
}

/// The plan's hours, to fill the blanks of a text.
fn hours(sight: &Sight<'_>) -> [(&'static str, Blank); 2] {
    let level = &sight.deployment.plan.service_level;
    [("from", level.from.strftime("%H:%M").to_string().into()), ("to", level.to.strftime("%H:%M").to_string().into())]
}

fn legend(sight: &Sight<'_>) -> Markup {
    let words = sight.words;
    let level = &sight.deployment.plan.service_level;
    let [from, to] = hours(sight);
    let minutes = ("minutes", (level.within_ms / MINUTE_MS).into());
    let goal = words.with("legend-level", [minutes, ("goal", figures::percent(words, level.goal_permille).into()), from, to]);
    html! {
        footer .legend {
            h2 .only-heard { (words.t("legend-title")) }
            p { (words.t("legend-waiting")) " " (words.t("legend-expected")) " " (words.t("legend-operators")) " " (goal) " " (words.t("legend-late")) }
        }
    }
}
