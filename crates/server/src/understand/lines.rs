//! Lines `language<TAB>text` in, `language<TAB>intent<TAB>destination<TAB>confidence<TAB>gate<TAB>text` out,
//! one for one and in order, however they are written. Nothing is kept but the line at hand, and of that
//! no more than is looked at, so that input of any length needs the same memory.

use super::{Room, on_one_line};
use anyhow::Context;
use domain::{
    destination::{self, Said},
    intent::{Intent, Language},
};
use std::{
    io::{self, BufRead, BufReader, BufWriter, Read, Write},
    process::ExitCode,
};
use understanding::{text::CHARS_MAX, understand};

/// Bytes of a line that are kept: all that is looked at, and the language before it.
const LINE_BYTES_MAX: usize = 4 * CHARS_MAX + 64;

/// Answers standard input on standard output until either ends.
pub fn run(deployment: &str) -> anyhow::Result<ExitCode> {
    let room = Room::open(deployment)?;
    match answer_all(&room, &mut BufReader::new(io::stdin().lock()), &mut BufWriter::new(io::stdout().lock())) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(Broken::Reading(error)) => Err(error).context("standard input cannot be read"),
        // Whoever reads has read enough.
        Err(Broken::Writing(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(Broken::Writing(error)) => Err(error).context("standard output cannot be written"),
    }
}

enum Broken {
    Reading(io::Error),
    Writing(io::Error),
}

fn answer_all(room: &Room, from: &mut BufReader<impl Read>, to: &mut impl Write) -> Result<(), Broken> {
    let mut line = Vec::new();
    while read_line(from, &mut line).map_err(Broken::Reading)? {
        let answer = answer(room, &String::from_utf8_lossy(&line));
        writeln!(to, "{answer}").map_err(Broken::Writing)?;
        // Whoever types, or asks line by line, waits for the answer.
        if !from.buffer().contains(&b'\n') {
            to.flush().map_err(Broken::Writing)?;
        }
    }
    to.flush().map_err(Broken::Writing)
}

/// The next line without its end and no longer than is looked at; false when there is none.
fn read_line(from: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let mut any = false;
    loop {
        let chunk = match from.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            chunk => chunk?,
        };
        if chunk.is_empty() {
            return Ok(any);
        }
        any = true;
        let end = chunk.iter().position(|byte| *byte == b'\n');
        let part = &chunk[..end.unwrap_or(chunk.len())];
        let room = LINE_BYTES_MAX - line.len();
        line.extend_from_slice(&part[..part.len().min(room)]);
        let taken = end.map_or(chunk.len(), |end| end + 1);
        from.consume(taken);
        if end.is_some() {
            return Ok(true);
        }
    }
}

fn answer(room: &Room, line: &str) -> String {
    let line = line.trim_start_matches('\u{feff}');
    let written = line.split_once('\t').and_then(|(language, text)| Some((Language::from_word(language.trim())?, text)));
    let (hint, text) = written.map_or((None, line), |(language, text)| (Some(language), text));
    let text = on_one_line(text);
    let understood = understand(&text, hint, &room.model, &room.lexicon);
    let best = understood.readings.first();
    let said = Said { intent: None, circumstances: &understood.circumstances, gate: understood.gate, going_on: false };
    let led = destination::lead_among(&room.plan, &understood.readings, &said);
    let spoken = hint.or(understood.language).or(room.plan.languages.first().copied()).map_or("", Language::word);
    let intent = best.map_or(Intent::Other, |reading| reading.intent);
    let to = led.map_or("", |led| led.to.id.as_str());
    let permille = best.map_or(0, |reading| reading.confidence_permille);
    format!("{spoken}\t{intent}\t{to}\t{}.{:03}\t{}\t{text}", permille / 1000, permille % 1000, understood.gate)
}
