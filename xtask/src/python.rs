//! Programs of others in Python, for comparison and for looking from outside: installed under the build folder in the
//! versions that a file of requirements names, and run there. Nothing of them is built in or given out.

use crate::{child, repository};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The programs of a Python that has what these requirements name; installed again only when they have changed.
///
/// `what` is who needs it, for whoever lacks it; `folder` its name below the build folder.
pub fn programs(root: &Path, requirements: &str, folder: &str, what: &str) -> Result<PathBuf> {
    let requirements = root.join(requirements);
    let wanted = fs::read_to_string(&requirements).with_context(|| format!("cannot read {}", requirements.display()))?;
    let folder = repository::target(root).join(folder);
    let programs = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let installed = folder.join("installed-requirements.txt");
    if fs::read_to_string(&installed).is_ok_and(|found| found == wanted) {
        return Ok(programs);
    }
    if child::answer("python3", &["-c", "import ensurepip, venv"]).is_none() {
        bail!(
            "{what} need Python 3.11 or newer with its module venv, which is missing: on Debian, as root, \
             `apt-get update && apt-get install --yes --no-install-recommends python3-venv`"
        );
    }
    child::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let mut command = Command::new(programs.join("python"));
    command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(&requirements);
    child::run(&mut command).with_context(|| format!("{what} could not be installed from PyPI"))?;
    fs::write(&installed, wanted).with_context(|| format!("cannot write {}", installed.display()))?;
    Ok(programs)
}
