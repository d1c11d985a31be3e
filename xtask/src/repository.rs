//! Where things are: the project's folder, the build folder, and the files that belong to the
//! project. Reads only.

use anyhow::{Context, Result, bail};
use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
};

/// The folder that holds the workspace's `Cargo.toml`.
pub fn root() -> Result<PathBuf> {
    let package = env::var_os("CARGO_MANIFEST_DIR").context("start this program as `cargo xtask`: cargo tells it where the project is")?;
    let package = PathBuf::from(package);
    package.parent().map(Path::to_path_buf).context("the package xtask has no folder above it")
}

/// Where cargo builds: `CARGO_TARGET_DIR`, or `target` in the project.
pub fn target(root: &Path) -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root.join(folder),
        None => root.join("target"),
    }
}

/// A command that runs cargo itself in the project's folder: the same cargo that started us.
pub fn cargo(root: &Path) -> Command {
    builder(root, env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// A command that builds, in the project's folder. What cargo told us of ourselves stays here: some
/// libraries are built anew when it differs, and the next command without us would build half of
/// everything again.
pub fn builder(root: &Path, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root);
    for (name, _) in env::vars_os().filter(|(name, _)| is_about_us(&name.to_string_lossy())) {
        command.env_remove(name);
    }
    command
}

fn is_about_us(name: &str) -> bool {
    name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || matches!(name, "CARGO_CRATE_NAME" | "CARGO_BIN_NAME")
}

/// Every file that is committed or would be, relative to the project, in order.
pub fn files(root: &Path) -> Result<Vec<String>> {
    let listing = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
    let output =
        Command::new("git").args(listing).current_dir(root).output().context("git could not be started; it lists the project's files")?;
    if !output.status.success() {
        bail!("git could not list the project's files: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let names = String::from_utf8(output.stdout).context("a file name is not UTF-8")?;
    let mut files: Vec<String> =
        names.split('\0').filter(|name| !name.is_empty() && root.join(name).is_file()).map(str::to_owned).collect();
    files.sort();
    files.dedup();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_cargo_is_not_told_who_we_are() {
        let command = cargo(Path::new("."));
        let removed: Vec<_> = command.get_envs().filter(|(_, value)| value.is_none()).map(|(name, _)| name.to_string_lossy()).collect();
        assert!(env::var_os("CARGO_PKG_NAME").is_some() && removed.iter().any(|name| name == "CARGO_PKG_NAME"), "{removed:?}");
        assert!(!is_about_us("CARGO_TARGET_DIR") && !is_about_us("CARGO"));
    }
}
