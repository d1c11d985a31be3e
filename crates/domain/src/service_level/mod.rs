//! The public figures: folds over what the router recorded (definitions.md sections 2 and 5).
//!
//! Nothing here decides anything, and routing never reads it. A figure can be recomputed at any time
//! from the journal by applying the same commands again. Integers only; shares are thousandths.

mod counts;
mod courses;
mod day_book;
mod expected;
mod understood;

#[cfg(test)]
mod tests;

pub use counts::{Counts, Level, WAIT_EDGES_MS};
pub use courses::{Course, Courses, Question, Utterance};
pub use day_book::{Day, DayBook, HALF_HOURS, HalfHour, PromiseCounts, QueueDay, Rules};
pub use expected::{Expectations, ExpectedWait, HitRate};
pub use understood::{Compared, DAYS_BEFORE, LanguageDays, Part, Share, Understood, UnderstoodBook};
