//! What a test run must not leave behind: processes that still run and a temporary folder. Every
//! child inherits a mark in its environment; whatever still bears it after a step is ended by its
//! number and named.
//!
//! Reads `/proc`; where there is none (not Linux), only the folder is looked after.

use anyhow::{Context, Result};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{self, Command},
    thread,
    time::{Duration, Instant},
};

const MARK: &str = "SVAR_TEST_RUN";
/// How long a process that is already ending may take before it counts as left behind.
const ENDING_MAX: Duration = Duration::from_secs(5);
/// How long a process may take to end when told to.
const TERMINATING_MAX: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A run with its mark and its own temporary folder, removed when the run is dropped.
pub struct Run {
    mark: String,
    folder: PathBuf,
}

impl Run {
    pub fn begin() -> Result<Self> {
        let mark = format!("{}", process::id());
        let folder = env::temp_dir().join(format!("svar-test-{mark}"));
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        open_to_all(&folder)?;
        Ok(Self { mark, folder })
    }

    /// Lets a command and all its children be found again.
    pub fn mark<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env(MARK, &self.mark).env("TMPDIR", &self.folder)
    }

    /// Ends whatever still bears the mark and says what it was.
    pub fn sweep(&self) {
        let waited = Instant::now();
        while !self.remaining().is_empty() && waited.elapsed() < ENDING_MAX {
            thread::sleep(LOOK_EVERY);
        }
        for (pid, name) in self.remaining() {
            println!("warning: {name} (process {pid}) was left running by this step; ending it");
            tell(pid, "-TERM");
        }
        let told = Instant::now();
        while !self.remaining().is_empty() && told.elapsed() < TERMINATING_MAX {
            thread::sleep(LOOK_EVERY);
        }
        for (pid, _) in self.remaining() {
            tell(pid, "-KILL");
        }
    }

    /// Processes other than ourselves that bear the mark.
    fn remaining(&self) -> Vec<(u32, String)> {
        let wanted = format!("{MARK}={}", self.mark);
        let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
        let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        pids.filter(|pid| *pid != process::id() && bears(*pid, &wanted)).map(|pid| (pid, name(pid))).collect()
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.sweep();
        if let Err(fault) = fs::remove_dir_all(&self.folder) {
            println!("warning: {} could not be removed: {fault}", self.folder.display());
        }
    }
}

fn bears(pid: u32, wanted: &str) -> bool {
    // An ended process that nobody has waited for has an empty environment, so it never counts.
    fs::read(format!("/proc/{pid}/environ"))
        .is_ok_and(|environment| environment.split(|byte| *byte == 0).any(|pair| pair == wanted.as_bytes()))
}

fn name(pid: u32) -> String {
    fs::read_to_string(format!("/proc/{pid}/comm")).map_or_else(|_| "a process".to_owned(), |name| name.trim().to_owned())
}

fn tell(pid: u32, signal: &str) {
    // It may have ended by itself in between; then there is nothing to tell.
    let _ = Command::new("kill").args([signal, &pid.to_string()]).status();
}

/// Like the system's own temporary folder: PostgreSQL runs as a user of its own and must reach in.
#[cfg(unix)]
fn open_to_all(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o1777))
        .with_context(|| format!("cannot set the rights of {}", folder.display()))
}

#[cfg(not(unix))]
fn open_to_all(_folder: &Path) -> Result<()> {
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_marked_process_is_found_and_ended() {
        let run = Run { mark: format!("unit-{}", process::id()), folder: env::temp_dir().join(format!("svar-unit-{}", process::id())) };
        fs::create_dir_all(&run.folder).unwrap();
        let mut child = run.mark(Command::new("sleep").arg("600")).spawn().unwrap();
        // Between start and its own program's environment a process bears nothing yet.
        let begun = Instant::now();
        while run.remaining().is_empty() && begun.elapsed() < TERMINATING_MAX {
            thread::sleep(LOOK_EVERY);
        }
        assert_eq!(run.remaining().into_iter().map(|(pid, _)| pid).collect::<Vec<_>>(), [child.id()]);
        tell(child.id(), "-TERM");
        assert!(!child.wait().unwrap().success());
        assert!(run.remaining().is_empty());
        let folder = run.folder.clone();
        drop(run);
        assert!(!folder.exists());
    }
}
