//! Figures about the release build, on this machine and at this hour: what it costs to build, how
//! soon it answers, what it holds. A figure here is never a test: nothing fails because it is slow.
//!
//! One benchmark is one function in its own file; it returns figures, and the table is printed here.

mod accounts;
mod build;
mod callers;
mod caretaker;
mod desks;
mod files;
mod forms;
mod hearing;
mod hold;
mod http;
mod kept;
mod load;
mod mouth;
mod owing;
mod peers;
mod postgres;
mod recorded;
mod reports;
mod router;
mod screens;
mod server;
mod simulate;
mod sip;
mod spread;
mod start;
mod understanding;
mod uploads;
mod visitor;
mod voices;
mod waiting;

use crate::{repository, steps};
use anyhow::{Result, bail};
use std::{path::PathBuf, sync::OnceLock, time::Instant};

#[derive(clap::Args)]
pub struct Arguments {
    /// Run only these benchmarks; without any, all but `clean` and `simulate`
    names: Vec<String>,
    /// Measure this program, and those in `examples` beside it, in the place of a release build
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
    /// Desks that are open in `screens` and `forms`
    #[arg(long, value_name = "N", default_value_t = 1_200, value_parser = clap::value_parser!(u16).range(1..))]
    desks: u16,
    /// What is sent in `uploads`, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 1_024, value_parser = clap::value_parser!(u64).range(8..=2_048))]
    upload_mib: u64,
}

/// One measured value, with its unit in the text.
pub struct Figure {
    pub name: String,
    pub value: String,
}

impl Figure {
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

/// Where the measured program and its sources are.
pub struct Place {
    pub root: PathBuf,
    pub program: PathBuf,
    /// Nothing is built: somebody has said which program.
    pub is_given: bool,
    pub desks: usize,
    staff: OnceLock<desks::Staff>,
    pub upload_mib: u64,
}

impl Place {
    fn new(arguments: &Arguments) -> Result<Self> {
        let root = repository::root()?;
        let built = || repository::target(&root).join("release").join(format!("svar{}", std::env::consts::EXE_SUFFIX));
        let program = match &arguments.program {
            Some(given) => std::path::absolute(given)?,
            None => built(),
        };
        let (desks, upload_mib) = (usize::from(arguments.desks), arguments.upload_mib);
        Ok(Self { program, is_given: arguments.program.is_some(), desks, staff: OnceLock::new(), upload_mib, root })
    }

    /// A crate's program that is there to be measured, once `build::example` has built it.
    pub fn example(&self, name: &str) -> PathBuf {
        self.program.with_file_name("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }
}

struct Benchmark {
    name: &'static str,
    about: &'static str,
    /// Whether it runs when nothing is asked for by name.
    usual: bool,
    measure: fn(&Place) -> Result<Vec<Figure>>,
}

const BENCHMARKS: &[Benchmark] = &[
    Benchmark { name: "build", about: "release build as it stands, size of the program", usual: true, measure: build::as_it_stands },
    Benchmark {
        name: "clean",
        about: "release build from nothing, in a folder of its own (several minutes)",
        usual: false,
        measure: build::from_nothing,
    },
    Benchmark {
        name: "start",
        about: "from start to the first healthy answer, memory when idle, time to end",
        usual: true,
        measure: start::measure,
    },
    Benchmark { name: "calls", about: "new calls a second: answered, greeted, hung up", usual: true, measure: load::new_calls },
    Benchmark { name: "held", about: "calls at once with sound, late packets, memory", usual: true, measure: load::held_calls },
    Benchmark {
        name: "waiting",
        about: "callers who went through the dialogue and stand in line: music, late packets, memory",
        usual: true,
        measure: waiting::measure,
    },
    Benchmark {
        name: "recorded",
        about: "conversations of two that are recorded, until packets come late (telephony alone)",
        usual: true,
        measure: recorded::measure,
    },
    Benchmark { name: "flood", about: "5,000 new calls a second for 30 s over calls that are on", usual: true, measure: load::flood },
    Benchmark {
        name: "router",
        about: "what an event costs the router with 1,225 to 12,005 operators and up to 5,000 in line",
        usual: true,
        measure: router::measure,
    },
    Benchmark {
        name: "understanding",
        about: "what training, loading and one decision about a caller's words cost, and the size of the model",
        usual: true,
        measure: understanding::measure,
    },
    Benchmark {
        name: "hearing",
        about: "how soon the end of what somebody says is told, over the noises of telephones",
        usual: true,
        measure: hearing::measure,
    },
    Benchmark {
        name: "promises",
        about: "promises made and settled a second, durably, on each database, beside what it commits at all",
        usual: true,
        measure: owing::promises,
    },
    Benchmark {
        name: "recovery",
        about: "from start to the first healthy answer with 100,000 open promises, beside reading their rows alone",
        usual: true,
        measure: owing::recovery,
    },
    Benchmark {
        name: "screens",
        about: "from an act or a call to every one of 1,200 open desks: told, and fresh parts there",
        usual: true,
        measure: screens::measure,
    },
    Benchmark {
        name: "reports",
        about: "reports filed on the web a second, durably, on each database, beside what it commits at all",
        usual: true,
        measure: reports::measure,
    },
    Benchmark {
        name: "forms",
        about: "a page of a form, saving it, saving an operator's draft, with 1,200 desks open",
        usual: true,
        measure: forms::measure,
    },
    Benchmark {
        name: "uploads",
        about: "files that citizens send, one large one and several at once, beside a plain copy with SHA-256",
        usual: true,
        measure: uploads::measure,
    },
    Benchmark {
        name: "simulate",
        about: "a day of calls through the live router, in SimPy and in Ciw, in turns (these come from PyPI at first)",
        usual: false,
        measure: simulate::measure,
    },
];

pub fn run(arguments: &Arguments) -> Result<()> {
    let chosen = chosen(&arguments.names)?;
    let place = Place::new(arguments)?;
    build::release(&place)?;
    let mut rows = Vec::new();
    for benchmark in chosen {
        println!("\n=== {}: {}", benchmark.name, benchmark.about);
        let begun = Instant::now();
        let figures = (benchmark.measure)(&place)?;
        println!("measured in {}", steps::clock(begun.elapsed()));
        rows.extend(figures.into_iter().map(|figure| (benchmark.name, figure)));
    }
    println!("\n{}", table(&rows));
    Ok(())
}

fn chosen(names: &[String]) -> Result<Vec<&'static Benchmark>> {
    if let Some(unknown) = names.iter().find(|name| !BENCHMARKS.iter().any(|benchmark| benchmark.name == **name)) {
        let known: Vec<&str> = BENCHMARKS.iter().map(|benchmark| benchmark.name).collect();
        bail!("there is no benchmark `{unknown}`; there are {}", known.join(", "));
    }
    let wanted = |benchmark: &&Benchmark| if names.is_empty() { benchmark.usual } else { names.iter().any(|name| name == benchmark.name) };
    Ok(BENCHMARKS.iter().filter(wanted).collect())
}

fn table(rows: &[(&str, Figure)]) -> String {
    let width = rows.iter().map(|(_, figure)| figure.name.chars().count()).max().unwrap_or(0);
    let lines = rows.iter().map(|(benchmark, figure)| format!("{benchmark:<8} {:<width$}  {}", figure.name, figure.value));
    lines.collect::<Vec<_>>().join("\n")
}

/// `1234567` as `1,234,567`.
fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_told_apart() {
        for (number, shown) in [(0.4, "0"), (999.0, "999"), (1_225.0, "1,225"), (7_480_000.4, "7,480,000")] {
            assert_eq!(thousands(number), shown);
        }
    }

    #[test]
    fn benchmarks_are_chosen_by_name() {
        let names = |asked: &[&str]| {
            let asked: Vec<String> = asked.iter().map(|name| (*name).to_owned()).collect();
            chosen(&asked).map(|found| found.iter().map(|benchmark| benchmark.name).collect::<Vec<_>>()).map_err(|fault| fault.to_string())
        };
        assert_eq!(names(&["clean"]), Ok(vec!["clean"]));
        assert!(names(&[]).unwrap().iter().all(|name| !["clean", "simulate"].contains(name)));
        assert!(names(&["fast"]).unwrap_err().starts_with("there is no benchmark `fast`"));
    }

    #[test]
    fn the_table_lines_up() {
        let rows = [("start", Figure::new("ready", "120 ms")), ("start", Figure::new("memory when idle", "40 MiB"))];
        assert_eq!(table(&rows), "start    ready             120 ms\nstart    memory when idle  40 MiB");
    }
}
