//! From the texts of a deployment's `forms/` to its forms: every fault is found in one reading, with file, line and how to
//! mend it.

use super::{
    check,
    model::{
        Catalogue, Choice, Condition, Fill, Form, Kind, LINE_CHARS, Lead, Need, NotFor, Page, Question, Repeats, SignIn, Status,
        TEXT_CHARS, Way, WayWord,
    },
};
use crate::{
    intent::{Intent, Language},
    plan::{
        Fault, Source, Words,
        fields::{self, Fields, choose},
        read_words_of,
        values::{COUNT, ID, Kind as Value, LONG_TEXT, SMALL_COUNT, TEXT, YES_NO},
    },
    report::{Crimes, ReportKind, numbers::Country},
};
use std::collections::BTreeMap;

/// A longer text is not read at all.
pub const FORM_BYTES_MAX: usize = 1 << 20;

/// The texts of a deployment's forms.
pub struct FormTexts<'a> {
    /// What many forms ask, and whose numbers.
    pub parts: Source<'a>,
    pub crimes: Option<Source<'a>>,
    /// By their ids, the names of their files.
    pub forms: Vec<(&'a str, Source<'a>)>,
}

/// Reads forms.
pub struct Forms;

/// Where things stand, so that what is found later can be told with file and line.
#[derive(Default)]
pub(super) struct Stands(BTreeMap<String, (String, usize)>);

impl Stands {
    fn note(&mut self, what: String, fields: &Fields<'_, '_, '_>) {
        self.0.insert(what, (fields.file().to_owned(), fields.line()));
    }

    /// A fault of a page ("page when"), a question ("question from") or the form (any other).
    pub fn fault(&self, file: &str, of: &str, what: String, mend: &str) -> Fault {
        let (file, line) = self.0.get(of).map_or((file, 0), |(file, line)| (file.as_str(), *line));
        Fault::new(file, line, what, mend)
    }
}

struct Parts {
    country: Country,
    pages: Vec<Page>,
    stands: Stands,
}

impl Forms {
    /// All forms of a deployment.
    ///
    /// # Errors
    /// Every fault of every file; never an empty list.
    pub fn read(texts: &FormTexts<'_>) -> Result<Catalogue, Vec<Fault>> {
        let mut faults = Vec::new();
        let crimes = texts.crimes.as_ref().map_or_else(|| Ok(Crimes::default()), Crimes::read);
        let crimes = crimes.unwrap_or_else(|mut more| {
            faults.append(&mut more);
            Crimes::default()
        });
        let parts = read_parts(&texts.parts, &mut faults);
        let mut catalogue = Catalogue { forms: Vec::new(), crimes, country: Some(parts.country) };
        let mut stands = BTreeMap::new();
        for (id, source) in &texts.forms {
            let Some((form, stand)) = read_form(id, source, &parts, &mut faults) else { continue };
            stands.insert(form.id.clone(), (source.file, stand));
            catalogue.forms.push(form);
        }
        catalogue.forms.sort_by(|a, b| (a.order, &a.id).cmp(&(b.order, &b.id)));
        for form in &catalogue.forms {
            let Some((file, stands)) = stands.get(&form.id) else { continue };
            faults.extend(check::form(form, &catalogue, file, stands));
        }
        faults.extend(check::together(&catalogue, |form| stands.get(form).map_or("", |(file, _)| file)));
        if faults.is_empty() { Ok(catalogue) } else { Err(faults) }
    }
}

fn opened<T>(
    source: &Source<'_>,
    holder: &'static str,
    faults: &mut Vec<Fault>,
    read: impl FnOnce(&mut Fields<'_, '_, '_>) -> T,
) -> Option<T> {
    if source.text.len() > FORM_BYTES_MAX {
        let what = format!("the file is larger than {FORM_BYTES_MAX} bytes");
        faults.push(Fault::new(source.file, 0, what, "give the file that holds the form"));
        return None;
    }
    let mut text = fields::Page::new(*source, holder);
    let document = text.parse();
    let mut read_it = None;
    if text.faults.is_empty() {
        let mut whole = Fields::new(&mut text, document.get_ref(), "", "", 1);
        read_it = Some(read(&mut whole));
        whole.finish();
    }
    let is_whole = text.faults.is_empty();
    faults.append(&mut text.faults);
    read_it.filter(|_| is_whole)
}

fn read_parts(source: &Source<'_>, faults: &mut Vec<Fault>) -> Parts {
    let mut stands = Stands::default();
    let read = opened(source, "the file of parts", faults, |whole| {
        let country = whole.word("country", Country::ALL, Country::word).unwrap_or(Country::Sweden);
        let pages = whole.tables("pages", "page", |fields| read_page(fields, country, &mut stands));
        (country, pages)
    });
    let (country, pages) = read.unwrap_or((Country::Sweden, Vec::new()));
    Parts { country, pages, stands }
}

fn read_form(id: &str, source: &Source<'_>, parts: &Parts, faults: &mut Vec<Fault>) -> Option<(Form, Stands)> {
    let mut stands = Stands::default();
    let form = opened(source, "the form", faults, |whole| Form {
        id: id.to_owned(),
        order: whole.required("order", &COUNT),
        name: words(whole, "name", &TEXT),
        about: words(whole, "about", &TEXT),
        path: words(whole, "path", &ID),
        kind: whole.word("kind", ReportKind::ALL, ReportKind::word).unwrap_or(ReportKind::Other),
        intent: whole.word("intent", Intent::ALL, Intent::word).unwrap_or(Intent::Other),
        status: whole.word("status", Status::ALL, Status::word).unwrap_or(Status::Proposed),
        source: whole.optional("source", &LONG_TEXT),
        minutes: whole.required("minutes", &SMALL_COUNT),
        anonymous: whole.optional("anonymous", &YES_NO).unwrap_or(false),
        sign_in: whole.optional_word("sign_in", SignIn::ALL, SignIn::word),
        needs: read_needs(whole),
        codes: whole.optional_list("codes", &TEXT),
        next: words(whole, "next", &LONG_TEXT),
        not_for: whole.optional_tables("not_for", "entry of not_for", |fields| NotFor {
            who: words(fields, "who", &LONG_TEXT),
            way: read_way(fields),
        }),
        pages: whole.tables("pages", "page", |fields| read_or_use(fields, parts, &mut stands)).into_iter().flatten().collect(),
    })?;
    Some((form, stands))
}

fn words(fields: &mut Fields<'_, '_, '_>, key: &'static str, kind: &Value<String>) -> Words {
    read_words_of(fields, key, Language::ALL, kind)
}

fn optional_words(fields: &mut Fields<'_, '_, '_>, key: &'static str, kind: &Value<String>) -> Option<Words> {
    if fields.has(key) {
        return Some(words(fields, key, kind));
    }
    fields.allow(key);
    None
}

/// A list of texts, each in every language.
fn read_needs(whole: &mut Fields<'_, '_, '_>) -> Vec<Words> {
    whole.optional_tables("needs", "entry of needs", |fields| {
        let texts = Language::ALL.iter().map(|language| (*language, fields.required(language.word(), &TEXT)));
        texts.collect()
    })
}

fn read_way(fields: &mut Fields<'_, '_, '_>) -> Way {
    let way = fields.word("way", WayWord::ALL, WayWord::word).unwrap_or(WayWord::Ring);
    match way {
        WayWord::Emergency => Way::Emergency,
        WayWord::Ring => Way::Ring,
        WayWord::Book => Way::Book,
        WayWord::Form => Way::Form(fields.required("form", &ID)),
        WayWord::Address => {
            let address = fields.required("address", &TEXT);
            if !address.starts_with("https://") && !address.is_empty() {
                fields.fault("address", "the address does not begin with https://", "write the whole address".to_owned());
            }
            Way::Address(address)
        }
    }
}

/// A page, or one of the parts by its id.
fn read_or_use(fields: &mut Fields<'_, '_, '_>, parts: &Parts, stands: &mut Stands) -> Option<Page> {
    if !fields.has("use") {
        fields.allow("use");
        return Some(read_page(fields, parts.country, stands));
    }
    let id = fields.required("use", &ID);
    let more = read_conditions(fields);
    let Some(part) = parts.pages.iter().find(|page| page.id == id) else {
        let known = choose(&id, parts.pages.iter().map(|page| page.id.as_str()));
        fields.fault("use", &format!("there is no page \"{id}\" among the parts"), known);
        return None;
    };
    let mut page = part.clone();
    page.show_if.extend(more);
    for key in std::iter::once(format!("page {id}")).chain(page.questions.iter().map(|question| format!("question {}", question.id))) {
        if let Some(stand) = parts.stands.0.get(&key) {
            stands.0.insert(key, stand.clone());
        }
    }
    Some(page)
}

fn read_page(fields: &mut Fields<'_, '_, '_>, country: Country, stands: &mut Stands) -> Page {
    let id = fields.required("id", &ID);
    fields.rename(format!("pages/{id}"), format!("page \"{id}\""));
    stands.note(format!("page {id}"), fields);
    let rows_max = fields.optional("repeats", &SMALL_COUNT);
    let one = optional_words(fields, "one", &TEXT);
    if rows_max.is_some() != one.is_some() {
        fields.fault("repeats", "repeats and one stand together", "write both, or neither".to_owned());
    }
    let repeats = rows_max.zip(one).map(|(rows_max, one)| Repeats { rows_max, one });
    let (title, about) = (optional_words(fields, "title", &TEXT), optional_words(fields, "about", &LONG_TEXT));
    let show_if = read_conditions(fields);
    let questions = fields.tables("questions", "question", |fields| read_question(fields, country, stands));
    Page { id, title, about, repeats, show_if, questions }
}

fn read_conditions(fields: &mut Fields<'_, '_, '_>) -> Vec<Condition> {
    fields.optional_tables("show_if", "condition", |fields| Condition {
        question: fields.required("question", &ID),
        is: fields.list("is", &TEXT),
    })
}

fn read_question(fields: &mut Fields<'_, '_, '_>, country: Country, stands: &mut Stands) -> Question {
    let id = fields.required("id", &ID);
    fields.rename(format!("questions/{id}"), format!("question \"{id}\""));
    stands.note(format!("question {id}"), fields);
    let kind = fields.word("kind", Kind::ALL, Kind::word).unwrap_or(Kind::Line);
    let usual = if kind == Kind::Text { TEXT_CHARS } else { LINE_CHARS };
    let fills = fields.optional("fills", &TEXT).and_then(|word| {
        let fill = Fill::from_word(&word);
        if fill.is_none() {
            let all = Fill::words();
            fields.fault("fills", &format!("fills does not know \"{word}\""), choose(&word, all.iter().map(String::as_str)));
        }
        fill
    });
    Question {
        label: words(fields, "label", &LONG_TEXT),
        hint: optional_words(fields, "hint", &LONG_TEXT),
        kind,
        answer: fields.word("answer", Need::ALL, Need::word).unwrap_or(Need::Needed),
        fills,
        show_if: read_conditions(fields),
        chars_max: fields.optional("chars_max", &COUNT).unwrap_or(usual),
        options: fields.optional_tables("options", "option", |fields| {
            let id = fields.required("id", &ID);
            fields.rename(format!("options/{id}"), format!("option \"{id}\""));
            Choice { name: words(fields, "name", &TEXT), hint: optional_words(fields, "hint", &TEXT), id }
        }),
        leads: fields.optional_tables("leads", "entry of leads", |fields| Lead {
            is: fields.list("is", &TEXT),
            way: read_way(fields),
            text: words(fields, "text", &LONG_TEXT),
        }),
        id,
        country,
    }
}
