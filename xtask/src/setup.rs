//! What building and testing need on this machine. As root on Debian it installs what is missing;
//! anybody else gets the exact command and a failure. Asked twice, it does nothing the second time.

use crate::{child, repository};
use anyhow::{Context, Result, bail};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The oldest Node.js that bundles the browser parts and runs the end-to-end tests.
const NODE_MAJOR_MIN: u32 = 18;
/// The oldest PostgreSQL that the contract of storage is held to.
const POSTGRES_MAJOR_MIN: u32 = 15;
/// Where Debian keeps each version of PostgreSQL's programs, in a folder with its number. Tests start the
/// newest that is there.
const POSTGRES_VERSIONS: &str = "/usr/lib/postgresql";

/// A program that is looked for (or a file, by its whole path), the Debian package that brings it, and what it is for.
struct Need {
    program: &'static str,
    package: &'static str,
    purpose: &'static str,
}

/// What comes with Debian's recogniser: the acoustic model of English, and the library where Debian's name for this
/// kind of machine puts it.
const SPEECH_MODEL: &str = "/usr/share/pocketsphinx/model/en-us/en-us/mdef";
#[cfg(target_arch = "aarch64")]
const SPEECH_LIBRARY: &str = "/usr/lib/aarch64-linux-gnu/libpocketsphinx.so.3";
#[cfg(not(target_arch = "aarch64"))]
const SPEECH_LIBRARY: &str = "/usr/lib/x86_64-linux-gnu/libpocketsphinx.so.3";

const NEEDS: &[Need] = &[
    Need { program: "cc", package: "gcc", purpose: "compiles the cryptography of the sound and web libraries" },
    Need { program: "c++", package: "g++", purpose: "compiles whisper.cpp" },
    Need { program: "cmake", package: "cmake", purpose: "builds whisper.cpp" },
    Need { program: "node", package: "nodejs", purpose: "bundles the browser parts, runs the end-to-end tests" },
    Need { program: "npm", package: "npm", purpose: "installs the browser parts that the lock files name" },
    Need { program: "sipp", package: "sip-tester", purpose: "calls in tests: scripted signalling and sound" },
    Need { program: "baresip", package: "baresip-core", purpose: "calls in tests: a whole telephone" },
    Need { program: "chromium", package: "chromium", purpose: "the operator's browser in tests" },
    Need { program: "postgres", package: "postgresql", purpose: "the second database that every contract is tested on" },
    Need { program: "psql", package: "postgresql-client", purpose: "reads from outside what was kept, after kills" },
    Need { program: "sqlite3", package: "sqlite3", purpose: "reads from outside what was kept, after kills" },
    Need { program: "openssl", package: "openssl", purpose: "certificates for the tests of TLS" },
    Need { program: "espeak-ng", package: "espeak-ng", purpose: "speaks prompts" },
    Need { program: "flite", package: "flite", purpose: "speaks callers' words in tests, with a person's voice" },
    Need { program: SPEECH_LIBRARY, package: "libpocketsphinx3", purpose: "the recogniser that tests speak to" },
    Need { program: SPEECH_MODEL, package: "pocketsphinx-en-us", purpose: "the English that this recogniser knows" },
    Need { program: "aiosmtpd", package: "python3-aiosmtpd", purpose: "the mail server of others in tests" },
    Need { program: "pdftotext", package: "poppler-utils", purpose: "reads receipts as another program does, in tests" },
    Need { program: "sox", package: "sox", purpose: "measures and makes tones in tests" },
];

pub fn run() -> Result<()> {
    let root = repository::root()?;
    toolchain()?;
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| find(need.program).is_none()).collect();
    if !missing.is_empty() {
        install(&missing)?;
    }
    node_is_new_enough()?;
    postgres_is_new_enough()?;
    install_browser_driver(&root.join("e2e"))?;
    println!("everything that building and testing need is here");
    Ok(())
}

/// Formatter and lints come with the toolchain; a minimal one lacks them.
fn toolchain() -> Result<()> {
    for (component, program) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if child::answer("cargo", &[program, "--version"]).is_none() {
            bail!("cargo {program} is missing: `rustup component add {component}`");
        }
    }
    Ok(())
}

fn install(missing: &[&Need]) -> Result<()> {
    for need in missing {
        println!("missing: {} ({})", need.program, need.purpose);
    }
    let packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    let by_hand = format!("apt-get update && apt-get install --yes --no-install-recommends {}", packages.join(" "));
    if !is_debian() {
        let names: Vec<&str> = missing.iter().map(|need| need.program).collect();
        bail!("install these programs with your system's package manager: {}. On Debian it is `{by_hand}`", names.join(", "));
    }
    if child::answer("id", &["-u"]).as_deref() != Some("0") {
        bail!("as root, run `{by_hand}`");
    }
    let mut apt = Command::new("apt-get");
    child::run(apt.env("DEBIAN_FRONTEND", "noninteractive").args(["update", "--quiet"]))?;
    let mut apt = Command::new("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive").args(["install", "--yes", "--quiet", "--no-install-recommends"]).args(&packages);
    child::run(&mut apt)?;
    match missing.iter().find(|need| find(need.program).is_none()) {
        Some(need) => bail!("{} is still not found after installing {}", need.program, need.package),
        None => Ok(()),
    }
}

fn node_is_new_enough() -> Result<()> {
    let version = child::answer("node", &["--version"]).context("node is there but does not start")?;
    match major(&version) {
        Some(found) if found >= NODE_MAJOR_MIN => Ok(()),
        _ => bail!("Node.js {version} is too old: {NODE_MAJOR_MIN} or newer is needed"),
    }
}

fn postgres_is_new_enough() -> Result<()> {
    let newest = newest_postgres(Path::new(POSTGRES_VERSIONS));
    let Some((found, programs)) = newest else {
        bail!("no server of PostgreSQL stands in {POSTGRES_VERSIONS}: tests look for it there, as Debian installs it");
    };
    if found < POSTGRES_MAJOR_MIN {
        bail!("PostgreSQL {found} in {} is too old: {POSTGRES_MAJOR_MIN} or newer is needed", programs.display());
    }
    Ok(())
}

/// The programs of the newest PostgreSQL that is here.
pub fn postgres_programs() -> Result<PathBuf> {
    let newest = newest_postgres(Path::new(POSTGRES_VERSIONS));
    newest.map(|(_, programs)| programs).with_context(|| format!("no server of PostgreSQL stands in {POSTGRES_VERSIONS}"))
}

/// The highest of the versions in this folder that has a server, and its programs.
fn newest_postgres(versions: &Path) -> Option<(u32, PathBuf)> {
    let folders = fs::read_dir(versions).ok()?.filter_map(|version| Some(version.ok()?.path()));
    let programs = folders.filter_map(|folder| Some((folder.file_name()?.to_str()?.parse().ok()?, folder.join("bin"))));
    programs.filter(|(_, programs)| programs.join("initdb").is_file()).max()
}

/// The number before the first dot of "v20.20.2".
fn major(version: &str) -> Option<u32> {
    version.trim().trim_start_matches('v').split('.').next()?.parse().ok()
}

/// Installs what `e2e/package-lock.json` names, again only when that file has changed.
fn install_browser_driver(folder: &Path) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let wanted = fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let installed = folder.join("node_modules/.installed-lock.json");
    if fs::read_to_string(&installed).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    child::run(Command::new("npm").arg("ci").current_dir(folder))?;
    fs::write(&installed, wanted).with_context(|| format!("cannot write {}", installed.display()))
}

/// Looks where shells look, and among the newest PostgreSQL's programs.
fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = env::split_paths(&path).collect();
    folders.extend(["/usr/sbin", "/usr/bin"].map(PathBuf::from));
    folders.extend(newest_postgres(Path::new(POSTGRES_VERSIONS)).map(|(_, programs)| programs));
    folders.into_iter().map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn is_debian() -> bool {
    Path::new("/etc/debian_version").exists() && find("apt-get").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_of_node_is_read() {
        for (said, read) in [("v20.20.2", Some(20)), ("v18.19.0\n", Some(18)), ("22.1", Some(22)), ("none", None), ("", None)] {
            assert_eq!(major(said), read, "{said:?}");
        }
    }

    #[test]
    fn the_newest_postgres_is_the_highest_number() {
        let versions = env::temp_dir().join(format!("svar-setup-{}", std::process::id()));
        assert_eq!(newest_postgres(&versions), None);
        for version in ["9", "15", "17", "18", "common"] {
            fs::create_dir_all(versions.join(version).join("bin")).unwrap();
            // Of 18 there are client programs only.
            if version != "18" {
                fs::write(versions.join(version).join("bin/initdb"), "").unwrap();
            }
        }
        let found = newest_postgres(&versions);
        fs::remove_dir_all(&versions).unwrap();
        assert_eq!(found, Some((17, versions.join("17/bin"))));
    }

    #[test]
    fn programs_are_looked_for_by_their_bare_name() {
        assert!(find("sh").is_some());
        assert!(find("a-program-that-nobody-has").is_none());
        assert!(find("/proc/self/exe").is_some() && find("/proc/no-such-file").is_none(), "a file by its whole path");
    }
}
