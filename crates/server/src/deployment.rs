//! Finding and reading a deployment's folder: plan, areas, prompts, understanding.

use anyhow::{Context, bail};
use domain::{
    place::{PlaceTexts, Places},
    plan::{self, Fault, Plan, Source},
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use switchboard::{Deployment, Hearing, Sounds};
use understanding::prompts::Catalogue;

/// Where deployments are looked for by name, beside the working folder.
const SYSTEM_FOLDER: &str = "/usr/share/svar/deployments";

/// The folder of a deployment: a path, or a name looked up in `deployments/` of the working folder,
/// beside the program, and in the system's folder.
pub fn find(name: &str) -> anyhow::Result<PathBuf> {
    let beside_program = std::env::current_exe().ok();
    let beside_program =
        beside_program.iter().flat_map(|program| program.ancestors().skip(1).take(3)).map(|dir| dir.join("deployments").join(name));
    let candidates = [PathBuf::from(name), Path::new("deployments").join(name)]
        .into_iter()
        .chain(beside_program)
        .chain([Path::new(SYSTEM_FOLDER).join(name)]);
    candidates
        .into_iter()
        .find(|folder| folder.join("plan.toml").is_file())
        .with_context(|| format!("there is no deployment {name:?}: name a folder that holds a plan.toml, or one of those in deployments/"))
}

/// The texts of a deployment's folder, so that faults can name file and line.
pub struct Texts {
    files: Vec<(String, String)>,
}

const PLAN: usize = 0;
const FILES: [&str; 6] =
    ["plan.toml", "areas/municipalities.csv", "areas/counties.csv", "areas/regions.csv", "areas/area_codes.csv", "areas/postal_codes.csv"];
/// From here on a deployment may do without.
const OPTIONAL_FROM: usize = 4;

impl Texts {
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let mut files = Vec::with_capacity(FILES.len());
        for (index, name) in FILES.iter().enumerate() {
            let path = folder.join(name);
            let text = if index >= OPTIONAL_FROM && !path.is_file() {
                String::new()
            } else {
                std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?
            };
            files.push((path.display().to_string(), text));
        }
        Ok(Self { files })
    }

    pub fn source(&self, index: usize) -> Source<'_> {
        let (file, text) = &self.files[index];
        Source { file, text }
    }

    pub fn plan(&self) -> Source<'_> {
        self.source(PLAN)
    }

    pub fn places(&self) -> PlaceTexts<'_> {
        let optional = |index: usize| Some(self.source(index)).filter(|source| !source.text.is_empty());
        PlaceTexts {
            municipalities: self.source(1),
            counties: self.source(2),
            regions: self.source(3),
            area_codes: optional(4),
            postal_codes: optional(5),
        }
    }
}

/// Plan and places, or every fault of both.
pub fn read(texts: &Texts) -> Result<(Plan, Places), Vec<Fault>> {
    match (plan::read(&texts.plan()), Places::read(&texts.places())) {
        (Ok(plan), Ok(places)) => {
            let faults = places.check(&plan, texts.source(3).file);
            if faults.is_empty() { Ok((plan, places)) } else { Err(faults) }
        }
        (plan, places) => Err([plan.err(), places.err()].into_iter().flatten().flatten().collect()),
    }
}

/// Everything a switchboard needs of a deployment.
pub fn load(folder: &Path, hearing: Option<Hearing>) -> anyhow::Result<Deployment> {
    let texts = Texts::read(folder)?;
    let (plan, places) = match read(&texts) {
        Ok(read) => read,
        Err(faults) => {
            for fault in &faults {
                eprintln!("{fault}");
            }
            bail!("the deployment {} has {} faults, named above", folder.display(), faults.len());
        }
    };
    let sounds = load_sounds(folder)?;
    Ok(Deployment { plan: Arc::new(plan), places: Arc::new(places), sounds: Arc::new(sounds), hearing: hearing.map(Arc::new) })
}

fn load_sounds(folder: &Path) -> anyhow::Result<Sounds> {
    let catalogue = Catalogue::load(&folder.join("prompts")).map_err(|faults| {
        for fault in &faults {
            eprintln!("{fault}");
        }
        anyhow::anyhow!("the prompts of {} have {} faults, named above", folder.display(), faults.len())
    })?;
    for warning in catalogue.warnings() {
        tracing::warn!(%warning, "prompts");
    }
    Sounds::load(catalogue).context("the prompts cannot be read into memory")
}
