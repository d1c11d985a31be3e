//! How soon the program answers, what it holds when nobody calls, how soon it ends.

use super::{Figure, Place, server::Server};
use anyhow::Result;
use std::time::Duration;

const STARTS: usize = 5;

pub fn measure(place: &Place) -> Result<Vec<Figure>> {
    let (mut ready, mut ending, mut memory_kib) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let server = Server::start(place)?;
        ready.push(server.ready_after);
        memory_kib.extend(server.memory_kib());
        ending.push(server.stop()?);
    }
    let mut figures = vec![
        Figure::new(format!("first healthy answer, median of {STARTS}"), milliseconds(median(&mut ready))),
        Figure::new(format!("from Ctrl-C to ended, median of {STARTS}"), milliseconds(median(&mut ending))),
    ];
    if let Some(most) = memory_kib.iter().max() {
        figures.push(Figure::new("memory when idle", format!("{:.1} MiB", *most as f64 / 1024.0)));
    }
    Ok(figures)
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn milliseconds(time: Duration) -> String {
    format!("{} ms", time.as_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_one() {
        let mut times = [3, 900, 1, 2, 4].map(Duration::from_millis);
        assert_eq!(median(&mut times), Duration::from_millis(3));
    }
}
