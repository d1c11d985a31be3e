//! The ready questions about Sweden fit its plan and are answered.
#![allow(clippy::unwrap_used)]

use domain::plan::Source;
use simulator::scenario::{Report, Scenario, Watch};
use std::{collections::BTreeMap, fs, path::Path, sync::atomic::AtomicBool};

#[test]
fn every_ready_question_is_answered() {
    let sweden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deployments/sweden");
    let plans = BTreeMap::from([("sweden".to_owned(), fs::read_to_string(sweden.join("plan.toml")).unwrap())]);
    let folder = sweden.join("scenarios");
    let mut answered = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let text = fs::read_to_string(folder.join(&file)).unwrap();
        let Some(base) = Scenario::base_of(&text) else { continue };
        let base_text = fs::read_to_string(folder.join(&base)).unwrap();
        let scenario = Scenario::read(&Source { file: &file, text: &text }, Some(&Source { file: &base, text: &base_text })).unwrap();
        let mut study = scenario.prepare(&plans).unwrap();
        study.days = 2;
        let findings = study.run(&Watch { threads: 2, stop: &AtomicBool::new(false), done: &|_| {} }).unwrap();
        let report = Report::of(&study, &findings);
        assert_eq!(report.cases.len(), 2, "{file}");
        // The day as it is comes near the published goal, so that a question about it says something.
        let level = report.cases[0].whole.service_level.unwrap();
        assert!((0.7..0.97).contains(&level), "{file}: {level}");
        answered += 1;
    }
    assert_eq!(answered, 7);
}
