//! Finding and reading a deployment's folder: plan, areas, prompts, understanding.

use anyhow::{Context, bail};
use domain::{
    place::{PlaceTexts, Places},
    plan::{self, Examined, Fault, Plan, Source},
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use switchboard::{Deployment, Hearing, Sounds};
use understanding::{entities::Municipalities, lexicon::Lexicon, prompts::Catalogue};

/// Where deployments are looked for by name, beside the working folder.
const SYSTEM_FOLDER: &str = "/usr/share/svar/deployments";

/// The folder of a deployment: a path, or a name looked up in `deployments/` of the working folder,
/// beside the program, and in the system's folder.
pub fn find(name: &str) -> anyhow::Result<PathBuf> {
    let named = Path::new(name);
    let beside_program = std::env::current_exe().ok();
    let beside_program = beside_program.iter().flat_map(|program| program.ancestors().skip(1).take(3)).map(|dir| dir.join("deployments"));
    let folders = [PathBuf::from("deployments")].into_iter().chain(beside_program).chain([PathBuf::from(SYSTEM_FOLDER)]);
    let mut candidates = vec![named.to_owned()];
    // A whole path is looked at where it says, nowhere else.
    if named.is_relative() {
        candidates.extend(folders.map(|folder| folder.join(named)));
    }
    if let Some(folder) = candidates.iter().find(|folder| folder.join(PLAN_FILE).is_file()) {
        return Ok(folder.clone());
    }
    let looked: Vec<String> =
        candidates.iter().map(|folder| std::path::absolute(folder).unwrap_or_else(|_| folder.clone()).display().to_string()).collect();
    bail!("there is no deployment {name:?}: none of {} holds a {PLAN_FILE}; name the folder that does", looked.join(", "))
}

/// The plan of the deployment of this name.
pub fn plan_file(name: &str) -> anyhow::Result<PathBuf> {
    Ok(find(name)?.join(PLAN_FILE))
}

/// The texts of a deployment's folder, so that faults can name file and line. What could not be read is
/// a fault beside the others.
pub struct Texts {
    files: Vec<(String, Option<String>)>,
    faults: Vec<Fault>,
}

const PLAN_FILE: &str = "plan.toml";
const FILES: [&str; 6] =
    [PLAN_FILE, "areas/municipalities.csv", "areas/counties.csv", "areas/regions.csv", "areas/area_codes.csv", "areas/postal_codes.csv"];
const PLAN: usize = 0;
const MUNICIPALITIES: usize = 1;
const COUNTIES: usize = 2;
const REGIONS: usize = 3;
/// From here on a deployment may do without.
const AREA_CODES: usize = 4;
const POSTAL_CODES: usize = 5;

impl Texts {
    pub fn read(folder: &Path) -> Self {
        let (mut files, mut faults) = (Vec::with_capacity(FILES.len()), Vec::new());
        for (index, name) in FILES.iter().enumerate() {
            let path = folder.join(name);
            let file = path.display().to_string();
            let text =
                if index >= AREA_CODES && !path.exists() { None } else { read_text(&path, &file).map_err(|fault| faults.push(fault)).ok() };
            files.push((file, text));
        }
        Self { files, faults }
    }

    fn source(&self, index: usize) -> Option<Source<'_>> {
        let (file, text) = self.files.get(index)?;
        Some(Source { file, text: text.as_deref()? })
    }

    fn places(&self) -> Option<PlaceTexts<'_>> {
        Some(PlaceTexts {
            municipalities: self.source(MUNICIPALITIES)?,
            counties: self.source(COUNTIES)?,
            regions: self.source(REGIONS)?,
            area_codes: self.source(AREA_CODES),
            postal_codes: self.source(POSTAL_CODES),
        })
    }

    /// The places, or every fault of their files; none in the list when a file could not even be read,
    /// which [`Texts::examine`] tells.
    pub fn read_places(&self) -> Result<Places, Vec<Fault>> {
        self.places().map_or_else(|| Err(Vec::new()), |texts| Places::read(&texts))
    }

    /// All that can be said of plan and areas; what follows from a file that cannot be read is left out.
    pub fn examine(&self) -> (Examined, Option<Places>) {
        let none = || Examined { plan: None, faults: Vec::new(), notices: Vec::new() };
        let mut examined = self.source(PLAN).map_or_else(none, |source| plan::examine(&source));
        let mut faults = self.faults.clone();
        faults.append(&mut examined.faults);
        let places = self.read_places().map_err(|mut more| faults.append(&mut more)).ok();
        if let (Some(plan), Some(places)) = (&examined.plan, &places) {
            faults.extend(places.check(plan, &self.files[REGIONS].0));
        }
        examined.faults = faults;
        (examined, places)
    }
}

pub fn read_text(path: &Path, file: &str) -> Result<String, Fault> {
    let bytes = std::fs::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Fault::new(file, 0, "the file is missing", "write it, or name the folder that holds it"),
        _ => Fault::new(file, 0, format!("the file cannot be read ({})", error.kind()), "let this user read it"),
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = error.as_bytes().iter().take(good).filter(|byte| **byte == b'\n').count() + 1;
        Fault::new(file, line, "the file is not UTF-8 from here on", "save it anew with the encoding UTF-8")
    })
}

/// The plan alone, for commands that need no more.
pub fn read_plan(folder: &Path) -> anyhow::Result<Plan> {
    let path = folder.join(PLAN_FILE);
    let file = path.display().to_string();
    let faults = match read_text(&path, &file) {
        Ok(text) => match plan::read(&Source { file: &file, text: &text }) {
            Ok(plan) => return Ok(plan),
            Err(faults) => faults.len(),
        },
        Err(_) => 1,
    };
    bail!("{file} has {faults} faults: run `svar check`")
}

/// What is listened for in a caller's words, with the names of the deployment's places.
pub fn read_lexicon(folder: &Path) -> anyhow::Result<Lexicon> {
    let places =
        Texts::read(folder).read_places().map_err(|faults| anyhow::anyhow!("the areas have {} faults: run `svar check`", faults.len()))?;
    let municipalities = places.areas.municipalities().iter().map(|municipality| (municipality.code.as_str(), municipality.name.as_str()));
    let lexicon = Lexicon::load(&folder.join("understanding"))?;
    let lexicon = lexicon.with_municipalities(Municipalities::new(municipalities));
    let counties = places.areas.counties().map(|(code, county)| (code.to_string(), county.name.as_str()));
    Ok(lexicon.with_counties(Municipalities::of_counties(counties)).with_localities(Municipalities::new(places.localities())))
}

/// Everything a switchboard needs of a deployment.
pub fn load(folder: &Path, hearing: Option<Hearing>) -> anyhow::Result<Deployment> {
    let texts = Texts::read(folder);
    let text = texts.source(PLAN).map(|source| source.text).unwrap_or_default();
    let (plan, places) = match texts.examine() {
        (Examined { plan: Some(plan), faults, .. }, Some(places)) if faults.is_empty() => (plan, places),
        (Examined { faults, .. }, _) => {
            for fault in &faults {
                crate::output::complain!("{fault}");
            }
            bail!("the deployment {} has {} faults, named above", folder.display(), faults.len());
        }
    };
    let forms = crate::forms::read(folder).map_err(|faults| {
        for fault in &faults {
            crate::output::complain!("{fault}");
        }
        anyhow::anyhow!("the forms of {} have {} faults, named above", folder.display(), faults.len())
    })?;
    let sounds = load_sounds(folder)?;
    let (plan, places, sounds, hearing) = (Arc::new(plan), Arc::new(places), Arc::new(sounds), hearing.map(Arc::new));
    Ok(Deployment { plan, text: text.into(), places, forms: Arc::new(forms), sounds, hearing })
}

fn load_sounds(folder: &Path) -> anyhow::Result<Sounds> {
    let catalogue = Catalogue::load(&folder.join("prompts")).map_err(|faults| {
        for fault in &faults {
            crate::output::complain!("{fault}");
        }
        anyhow::anyhow!("the prompts of {} have {} faults, named above", folder.display(), faults.len())
    })?;
    for warning in catalogue.warnings() {
        tracing::warn!(%warning, "prompts");
    }
    Sounds::load(catalogue).context("the prompts cannot be read into memory")
}
