//! Lock files of the browser parts: no registry's address in them, and for each package a licence
//! that the policy allows.

use super::{
    Fault, File,
    licences::{Policy, policy},
};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Lock {
    packages: BTreeMap<String, Locked>,
}

#[derive(Deserialize)]
struct Locked {
    license: Option<String>,
    resolved: Option<String>,
}

pub fn check(files: &[File]) -> Result<Vec<Fault>> {
    let policy = policy()?;
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with("package-lock.json")) {
        let lock: Lock = serde_json::from_str(&file.text).with_context(|| format!("{} is not a lock file of npm", file.path))?;
        for (name, package) in &lock.packages {
            faults.extend(fault_of(&policy, name, package).map(|what| Fault::new(&file.path, 0, what)));
        }
    }
    Ok(faults)
}

fn fault_of(policy: &Policy, name: &str, package: &Locked) -> Option<String> {
    // The first entry is the project itself.
    let shown = name.rsplit_once("node_modules/").map_or("this project", |(_, name)| name);
    if package.resolved.is_some() {
        return Some(format!("{shown} names a registry's address; put `omit-lockfile-registry-resolved=true` into .npmrc and lock anew"));
    }
    policy.fault_of(shown, package.license.as_deref())
}

#[cfg(test)]
mod tests {
    use super::{
        super::samples::{file, shown},
        *,
    };

    fn check_lock(package: &str, expected: &[&str]) {
        let text = format!(r#"{{"packages": {{"": {{"license": "EUPL-1.2"}}, "node_modules/a": {package}}}}}"#);
        assert_eq!(shown(&check(&[file("e2e/package-lock.json", &text)]).unwrap()), expected);
    }

    #[test]
    fn lock_files_name_no_registry_and_only_allowed_licences() {
        check_lock(r#"{"license": "MIT"}"#, &[]);
        check_lock(
            r#"{"license": "MIT", "resolved": "x"}"#,
            &["e2e/package-lock.json: a names a registry's address; put `omit-lockfile-registry-resolved=true` into .npmrc and lock anew"],
        );
        check_lock("{}", &["e2e/package-lock.json: a does not say its licence (xtask/licences.toml)"]);
        check_lock(
            r#"{"license": "SSPL-1.0"}"#,
            &["e2e/package-lock.json: a is under SSPL-1.0, which is not allowed (xtask/licences.toml)"],
        );
    }
}
