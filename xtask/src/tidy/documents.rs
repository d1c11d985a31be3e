//! Documents that lead somewhere: every link inside the project resolves, to the heading too; the
//! change log has a place for what comes; every decision record says where it stands.

use super::{Fault, File};
use std::collections::BTreeSet;

pub fn check(files: &[File]) -> Vec<Fault> {
    let paths: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with(".md")) {
        for (line, target) in links(&file.text) {
            if let Some(what) = broken(files, &paths, &file.path, &target) {
                faults.push(Fault::new(&file.path, line, what));
            }
        }
        faults.extend(shape_fault(file));
    }
    faults
}

fn shape_fault(file: &File) -> Option<Fault> {
    let has = |wanted: &str| file.text.lines().any(|line| line.starts_with(wanted));
    if file.path == "CHANGELOG.md" && !has("## [Unreleased]") {
        return Some(Fault::new(&file.path, 0, "the heading `## [Unreleased]` is missing: changes are noted there first"));
    }
    let decision = file.path.strip_prefix("docs/decisions/").is_some_and(|name| name.starts_with(|letter: char| letter.is_ascii_digit()));
    (decision && !has("Status: "))
        .then(|| Fault::new(&file.path, 0, "a decision says `Status: ` (proposed, accepted, or replaced by which) and its date"))
}

/// Link targets with their lines, outside code.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("``");
        for part in prose.split("](").skip(1) {
            if let Some((target, _)) = part.split_once(')') {
                found.push((index + 1, target.split_whitespace().next().unwrap_or_default().to_owned()));
            }
        }
    }
    found
}

/// What is wrong with a link, if it is one of our own.
fn broken(files: &[File], paths: &BTreeSet<&str>, from: &str, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (path, heading) = target.split_once('#').map_or((target, None), |(path, heading)| (path, Some(heading)));
    let nowhere = || format!("the link to {target} leads nowhere");
    let Some(whole) = (if path.is_empty() { Some(from.to_owned()) } else { resolved(from, path) }) else { return Some(nowhere()) };
    let folder = format!("{}/", whole.trim_end_matches('/'));
    let exists = paths.contains(whole.as_str()) || paths.range(folder.as_str()..).next().is_some_and(|next| next.starts_with(&folder));
    if !exists {
        return Some(nowhere());
    }
    let heading = heading?;
    let file = files.iter().find(|file| file.path == whole)?;
    (whole.ends_with(".md") && !headings(&file.text).contains(heading)).then(|| format!("{whole} has no heading for #{heading}"))
}

/// A path beside `from`, with `.` and `..` worked out; `None` when it leaves the project.
fn resolved(from: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The anchors that headings get: small letters, hyphens for spaces, no other signs.
fn headings(text: &str) -> BTreeSet<String> {
    let titles = text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    titles
        .map(|title| {
            let kept = title
                .to_lowercase()
                .chars()
                .filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'))
                .collect::<String>();
            kept.replace(' ', "-")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{
        super::samples::{file, shown},
        *,
    };

    #[test]
    fn links_resolve() {
        for (text, expected) in [
            ("[a](ARCHITECTURE.md)", None),
            ("[a](../ARCHITECTURE.md)", Some("the link to ../ARCHITECTURE.md leads nowhere")),
            ("[a](docs/start.md#first-call)", None),
            ("[a](docs/start.md#second-call)", Some("docs/start.md has no heading for #second-call")),
            ("[a](docs/) ![b](docs/gone.png \"a title\")", Some("the link to docs/gone.png leads nowhere")),
            ("[a](#here)\n# Here", None),
            ("[a](https://example.org/x) [b](mailto:a@example.org)", None),
            ("`[a](gone.md)`", None),
            ("```\n[a](gone.md)\n```", None),
        ] {
            let files = [file("README.md", text), file("ARCHITECTURE.md", ""), file("docs/start.md", "# First call!")];
            let expected: Vec<String> = expected.iter().map(|what| format!("README.md:1: {what}")).collect();
            assert_eq!(shown(&check(&files)), expected, "{text}");
        }
    }

    #[test]
    fn change_log_and_decisions_have_their_shape() {
        let check = |path: &str, text: &str| check(&[file(path, text)]).len();
        assert_eq!(check("CHANGELOG.md", "## [Unreleased]\n"), 0);
        assert_eq!(check("CHANGELOG.md", "## 1.0\n"), 1);
        assert_eq!(check("docs/decisions/0001-x.md", "# X\n\nStatus: accepted, 2026-11-21\n"), 0);
        assert_eq!(check("docs/decisions/0001-x.md", "# X\n"), 1);
        assert_eq!(check("docs/decisions/README.md", "# X\n"), 0);
    }
}
