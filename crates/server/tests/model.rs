//! `svar understand train` and `report` as they are run, on a deployment with a handful of sentences.

use crate::support;

use std::fs;
use support::{Deployment, Folder, check_refused, said, svar, text};

const SENTENCES: &str = "sv\treport_bicycle_theft\te-service\tnone\tmin cykel är stulen\n\
    sv\treport_bicycle_theft\te-service\tnone\tcykeln är stulen igår\n\
    sv\treport_bicycle_theft\te-service\task\tnågon har tagit min cykel\n\
    sv\tongoing_emergency\t112\tdirect\tdet brinner i huset\n\
    sv\tongoing_emergency\t112\tdirect\tdet brinner i trappan kom\n\
    sv\tongoing_emergency\t112\tdirect\thjälp det brinner\n";

fn small() -> Deployment {
    let deployment = Deployment::copy_of_sweden();
    deployment.write("understanding/sv.tsv", Some(SENTENCES.as_bytes()));
    deployment.write("understanding/en.tsv", Some(b""));
    deployment.write("understanding/da.tsv", Some(b""));
    deployment
}

#[test]
fn training_twice_gives_the_same_bytes() {
    let (deployment, folder) = (small(), Folder::new("understand"));
    let (one, other) = (folder.join("one"), folder.join("other"));
    let first = said(&["understand", "train", "--deployment", &deployment.folder(), "--out", &one]);
    assert_eq!(first, said(&["understand", "train", "--deployment", &deployment.folder(), "--out", &other]));
    let bytes = fs::read(&one).unwrap();
    assert_eq!(bytes, fs::read(&other).unwrap());
    assert!(first.contains(&format!("{} bytes", bytes.len())) && first.contains("from 6 sentences"), "{first}");
}

#[test]
fn lines_are_judged_and_odd_ones_told() {
    let (deployment, folder) = (small(), Folder::new("understand"));
    let (model, lines) = (folder.join("model"), folder.join("lines.tsv"));
    said(&["understand", "train", "--deployment", &deployment.folder(), "--out", &model]);
    let arguments = ["understand", "report", &lines, "--deployment", &deployment.folder(), "--model", &model];
    fs::write(&lines, "sv\treport_bicycle_theft\te-service\tcykeln stulen\nsv\tongoing_emergency\t112\tdirect\tdet brinner\n").unwrap();
    let told = said(&arguments);
    assert!(told.contains("2 lines judged, 0 left out") && told.contains("emergencies sent or asked     100.0 % (1 of 1)"), "{told}");
    assert!(told.contains("led well by the words alone   100.0 %"), "{told}");
    fs::write(&lines, b"sv\treport_bicycle_theft\te-service\tcykeln stulen\n\xff\xfe\nsv\ttip\n".as_slice()).unwrap();
    let output = svar(&arguments);
    let (told, complaints) = (text(&output.stdout), text(&output.stderr));
    assert!(!output.status.success() && told.contains("1 lines judged, 2 left out"), "{told}");
    for place in [":2: the line is not UTF-8", ":3: 2 columns instead of four or five"] {
        assert!(complaints.contains(&format!("{lines}{place}")), "{complaints}");
    }
    fs::write(&lines, "sv\ttip\tpkc\thej\n").unwrap();
    fs::write(&model, "no model").unwrap();
    check_refused(&arguments, "train it anew");
    fs::write(&lines, "").unwrap();
    check_refused(&arguments, "no line can be judged");
}
