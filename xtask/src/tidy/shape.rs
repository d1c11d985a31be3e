//! The size of things: files that can be read in one go, functions that fit on a screen, and at the
//! head of each module what it is for.

use super::{
    Fault, File,
    source::{Source, has_word, is_word},
};

const FILE_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;

/// Written code; tables, texts and lock files may be as long as they are.
const CODE_ENDINGS: &[&str] = &[".rs", ".js", ".css", ".sql"];

/// Files that may be longer: path, reason. One that is no longer long is a fault.
const LONG_FILES: &[(&str, &str)] = &[];

/// Functions that may be longer: path, name, reason. One that is no longer long is a fault.
const LONG_FUNCTIONS: &[(&str, &str, &str)] = &[];

pub fn check(files: &[File], sources: &[Source]) -> Vec<Fault> {
    let mut faults = long_files(files, LONG_FILES);
    faults.extend(long_functions(sources, LONG_FUNCTIONS));
    faults.extend(sources.iter().filter_map(without_opening));
    faults
}

fn long_files(files: &[File], exceptions: &[(&str, &str)]) -> Vec<Fault> {
    let code = files.iter().filter(|file| CODE_ENDINGS.iter().any(|ending| file.path.ends_with(ending)));
    code.filter_map(|file| {
        let lines = file.text.lines().count();
        match (lines > FILE_LINES_MAX, exceptions.iter().any(|(path, _)| *path == file.path)) {
            (true, false) => {
                Some(Fault::new(&file.path, 0, format!("{lines} lines, at most {FILE_LINES_MAX}: divide it by what its parts are for")))
            }
            (false, true) => Some(Fault::new(&file.path, 0, "its exception in xtask/src/tidy/shape.rs is no longer needed")),
            _ => None,
        }
    })
    .collect()
}

fn long_functions(sources: &[Source], exceptions: &[(&str, &str, &str)]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for source in sources {
        let allowed = |name: &str| exceptions.iter().any(|(path, function, _)| *path == source.path && *function == name);
        for (line, name, lines) in functions(source) {
            match (lines > FUNCTION_LINES_MAX, allowed(&name)) {
                (true, false) => faults.push(Fault::new(
                    &source.path,
                    line,
                    format!("fn {name} has {lines} lines, at most {FUNCTION_LINES_MAX}: name its parts"),
                )),
                (false, true) => faults.push(Fault::new(
                    &source.path,
                    line,
                    format!("the exception for fn {name} in xtask/src/tidy/shape.rs is no longer needed"),
                )),
                _ => {}
            }
        }
    }
    faults
}

/// Functions with a body outside tests: line (from 1), name, number of lines.
fn functions(source: &Source) -> Vec<(usize, String, usize)> {
    let heads = source.working_code().filter_map(|(number, line)| Some((number, function_name(line)?)));
    heads.filter_map(|(number, name)| Some((number, name, source.block_end(number - 1)? + 2 - number))).collect()
}

fn function_name(line: &str) -> Option<String> {
    if !has_word(line, "fn") {
        return None;
    }
    let (before, after) = line.split_once("fn ")?;
    if before.chars().next_back().is_some_and(is_word) {
        return None;
    }
    let name: String = after.chars().take_while(|letter| is_word(*letter)).collect();
    (!name.is_empty()).then_some(name)
}

/// A module that does not open by saying what it is for.
fn without_opening(source: &Source) -> Option<Fault> {
    let working = source.path.contains("/src/") && source.test.first() == Some(&false);
    let opens = source.comments.iter().take(3).any(|comment| comment.starts_with("/!"));
    (working && !opens).then(|| Fault::new(&source.path, 1, "open the module with `//!`: what it is for and what it must not do"))
}

#[cfg(test)]
mod tests {
    use super::{
        super::samples::{file, shown},
        *,
    };

    #[test]
    fn files_are_short() {
        let long = "x\n".repeat(FILE_LINES_MAX + 1);
        let files = [file("a.rs", &long), file("b.rs", &long[2..]), file("c.csv", &long), file("d.js", &long)];
        let about = "501 lines, at most 500: divide it by what its parts are for";
        assert_eq!(shown(&long_files(&files, &[("d.js", "a reason")])), [format!("a.rs: {about}")]);
        assert_eq!(
            shown(&long_files(&files[1..2], &[("b.rs", "a reason")])),
            ["b.rs: its exception in xtask/src/tidy/shape.rs is no longer needed"]
        );
    }

    #[test]
    fn functions_are_short() {
        let body = "    x;\n".repeat(FUNCTION_LINES_MAX - 1);
        let text = format!(
            "fn short() {{ '}}'; \"}}\" }}\nfn long<T: Fn() -> u8>(\n) -> [u8; 2] {{\n{body}}}\ntrait T {{ fn none(&self); }}\n#[cfg(test)]\nmod t {{\n fn test() {{\n{body}\n\n}}\n}}"
        );
        let source = Source::read(&file("crates/x/src/a.rs", &text));
        assert_eq!(shown(&long_functions(&[source], &[])), ["crates/x/src/a.rs:2: fn long has 72 lines, at most 70: name its parts"]);
    }

    #[test]
    fn modules_say_what_they_are_for() {
        let check = |path: &str, text: &str, faulty: bool| {
            assert_eq!(without_opening(&Source::read(&file(path, text))).is_some(), faulty, "{path}: {text}")
        };
        check("crates/x/src/a.rs", "//! For this.\n", false);
        check("crates/x/src/a.rs", "// For this.\n", true);
        check("crates/x/src/tests.rs", "use super::*;\n", false);
        check("crates/x/build.rs", "fn main() {}\n", false);
    }
}
