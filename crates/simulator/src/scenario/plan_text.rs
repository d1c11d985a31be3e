//! A plan's text with values set anew or taken out, by paths such as `overflow.0.more_than_waiting` or
//! `classes.service.acceleration`: part by part a key, a place in a list from 0, or the id of an entry. What
//! comes out is read and proved like any other plan.

use domain::plan::fields::choose;
use toml::{Table, Value, de::DeValue};

/// What is wrong with a path, and how to mend it.
pub(super) type Wrong = (String, String);

/// A value as a plan's text has it.
pub(super) fn plain(value: &DeValue<'_>) -> Option<Value> {
    Some(match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => Value::Integer(i64::from_str_radix(number.as_str(), number.radix()).ok()?),
        DeValue::Float(number) => Value::Float(number.as_str().parse().ok()?),
        DeValue::Boolean(yes) => Value::Boolean(*yes),
        DeValue::Datetime(datetime) => Value::Datetime(*datetime),
        DeValue::Array(entries) => Value::Array(entries.iter().map(|entry| plain(entry.get_ref())).collect::<Option<_>>()?),
        DeValue::Table(table) => {
            let entries = table.iter().map(|(key, value)| Some((key.get_ref().to_string(), plain(value.get_ref())?)));
            Value::Table(entries.collect::<Option<Table>>()?)
        }
    })
}

/// Sets a value, which may be a key that its table has not had, or one more entry at the end of a list.
pub(super) fn set(plan: &mut Table, path: &str, value: Value) -> Result<(), Wrong> {
    let (holder, last) = holder_of(plan, path)?;
    match holder {
        Holder::Table(table) => {
            table.insert(last.to_owned(), value);
            Ok(())
        }
        Holder::List(list) => {
            match place_in(list, last) {
                Some(place) => list[place] = value,
                None if last.parse() == Ok(list.len()) => list.push(value),
                None => return Err(unknown(path, last, &names(&Value::Array(list.clone())))),
            }
            Ok(())
        }
    }
}

/// Takes a value out.
pub(super) fn unset(plan: &mut Table, path: &str) -> Result<(), Wrong> {
    let (holder, last) = holder_of(plan, path)?;
    match holder {
        Holder::Table(table) if table.contains_key(last) => {
            table.remove(last);
            Ok(())
        }
        Holder::Table(table) => Err(unknown(path, last, &names(&Value::Table(table.clone())))),
        Holder::List(list) => match place_in(list, last) {
            Some(place) => {
                list.remove(place);
                Ok(())
            }
            None => Err(unknown(path, last, &names(&Value::Array(list.clone())))),
        },
    }
}

enum Holder<'a> {
    Table(&'a mut Table),
    List(&'a mut Vec<Value>),
}

/// What the last part of a path is a part of.
fn holder_of<'a, 'p>(plan: &'a mut Table, path: &'p str) -> Result<(Holder<'a>, &'p str), Wrong> {
    let Some((way, last)) = path.rsplit_once('.') else { return Ok((Holder::Table(plan), path)) };
    let mut parts = way.split('.');
    let first = parts.next().unwrap_or_default();
    let known = plan.keys().cloned().collect::<Vec<_>>();
    let mut here = plan.get_mut(first).ok_or_else(|| unknown(path, first, &known))?;
    for part in parts {
        let known = names(here);
        let next = match here {
            Value::Table(table) => table.get_mut(part),
            Value::Array(list) => place_in(list, part).and_then(|place| list.get_mut(place)),
            _ => None,
        };
        here = next.ok_or_else(|| unknown(path, part, &known))?;
    }
    match here {
        Value::Table(table) => Ok((Holder::Table(table), last)),
        Value::Array(list) => Ok((Holder::List(list), last)),
        _ => Err(unknown(path, last, &[])),
    }
}

fn place_in(list: &[Value], part: &str) -> Option<usize> {
    let by_id = list.iter().position(|entry| entry.get("id").and_then(Value::as_str) == Some(part));
    by_id.or_else(|| part.parse().ok().filter(|place| *place < list.len()))
}

/// What the parts of a value are called.
fn names(value: &Value) -> Vec<String> {
    match value {
        Value::Table(table) => table.keys().cloned().collect(),
        Value::Array(list) => {
            let name =
                |(place, entry): (usize, &Value)| entry.get("id").and_then(Value::as_str).map_or_else(|| place.to_string(), str::to_owned);
            list.iter().enumerate().map(name).collect()
        }
        _ => Vec::new(),
    }
}

fn unknown(path: &str, part: &str, known: &[String]) -> Wrong {
    (format!("the plan has no \"{part}\" on the way of \"{path}\""), choose(part, known.iter().map(String::as_str)))
}
