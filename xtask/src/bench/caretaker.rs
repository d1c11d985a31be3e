//! Clears up behind a measurement, however it ends: a small shell beside us waits for the end of its standard input, which
//! comes when the measurement is over, breaks off, or is ended by Ctrl-C, a signal or a kill. Then it ends the one program
//! that it was given, as Ctrl-C does, and removes one folder.

use anyhow::{Context, Result};
use std::{
    path::Path,
    process::{Child, Command, Stdio},
};

/// `$1` is the folder, `$2` the program's number, if there is one. Numbers are used again, so only a program that was
/// started with the folder among its words is ours. What has ended and was not asked after yet has no words any more. Where
/// another caretaker's program still writes into the folder, it is removed again.
const SCRIPT: &str = r#"
trap '' INT HUP TERM
cat >/dev/null
ours() { [ -n "$2" ] && grep -qsF -- "$1" "/proc/$2/cmdline"; }
if ours "$1" "$2"; then kill -INT "$2"; fi
tries=0
while ours "$1" "$2" && [ $tries -lt 700 ]; do
    tries=$((tries + 1))
    if [ $tries -eq 600 ]; then kill -KILL "$2"; fi
    sleep 0.05
done
until rm -rf -- "$1" 2>/dev/null || [ $tries -ge 1000 ]; do
    tries=$((tries + 1))
    sleep 0.05
done
"#;

pub struct Caretaker {
    shell: Child,
}

impl Caretaker {
    /// Of a folder, and of a program that has it among the words with which it was started.
    pub fn of(folder: &Path, program: Option<u32>) -> Result<Self> {
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT, "sh"]).arg(folder).args(program.map(|number| number.to_string()));
        let shell = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().context("sh could not be started; it clears up")?;
        Ok(Self { shell })
    }
}

impl Drop for Caretaker {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{env, fs, process};

    #[test]
    fn its_program_ends_and_its_folder_goes_and_no_other() {
        let folder = |name: &str| {
            let folder = env::temp_dir().join(format!("svar-bench-caretaker-{name}-{}", process::id()));
            fs::create_dir_all(&folder).unwrap();
            folder
        };
        let (own, other) = (folder("own"), folder("other"));
        let sleeper = |folder: &Path| {
            let mut command = Command::new("sh");
            command.args(["-c", "trap 'exit 3' INT; while :; do sleep 0.01; done", "sh"]).arg(folder);
            command.stdin(Stdio::null()).spawn().unwrap()
        };
        let (mut ours, mut theirs) = (sleeper(&own), sleeper(&other));
        drop(Caretaker::of(&own, Some(theirs.id())).unwrap());
        assert!(!own.exists() && matches!(theirs.try_wait(), Ok(None)), "a program that was not started with the folder goes on");
        fs::create_dir_all(&own).unwrap();
        drop(Caretaker::of(&own, Some(ours.id())).unwrap());
        assert!(!own.exists() && ours.try_wait().unwrap().is_some());
        drop(Caretaker::of(&other, None).unwrap());
        assert!(!other.exists());
        theirs.kill().unwrap();
        theirs.wait().unwrap();
    }
}
