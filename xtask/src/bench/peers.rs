//! Others' simulators, for comparison: installed in a Python of their own under the build folder, in the
//! versions of `peers/requirements.txt`, and run there. Nothing of them is built in or given out.

use super::{Place, server::on_one_core};
use crate::{child, repository};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const REQUIREMENTS: &str = "xtask/src/bench/peers/requirements.txt";

/// A Python that has them.
pub struct Peers {
    python: PathBuf,
}

impl Peers {
    /// Installs them, again only when the requirements have changed.
    pub fn install(place: &Place) -> Result<Self> {
        let requirements = place.root.join(REQUIREMENTS);
        let wanted = fs::read_to_string(&requirements).with_context(|| format!("cannot read {REQUIREMENTS}"))?;
        let folder = repository::target(&place.root).join("bench-peers");
        let peers = Self { python: python_in(&folder) };
        let installed = folder.join("installed-requirements.txt");
        if fs::read_to_string(&installed).is_ok_and(|found| found == wanted) {
            return Ok(peers);
        }
        if child::answer("python3", &["-c", "import ensurepip, venv"]).is_none() {
            bail!(
                "SimPy and Ciw run in Python 3.11 or newer with its module venv, which is missing: on Debian, as root, \
                 `apt-get update && apt-get install --yes --no-install-recommends python3-venv`"
            );
        }
        child::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        let mut command = Command::new(&peers.python);
        command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(&requirements);
        child::run(&mut command).context("SimPy and Ciw could not be installed; they are fetched from PyPI")?;
        fs::write(&installed, wanted).with_context(|| format!("cannot write {}", installed.display()))?;
        Ok(peers)
    }

    /// One of our programs in `peers`, on the core where ours runs too.
    pub fn program(&self, place: &Place, name: &str) -> Command {
        let mut command = on_one_core(&self.python);
        command.arg("-I").arg(place.root.join("xtask/src/bench/peers").join(name));
        command
    }
}

fn python_in(folder: &Path) -> PathBuf {
    if cfg!(windows) { folder.join("Scripts/python.exe") } else { folder.join("bin/python") }
}
