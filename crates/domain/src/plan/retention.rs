//! How long the personal data of a matter is kept once it is closed. The authority decides: what no row speaks of is never
//! erased by itself.

use super::{
    Plan,
    check::Objections,
    fields::{Fields, choose},
    values::{ID, KEPT},
};
use crate::{ClassId, Timestamp, contact::ledger::ContactRecord, time::HOUR_MS};
use std::collections::{BTreeMap, BTreeSet};

const DAY_MS: u64 = 24 * HOUR_MS;
/// Nothing is erased sooner than this: whoever closed a matter by a slip finds it again.
const AFTER_MS_MIN: u64 = DAY_MS;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetentionRule {
    /// None is for all that no other row names.
    pub classes: Vec<ClassId>,
    /// So long after the matter was closed.
    pub after_ms: u64,
}

/// How long a closed matter is kept, and the class that decides it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeping {
    pub class: ClassId,
    /// When its personal data is erased; none: not by itself.
    pub due: Option<Timestamp>,
}

impl Plan {
    /// How long matters of a class are kept once they are closed; none where no row speaks of them.
    #[must_use]
    pub fn kept_ms(&self, class: &ClassId) -> Option<u64> {
        let named = self.retention.iter().find(|rule| rule.classes.contains(class));
        named.or_else(|| self.retention.iter().find(|rule| rule.classes.is_empty())).map(|rule| rule.after_ms)
    }

    /// How long a matter with these contacts is kept that was closed then. Of several classes the one that is kept longest
    /// decides. None only for a plan without classes.
    #[must_use]
    pub fn keeping(&self, closed: Timestamp, contacts: &[ContactRecord]) -> Option<Keeping> {
        let mut classes: BTreeSet<ClassId> = contacts.iter().filter_map(|record| self.class_told_by(record)).collect();
        if classes.is_empty() {
            classes.extend(self.class_of(None).map(|class| class.id.clone()));
        }
        let longest = classes.into_iter().max_by_key(|class| self.kept_ms(class).unwrap_or(u64::MAX))?;
        let due = self.kept_ms(&longest).map(|ms| closed.plus_ms(ms));
        Some(Keeping { class: longest, due })
    }

    /// By its line, else by what it is about; an addition, say, tells none.
    fn class_told_by(&self, record: &ContactRecord) -> Option<ClassId> {
        // The line may be one that an earlier plan had.
        let line = record.queue().and_then(|queue| queue.as_str().split_once('.')).map(|(_, class)| ClassId::new(class));
        let owed = || record.call.as_ref().map(|call| call.class.clone());
        let about = || record.intent.and_then(|intent| self.class_of(Some(intent))).map(|class| class.id.clone());
        line.or_else(owed).or_else(about)
    }
}

pub(super) fn read(whole: &mut Fields<'_, '_, '_>) -> Vec<RetentionRule> {
    let mut number = 0;
    whole.optional_tables("retention", "retention", |fields| {
        fields.rename(format!("retention/{number}"), format!("retention {}", number + 1));
        number += 1;
        let classes = fields.one_or_several("class", &ID).iter().map(|id| ClassId::new(id)).collect();
        RetentionRule { classes, after_ms: fields.required("after", &KEPT) }
    })
}

pub(super) fn check(plan: &Plan, found: &mut Objections) {
    let mut named = BTreeMap::new();
    let mut for_all = None;
    for (number, rule) in plan.retention.iter().enumerate() {
        let (row, people) = (format!("retention/{number}"), number + 1);
        let (class_at, after_at) = (format!("{row}/class"), format!("{row}/after"));
        if rule.after_ms < AFTER_MS_MIN {
            let what = format!("retention {people} erases a matter sooner than a day after it was closed");
            found.fault(&[&after_at], what, "write at least a day, such as \"365 d\"");
        }
        if rule.classes.is_empty()
            && let Some(first) = for_all.replace(people)
        {
            let what = format!("retention {people} is for all other classes, as retention {first} is");
            found.fault(&[&row, &class_at], what, "take one of them away, or name its classes");
        }
        for class in &rule.classes {
            check_class(plan, found, &class_at, people, class);
            if let Some(first) = named.insert(class.clone(), people) {
                let what = format!("retention {people} is for class \"{class}\", as retention {first} is");
                found.fault(&[&class_at], what, "name the class once");
            }
        }
    }
    notice_the_rest(plan, found, for_all.is_some());
}

fn check_class(plan: &Plan, found: &mut Objections, at: &str, people: usize, class: &ClassId) {
    if plan.class(class).is_none() {
        let mend = choose(class.as_str(), plan.classes.iter().map(|class| class.id.as_str()));
        found.fault(&[at, "classes"], format!("retention {people}: no class is called \"{class}\""), mend);
    }
}

/// Where some are erased, those that nobody thought of deserve a look.
fn notice_the_rest(plan: &Plan, found: &mut Objections, for_all: bool) {
    let kept: Vec<_> = plan.classes.iter().filter(|class| plan.kept_ms(&class.id).is_none()).map(|class| class.id.as_str()).collect();
    if plan.retention.is_empty() || for_all || kept.is_empty() {
        return;
    }
    let what = format!("matters of these classes are never erased by themselves: {}", kept.join(", "));
    found.notice(&["retention/0", "retention"], what, "add a row [[retention]] without a class, unless that is meant");
}
