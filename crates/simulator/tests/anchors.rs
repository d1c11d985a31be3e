//! The closed forms hold figures that others have found.
#![allow(clippy::unwrap_used)]

use simulator::anchors::{Anchor, DISTANCE_MAX, read};

const TABLE: &str = include_str!("anchors.csv");

#[test]
fn closed_forms_hold_their_anchors() {
    let anchors = read(TABLE).unwrap();
    let mut figures = 0;
    for Anchor { id, figures: found, .. } in &anchors {
        for figure in found.iter().flatten() {
            assert!(figure.distance() <= DISTANCE_MAX, "{id}: {figure:?} is {} away", figure.distance());
            figures += 1;
        }
    }
    assert_eq!(anchors.len(), 14);
    assert!(anchors.iter().all(|anchor| anchor.figures.is_some()));
    assert!(figures > 100, "only {figures} figures were compared");
}

#[test]
fn a_table_that_cannot_be_read_is_answered_with_its_line() {
    let check = |from: &str, to: &str, expected: &str| {
        assert!(TABLE.contains(from), "{from}");
        let found = read(&TABLE.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(found.contains(expected), "{found}");
    };
    check("aht_s", "aht", "no column is called \"aht_s\"");
    check("\nA01,", "\n\"A01,", "a quote is not closed");
    check("\nA01,M/M/c (Erlang C),12.0", "\nA01,M/M/c (Erlang C),twelve", "lambda_per_h is \"twelve\", which is no such number");
    check("\nA01,M/M/c (Erlang C),12.0", "\nA01,M/M/c (Erlang C),16", "more callers come than can be answered");
    check("\nA01,M/M/c (Erlang C),", "\nA01,M/M/c (Erlang C),,", "fields under a heading of");
    assert_eq!(read("").unwrap_err().to_string(), "line 1: the table is empty");
    let simulated = read("id,model,lambda_per_h,aht_s,servers,T_s,patience_mean_s,K,p_wait\nX,\"two, pools\",,,,,,,0.5\n").unwrap();
    assert_eq!(simulated[0].figures, None);
    assert_eq!(simulated[0].model, "two, pools");
}
