//! What a grammar (JSGF) asks for, looked up before pocketsphinx is given it: one word that is missing in the
//! dictionary, or one rule that is nowhere, fails the whole grammar there, and nobody is told which.

use std::collections::{BTreeMap, HashSet};

/// Rules that every grammar has.
const GIVEN: [&str; 2] = ["NULL", "VOID"];
/// What is told of at once; whoever mends these asks again.
const FAULTS_MAX: usize = 20;

#[derive(Default)]
struct Grammar<'a> {
    /// Each with the line that it first stands in.
    words: BTreeMap<&'a str, usize>,
    asked: BTreeMap<&'a str, usize>,
    rules: HashSet<&'a str>,
    has_public: bool,
}

/// What is wrong with a grammar, each with its line and how to mend it; nothing when it can be used.
pub(super) fn faults(text: &str, dictionary: &str) -> Vec<String> {
    let grammar = match read(text) {
        Ok(grammar) => grammar,
        Err(fault) => return vec![fault],
    };
    if grammar.words.is_empty() || !grammar.has_public {
        return vec!["line 1: nothing can be said by it: write at least one public rule, such as `public <said> = yes | no;`".to_owned()];
    }
    let known: HashSet<String> = dictionary.lines().filter_map(spelling).collect();
    let missing = grammar.words.iter().filter(|(word, _)| !known.contains(&word.to_ascii_lowercase())).map(|(word, line)| {
        (*line, format!("line {line}: the dictionary has no \"{word}\": write another word, or add its line with its sounds there"))
    });
    let unknown = grammar.asked.iter().filter(|(rule, _)| !grammar.rules.contains(*rule) && !GIVEN.contains(rule));
    let nowhere = unknown.map(|(rule, line)| (*line, format!("line {line}: <{rule}> is no rule of this file: write `<{rule}> = ...;`")));
    let mut faults: Vec<(usize, String)> = missing.chain(nowhere).collect();
    faults.sort();
    faults.into_iter().map(|(_, fault)| fault).take(FAULTS_MAX).collect()
}

/// The word of a dictionary's line, without the number of a second way to say it.
fn spelling(line: &str) -> Option<String> {
    let word = line.split_whitespace().next()?;
    let plain = word.strip_suffix(')').and_then(|rest| rest.split_once('(')).map_or(word, |(word, _)| word);
    Some(plain.to_ascii_lowercase())
}

fn read(text: &str) -> Result<Grammar<'_>, String> {
    let mut grammar = Grammar::default();
    let (mut rest, mut line) = (text, 1);
    while let Some(first) = rest.chars().next() {
        let (taken, what) = next(rest, first).map_err(|what| format!("line {line}: {what}"))?;
        let (piece, after) = rest.split_at(taken);
        match what {
            Piece::Word if ["import", "grammar"].contains(&piece) && is_start(text, rest) => {
                if piece == "import" {
                    return Err(format!("line {line}: other files are not read: write all rules in this one"));
                }
                // Its name, up to the semicolon.
                let name = after.find(';').unwrap_or(after.len());
                line += after[..name].matches('\n').count();
                rest = &after[name..];
                continue;
            }
            Piece::Word if piece == "public" => grammar.has_public = true,
            Piece::Word => {
                grammar.words.entry(piece).or_insert(line);
            }
            Piece::Rule if after.trim_start().starts_with('=') => {
                grammar.rules.insert(&piece[1..piece.len() - 1]);
            }
            Piece::Rule => {
                grammar.asked.entry(&piece[1..piece.len() - 1]).or_insert(line);
            }
            Piece::Other => {}
        }
        line += piece.matches('\n').count();
        rest = after;
    }
    Ok(grammar)
}

enum Piece {
    Word,
    Rule,
    Other,
}

/// How many bytes the next piece has, and what it is.
fn next(rest: &str, first: char) -> Result<(usize, Piece), &'static str> {
    let up_to = |end: &str, missing| rest[first.len_utf8()..].find(end).map(|at| first.len_utf8() + at + end.len()).ok_or(missing);
    let word = rest.find(|letter: char| letter.is_whitespace() || "<>()[]{}|*+;=/".contains(letter)).unwrap_or(rest.len());
    Ok(match first {
        // The head, and remarks to the end of the line.
        '#' => (rest.find('\n').unwrap_or(rest.len()), Piece::Other),
        '/' if rest.starts_with("//") => (rest.find('\n').unwrap_or(rest.len()), Piece::Other),
        '/' if rest.starts_with("/*") => (up_to("*/", "a remark does not end: write */ behind it")?, Piece::Other),
        '/' => (up_to("/", "a weight does not end: write / behind it")?, Piece::Other),
        '{' => (up_to("}", "a tag does not end: write } behind it")?, Piece::Other),
        '<' => (up_to(">", "the name of a rule does not end: write > behind it")?, Piece::Rule),
        _ if word > 0 => (word, Piece::Word),
        _ => (first.len_utf8(), Piece::Other),
    })
    .map(|(taken, what)| if first.is_whitespace() { (first.len_utf8(), Piece::Other) } else { (taken, what) })
}

/// Whether a statement begins here, and no alternative of a rule.
fn is_start(text: &str, rest: &str) -> bool {
    let before = text[..text.len() - rest.len()].trim_end();
    before.is_empty() || before.ends_with([';', '\n', '/']) || before.lines().last().is_some_and(|line| line.trim_start().starts_with("//"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DICTIONARY: &str = "a AH\na(2) EY\ncar K AA R\nMy M AY\nno N OW\nsomebody's S AH M\nyes Y EH S\n";

    fn check(rules: &str) -> Vec<String> {
        faults(&format!("#JSGF V1.0;\ngrammar test;\n{rules}"), DICTIONARY)
    }

    #[test]
    fn whatever_jsgf_can_say_is_read() {
        for rules in [
            "public <said> = yes | no;",
            "// a remark of words\n/* and another\n of lines */ public <said> = <thing>+ [my] (car)* {tag of words} | /0.5/ no;\n<thing> = a car;",
            "public <said> = <NULL> | YES | somebody's car;",
        ] {
            assert_eq!(check(rules), Vec::<String>::new(), "{rules}");
        }
    }

    #[test]
    fn each_fault_has_its_line_and_its_mend() {
        for (rules, expected) in [
            (
                "public <said> = yes |\n\n my bicycle | lorry;",
                &["line 5: the dictionary has no \"bicycle\"", "line 5: the dictionary has no \"lorry\""][..],
            ),
            ("public <said> = yes\n| <thing>;", &["line 4: <thing> is no rule"]),
            ("import <other.rules>;\npublic <said> = yes;", &["line 3: other files are not read"]),
            ("public <said> = grammar | yes;", &["line 3: the dictionary has no \"grammar\""]),
            ("public <said = yes;", &["line 3: the name of a rule does not end"]),
            ("/* public <said> = yes;", &["line 3: a remark does not end"]),
            ("<said> = yes;", &["line 1: nothing can be said"]),
            ("", &["line 1: nothing can be said"]),
        ] {
            let found = check(rules);
            assert_eq!(found.len(), expected.len(), "{rules}: {found:?}");
            for (fault, expected) in found.iter().zip(expected) {
                assert!(fault.starts_with(expected) && fault.contains("write"), "{rules}: {fault}");
            }
        }
    }
}
