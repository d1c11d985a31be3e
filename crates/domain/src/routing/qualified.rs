//! Queues that no account can serve, however far the steps lead their callers: what a plan cannot prove, because
//! people are not in it. Asked of the same rule that matches, so that no check has a second one.

use super::{
    eligibility::Wants,
    post::Post,
    state::{Eased, Reach},
};
use crate::{
    ClassId, RegionId, Timestamp,
    intent::Language,
    plan::{Class, Fault, Hours, OperatorProfile, Plan, Region},
};

/// What faults of accounts are faults of.
const ACCOUNTS: &str = "accounts";
const MEND: &str = "give somebody who is reached what is asked for (`svar user change` with --skills, --languages, --category or \
                    --also-regions), or let a step of the plan insist on less";

/// Queues that lack the same.
struct Unqualified<'p> {
    regions: Vec<&'p RegionId>,
    classes: Vec<&'p ClassId>,
    language: Language,
    hours: Hours,
}

/// A fault for all queues that nobody can serve in a language at some hours, once all steps have been passed and all
/// sites are open: by skill, staff category, language and place, and by the hours of their sites.
#[must_use]
pub fn unqualified(plan: &Plan, accounts: &[OperatorProfile]) -> Vec<Fault> {
    let posts: Vec<Post> = accounts.iter().filter_map(|profile| post(plan, profile)).collect();
    let mut all: Vec<Unqualified<'_>> = Vec::new();
    for region in &plan.regions {
        for lack in unqualified_in(plan, region, &posts) {
            let same = |other: &&mut Unqualified<'_>| {
                (&other.classes, other.language, &other.hours) == (&lack.classes, lack.language, &lack.hours)
            };
            match all.iter_mut().find(same) {
                Some(other) => other.regions.push(&region.id),
                None => all.push(lack),
            }
        }
    }
    all.iter().map(|lack| Fault::new(ACCOUNTS, 0, lack.told(plan), MEND)).collect()
}

/// None when the plan knows no such site.
fn post(plan: &Plan, profile: &OperatorProfile) -> Option<Post> {
    let region = plan.site(&profile.site)?.region.clone();
    Some(Post::under(plan, Post { profile: profile.clone(), taking: Vec::new(), region, opens: None }))
}

/// Classes that lack the same are one.
fn unqualified_in<'p>(plan: &'p Plan, region: &'p Region, posts: &[Post]) -> Vec<Unqualified<'p>> {
    let mut all: Vec<Unqualified<'p>> = Vec::new();
    let classes = || plan.classes.iter().filter(|class| class.party.is_none());
    for (language, class) in plan.languages.iter().flat_map(|language| classes().map(move |class| (*language, class))) {
        let hours = unqualified_hours(plan, region, class, language, posts);
        match all.iter_mut().find(|lack| lack.language == language && lack.hours == hours) {
            _ if hours.is_empty() => {}
            Some(same) => same.classes.push(&class.id),
            None => all.push(Unqualified { regions: vec![&region.id], classes: vec![&class.id], language, hours }),
        }
    }
    all
}

fn unqualified_hours(plan: &Plan, region: &Region, class: &Class, language: Language, posts: &[Post]) -> Hours {
    let (mut reach, mut eased) = (Reach::Region, Eased::default());
    for step in plan.overflow.iter().filter(|step| step.only.covers(&class.id, &region.id)) {
        reach = step.widen_to.map_or(reach, |widening| reach.max(widening.into()));
        eased.further(&step.ease);
    }
    let wants = Wants {
        plan,
        language,
        region: &region.id,
        reach,
        eased: &eased,
        class: Some(class),
        any_class: false,
        goes_first: false,
        put_first: false,
        booked: false,
        awaits: None,
    };
    let qualified: Vec<&Post> = posts.iter().filter(|post| wants.could_meet(post, Timestamp(i64::MAX))).collect();
    let there = |post: &Post, at| plan.site(&post.profile.site).is_some_and(|site| site.is_staffed(at));
    Hours::when(plan, |at| !qualified.iter().any(|post| there(post, at)))
}

impl Unqualified<'_> {
    fn told(&self, plan: &Plan) -> String {
        let quoted = |ids: Vec<&str>| ids.iter().map(|id| format!("\"{id}\"")).collect::<Vec<_>>().join(", ");
        let regions = match self.regions.len() {
            all if all == plan.regions.len() => "every region".to_owned(),
            1 => format!("region {}", quoted(vec![self.regions[0].as_str()])),
            _ => format!("regions {}", quoted(self.regions.iter().map(|id| id.as_str()).collect())),
        };
        let classes = match self.classes.len() {
            all if all == plan.classes.iter().filter(|class| class.party.is_none()).count() => "all classes".to_owned(),
            1 => format!("class {}", quoted(vec![self.classes[0].as_str()])),
            _ => format!("classes {}", quoted(self.classes.iter().map(|id| id.as_str()).collect())),
        };
        format!("{regions}: nobody's account can answer in \"{}\" {} ({classes})", self.language, self.hours)
    }
}
