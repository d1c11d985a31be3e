//! Differences with their intervals, one line for each group of callers.

use super::{at, told::Told};
use maud::{Markup, html};
use simulator::{
    figures::Measure,
    scenario::{Delta, DeltaOf},
    statistics::Verdict,
};

const WIDTH: f64 = 480.0;
const LEFT: f64 = 182.0;
const RIGHT: f64 = 464.0;
const TOP: f64 = 30.0;
const ROW: f64 = 26.0;

/// Differences from the one end of the axis to the other.
struct Scale {
    low: f64,
    high: f64,
    step: f64,
}

impl Scale {
    fn of(deltas: &[&Delta]) -> Self {
        let ends = deltas
            .iter()
            .flat_map(|delta| [delta.difference.mean - delta.difference.within, delta.difference.mean + delta.difference.within]);
        let (low, high) = ends.fold((0.0_f64, 0.0_f64), |(low, high), end| (low.min(end), high.max(end)));
        let span = (high - low).max(1e-3);
        // 1, 2 or 5 times a power of ten, so that there are three to six steps.
        let rough = span / 4.0;
        let power = 10.0_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|times| times * power).find(|step| *step >= rough).unwrap_or(rough);
        Self { low: (low / step).floor() * step, high: (high / step).ceil() * step, step }
    }

    fn x(&self, value: f64) -> f64 {
        LEFT + (value - self.low) / (self.high - self.low) * (RIGHT - LEFT)
    }

    fn lines(&self) -> impl Iterator<Item = f64> {
        let count = ((self.high - self.low) / self.step).round() as u32;
        (0..=count).map(|nth| self.low + f64::from(nth) * self.step)
    }
}

pub fn draw(told: &Told<'_>, measure: Measure, of: &[DeltaOf]) -> Markup {
    let deltas: Vec<&Delta> = of.iter().flat_map(|of| told.report.deltas_of(*of, measure)).collect();
    let scale = Scale::of(&deltas);
    let bottom = TOP + ROW * deltas.len() as f64;
    let id = if measure == Measure::Level { "level-difference" } else { "wait-difference" };
    let title = told.t(if measure.is_time() { "what-if-wait-difference" } else { "what-if-level-difference" });
    html! {
        figure {
            svg viewBox={ "0 0 " (WIDTH) " " (at(bottom + 28.0)) } role="img" aria-labelledby={ (id) "-title " (id) "-desc" } {
                title id={ (id) "-title" } { (title) }
                desc id={ (id) "-desc" } { (description(told, &deltas)) }
                @for line in scale.lines() {
                    path .{ @if line.abs() < scale.step / 2.0 { "zero" } @else { "grid" } } d={ "M" (at(scale.x(line))) " " (at(TOP)) " V" (at(bottom)) } {}
                    text .axis x=(at(scale.x(line))) y=(at(bottom + 19.0)) text-anchor="middle" { (tick(told, measure, line, scale.step)) }
                }
                text .axis x=(at(scale.x(0.0) - 8.0)) y=(at(TOP - 12.0)) text-anchor="end" { @if scale.low < 0.0 { "← " (told.t("say-lower")) } }
                text .axis x=(at(scale.x(0.0) + 8.0)) y=(at(TOP - 12.0)) { @if scale.high > 0.0 { (told.t("say-higher")) " →" } }
                @for (nth, delta) in deltas.iter().enumerate() {
                    @let y = TOP + ROW * (nth as f64 + 0.5);
                    @let found = delta.difference;
                    @let is_told = matches!(found.verdict, Verdict::Higher | Verdict::Lower);
                    @if nth > 0 && deltas[nth - 1].of != delta.of { path .grid d={ "M0 " (at(y - ROW / 2.0)) " H" (at(RIGHT)) } {} }
                    text .{ "name" @if delta.of == DeltaOf::Whole { " whole" } } x="0" y=(at(y + 4.5)) { (told.name(delta.of, &delta.name)) }
                    path .interval d={ "M" (at(scale.x(found.mean - found.within))) " " (at(y)) " H" (at(scale.x(found.mean + found.within))) } {}
                    rect .{ "difference" @if !is_told { " hollow" } } x=(at(scale.x(found.mean) - 4.0)) y=(at(y - 4.0)) width="8" height="8" {}
                }
            }
            figcaption { strong { (title) } }
        }
    }
}

fn tick(told: &Told<'_>, measure: Measure, value: f64, step: f64) -> String {
    let value = if value.abs() < step / 2.0 { 0.0 } else { value };
    let (shown, step) = if measure.is_time() { (value, step) } else { (value * 100.0, step * 100.0) };
    let number = told.decimal(shown, if step < 0.95 { 1 } else { 0 }).replace('-', "−");
    if measure.is_time() { told.words.with("what-if-seconds", [("seconds", number.into())]) } else { number }
}

fn description(told: &Told<'_>, deltas: &[&Delta]) -> String {
    let of_one = |delta: &&Delta| {
        let (name, found) = (told.name(delta.of, &delta.name), told.signed(delta.measure, delta.difference.mean));
        format!("{name}: {found}, {}.", told.verdict(delta))
    };
    deltas.iter().map(of_one).collect::<Vec<_>>().join(" ")
}
