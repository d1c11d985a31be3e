//! What is set and written, and what hostile words may not do. What another reader makes of a file is tried in
//! `e2e/tests/receipt.test.js`.
#![allow(clippy::unwrap_used)]

use super::{letters::Letters, set::Role, *};
use std::io::Read;

/// Numbers that follow from a seed (a linear congruence of Knuth's).
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

fn receipt(parts: Vec<Part>) -> Receipt {
    Receipt {
        language: Language::Swedish,
        authority: "Polisen".to_owned(),
        title: "Kvitto".to_owned(),
        about: Some("Anmäl stöld av cykel".to_owned()),
        reference: ("Referens".to_owned(), "1234 5678".to_owned()),
        facts: vec![("Kom in".to_owned(), "söndag 29 november 2026 17:02".to_owned())],
        sections: vec![Section { heading: "Dina svar".to_owned(), parts }],
        replaced: "□ står för tecken som inte kan visas.".to_owned(),
        cut: "Allt fick inte plats.".to_owned(),
        written: Timestamp(1_795_968_120_000),
    }
}

fn answered(answer: &str) -> Receipt {
    receipt(vec![Part::Answer("Vad hände?".to_owned(), answer.to_owned())])
}

/// What stands on the pages, a line each.
fn lines(receipt: &Receipt, role: Role) -> Vec<String> {
    let sheet = set::set(receipt, &Letters::load().unwrap());
    let of_role = sheet.lines.iter().filter(|line| sheet.pieces[line.piece].role == role);
    of_role.map(|line| line.spans.iter().map(|span| span.drawn.as_str()).collect()).collect()
}

#[test]
fn what_was_written_is_drawn_as_letters() {
    for (written, drawn) in [
        ("Røde cykler på Ærø, åäö é", "Røde cykler på Ærø, åäö é"),
        ("  two   spaces\u{0}\u{7}", "two spaces"),
        ("Anna\u{202e}greB\u{2066}\u{200f}", "AnnagreB"),
        ("سرقت دراجتي 🚲", "□ □ □"),
        ("Ωμέγα, Привет", "Ωμέγα, Привет"),
        ("\u{e000}x\u{10fffd}", "□x□"),
        ("<a href=\"javascript:alert(1)\">(x) Tj ET</a>", "<a href=\"javascript:alert(1)\">(x) Tj ET</a>"),
    ] {
        assert_eq!(lines(&answered(written), Role::Answer)[1..], [drawn], "{written:?}");
    }
}

#[test]
fn a_sign_that_is_not_there_is_said_to_be_so_and_nothing_else_is() {
    for (written, said) in [("Röd cykel", None), ("🚲", Some("□ står för tecken som inte kan visas."))] {
        assert_eq!(lines(&answered(written), Role::Note).first().map(String::as_str), said, "{written:?}");
    }
    let long = "x".repeat(CHARS_MAX + 1);
    assert_eq!(lines(&answered(&long), Role::Note), ["Allt fick inte plats."]);
    let tall = "x\n".repeat(LINES_MAX + 1);
    assert_eq!(lines(&answered(&tall), Role::Note), ["Allt fick inte plats."]);
}

#[test]
fn every_sign_is_on_a_page_and_every_line_fits() {
    let letters = Letters::load().unwrap();
    let mut chance = Chance(7);
    for round in 0..60 {
        let words = (0..chance.below(3_000)).map(|_| "aå-/.W iÅ\n".chars().nth(chance.below(10) as usize).unwrap());
        let written: String = words.collect();
        let receipt = answered(&written);
        let sheet = set::set(&receipt, &letters);
        let look = Role::Answer.look();
        let mut drawn = String::new();
        for line in &sheet.lines {
            let text: String = line.spans.iter().map(|span| span.drawn.as_str()).collect();
            assert!(line.y > 0.0 && line.y < set::PAGE.1 - 60.0 && line.page < sheet.pages, "round {round}: {} on {}", line.y, line.page);
            if sheet.pieces[line.piece].role == Role::Answer {
                let wide = letters.width(look.weight, text.trim_end()) * look.size;
                assert!(wide <= set::WIDTH + 0.01, "round {round}: {wide} wide: {text}");
                drawn.push_str(&text);
            }
        }
        let signs = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        assert!(signs(&drawn).ends_with(&signs(&written)), "round {round}: something is missing");
    }
}

#[test]
fn no_heading_stands_above_an_empty_rest_of_a_page() {
    let letters = Letters::load().unwrap();
    for rows in 0..70 {
        let above = Part::Answer("Fråga".to_owned(), "rad\n".repeat(rows));
        let parts = vec![above, Part::Heading("Plats".to_owned()), Part::Answer("Var?".to_owned(), "Här\noch där".to_owned())];
        let sheet = set::set(&receipt(parts), &letters);
        let page = |role: Role| sheet.lines.iter().rev().find(|line| sheet.pieces[line.piece].role == role).unwrap().page;
        assert_eq!(page(Role::SubHeading), page(Role::Answer), "below {rows} lines");
        assert_eq!(page(Role::Label), page(Role::Answer), "below {rows} lines");
    }
}

#[test]
fn the_file_is_one_that_archives_and_readers_aloud_take() {
    let hostile = "/JavaScript /URI(https://example.org) /Launch /OpenAction endobj 1 0 obj <</Type/Annot>> \\ ) (";
    let file = write(&answered(&format!("{hostile}\n🚲 \u{e000}\n{}", "Å".repeat(50_000)))).unwrap();
    let text = objects(&file);
    assert!(text.starts_with("%PDF-1.7") && text.trim_end().ends_with("%%EOF"));
    for told in ["/Lang(sv)", "/StructTreeRoot", "/Markedtrue", "<pdfuaid:part>1", "<pdfaid:part>2", "/DisplayDocTitletrue", "/ActualText"]
    {
        assert!(text.contains(told), "{told}");
    }
    for act in ["/JavaScript", "/JS", "/URI", "/Launch", "/Annot", "/EmbeddedFile", "/AcroForm", "/OpenAction", "/GoToR", "/SubmitForm"] {
        assert!(!text.contains(act), "{act}");
    }
}

/// The file with everything that is compressed beside it, and no spaces.
fn objects(file: &[u8]) -> String {
    let mut all = file.to_vec();
    let at = |bytes: &[u8], word: &[u8]| bytes.windows(word.len()).position(|window| window == word);
    let mut rest = file;
    while let Some(begin) = at(rest, b"stream\n") {
        rest = &rest[begin + 7..];
        let end = at(rest, b"endstream").unwrap();
        let mut inflated = Vec::new();
        if flate2::read::ZlibDecoder::new(&rest[..end]).read_to_end(&mut inflated).is_ok() {
            all.splice(9..9, inflated);
        }
        rest = &rest[end + 9..];
    }
    all.iter().map(|byte| char::from(*byte)).filter(|c| *c != ' ' && *c != '\n').collect()
}

#[test]
fn whatever_somebody_writes_there_is_a_file_of_some_size() {
    let mut chance = Chance(11);
    for round in 0..40 {
        // Every sign that there is, those that turn, join and stand for nothing among them.
        let signs = (0..chance.below(600)).filter_map(|_| {
            let most = [0x80, 0x600, 0x3000, 0x11_0000][chance.below(4) as usize];
            char::from_u32(chance.below(most) as u32)
        });
        let written: String = signs.collect();
        let mut receipt = answered(&written);
        receipt.authority.clone_from(&written);
        receipt.title.clone_from(&written);
        receipt.reference.1.clone_from(&written);
        receipt.about = Some(written.clone());
        let file = write(&receipt).unwrap_or_else(|fault| panic!("round {round}: {fault}: {:?}", written));
        assert!(file.len() < 200_000, "round {round}: {} bytes", file.len());
    }
    let most = write(&answered(&"a🚲".repeat(CHARS_MAX / 2))).unwrap();
    assert!(most.len() < 1_000_000, "{} bytes", most.len());
    for empty in ["", " ", "\n\n", "\u{200b}"] {
        write(&Receipt { authority: empty.to_owned(), title: "x".to_owned(), ..answered(empty) }).unwrap();
    }
}
