//! A place as it is known: a circle with its scale and the nearest places, never a bare pin, and
//! always the same in words. Floats are for drawing only.

use crate::words::Words;
use domain::place::{Circle, Locality, Position};
use maud::{Markup, html};
use switchboard::{Deployment, KnownLocality};

const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 200.0;
/// Nearest places that are looked at, and that are written out.
const NEAREST_MAX: usize = 12;
const WRITTEN_MAX: usize = 3;
/// What is drawn around a place whose radius nobody told, dashed.
const UNKNOWN_RADIUS_M: u32 = 2_000;
/// Never closer than this, so that a few metres do not fill the drawing.
const HALF_HEIGHT_M_MIN: f64 = 400.0;
/// Farther places are not "near".
const NEAR_M_MAX: u32 = 60_000;
/// Room for one name in the drawing.
const NAME_HEIGHT: f64 = 14.0;
const LETTER_WIDTH: f64 = 6.6;

/// A named place seen from a centre.
pub struct Near {
    pub name: String,
    pub distance_m: u32,
    /// Metres to the east and to the north of the centre.
    pub east_m: f64,
    pub north_m: f64,
}

/// The places nearest to `centre`, nearest first.
#[must_use]
pub fn nearest(deployment: &Deployment, centre: Position) -> Vec<Near> {
    near(centre, named_places(deployment))
}

/// The nearest of `places` around `centre`.
#[must_use]
pub fn near(centre: Position, places: impl Iterator<Item = (String, Position)>) -> Vec<Near> {
    let mut found: Vec<Near> = places
        .map(|(name, position)| {
            let (east_m, north_m) = offset_m(centre, position);
            Near { name, distance_m: centre.distance_m(position), east_m, north_m }
        })
        .filter(|near| near.distance_m <= NEAR_M_MAX)
        .collect();
    found.sort_by(|one, other| (one.distance_m, &one.name).cmp(&(other.distance_m, &other.name)));
    found.truncate(NEAREST_MAX);
    found
}

fn offset_m(centre: Position, other: Position) -> (f64, f64) {
    const METRES_PER_DEGREE: f64 = 111_195.0;
    let ((lat1, lon1), (lat2, lon2)) = (centre.degrees(), other.degrees());
    ((lon2 - lon1) * METRES_PER_DEGREE * lat1.to_radians().cos(), (lat2 - lat1) * METRES_PER_DEGREE)
}

/// The drawing of a position. Everything in it stands in [`in_words`] too.
#[must_use]
pub fn draw(words: Words, circle: Circle, near: &[Near]) -> Markup {
    drawing(words, circle, near, Centre::Position)
}

/// The drawing of a town's surroundings: dashed, because where they end is guessed. The same stands in
/// [`locality_in_words`].
#[must_use]
pub fn draw_locality(words: Words, circle: Circle, near: &[Near]) -> Markup {
    drawing(words, circle, near, Centre::Town)
}

/// What stands in the middle of a drawing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Centre {
    Position,
    /// A seat, named like the other towns: a point of its own would say too much.
    Town,
}

fn drawing(words: Words, circle: Circle, near: &[Near], centre: Centre) -> Markup {
    let radius = circle.radius_m.unwrap_or(UNKNOWN_RADIUS_M);
    let half_height = half_height_m(radius, near);
    let scale = (HEIGHT / 2.0) / half_height;
    let bar_m = bar_length_m(half_height);
    let bar = f64::from(bar_m) * scale;
    let drawn = (f64::from(radius) * scale).max(3.0);
    html! {
        svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label=(words.t("place-drawing")) {
            rect .land x="0.5" y="0.5" width=(WIDTH - 1.0) height=(HEIGHT - 1.0) {}
            circle .area .guessed[centre == Centre::Town || circle.radius_m.is_none()] cx=(WIDTH / 2.0) cy=(HEIGHT / 2.0) r=(tenths(drawn)) {}
            @if centre == Centre::Position { circle .centre cx=(WIDTH / 2.0) cy=(HEIGHT / 2.0) r="2.5" {} }
            @for (place, x, y, before) in placed(near, scale) {
                circle .town cx=(tenths(x)) cy=(tenths(y)) r="2" {}
                text .name x=(tenths(if before { x - 5.0 } else { x + 5.0 })) y=(tenths(y + 4.0)) text-anchor=(if before { "end" } else { "start" }) { (place.name) }
            }
            path .scale d={ "M12 " (HEIGHT - 18.0) " v6 h" (tenths(bar)) " v-6" } {}
            text .name x=(tenths(18.0 + bar)) y=(HEIGHT - 11.0) { (distance(words, bar_m)) }
            text .name .north x=(WIDTH - 14.0) y="18" text-anchor="middle" { (words.t("compass-letter")) }
            path .scale d={ "M" (WIDTH - 14.0) " 36 v-13 m-3 4 l3 -4 l3 4" } {}
        }
    }
}

/// Far enough out to hold the circle and, if it is not too far, the nearest place.
fn half_height_m(radius_m: u32, near: &[Near]) -> f64 {
    let circle = f64::from(radius_m) * 1.25;
    let town = near.first().map_or(0.0, |near| (near.north_m.abs() * 1.25).max(near.east_m.abs() * 1.25 * HEIGHT / WIDTH));
    circle.max(town.min(circle.max(2_000.0) * 6.0)).max(HALF_HEIGHT_M_MIN)
}

/// Places inside the drawing whose names do not lie on one another, and on which side the name goes.
fn placed(near: &[Near], scale: f64) -> Vec<(&Near, f64, f64, bool)> {
    let mut taken: Vec<(f64, f64, f64)> = vec![(0.0, 150.0, HEIGHT - 14.0), (WIDTH - 30.0, WIDTH, 20.0)];
    let mut found = Vec::new();
    for place in near {
        let (x, y) = (WIDTH / 2.0 + place.east_m * scale, HEIGHT / 2.0 - place.north_m * scale);
        #[allow(clippy::cast_precision_loss)] // the length of a name
        let length = place.name.chars().count() as f64 * LETTER_WIDTH;
        let before = x + 8.0 + length > WIDTH;
        let (left, right) = if before { (x - 8.0 - length, x) } else { (x, x + 8.0 + length) };
        let inside = left > 2.0 && right < WIDTH - 2.0 && y > 8.0 && y < HEIGHT - 8.0;
        let free = taken.iter().all(|(from, to, line)| right < *from || left > *to || (y - line).abs() > NAME_HEIGHT);
        if inside && free {
            taken.push((left, right, y));
            found.push((place, x, y, before));
        }
    }
    found
}

/// A round length of about a third of the drawing's height.
fn bar_length_m(half_height: f64) -> u32 {
    let target = half_height * 0.7;
    let mut best = 10;
    for power in 1..6_u32 {
        for step in [1, 2, 5] {
            let length = step * 10_u32.pow(power);
            if f64::from(length) <= target {
                best = length;
            }
        }
    }
    best
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// "850 m", "2.4 km", "18 km" with the language's decimal mark, never broken over two lines.
#[must_use]
pub fn distance(words: Words, metres: u32) -> String {
    match metres {
        0..1_000 => words.with("metres", [("count", metres.to_string().into())]),
        1_000..10_000 if metres % 1_000 >= 50 => {
            let tenths = (metres + 50) / 100;
            let number = format!("{}{}{}", tenths / 10, words.t("decimal-mark"), tenths % 10);
            words.with("kilometres", [("count", number.into())])
        }
        _ => words.with("kilometres", [("count", ((metres + 500) / 1_000).to_string().into())]),
    }
}

/// The place as a sentence: how sure, and how far from which places.
#[must_use]
pub fn in_words(words: Words, circle: Circle, near: &[Near]) -> String {
    let sure = match (circle.radius_m, circle.confidence_permille) {
        (Some(radius), Some(confidence)) => words
            .with("place-within-sure", [("radius", distance(words, radius).into()), ("percent", u64::from((confidence + 5) / 10).into())]),
        (Some(radius), None) => words.with("place-within", [("radius", distance(words, radius).into())]),
        (None, _) => words.t("place-radius-unknown"),
    };
    let from: Vec<String> = near
        .iter()
        .take(WRITTEN_MAX)
        .map(|near| {
            let way = words.named("compass", compass(near));
            words.with(
                "place-from",
                [("distance", distance(words, near.distance_m).into()), ("way", way.into()), ("name", near.name.as_str().into())],
            )
        })
        .collect();
    if from.is_empty() { sure } else { format!("{sure} {}.", from.join("; ")) }
}

/// What a number, digits or words tell of the place: by what, about where, and how far that reaches.
#[must_use]
pub fn locality_in_words(words: Words, known: &KnownLocality, region: Option<&str>, near: &[Near]) -> String {
    let name = known.name.as_deref().or(region).map_or_else(|| words.t("place-unknown"), str::to_owned);
    let about = match &known.locality {
        Locality::AreaCode(code) => words.with("place-by-area-code", [("code", code.as_str().into()), ("name", name.into())]),
        Locality::PostalCode(digits) => words.with("place-by-postal-code", [("digits", digits.as_str().into()), ("name", name.into())]),
        Locality::Municipality(_) => words.with("place-by-municipality", [("name", name.into())]),
    };
    let (Some(circle), Some(municipality)) = (known.circle, &known.municipality) else { return about };
    let radius = distance(words, circle.radius_m.unwrap_or(UNKNOWN_RADIUS_M));
    let reach = words.with("place-reach", [("radius", radius.into()), ("name", municipality.seat.as_str().into())]);
    let towns: Vec<String> = near
        .iter()
        .filter(|near| near.distance_m > 0)
        .take(WRITTEN_MAX)
        .map(|near| format!("{} {}", near.name, distance(words, near.distance_m)))
        .collect();
    if towns.is_empty() {
        return format!("{about} {reach}");
    }
    format!("{about} {reach} {}", words.with("place-near", [("places", towns.join(", ").into())]))
}

/// Where the centre lies, seen from the place.
fn compass(near: &Near) -> &'static str {
    const WAYS: [&str; 8] = ["n", "ne", "e", "se", "s", "sw", "w", "nw"];
    let turn = (-near.east_m).atan2(-near.north_m).to_degrees().rem_euclid(360.0);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to 8
    let eighth = (turn / 45.0).round() as usize % 8;
    WAYS[eighth]
}

/// The eight ways of the compass, for the test of the catalogues.
pub const WAYS: [&str; 8] = ["n", "ne", "e", "se", "s", "sw", "w", "nw"];

fn named_places(deployment: &Deployment) -> impl Iterator<Item = (String, Position)> {
    deployment.places.areas.municipalities().iter().map(|place| (place.seat.clone(), place.position))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use domain::intent::Language;

    fn at(latitude: f64, longitude: f64) -> Position {
        Position::from_degrees(latitude, longitude).unwrap()
    }

    #[test]
    fn the_text_says_how_sure_and_how_far_from_where() {
        let places = [("Kungsbacka".to_owned(), at(57.4879, 12.0765)), ("Lycksele".to_owned(), at(64.5954, 18.6735))];
        let centre = at(57.52, 12.0765);
        let near = near(centre, places.into_iter());
        let circle = Circle { centre, radius_m: Some(20), confidence_permille: Some(680) };
        let text = in_words(Words::new(Language::English), circle, &near);
        assert!(text.contains("20\u{a0}m") && text.contains("68") && text.contains("3.6\u{a0}km north of Kungsbacka"), "{text}");
        assert!(!text.contains("Lycksele"), "{text}");
    }

    #[test]
    fn an_unknown_radius_is_drawn_dashed_and_said() {
        let circle = Circle { centre: at(59.3, 18.0), radius_m: None, confidence_permille: None };
        let words = Words::new(Language::English);
        assert!(draw(words, circle, &[]).into_string().contains("guessed"));
        assert!(in_words(words, circle, &[]).contains("not known"));
    }

    #[test]
    fn the_scale_is_a_round_length() {
        for (half_height, expected) in [(400.0, 200), (1_000.0, 500), (3_000.0, 2_000), (40_000.0, 20_000)] {
            assert_eq!(bar_length_m(half_height), expected);
        }
    }
}
