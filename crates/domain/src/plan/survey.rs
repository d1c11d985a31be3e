//! Whom we ask how they were met, when, and what was found before us.

use super::{
    Plan,
    check::Objections,
    fields::Fields,
    hours::minute,
    values::{DURATION, HOURS, SHARE, SMALL_COUNT, TEXT},
};
use crate::{
    Timestamp,
    contact::{Medium, Template},
    survey::Aspect,
    time::HOUR_MS,
};
use jiff::civil::Time;

const DAY_MS: u64 = 24 * HOUR_MS;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurveyRule {
    /// So many of those who were helped are asked.
    pub share_permille: u16,
    /// So long after the contact has ended.
    pub after_ms: u64,
    /// They are asked from the first until before the second, in local time.
    pub between: (Time, Time),
    /// Nobody is asked twice within so many days.
    pub once_in_days: u8,
    /// So many days an answer is taken.
    pub open_days: u8,
    /// Surveys of before, to be set beside ours; the first is drawn.
    pub before: Vec<EarlierSurvey>,
}

/// What a survey of before found: how many were satisfied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierSurvey {
    /// "2018"
    pub name: String,
    pub treatment_permille: u16,
    pub handling_permille: u16,
    pub accessibility_permille: u16,
}

impl EarlierSurvey {
    #[must_use]
    pub fn about(&self, aspect: Aspect) -> u16 {
        match aspect {
            Aspect::Treatment => self.treatment_permille,
            Aspect::Handling => self.handling_permille,
            Aspect::Accessibility => self.accessibility_permille,
        }
    }
}

impl SurveyRule {
    #[must_use]
    pub fn once_in_ms(&self) -> u64 {
        u64::from(self.once_in_days) * DAY_MS
    }

    #[must_use]
    pub fn open_ms(&self) -> u64 {
        u64::from(self.open_days) * DAY_MS
    }
}

impl Plan {
    /// When somebody is asked whose contact ends now; none where nobody is.
    #[must_use]
    pub fn survey_at(&self, now: Timestamp) -> Option<Timestamp> {
        let rule = self.survey.as_ref()?;
        let at = now.plus_ms(rule.after_ms);
        let (from, to) = (minute(rule.between.0), minute(rule.between.1));
        let local = minute(at.local(&self.zone).time());
        let is_within = from <= local && local < to;
        Some(if is_within { at } else { self.next_at(at, rule.between.0) })
    }
}

pub(super) fn read(whole: &mut Fields<'_, '_, '_>) -> Option<SurveyRule> {
    let mut table = whole.optional_table("survey")?;
    let rule = SurveyRule {
        share_permille: table.required("share", &SHARE),
        after_ms: table.required("after", &DURATION),
        between: table.required("between", &HOURS),
        once_in_days: table.required("once_in_days", &SMALL_COUNT),
        open_days: table.required("open_days", &SMALL_COUNT),
        before: table.optional_tables("before", "earlier survey", |fields| EarlierSurvey {
            name: fields.required("name", &TEXT),
            treatment_permille: fields.required("treatment", &SHARE),
            handling_permille: fields.required("handling", &SHARE),
            accessibility_permille: fields.required("accessibility", &SHARE),
        }),
    };
    table.finish();
    Some(rule)
}

pub(super) fn check(plan: &Plan, found: &mut Objections) {
    let Some(rule) = &plan.survey else { return };
    if minute(rule.between.0) >= minute(rule.between.1) {
        let mend = "put the earlier time first, such as \"09:00-19:00\"";
        found.fault(&["survey/between", "survey"], "nobody is ever asked: `between` has no hours within one day".to_owned(), mend);
    }
    if rule.open_days == 0 {
        let mend = "say for how many days an answer is taken, such as 14";
        found.fault(&["survey/open_days", "survey"], "no answer is ever taken".to_owned(), mend);
    }
    let has_words = |medium: &Medium| plan.languages.iter().all(|language| plan.messages.has(Template::Survey, *medium, *language));
    if !Medium::ALL.iter().any(has_words) {
        let mend = "write [messages.survey], with {link} in it";
        found.fault(&["survey"], "there are no words that ask anybody".to_owned(), mend);
    }
}
