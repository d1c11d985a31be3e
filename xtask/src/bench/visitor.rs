//! A citizen without script who fills in forms of Sweden's and knows next to nothing: keeps cookies, reads the fields out of
//! pages and answers them. Whoever has filled in a form once knows its pages and sends the same again.

use super::http::{Answer, Connection, Header};
use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeMap;

/// Where Swedish forms are, what leads another way, what checks the answers, and what comes last.
const REPORTS: &str = "/sv/anmal";
const OTHER_WAY: &str = "annan-vag";
const CHECK: &str = "granska";
const DONE: &str = "klart";
const MATTER: &str = "/sv/arende/";
/// More pages than the longest form has, and as many tries at one as there are ways to answer it.
const PAGES_MAX: usize = 80;
const TRIES_MAX: usize = 12;
/// Where it happened.
const MUNICIPALITY: &str = "Göteborg";
/// Set aside for fiction.
const TELEPHONE: &str = "070-174 06 05";
const MAIL: &str = "anna@example.org";

/// One by one, each from an address of its own.
pub struct Visitor {
    from: String,
    cookies: BTreeMap<String, String>,
}

/// A form as it was filled in: what was sent on each of its pages, in their order.
pub struct Filled {
    pub pages: Vec<Page>,
    check: String,
}

#[derive(Clone)]
pub struct Page {
    pub address: String,
    pub body: String,
}

impl Visitor {
    /// From an address of those that are set aside for benchmarks (RFC 2544): a proxy would say it.
    pub fn new(number: u32) -> Self {
        let [_, _, high, low] = number.to_be_bytes();
        let from = format!("198.{}.{high}.{low}", 18 + (number >> 16) % 2);
        Self { from, cookies: BTreeMap::new() }
    }

    /// Asks once; where it leads is not followed.
    pub fn ask(
        &mut self,
        connection: &mut Connection,
        (method, path): (&str, &str),
        headers: &[Header<'_>],
        body: &[u8],
    ) -> Result<Answer> {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let mut all = vec![("x-forwarded-for", self.from.as_str())];
        if !cookies.is_empty() {
            all.push(("cookie", &cookies));
        }
        all.extend(headers);
        let answer = connection.ask(method, path, &all, body)?;
        for set in answer.headers("set-cookie") {
            let (name, value) = set.split(';').next().and_then(|pair| pair.split_once('=')).unwrap_or_default();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        Ok(answer)
    }

    /// The page at an address, as a browser asks for it.
    pub fn see(&mut self, connection: &mut Connection, path: &str) -> Result<Answer> {
        self.ask(connection, ("GET", path), &[("accept-encoding", "gzip")], b"")?.is(200, path)
    }

    fn read(&mut self, connection: &mut Connection, path: &str) -> Result<String> {
        Ok(self.ask(connection, ("GET", path), &[], b"")?.is(200, path)?.text())
    }

    /// Sends a page's fields; where it leads.
    pub fn send(&mut self, connection: &mut Connection, page: &Page) -> Result<String> {
        let form = ("content-type", "application/x-www-form-urlencoded");
        let answer = self.ask(connection, ("POST", &page.address), &[form], page.body.as_bytes())?.is(303, &page.address)?;
        answer.header("location").map(str::to_owned).context("it leads nowhere")
    }

    /// Fills in the form of this name up to the page that checks the answers, and learns what to send.
    pub fn fill_in(&mut self, connection: &mut Connection, form: &str) -> Result<Filled> {
        let begin = self.read(connection, &format!("{REPORTS}/{form}"))?;
        let mut here = first_button(&begin).context("the form has no first page")?;
        let (mut pages, mut tries): (Vec<Page>, BTreeMap<String, usize>) = (Vec::new(), BTreeMap::new());
        for _ in 0..PAGES_MAX {
            if here.ends_with(CHECK) {
                return Ok(Filled { pages, check: here });
            }
            if here.ends_with(OTHER_WAY) {
                here = pages.pop().context("the form leads another way before its first page")?.address;
            }
            let times = tries.entry(here.clone()).or_default();
            *times += 1;
            ensure!(*times <= TRIES_MAX, "{here} leads nowhere");
            let (fields, times) = (fields(&self.read(connection, &here)?), *times - 1);
            let page = Page { address: here.clone(), body: encoded(&answers(&fields, times)) };
            if let Ok(next) = self.send(connection, &page) {
                pages.push(page);
                here = next;
            }
        }
        bail!("the form {form} has no end")
    }

    /// The same again, up to the check.
    pub fn fill_in_again(&mut self, connection: &mut Connection, filled: &Filled) -> Result<()> {
        let mut last = String::new();
        for page in &filled.pages {
            last = self.send(connection, page)?;
        }
        ensure!(last == filled.check, "the form leads to {last} in the place of {}", filled.check);
        Ok(())
    }

    /// Sends what was filled in `times` times page by page: then it is filed.
    pub fn file(&mut self, connection: &mut Connection, filled: &Filled) -> Result<()> {
        let page = Page { address: filled.check.clone(), body: format!("seen={}", filled.pages.len()) };
        let led = self.send(connection, &page)?;
        ensure!(led == filled.done(), "what was filed leads to {led}");
        Ok(())
    }

    /// The address under which what was filed is followed.
    pub fn matter(&mut self, connection: &mut Connection, filled: &Filled) -> Result<String> {
        let page = self.read(connection, &filled.done())?;
        let token = page.split(MATTER).nth(1).and_then(|rest| rest.split('"').next()).context("what was filed has no link")?;
        Ok(format!("{MATTER}{token}"))
    }
}

impl Filled {
    fn done(&self) -> String {
        self.check.replace(CHECK, DONE)
    }
}

/// A field of a page.
#[derive(PartialEq, Debug)]
struct Field {
    name: String,
    kind: String,
    value: String,
}

/// Every field of the main part, in order.
fn fields(page: &str) -> Vec<Field> {
    tags(page)
        .filter_map(|tag| {
            let is_input = tag.starts_with("input");
            if !is_input && !tag.starts_with("textarea") && !tag.starts_with("select") {
                return None;
            }
            let kind = attribute(tag, "type").filter(|_| is_input).unwrap_or_else(|| "text".to_owned());
            Some(Field { name: attribute(tag, "name")?, kind, value: attribute(tag, "value").unwrap_or_default() })
        })
        .collect()
}

/// Where the first button of the main part leads that is a link.
fn first_button(page: &str) -> Option<String> {
    let buttons = tags(page).filter(|tag| tag.starts_with("a ") && attribute(tag, "class").is_some_and(|class| class == "govuk-button"));
    buttons.filter_map(|tag| attribute(tag, "href")).next()
}

/// What stands between `<` and `>`.
fn tags(page: &str) -> impl Iterator<Item = &str> {
    let main = page.split_once("<main").and_then(|(_, rest)| rest.split_once("</main>")).map_or("", |(main, _)| main);
    main.split('<').skip(1).filter_map(|rest| Some(rest.split_once('>')?.0))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split_once(&format!(" {name}=\""))?.1.split_once('"')?.0;
    let signs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    Some(signs.iter().fold(value.to_owned(), |text, (written, sign)| text.replace(written, sign)))
}

/// "I do not know" wherever it is an answer, no where it is asked for yes or no, else what comes first; the place is known.
/// After so many times otherwise: of several questions each answer of one meets each of the others.
fn answers(fields: &[Field], times: usize) -> Vec<(&str, &str)> {
    let is_unknown = |name: &str| name.ends_with(".unknown");
    let of_kind = |kind: &'static str| fields.iter().filter(move |field| field.kind == kind);
    let mut answers: Vec<(&str, &str)> = of_kind("hidden").map(|field| (field.name.as_str(), field.value.as_str())).collect();
    let mut rest = times;
    let mut asked: Vec<(&str, Vec<&str>)> = Vec::new();
    for field in fields.iter().filter(|field| matches!(&*field.kind, "radio" | "checkbox") && !is_unknown(&field.name)) {
        match asked.iter_mut().find(|(name, _)| *name == field.name) {
            Some((_, values)) => values.push(&field.value),
            None => asked.push((&field.name, vec![&field.value])),
        }
    }
    for (name, mut values) in asked {
        values.sort_by_key(|value| ["unknown", "no"].iter().position(|known| known == value).unwrap_or(2));
        answers.push((name, values[rest % values.len()]));
        rest /= values.len();
    }
    let places: Vec<&str> = fields.iter().filter_map(|field| field.name.strip_suffix(".municipality")).collect();
    for field in fields {
        match (field.kind.as_str(), field.name.as_str()) {
            (_, name) if name.ends_with(".municipality") => answers.push((name, MUNICIPALITY)),
            (_, name) if is_unknown(name) && !places.iter().any(|place| name.strip_suffix(".unknown") == Some(place)) => {
                answers.push((name, &field.value));
            }
            ("tel", name) => answers.push((name, TELEPHONE)),
            ("email", name) => answers.push((name, MAIL)),
            _ => {}
        }
    }
    answers
}

/// As forms are sent.
fn encoded(answers: &[(&str, &str)]) -> String {
    let text = |text: &str| -> String {
        let sign = |byte: u8| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        };
        text.bytes().map(sign).collect()
    };
    answers.iter().map(|(name, value)| format!("{}={}", text(name), text(value))).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<a class="govuk-button" href="/out"></a><main id="content"><a class="govuk-button" href="/sv/a?b&amp;c">Go</a>
        <form method="post"><input type="hidden" name="seen" value="3"><input name="what" type="radio" value="bicycle"><input name="what" type="radio"
        value="unknown"><input name="sure" type="radio" value="yes"><input name="sure" type="radio" value="no"><input name="place.municipality"
        type="text"><input type="checkbox" name="place.unknown" value="yes"><textarea name="words"></textarea><input type="checkbox"
        name="words.unknown" value="yes"><input name="number" type="tel"></form></main><input name="outside">"#;

    #[test]
    fn who_knows_next_to_nothing_says_so() {
        assert_eq!(first_button(PAGE).as_deref(), Some("/sv/a?b&c"));
        let fields = fields(&PAGE.replace('\n', " "));
        assert_eq!(fields.len(), 10);
        let expected = "seen=3&what=unknown&sure=no&place.municipality=G%C3%B6teborg&words.unknown=yes&number=070-174%2006%2005";
        assert_eq!(encoded(&answers(&fields, 0)), expected);
        assert!(encoded(&answers(&fields, 1)).contains("what=bicycle&sure=no"));
        assert!(encoded(&answers(&fields, 3)).contains("what=bicycle&sure=yes"));
    }

    #[test]
    fn visitors_come_from_addresses_of_their_own() {
        let from = |number: u32| Visitor::new(number).from;
        for (number, address) in [(0, "198.18.0.0"), (258, "198.18.1.2"), (65_536, "198.19.0.0")] {
            assert_eq!(from(number), address);
        }
    }
}
