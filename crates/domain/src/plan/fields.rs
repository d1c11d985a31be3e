//! Walks the tables of a text that an authority edits (a plan, a scenario of the simulator) and keeps
//! account of lines, unknown keys and faults, so that the reader of a table only says which keys it wants
//! and what they look like. It knows no key by itself.

use super::{
    Fault, Source,
    fault::{Lines, Objection, nearest_word},
    values::{Kind, TEXT, shown},
};
use std::collections::BTreeSet;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// How many faults of writing (a forgotten quote) are shown at once; later ones mostly follow from the first.
const SYNTAX_FAULTS_MAX: usize = 5;

/// The text being read, with all that was found in it so far.
pub struct Page<'s> {
    source: Source<'s>,
    /// What it is a text of, as faults call it: "the plan".
    holder: &'static str,
    line_starts: Vec<usize>,
    lines: Lines,
    /// Values that already have a fault; nothing is objected to twice.
    spoiled: BTreeSet<String>,
    pub faults: Vec<Fault>,
}

impl<'s> Page<'s> {
    #[must_use]
    pub fn new(source: Source<'s>, holder: &'static str) -> Self {
        let line_starts = std::iter::once(0).chain(source.text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { source, holder, line_starts, lines: Lines::default(), spoiled: BTreeSet::new(), faults: Vec::new() }
    }

    /// The text as tables. What cannot be read as such is among the faults; none in them means that it is whole.
    pub fn parse(&mut self) -> Spanned<DeTable<'s>> {
        let (document, errors) = DeTable::parse_recoverable(self.source.text);
        for error in errors.iter().take(SYNTAX_FAULTS_MAX) {
            let line = self.line_of(error.span().map_or(0, |span| span.start));
            let mend = "texts stand in double quotes, lists in square brackets, each value on the line of its key";
            self.fault(line, format!("this cannot be read: {}", error.message()), mend);
        }
        document
    }

    pub fn line_of(&self, byte: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= byte)
    }

    pub fn fault(&mut self, line: usize, what: impl Into<String>, mend: impl Into<String>) {
        self.faults.push(Fault::new(self.source.file, line, what, mend));
    }

    pub fn spoil(&mut self, path: String) {
        self.spoiled.insert(path);
    }

    /// A path that ends in a star is of everything that begins so.
    fn is_spoiled(&self, path: &str) -> bool {
        match path.strip_suffix('*') {
            Some(start) => self.spoiled.iter().any(|spoiled| spoiled.starts_with(start)),
            None => self.spoiled.contains(path),
        }
    }

    /// Objections as faults in the order of the text, without those that follow from a fault already found.
    pub(super) fn place(&self, objections: Vec<Objection>) -> Vec<Fault> {
        objections
            .into_iter()
            .filter(|objection| !objection.paths.iter().any(|path| self.is_spoiled(path)))
            .map(|objection| {
                let line = objection.paths.first().map_or(0, |path| self.lines.at(path));
                Fault::new(self.source.file, line, objection.what, objection.mend)
            })
            .collect()
    }
}

/// One table being read.
pub struct Fields<'p, 's, 'd> {
    page: &'p mut Page<'s>,
    table: &'d DeTable<'d>,
    path: String,
    /// How a person would call it: `class "report"`.
    label: String,
    line: usize,
    asked: Vec<&'static str>,
    /// Keys that must be there and are not, with what they look like.
    missing: Vec<(&'static str, String)>,
}

impl<'p, 's, 'd> Fields<'p, 's, 'd> {
    pub fn new(page: &'p mut Page<'s>, table: &'d DeTable<'d>, path: &str, label: &str, line: usize) -> Self {
        page.lines.note(path.to_owned(), line);
        Self { page, table, path: path.to_owned(), label: label.to_owned(), line, asked: Vec::new(), missing: Vec::new() }
    }

    /// Gives the table the name by which faults call it from now on.
    pub fn rename(&mut self, path: String, label: String) {
        self.page.lines.note(path.clone(), self.line);
        (self.path, self.label) = (path, label);
    }

    pub fn line(&self) -> usize {
        self.line
    }

    /// The file that the table stands in.
    #[must_use]
    pub fn file(&self) -> &'s str {
        self.page.source.file
    }

    /// The line of a key that was asked for; 0 when it is not there.
    #[must_use]
    pub fn line_of(&self, key: &str) -> usize {
        self.page.lines.at(&self.path_of(key))
    }

    pub fn page(&mut self) -> &mut Page<'s> {
        self.page
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}/{key}", self.path) }
    }

    fn start(&self) -> String {
        if self.label.is_empty() { String::new() } else { format!("{}: ", self.label) }
    }

    /// The value of a key with its line, noted for later checks.
    fn get(&mut self, key: &'static str) -> Option<(&'d DeValue<'d>, usize)> {
        self.asked.push(key);
        let (name, value) = self.table.get_key_value(key)?;
        let line = self.page.line_of(name.span().start);
        self.page.lines.note(self.path_of(key), line);
        Some((value.get_ref(), line))
    }

    fn missing(&mut self, key: &'static str, looks_like: &str) {
        self.spoil(key);
        self.missing.push((key, looks_like.to_owned()));
    }

    fn wrong(&mut self, key: &'static str, line: usize, value: &DeValue<'_>, looks_like: &str) {
        let path = self.path_of(key);
        self.page.spoil(path);
        let what = format!("{}{key} cannot be {}", self.start(), shown(value));
        self.page.fault(line, what, format!("write {looks_like}"));
    }

    pub fn optional<T>(&mut self, key: &'static str, kind: &Kind<T>) -> Option<T> {
        let (value, line) = self.get(key)?;
        let read = (kind.read)(value);
        if read.is_none() {
            self.wrong(key, line, value, kind.looks_like);
        }
        read
    }

    /// The value, or a harmless one beside a fault.
    pub fn required<T: Default>(&mut self, key: &'static str, kind: &Kind<T>) -> T {
        if !self.table.contains_key(key) {
            self.asked.push(key);
            self.missing(key, kind.looks_like);
            return T::default();
        }
        self.optional(key, kind).unwrap_or_default()
    }

    /// A list; every element that does not fit is a fault of its own.
    pub fn list<T>(&mut self, key: &'static str, kind: &Kind<T>) -> Vec<T> {
        let looks_like = format!("a list in square brackets, each entry {}", kind.looks_like);
        let Some((value, line)) = self.get(key) else {
            self.missing(key, &looks_like);
            return Vec::new();
        };
        let Some(entries) = value.as_array() else {
            self.wrong(key, line, value, &looks_like);
            return Vec::new();
        };
        let mut read = Vec::new();
        for entry in entries.iter() {
            match (kind.read)(entry.get_ref()) {
                Some(value) => read.push(value),
                None => {
                    let line = self.page.line_of(entry.span().start);
                    self.wrong(key, line, entry.get_ref(), kind.looks_like);
                }
            }
        }
        read
    }

    /// The same where it may be left out: nothing is an empty list.
    pub fn optional_list<T>(&mut self, key: &'static str, kind: &Kind<T>) -> Vec<T> {
        if self.table.get(key).is_some() {
            return self.list(key, kind);
        }
        self.asked.push(key);
        Vec::new()
    }

    /// One value or a list of them, where it is given; a list of none is a slip.
    pub fn one_or_several<T>(&mut self, key: &'static str, kind: &Kind<T>) -> Vec<T> {
        let entries = self.table.get(key).and_then(|value| value.get_ref().as_array()).map(|entries| entries.is_empty());
        let Some(is_empty) = entries else {
            return self.optional(key, kind).into_iter().collect();
        };
        let read = self.list(key, kind);
        if is_empty {
            self.fault(key, &format!("{key} is an empty list"), format!("write {}, or leave the line out", kind.looks_like));
        }
        read
    }

    /// Values under keys of the writer's own, each with its line; empty where the table is left out.
    pub fn entries(&mut self, key: &'static str) -> Vec<(String, usize, &'d DeValue<'d>)> {
        let Some((value, line)) = self.get(key) else { return Vec::new() };
        let Some(table) = value.as_table() else {
            self.wrong(key, line, value, "a table, each line of which is a key and its value");
            return Vec::new();
        };
        let entries = table.iter().map(|(name, value)| (name.get_ref().to_string(), self.page.line_of(name.span().start), value.get_ref()));
        entries.collect()
    }

    /// One of a fixed set of words, where it is given.
    pub fn optional_word<T: Copy>(&mut self, key: &'static str, all: &[T], word: fn(T) -> &'static str) -> Option<T> {
        let text = self.optional(key, &TEXT)?;
        self.word_of(key, &text, all, word)
    }

    /// One of a fixed set of words.
    pub fn word<T: Copy>(&mut self, key: &'static str, all: &[T], word: fn(T) -> &'static str) -> Option<T> {
        let text = self.required(key, &TEXT);
        self.word_of(key, &text, all, word)
    }

    /// A list of words of a fixed set.
    pub fn words<T: Copy>(&mut self, key: &'static str, all: &[T], word: fn(T) -> &'static str) -> Vec<T> {
        let texts = self.list(key, &TEXT);
        texts.iter().filter_map(|text| self.word_of(key, text, all, word)).collect()
    }

    /// The same where it may be left out: nothing is an empty list.
    pub fn optional_words<T: Copy>(&mut self, key: &'static str, all: &[T], word: fn(T) -> &'static str) -> Vec<T> {
        if self.table.get(key).is_some() {
            return self.words(key, all, word);
        }
        self.asked.push(key);
        Vec::new()
    }

    fn word_of<T: Copy>(&mut self, key: &'static str, text: &str, all: &[T], word: fn(T) -> &'static str) -> Option<T> {
        let found = all.iter().copied().find(|choice| word(*choice) == text);
        if found.is_none() && !text.is_empty() {
            let path = self.path_of(key);
            let line = self.page.lines.at(&path);
            self.page.spoil(path);
            let what = format!("{}{key} does not know \"{text}\"", self.start());
            self.page.fault(line, what, choose(text, all.iter().copied().map(word)));
        }
        found
    }

    /// A table within this one.
    pub fn table(&mut self, key: &'static str) -> Option<Fields<'_, 's, 'd>> {
        let Some((value, line)) = self.get(key) else {
            self.missing_table(key, &format!("[{key}]"));
            return None;
        };
        let Some(table) = value.as_table() else {
            self.wrong(key, line, value, &format!("a table that begins with the line [{key}]"));
            return None;
        };
        let path = self.path_of(key);
        let label = if self.label.is_empty() { format!("[{key}]") } else { format!("{}: {key}", self.label) };
        Some(Fields::new(self.page, table, &path, &label, line))
    }

    /// Whether a key is there; that it may be left out is said by [`Fields::allow`].
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.table.get(key).is_some()
    }

    /// A key that may be here, and is not asked for.
    pub fn allow(&mut self, key: &'static str) {
        self.asked.push(key);
    }

    /// The same where the plan may go without.
    pub fn optional_table(&mut self, key: &'static str) -> Option<Fields<'_, 's, 'd>> {
        if self.table.get(key).is_some() {
            return self.table(key);
        }
        self.asked.push(key);
        None
    }

    /// Every table of a list of tables, each read by `read`.
    pub fn tables<T>(&mut self, key: &'static str, one: &str, mut read: impl FnMut(&mut Fields<'_, 's, 'd>) -> T) -> Vec<T> {
        let Some((value, line)) = self.get(key) else {
            self.missing_table(key, &format!("[[{key}]]"));
            return Vec::new();
        };
        let entries = value.as_array().filter(|entries| entries.iter().all(|entry| entry.get_ref().is_table()));
        let Some(entries) = entries else {
            self.wrong(key, line, value, &format!("the line [[{key}]], in double brackets, before each {one}"));
            return Vec::new();
        };
        let mut all = Vec::new();
        for (number, entry) in entries.iter().enumerate() {
            let Some(table) = entry.get_ref().as_table() else { continue };
            let line = self.page.line_of(entry.span().start);
            let (path, label) = (format!("{key}/#{number}"), format!("{one} number {}", number + 1));
            let mut fields = Fields::new(self.page, table, &path, &label, line);
            all.push(read(&mut fields));
            fields.finish();
        }
        all
    }

    /// The same where the plan may go without any.
    pub fn optional_tables<T>(&mut self, key: &'static str, one: &str, read: impl FnMut(&mut Fields<'_, 's, 'd>) -> T) -> Vec<T> {
        if self.table.get(key).is_some() {
            return self.tables(key, one, read);
        }
        self.asked.push(key);
        Vec::new()
    }

    fn missing_table(&mut self, key: &'static str, heading: &str) {
        let path = self.path_of(key);
        self.page.spoil(path);
        self.page.fault(0, format!("{} has no {heading}", self.page.holder), format!("add a part that begins with the line {heading}"));
    }

    pub fn spoil(&mut self, key: &str) {
        let path = self.path_of(key);
        self.page.spoil(path);
    }

    /// A fault of one key's value.
    pub fn fault(&mut self, key: &str, what: &str, mend: String) {
        let line = self.page.lines.at(&self.path_of(key));
        self.spoil(key);
        self.page.fault(line, format!("{}{what}", self.start()), mend);
    }

    /// Something to look at, in the line of a path of the whole plan.
    pub fn notice_at(&self, path: &str, what: String, mend: &str) -> Fault {
        Fault::new(self.page.source.file, self.page.lines.at(path), what, mend)
    }

    /// Reports every key that nobody asked for, and every missing one that is not such a key misspelt.
    pub fn finish(&mut self) {
        let mut missing = std::mem::take(&mut self.missing);
        let unknown = self.table.keys().filter(|key| !self.asked.iter().any(|asked| asked == &key.get_ref().as_ref()));
        for key in unknown {
            let line = self.page.line_of(key.span().start);
            let what = format!("{}nothing is called \"{}\" here", self.start(), key.get_ref());
            let mend = choose(key.get_ref(), self.asked.iter().copied());
            self.page.fault(line, what, mend);
            let near = nearest_word(key.get_ref(), self.asked.iter().copied());
            missing.retain(|(key, _)| near != Some(*key));
        }
        let holder = if self.label.is_empty() { self.page.holder } else { &self.label };
        for (key, looks_like) in missing {
            self.page.fault(self.line, format!("{holder} has no {key}"), format!("add `{key} = …`, {looks_like}"));
        }
    }
}

/// How to mend a word that is none of those known.
#[must_use]
pub fn choose<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest_word(word, known.iter().copied()) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None if known.is_empty() => "take it away".to_owned(),
        None => format!("use one of: {}", known.join(", ")),
    }
}
