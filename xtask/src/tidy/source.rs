//! Rust source split into code, comments and texts, line by line, so that a word in a comment is
//! never taken for code. A scanner, not a parser: it knows comments, strings, characters and braces.

use super::File;

/// One file. `code`, `comments` and `texts` have the same number of lines as the file.
pub struct Source {
    pub path: String,
    /// The code, with comments and the inside of texts left blank.
    pub code: Vec<String>,
    pub comments: Vec<String>,
    /// What stands between quotes.
    pub texts: Vec<String>,
    /// Whether the line is test code: in a test folder or under `#[cfg(test)]`.
    pub test: Vec<bool>,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Code,
    LineComment,
    /// How many are open inside each other.
    BlockComment(u32),
    Text,
    /// How many `#` close it.
    RawText(usize),
}

impl Source {
    pub fn read(file: &File) -> Self {
        let mut scanner = Scanner::new(&file.text);
        scanner.run();
        let Scanner { code, comments, texts, .. } = scanner;
        let whole = is_test_path(&file.path);
        let mut source = Self { path: file.path.clone(), test: vec![whole; code.len()], code, comments, texts };
        if !whole {
            source.mark_test_modules();
        }
        source
    }

    /// The crate whose folder the file is in (`domain` for `crates/domain/src/time.rs`).
    pub fn room(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }

    /// Lines of code outside tests, counted from 1.
    pub fn working_code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.iter().zip(&self.test).enumerate().filter(|(_, (_, test))| !**test).map(|(index, (line, _))| (index + 1, line.as_str()))
    }

    /// Lines of text between quotes outside tests, counted from 1.
    pub fn working_texts(&self) -> impl Iterator<Item = (usize, &str)> {
        self.texts.iter().zip(&self.test).enumerate().filter(|(_, (_, test))| !**test).map(|(index, (line, _))| (index + 1, line.as_str()))
    }

    /// Where the block that begins on or after this line ends, both counted from 0; `None` when a
    /// `;` ends the item before any brace opens.
    pub fn block_end(&self, from: usize) -> Option<usize> {
        let (mut depth, mut inside) = (0_i32, 0_i32);
        for (index, line) in self.code.iter().enumerate().skip(from) {
            for letter in line.chars() {
                match letter {
                    '(' | '[' => inside += 1,
                    ')' | ']' => inside -= 1,
                    ';' if depth == 0 && inside == 0 => return None,
                    '{' => depth += 1,
                    '}' => {
                        depth -= 1;
                        if depth == 0 {
                            return Some(index);
                        }
                    }
                    _ => {}
                }
            }
        }
        None
    }

    fn mark_test_modules(&mut self) {
        for index in 0..self.code.len() {
            if self.test[index] || !is_test_mark(&self.code[index]) {
                continue;
            }
            let end = self.block_end(index).unwrap_or(index);
            self.test[index..=end].fill(true);
        }
    }
}

fn is_test_mark(line: &str) -> bool {
    ["#[cfg(test)]", "#[cfg(all(test,"].iter().any(|mark| line.contains(mark))
}

/// Test folders, and modules that only tests include.
fn is_test_path(path: &str) -> bool {
    let mut parts = path.split('/').rev();
    let name = parts.next().unwrap_or_default();
    name == "tests.rs" || name.ends_with("_tests.rs") || parts.any(|folder| matches!(folder, "tests" | "benches"))
}

struct Scanner<'a> {
    letters: std::iter::Peekable<std::str::Chars<'a>>,
    code: Vec<String>,
    comments: Vec<String>,
    texts: Vec<String>,
    state: State,
    previous: char,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str) -> Self {
        let line = || vec![String::new()];
        Self { letters: text.chars().peekable(), code: line(), comments: line(), texts: line(), state: State::Code, previous: '\n' }
    }

    fn run(&mut self) {
        while let Some(letter) = self.letters.next() {
            if letter == '\n' {
                self.break_line();
            } else {
                match self.state {
                    State::Code => self.in_code(letter),
                    State::LineComment => push(&mut self.comments, letter),
                    State::BlockComment(depth) => self.in_block_comment(letter, depth),
                    State::Text => self.in_text(letter),
                    State::RawText(hashes) => self.in_raw_text(letter, hashes),
                }
            }
            self.previous = letter;
        }
    }

    fn break_line(&mut self) {
        if self.state == State::LineComment {
            self.state = State::Code;
        }
        for lines in [&mut self.code, &mut self.comments, &mut self.texts] {
            lines.push(String::new());
        }
    }

    fn in_code(&mut self, letter: char) {
        match (letter, self.letters.peek()) {
            ('/', Some('/')) => self.state = State::LineComment,
            ('/', Some('*')) => {
                self.letters.next();
                self.state = State::BlockComment(1);
            }
            ('"', _) => {
                push(&mut self.code, '"');
                self.state = State::Text;
            }
            ('r', Some('"' | '#')) if !is_word(self.previous) || self.previous == 'b' || self.previous == 'c' => self.raw_text(),
            ('\'', _) => self.character(),
            _ => push(&mut self.code, letter),
        }
    }

    /// `r"..."`, `r##"..."##`, or the raw name `r#type`.
    fn raw_text(&mut self) {
        push(&mut self.code, 'r');
        let mut hashes = 0;
        while self.letters.next_if_eq(&'#').is_some() {
            push(&mut self.code, '#');
            hashes += 1;
        }
        if self.letters.next_if_eq(&'"').is_some() {
            push(&mut self.code, '"');
            self.state = State::RawText(hashes);
        }
    }

    /// A character literal is blanked; a lifetime is code.
    fn character(&mut self) {
        push(&mut self.code, '\'');
        let mut ahead = self.letters.clone();
        match (ahead.next(), ahead.next()) {
            (Some('\\'), _) => {
                self.letters.next();
                self.letters.next();
                while self.letters.next_if(|letter| *letter != '\'' && *letter != '\n').is_some() {}
                self.letters.next_if_eq(&'\'');
            }
            (Some(letter), Some('\'')) if letter != '\n' => {
                self.letters.next();
                self.letters.next();
            }
            _ => {}
        }
    }

    fn in_block_comment(&mut self, letter: char, depth: u32) {
        if letter == '/' && self.letters.next_if_eq(&'*').is_some() {
            self.state = State::BlockComment(depth + 1);
        } else if letter == '*' && self.letters.next_if_eq(&'/').is_some() {
            self.state = if depth == 1 { State::Code } else { State::BlockComment(depth - 1) };
        } else {
            push(&mut self.comments, letter);
        }
    }

    fn in_text(&mut self, letter: char) {
        match letter {
            '\\' => match self.letters.next_if(|next| *next != '\n') {
                Some('n') => push(&mut self.texts, ' '),
                Some(escaped) => push(&mut self.texts, escaped),
                None => {}
            },
            '"' => {
                push(&mut self.code, '"');
                self.state = State::Code;
            }
            _ => push(&mut self.texts, letter),
        }
    }

    fn in_raw_text(&mut self, letter: char, hashes: usize) {
        let closes = letter == '"' && self.letters.clone().take(hashes).filter(|next| *next == '#').count() == hashes;
        if !closes {
            return push(&mut self.texts, letter);
        }
        for _ in 0..hashes {
            self.letters.next();
        }
        push(&mut self.code, '"');
        self.state = State::Code;
    }
}

fn push(lines: &mut [String], letter: char) {
    if let Some(line) = lines.last_mut() {
        line.push(letter);
    }
}

pub fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Whether `name` stands in the line as a whole: `rand` is found in `rand::rng()`, not in `operand`.
/// A name may hold `::` and the like; only its ends must be free.
pub fn has_word(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + name.len()..].chars().next();
        let open = |end: Option<char>, beside: Option<char>| !(end.is_some_and(is_word) && beside.is_some_and(is_word));
        open(name.chars().next(), before) && open(name.chars().next_back(), after)
    })
}

#[cfg(test)]
mod tests {
    use super::{super::samples::file, *};

    fn check(text: &str, code: &[&str], comments: &[&str], texts: &[&str]) {
        let source = Source::read(&file("crates/x/src/lib.rs", text));
        assert_eq!((source.code, source.comments, source.texts), (owned(code), owned(comments), owned(texts)), "{text}");
    }

    fn owned(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn code_comments_and_texts_are_told_apart() {
        check("a // b", &["a "], &["/ b"], &[""]);
        check("a /* b /* c */ d */ e", &["a  e"], &[" b  c  d "], &[""]);
        check(r#"f("x // y")"#, &[r#"f("")"#], &[""], &["x // y"]);
        check(r#""a\"b" c"#, &[r#""" c"#], &[""], &[r#"a"b"#]);
        check("r#\"a\"b\"# c", &["r#\"\" c"], &[""], &["a\"b"]);
        check("br\"a\" c", &["br\"\" c"], &[""], &["a"]);
        check("let r#type = 1;", &["let r#type = 1;"], &[""], &[""]);
        check(r"'{' '\'' 'a", &["' ' 'a"], &[""], &[""]);
        check("\"a\nb\"", &["\"", "\""], &["", ""], &["a", "b"]);
        check(r"'\u{7d}' x", &["' x"], &[""], &[""]);
    }

    #[test]
    fn test_modules_are_known() {
        let source = Source::read(&file(
            "crates/x/src/a.rs",
            "fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() {}\n}\nfn c() {}\n#[cfg(test)]\nmod d;\nfn e() {}\n#[cfg(all(test, unix))]\nmod f {\n}",
        ));
        let lines: Vec<&str> = source.working_code().map(|(_, line)| line).collect();
        assert_eq!(lines, ["fn a() {}", "fn c() {}", "mod d;", "fn e() {}"]);
        for (path, test) in [("crates/x/tests/a.rs", true), ("crates/x/src/a/tests.rs", true), ("crates/x/src/latest.rs", false)] {
            assert_eq!(is_test_path(path), test, "{path}");
        }
    }

    #[test]
    fn words_are_found_whole() {
        for (line, word, found) in [
            ("use rand::Rng", "rand", true),
            ("operand", "rand", false),
            ("a.unwrap()", ".unwrap()", true),
            ("a.unwrap_or(b)", ".unwrap()", false),
            ("std::env::var", "std::env", true),
            ("std::environment", "std::env", false),
        ] {
            assert_eq!(has_word(line, word), found, "{line} / {word}");
        }
    }
}
