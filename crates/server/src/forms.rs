//! Finding and reading a deployment's forms: one file each in `forms/`, beside what many ask and the crime codes.

use crate::deployment::read_text;
use domain::{
    form::{Catalogue, FormTexts, Forms},
    plan::{Fault, Source},
};
use std::path::Path;

const FOLDER: &str = "forms";
const PARTS: &str = "parts";
const CRIMES: &str = "crimes.csv";
const ENDING: &str = "toml";
/// More than any authority has.
const FORMS_MAX: usize = 200;

/// The forms of a deployment's folder; none where it has no forms.
///
/// # Errors
/// Every fault of every file.
pub fn read(deployment: &Path) -> Result<Catalogue, Vec<Fault>> {
    let folder = deployment.join(FOLDER);
    if !folder.exists() {
        return Ok(Catalogue::default());
    }
    let mut faults = Vec::new();
    let mut text = |name: &str| {
        let path = folder.join(name);
        let file = path.display().to_string();
        read_text(&path, &file).map_err(|fault| faults.push(fault)).ok().map(|text| (file, text))
    };
    let parts = text(&format!("{PARTS}.{ENDING}"));
    let crimes = folder.join(CRIMES).exists().then(|| text(CRIMES)).flatten();
    let ids = ids(&folder)?;
    let forms: Vec<(String, String, String)> =
        ids.into_iter().filter_map(|id| text(&format!("{id}.{ENDING}")).map(|(file, text)| (id, file, text))).collect();
    let Some((parts_file, parts)) = parts.as_ref().filter(|_| faults.is_empty()) else { return Err(faults) };
    Forms::read(&FormTexts {
        parts: Source { file: parts_file, text: parts },
        crimes: crimes.as_ref().map(|(file, text)| Source { file, text }),
        forms: forms.iter().map(|(id, file, text)| (id.as_str(), Source { file, text })).collect(),
    })
}

/// The ids of the forms, in order.
fn ids(folder: &Path) -> Result<Vec<String>, Vec<Fault>> {
    let file = folder.display().to_string();
    let unreadable = |_| vec![Fault::new(&file, 0, "the folder cannot be read", "let this user read it")];
    let mut ids = Vec::new();
    for entry in folder.read_dir().map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let id = path.file_stem().map(|name| name.to_string_lossy().into_owned());
        if path.extension().is_some_and(|ending| ending == ENDING) {
            ids.extend(id.filter(|id| id != PARTS));
        }
    }
    ids.sort();
    if ids.len() > FORMS_MAX {
        return Err(vec![Fault::new(&file, 0, format!("the folder has more than {FORMS_MAX} forms"), "take some away")]);
    }
    Ok(ids)
}
