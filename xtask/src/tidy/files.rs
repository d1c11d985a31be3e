//! What may be committed at all: nothing large, nothing of others, nothing of one machine, nothing
//! unfinished.

use super::{Fault, File};

const BYTES_MAX: u64 = 2 * 1024 * 1024;

/// Larger files: path, reason.
const LARGE_FILES: &[(&str, &str)] = &[];

/// Written like this so that the rule does not find itself.
const UNFINISHED: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME")];
const MACHINE_PATHS: &[&str] = &[concat!("/wo", "rk/"), concat!("/tm", "p/w/"), concat!("/ro", "ot/"), concat!("/Us", "ers/")];

/// Folders and endings under which others' code is usually copied in.
const FOREIGN_FOLDERS: &[&str] = &["node_modules", "vendor", "third_party", "third-party"];
const FOREIGN_ENDINGS: &[&str] = &[".min.js", ".min.css", ".woff", ".woff2", ".ttf", ".otf", ".wasm", ".so", ".a", ".exe"];

pub fn check(files: &[File]) -> Vec<Fault> {
    let each = files.iter().flat_map(|file| size(file).into_iter().chain(foreign(file)).chain(lines(file)));
    each.chain(files.iter().filter_map(|file| never_run(file, files))).collect()
}

/// A file of tests beside a `main.rs` that does not name it.
fn never_run(file: &File, files: &[File]) -> Option<Fault> {
    let (folder, name) = file.path.rsplit_once('/').filter(|(folder, _)| folder.ends_with("/tests"))?;
    let module = name.strip_suffix(".rs").filter(|module| *module != "main")?;
    let main = files.iter().find(|other| other.path == format!("{folder}/main.rs"))?;
    let is_named = main.text.lines().any(|line| line == format!("mod {module};"));
    (!is_named).then(|| Fault::new(&file.path, 0, format!("never run: write `mod {module};` in {folder}/main.rs")))
}

fn size(file: &File) -> Option<Fault> {
    let listed = LARGE_FILES.iter().any(|(path, _)| *path == file.path);
    let large = file.bytes > BYTES_MAX && !listed;
    large.then(|| Fault::new(&file.path, 0, format!("{} KiB, at most {} KiB", file.bytes / 1024, BYTES_MAX / 1024)))
}

fn foreign(file: &File) -> Option<Fault> {
    let folder = file.path.split('/').any(|part| FOREIGN_FOLDERS.contains(&part));
    let ending = FOREIGN_ENDINGS.iter().any(|ending| file.path.ends_with(ending));
    (folder || ending).then(|| Fault::new(&file.path, 0, "others' code and built files are not committed: name them in a lock file"))
}

fn lines(file: &File) -> Vec<Fault> {
    let numbered = file.text.lines().enumerate();
    let faults = numbered.filter_map(|(index, line)| {
        if UNFINISHED.iter().any(|word| super::source::has_word(line, word)) {
            return Some(Fault::new(&file.path, index + 1, "finish it, or write an issue and leave it out"));
        }
        let path = MACHINE_PATHS.iter().find(|path| begins_path(line, path))?;
        Some(Fault::new(&file.path, index + 1, format!("`{path}` exists on one machine only")))
    });
    faults.collect()
}

/// `/a/` at the beginning of a path, not in the middle of one (`/srv/a/`, `https://host/a/`).
fn begins_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        !line[..at].ends_with(|letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '_' | '-' | '}' | '*' | '/'))
    })
}

#[cfg(test)]
mod tests {
    use super::{
        super::samples::{file, shown},
        *,
    };

    fn check_text(path: &str, text: &str, expected: &[&str]) {
        assert_eq!(shown(&check(&[file(path, text)])), expected, "{path}: {text}");
    }

    #[test]
    fn nothing_unfinished_and_nothing_of_one_machine() {
        check_text("a.rs", "// later", &[]);
        check_text("a.rs", &format!("x\n// {}: later", UNFINISHED[0]), &["a.rs:2: finish it, or write an issue and leave it out"]);
        check_text(
            "a.md",
            &format!("see {}main", MACHINE_PATHS[0]),
            &[&format!("a.md:1: `{}` exists on one machine only", MACHINE_PATHS[0])],
        );
        check_text("a.md", &format!("see docs{}main", MACHINE_PATHS[0]), &[]);
    }

    #[test]
    fn every_file_of_tests_is_run() {
        let main = file("crates/web/tests/main.rs", "mod plan;\n");
        let check =
            |path: &str, expected: &[&str]| assert_eq!(shown(&super::check(&[file(path, ""), file(&main.path, &main.text)])), expected);
        check("crates/web/tests/plan.rs", &[]);
        check("crates/web/tests/surges.rs", &["crates/web/tests/surges.rs: never run: write `mod surges;` in crates/web/tests/main.rs"]);
        check("crates/telephony/tests/surges.rs", &[]);
    }

    #[test]
    fn nothing_of_others_and_nothing_large() {
        let about = "others' code and built files are not committed: name them in a lock file";
        check_text("crates/web/htmx.min.js", "", &[&format!("crates/web/htmx.min.js: {about}")]);
        check_text("e2e/node_modules/a/index.js", "", &[&format!("e2e/node_modules/a/index.js: {about}")]);
        let large = File { path: "sound.wav".to_owned(), text: String::new(), bytes: BYTES_MAX + 1024 };
        assert_eq!(shown(&check(&[large])), ["sound.wav: 2049 KiB, at most 2048 KiB"]);
    }
}
