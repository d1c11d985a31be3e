//! Others' simulators, for comparison: in a Python of their own, in the versions of `peers/requirements.txt`.

use super::{Place, server::on_one_core};
use crate::python;
use anyhow::Result;
use std::{path::PathBuf, process::Command};

const REQUIREMENTS: &str = "xtask/src/bench/peers/requirements.txt";

/// A Python that has them.
pub struct Peers {
    python: PathBuf,
}

impl Peers {
    /// Installs them, again only when the requirements have changed.
    pub fn install(place: &Place) -> Result<Self> {
        let programs = python::programs(&place.root, REQUIREMENTS, "bench-peers", "SimPy and Ciw")?;
        Ok(Self { python: programs.join("python") })
    }

    /// One of our programs in `peers`, on the core where ours runs too.
    pub fn program(&self, place: &Place, name: &str) -> Command {
        let mut command = on_one_core(&self.python);
        command.arg("-I").arg(place.root.join("xtask/src/bench/peers").join(name));
        command
    }
}
