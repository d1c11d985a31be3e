//! What is owed, and by when: targets, the calendar they are counted by, and the clock of one promise.
//!
//! Pure: a clock is told what happens and when, and never looks at one. Who is told of a late promise is the
//! router's; how a plan writes its targets is the plan's.

mod calendar;
mod clock;
mod holidays;
mod target;

#[cfg(test)]
mod tests;

pub use calendar::Calendar;
pub use clock::{Clock, Happened, State};
pub use holidays::{Holiday, HolidayRule};
pub use target::Target;
