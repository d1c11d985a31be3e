//! The shapes of RFC 5491 and the circle around each.

use super::{
    RADIUS_M_MAX, Shape,
    document::{below, children, is, text_of},
};
use domain::place::Position;
use roxmltree::Node;

/// More corners than this are refused.
const CORNERS_MAX: usize = 5_000;
/// Steps when fitting a circle; each halves what is left, so the rest is under a metre.
const FIT_STEPS: u32 = 60;
const EARTH_RADIUS_M: f64 = 6_371_000.0;

/// A shape that was understood: the circle around it, without a confidence yet.
#[derive(Clone, Copy)]
pub(super) struct Area {
    pub shape: Shape,
    pub centre: Position,
    /// None when the sender gave no radius.
    pub radius_m: Option<u32>,
}

/// What a `location-info` child is, if it is a shape at all.
pub(super) fn kind_of(node: Node<'_, '_>) -> Option<Shape> {
    const KINDS: [(&str, Shape); 9] = [
        ("Point", Shape::Point),
        ("Circle", Shape::Circle),
        ("Sphere", Shape::Circle),
        ("ArcBand", Shape::ArcBand),
        ("Ellipse", Shape::Ellipse),
        ("Ellipsoid", Shape::Ellipse),
        ("Polygon", Shape::Polygon),
        ("Surface", Shape::Polygon),
        ("Prism", Shape::Polygon),
    ];
    KINDS.iter().find(|(name, _)| is(node, name)).map(|(_, shape)| *shape)
}

/// The circle around a shape, or in words why it cannot be used.
pub(super) fn area(node: Node<'_, '_>, shape: Shape) -> Result<Area, &'static str> {
    if !known_coordinates(node) {
        return Err("the coordinate system is not WGS84 (EPSG 4326 or 4979)");
    }
    match shape {
        Shape::Point => Ok(Area { shape, centre: position(node)?, radius_m: None }),
        Shape::Circle => Ok(Area { shape, centre: position(node)?, radius_m: length(node, "radius")? }),
        Shape::Ellipse => Ok(Area { shape, centre: position(node)?, radius_m: length(node, "semiMajorAxis")? }),
        Shape::ArcBand => arc_band(node),
        Shape::Polygon => polygon(node),
    }
}

/// No name means WGS84, as RFC 5491 demands; any spelling of the two allowed systems is accepted.
fn known_coordinates(shape: Node<'_, '_>) -> bool {
    shape
        .descendants()
        .filter_map(|node| node.attribute("srsName"))
        .all(|name| name.trim().is_empty() || name.trim_end().ends_with("4326") || name.trim_end().ends_with("4979"))
}

fn position(shape: Node<'_, '_>) -> Result<Position, &'static str> {
    let node = below(shape, "pos").or_else(|| below(shape, "coordinates")).ok_or("the shape has no position")?;
    let numbers = numbers(text_of(node).unwrap_or_default())?;
    match numbers.as_slice() {
        [latitude, longitude] | [latitude, longitude, _] => on_earth(*latitude, *longitude),
        _ => Err("a position does not have two or three numbers"),
    }
}

fn on_earth(latitude: f64, longitude: f64) -> Result<Position, &'static str> {
    if latitude == 0.0 && longitude == 0.0 {
        return Err("0,0 means that there was no fix");
    }
    Position::from_degrees(latitude, longitude).ok_or("a position is outside the earth")
}

/// Blanks part numbers; a comma does too, as some senders write "55.7,12.6".
fn numbers(text: &str) -> Result<Vec<f64>, &'static str> {
    let words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
    let numbers: Vec<f64> = words
        .take(CORNERS_MAX * 3 + 1)
        .map(|word| word.parse::<f64>().ok().filter(|number| number.is_finite()).ok_or("a number is not a number"))
        .collect::<Result<_, _>>()?;
    if numbers.len() > CORNERS_MAX * 3 { Err("the shape has too many corners") } else { Ok(numbers) }
}

/// A length in whole metres, rounded up. Absent, empty or nought is unknown.
fn length(shape: Node<'_, '_>, name: &str) -> Result<Option<u32>, &'static str> {
    let Some((node, text)) = below(shape, name).and_then(|node| text_of(node).map(|text| (node, text))) else { return Ok(None) };
    let number: f64 = text.parse().map_err(|_| "a length is not a number")?;
    let metres = number * metres_per(node.attribute("uom"))?;
    whole_metres(metres).map(|metres| (metres > 0).then_some(metres))
}

fn metres_per(unit: Option<&str>) -> Result<f64, &'static str> {
    let unit = unit.map(str::trim).unwrap_or_default().to_ascii_lowercase();
    match unit.rsplit([':', '#', '/']).next().unwrap_or_default() {
        "" | "9001" | "m" | "metre" | "meter" | "metres" | "meters" => Ok(1.0),
        "9036" | "km" | "kilometre" | "kilometer" => Ok(1_000.0),
        "9002" | "ft" | "foot" | "feet" => Ok(0.3048),
        _ => Err("a length has an unknown unit"),
    }
}

fn whole_metres(metres: f64) -> Result<u32, &'static str> {
    if !metres.is_finite() || metres < 0.0 || metres > f64::from(RADIUS_M_MAX) {
        return Err("a length is negative, absurdly large or not a number");
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // bounded by the check above
    let whole = metres.ceil() as u32;
    Ok(whole)
}

fn angle(shape: Node<'_, '_>, name: &str) -> Result<f64, &'static str> {
    let node = below(shape, name).ok_or("the sector has no angle")?;
    let number: f64 = text_of(node).and_then(|text| text.parse().ok()).ok_or("an angle is not a number")?;
    let radians = node.attribute("uom").is_some_and(|unit| unit.trim_end().ends_with("9101"));
    let degrees = if radians { number.to_degrees() } else { number };
    if degrees.is_finite() && degrees.abs() <= 720.0 { Ok(degrees) } else { Err("an angle is absurd") }
}

/// A cell's sector: the smallest circle whose centre lies on the sector's middle line.
fn arc_band(node: Node<'_, '_>) -> Result<Area, &'static str> {
    let mast = position(node)?;
    let outer = length(node, "outerRadius")?.ok_or("the sector has no outer radius")?;
    let inner = length(node, "innerRadius")?.unwrap_or(0);
    let (start, opening) = (angle(node, "startAngle")?, angle(node, "openingAngle")?);
    if inner > outer || opening < 0.0 {
        return Err("the sector's radii or angles contradict each other");
    }
    let whole = Area { shape: Shape::ArcBand, centre: mast, radius_m: Some(outer) };
    if opening >= 180.0 {
        return Ok(whole);
    }
    let (outer, inner, half) = (f64::from(outer), f64::from(inner), (opening / 2.0).to_radians());
    let corners = [(outer, 0.0), (outer * half.cos(), outer * half.sin()), (inner * half.cos(), inner * half.sin())];
    let reach = |along: f64| corners.iter().map(|(x, y)| (x - along).hypot(*y)).fold(0.0, f64::max);
    // `reach` is convex, so narrowing from both sides finds its lowest point.
    let (mut near, mut far) = (0.0, outer);
    for _ in 0..FIT_STEPS {
        let (left, right) = (near + (far - near) / 3.0, far - (far - near) / 3.0);
        if reach(left) <= reach(right) { far = right } else { near = left }
    }
    let along = f64::midpoint(near, far);
    let centre = moved(mast, along, start + opening / 2.0).ok_or("the sector leaves the map")?;
    Ok(Area { centre, radius_m: Some(whole_metres(reach(along))?), ..whole })
}

/// The place `distance_m` from here in the direction `bearing` (degrees clockwise from north).
fn moved(from: Position, distance_m: f64, bearing: f64) -> Option<Position> {
    let (latitude, longitude) = from.degrees();
    let (latitude, turn, arc) = (latitude.to_radians(), bearing.to_radians(), distance_m / EARTH_RADIUS_M);
    let north = (latitude.sin() * arc.cos() + latitude.cos() * arc.sin() * turn.cos()).asin();
    let east = (turn.sin() * arc.sin() * latitude.cos()).atan2(arc.cos() - latitude.sin() * north.sin());
    let longitude = (longitude + east.to_degrees() + 540.0).rem_euclid(360.0) - 180.0;
    Position::from_degrees(north.to_degrees(), longitude)
}

fn polygon(node: Node<'_, '_>) -> Result<Area, &'static str> {
    let ring = below(node, "exterior").unwrap_or(node);
    let corners = corners(ring)?;
    let first = corners.first().copied().ok_or("the polygon has no corners")?;
    if corners.iter().filter(|corner| **corner != first).count() < 2 {
        return Err("the polygon has fewer than three corners");
    }
    let degrees: Vec<(f64, f64)> = corners.iter().map(|corner| corner.degrees()).collect();
    let bounds = |pick: fn(&(f64, f64)) -> f64| {
        degrees.iter().map(pick).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
    };
    let (south, north) = bounds(|corner| corner.0);
    let (west, east) = bounds(|corner| corner.1);
    let centre = on_earth(f64::midpoint(south, north), f64::midpoint(west, east))?;
    let radius = corners.iter().map(|corner| centre.distance_m(*corner)).max().unwrap_or(0);
    Ok(Area { shape: Shape::Polygon, centre, radius_m: Some(whole_metres(f64::from(radius) + 1.0)?) })
}

fn corners(ring: Node<'_, '_>) -> Result<Vec<Position>, &'static str> {
    if let Some(list) = below(ring, "posList") {
        let numbers = numbers(text_of(list).unwrap_or_default())?;
        let three = list.attribute("srsDimension").is_some_and(|dimension| dimension.trim() == "3")
            || list.ancestors().filter_map(|node| node.attribute("srsName")).any(|name| name.trim_end().ends_with("4979"));
        let size = if three { 3 } else { 2 };
        if numbers.len() % size != 0 {
            return Err("the polygon's numbers do not come in pairs");
        }
        return numbers.chunks(size).map(|corner| on_earth(corner[0], corner[1])).collect();
    }
    let line = below(ring, "LinearRing").unwrap_or(ring);
    children(line, "pos")
        .chain(children(line, "pointProperty"))
        .take(CORNERS_MAX)
        .map(|corner| match numbers(text_of(below(corner, "pos").unwrap_or(corner)).unwrap_or_default())?.as_slice() {
            [latitude, longitude] | [latitude, longitude, _] => on_earth(*latitude, *longitude),
            _ => Err("a corner does not have two or three numbers"),
        })
        .collect()
}
