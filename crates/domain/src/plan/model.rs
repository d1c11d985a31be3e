//! The plan as the router sees it. Field names are the words of `plan.toml`; durations are integer
//! milliseconds, shares are thousandths.

use super::{BookingRule, CallBackRule, Decision, Desk, Messages, Opening, PromiseRule, RetentionRule, SurveyRule, TextRule};
use crate::{
    CategoryId, ClassId, OperatorId, PartyId, QueueId, RegionId, SiteId, SkillId, Timestamp, UnitId,
    contact::Owner,
    destination::Destination,
    intent::{Intent, Language},
    promise::Calendar,
};
use jiff::{
    civil::{Date, Time},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A text in each language of the deployment.
pub type Words = BTreeMap<Language, String>;

#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// SHA-256 of the plan's text in hexadecimal, its first sixteen digits; names the version.
    pub digest: String,
    /// The deployment's short name ("sweden").
    pub name: String,
    pub title: Words,
    pub zone: TimeZone,
    /// The first greets.
    pub languages: Vec<Language>,
    /// What may be dialled to reach the service ("11414"); anything else is 404.
    pub numbers: Vec<String>,
    /// Where whoever must not be seen on citizens' pages is led with one press; https.
    pub leave_to: Option<String>,
    /// Every category of staff that a class may be kept to and an account may be given.
    pub categories: Vec<CategoryId>,
    pub service_level: ServiceLevel,
    pub dialogue: DialogueLimits,
    pub offers: OfferLimits,
    /// In the order in which boards show them.
    pub regions: Vec<Region>,
    pub classes: Vec<Class>,
    /// From narrow to wide. A step whose guards hold is taken even when an earlier one's do not (yet):
    /// "more than 15 wait" never stands in the way of "waited 8 min".
    pub overflow: Vec<OverflowStep>,
    /// Asked once, when a contact arrives in line; the first whose conditions hold and that finds a
    /// region to go to decides.
    pub divert_on_entry: Vec<DivertOnEntry>,
    pub sites: Vec<Site>,
    pub parties: BTreeMap<PartyId, Party>,
    /// Where matters are led, in the order in which they are asked; none leaves that untold.
    pub destinations: Vec<Destination>,
    /// Which numbers can be sent a text message; without it nobody is.
    pub texts: Option<TextRule>,
    /// What citizens are told in writing.
    pub messages: Messages,
    /// Whether callers in line are rung back instead, and how; none leaves that out.
    pub call_backs: Option<CallBackRule>,
    /// How times are booked; none leaves that out.
    pub bookings: Option<BookingRule>,
    /// Where citizens are met at booked times.
    pub desks: Vec<Desk>,
    /// What may be decided of a report; without any a report is settled as received.
    pub decisions: Vec<Decision>,
    /// Whom we ask how they were met; none leaves that out.
    pub survey: Option<SurveyRule>,
    /// How long closed matters are kept; what no row speaks of is never erased by itself.
    pub retention: Vec<RetentionRule>,
    /// Whom callers in need are led to.
    pub emergency: EmergencyRule,
    pub follow_up: FollowUpRule,
    /// Days on which classes with hours of their own do not open, beside the holidays of the calendar.
    pub closed_on: Vec<Date>,
    /// By which working time is counted; none where nothing is promised in it.
    pub calendar: Option<Calendar>,
    /// What is promised within which time, and what becomes of it when it is late.
    pub promises: Vec<PromiseRule>,
    /// Whether somebody who rings again is led to whoever they spoke with.
    pub affinity: Option<Affinity>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceLevel {
    /// Answered within this counts as in time.
    pub within_ms: u64,
    pub goal_permille: u16,
    /// The day's window in local time, by arrival.
    pub from: Time,
    pub to: Time,
    /// Abandons shorter than this are "short".
    pub short_ms: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialogueLimits {
    /// How long to wait for speech or a key after a question.
    pub answer_ms_max: u64,
    /// How often one question is asked anew before the dialogue goes on without an answer.
    pub misunderstandings_max: u8,
    /// The whole dialogue ends in a queue after this.
    pub total_ms_max: u64,
    /// From this confidence on the words are taken without asking.
    pub straight_on_permille: u16,
    /// From this confidence on the reading is confirmed; below it keys are offered, or a choice.
    pub confirm_permille: u16,
    /// From this confidence on of the two likeliest together, the caller is asked which of them it is; none for never.
    pub choose_permille: Option<u16>,
    /// How often the waiting announcement comes.
    pub announce_every_ms: u64,
    /// Callers are asked nothing and come into line of this class at once.
    pub straight_to: Option<ClassId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferLimits {
    /// How long an operator's page rings.
    pub ring_ms: u64,
    /// From acceptance to sound.
    pub connect_ms_max: u64,
    pub wrap_up_ms: u64,
    /// What one extension adds, and how many there are.
    pub wrap_up_extension_ms: u64,
    pub wrap_up_extensions_max: u8,
    /// How long a lost page keeps its conversation.
    pub grace_ms: u64,
    /// Longest conversation before the watch is told.
    pub talk_ms_max: u64,
    /// How long the record of a conversation may take.
    pub conclude_ms: u64,
}

impl OfferLimits {
    /// The longest that wrap-up can last.
    #[must_use]
    pub fn wrap_up_ms_max(&self) -> u64 {
        self.wrap_up_ms + self.wrap_up_extension_ms * u64::from(self.wrap_up_extensions_max)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    pub id: RegionId,
    pub name: String,
    /// The regional command centre, one of `parties`.
    pub command_centre: PartyId,
    pub neighbours: Vec<RegionId>,
    /// Opening hours of its queues in local time, outside which [`Guards::outside_hours`] holds; none
    /// is round the clock.
    pub open: Option<(Time, Time)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    pub id: ClassId,
    pub name: Words,
    pub intents: Vec<Intent>,
    /// Only operators with this skill.
    pub skill: SkillId,
    /// Only operators of this category, when one is named.
    pub category: Option<CategoryId>,
    /// Before every other class; kept small.
    pub strict: bool,
    /// Score grows by this many thousandths of the time waited.
    pub acceleration_permille: u32,
    pub head_start_ms: u64,
    /// Score never grows beyond this.
    pub cap_ms: u64,
    /// When the promise of an answer falls due, counted from the first queue entry.
    pub answer_within_ms: u64,
    /// Of the operators on duty in a region who have its skill, so many thousandths are never busy with the classes
    /// it is kept from; see [`Class::kept_of`].
    pub kept_permille: u16,
    /// Those classes; an empty list is for every other that is not strict.
    pub kept_from: Vec<ClassId>,
    /// When somebody is counted on to answer, or the party it is handed to does; none is round the clock. Whoever is
    /// on duty at other hours answers all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<Opening>,
    /// What callers are offered while too many ring about it and a leader has said so, and while it is closed.
    pub surge_offer: Option<SurgeOffer>,
    /// Callers in line may be rung back instead of waiting.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub call_back: bool,
    /// Times may be booked for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub book: bool,
    /// Callers in line are told of free times by night and while it is closed, where times may be booked for it.
    pub night: bool,
    /// Intents of this class need no emergency question when they are understood well.
    pub administrative: bool,
    /// Handed to this party instead of a queue of ours (the switchboard), when one is named.
    pub party: Option<PartyId>,
}

/// A way out of a line that is too long for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SurgeOffer {
    /// We ring back within this time.
    LaterCall { within_ms: u64 },
    /// The citizen does it on the web instead.
    Web,
}

/// Whoever rings again comes to the operator they spoke with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affinity {
    /// From the end of that conversation.
    pub within_ms: u64,
    /// How long, from coming into line, nobody else may take them while that operator is on duty but busy.
    pub hold_ms: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverflowStep {
    /// Whose operators may take it from here on, too; none leaves that as it is.
    pub widen_to: Option<Widening>,
    pub ease: Ease,
    pub only: Scope,
    pub guards: Guards,
}

/// What is not insisted on any more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ease {
    /// Another category of staff will do.
    pub any_category: bool,
    /// Whoever does not speak the language calls in an interpreter.
    pub interpreter: bool,
    /// Who has this skill will do, without that of the class.
    pub skill: Option<SkillId>,
}

/// Whom a rule is for; an empty list is for all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    pub classes: Vec<ClassId>,
    pub regions: Vec<RegionId>,
}

impl Scope {
    #[must_use]
    pub fn covers(&self, class: &ClassId, region: &RegionId) -> bool {
        (self.classes.is_empty() || self.classes.contains(class)) && self.has_region(region)
    }

    #[must_use]
    pub fn has_region(&self, region: &RegionId) -> bool {
        self.regions.is_empty() || self.regions.contains(region)
    }

    /// Whether it is for everybody that the other one is for.
    #[must_use]
    pub fn includes(&self, other: &Self) -> bool {
        includes(&self.classes, &other.classes) && includes(&self.regions, &other.regions)
    }
}

fn includes<T: PartialEq>(wide: &[T], narrow: &[T]) -> bool {
    wide.is_empty() || !narrow.is_empty() && narrow.iter().all(|one| wide.contains(one))
}

/// From narrow to wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Widening {
    Neighbours,
    Nation,
}

/// All that are given must hold; a step without any is passed at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Guards {
    pub waited_ms: Option<u64>,
    /// More than this many wait in the contact's own queue.
    pub more_than_waiting: Option<usize>,
    /// Fewer than this many operators on duty serve the contact's own queue.
    pub fewer_on_duty: Option<usize>,
    /// Half of those in the contact's own queue are expected to wait longer than this; never while that
    /// is not calibrated. Asked on coming into line and with each announcement.
    pub expected_over_ms: Option<u64>,
    /// The contact's own region is closed.
    pub outside_hours: bool,
}

/// The one step that moves a contact instead of widening who may take it: to the region of `to` in which
/// the fewest wait and somebody on duty could take it; the first in the plan's order decides between
/// equals. All conditions that are given must hold; one at least is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DivertOnEntry {
    pub to: Widening,
    pub only: Scope,
    /// More than this many wait in the contact's own queue already, without the newcomer.
    pub more_than_waiting: Option<usize>,
    /// Fewer wait there than in the contact's own queue.
    pub fewer_waiting_there: bool,
    /// Fewer than this many operators on duty serve the contact's own queue.
    pub fewer_on_duty: Option<usize>,
    /// The contact's own region is closed.
    pub outside_hours: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    pub id: SiteId,
    pub name: String,
    pub region: RegionId,
    /// Takes no calls before this.
    #[serde(default)]
    pub opens: Option<Date>,
    /// The hours at which the plan counts on somebody being there, in local time, also over midnight; none is
    /// round the clock. Only the check of the plan reads them: whoever is on duty at other hours answers all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub staffed: Vec<(Time, Time)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    pub id: PartyId,
    pub name: Words,
    /// SIP address it is reached at (`sip:` or `sips:`); must be on the plan's list of what may be dialled.
    pub target: String,
    pub ring_ms: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyRule {
    pub party: PartyId,
    /// Where a matter goes that is going on but not dangerous: `112` or the region's command centre.
    /// The latter makes two questions of the emergency question.
    pub going_on: GoingOn,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GoingOn {
    Emergency,
    CommandCentre,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUpRule {
    /// Due time after a broken time-critical or emergency call.
    pub strict_ms: u64,
    pub other_ms: u64,
    /// Unit that owns follow-ups of a region's calls until an operator takes them; `{region}` is
    /// replaced by the region's id.
    pub unit: String,
    /// Unit that owns follow-ups of calls whose region is not known.
    pub unit_elsewhere: String,
    /// The operators of a region, as a unit that late promises go to; `{region}` as above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// What waits for the citizen waits no longer than this; none is a week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause_max_ms: Option<u64>,
}

/// How long a promise waits for the citizen where no plan says so.
const PAUSE_MS_MAX: u64 = 7 * 24 * crate::time::HOUR_MS;

impl FollowUpRule {
    #[must_use]
    pub fn pause_ms_max(&self) -> u64 {
        self.pause_max_ms.unwrap_or(PAUSE_MS_MAX)
    }

    /// The unit that owns follow-ups of a region, or of calls whose region nobody knows.
    #[must_use]
    pub fn unit_of(&self, region: Option<&RegionId>) -> UnitId {
        region.map_or_else(|| UnitId::new(&self.unit_elsewhere), |region| UnitId::new(&self.unit.replace("{region}", region.as_str())))
    }

    /// Whether what this owner owes is the operator's to settle: their own, or what their region or the
    /// nation owes until somebody takes it.
    #[must_use]
    pub fn is_theirs(&self, owner: &Owner, operator: OperatorId, region: &RegionId) -> bool {
        match owner {
            Owner::Operator(own) => *own == operator,
            Owner::Unit(unit) => *unit == self.unit_of(Some(region)) || *unit == self.unit_of(None) || self.is_group(unit, region),
            Owner::Dialogue | Owner::Queue(_) => false,
        }
    }

    /// The operators of a region, as a unit.
    #[must_use]
    pub fn group_of(&self, region: &RegionId) -> Option<UnitId> {
        self.group.as_ref().map(|group| UnitId::new(&group.replace("{region}", region.as_str())))
    }

    /// Whether a unit is the operators of a region.
    #[must_use]
    pub fn is_group(&self, unit: &UnitId, region: &RegionId) -> bool {
        self.group_of(region).as_ref() == Some(unit)
    }
}

/// What an operator can do, from the staff account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorProfile {
    pub site: SiteId,
    /// Regions that are served as the site's own is, beside it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_regions: Vec<RegionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryId>,
    /// Skill and level, 1 to 9, 9 best.
    pub skills: BTreeMap<SkillId, u8>,
    pub languages: Vec<Language>,
}

impl Class {
    /// How many of so many operators are kept for it: the nearest whole number, and never all of them, so that
    /// nobody's call is kept from everybody.
    #[must_use]
    pub fn kept_of(&self, on_duty: usize) -> usize {
        let kept = (on_duty * usize::from(self.kept_permille) + 500) / 1000;
        kept.min(on_duty.saturating_sub(1))
    }
}

impl Plan {
    /// In this language, else in the first of the plan that there are words in.
    #[must_use]
    pub fn in_language(&self, words: &Words, language: Language) -> Option<String> {
        words.get(&language).or_else(|| self.languages.iter().find_map(|other| words.get(other))).cloned()
    }

    #[must_use]
    pub fn region(&self, id: &RegionId) -> Option<&Region> {
        self.regions.iter().find(|region| &region.id == id)
    }

    #[must_use]
    pub fn class(&self, id: &ClassId) -> Option<&Class> {
        self.classes.iter().find(|class| &class.id == id)
    }

    #[must_use]
    pub fn site(&self, id: &SiteId) -> Option<&Site> {
        self.sites.iter().find(|site| &site.id == id)
    }

    /// 112 and the regions' command centres.
    #[must_use]
    pub fn is_emergency_service(&self, party: &PartyId) -> bool {
        *party == self.emergency.party || self.regions.iter().any(|region| region.command_centre == *party)
    }

    /// The class that an intent belongs to; the last class takes what no class names.
    #[must_use]
    pub fn class_of(&self, intent: Option<Intent>) -> Option<&Class> {
        intent.and_then(|intent| self.classes.iter().find(|class| class.intents.contains(&intent))).or_else(|| self.classes.last())
    }

    /// The strict class that time-critical contacts are put in.
    #[must_use]
    pub fn strict_class(&self) -> Option<&Class> {
        self.classes.iter().find(|class| class.strict)
    }

    /// Every queue of the plan, region by region, in the order of boards.
    pub fn queues(&self) -> impl Iterator<Item = (QueueId, &Region, &Class)> {
        self.regions.iter().flat_map(|region| {
            self.classes.iter().filter(|class| class.party.is_none()).map(move |class| (QueueId::of(&region.id, &class.id), region, class))
        })
    }

    /// Whether a region's queues are open at this time.
    #[must_use]
    pub fn is_open(&self, region: &Region, now: Timestamp) -> bool {
        region.open.is_none_or(|(from, to)| {
            let time = now.local(&self.zone).time();
            from <= time && time < to
        })
    }

    /// The next instant at which a region's queues close, today; none when they are closed already or
    /// never close.
    #[must_use]
    pub fn closes_at(&self, region: &Region, now: Timestamp) -> Option<Timestamp> {
        let (_, to) = region.open.filter(|_| self.is_open(region, now))?;
        let closing = now.local(&self.zone).date().to_datetime(to).to_zoned(self.zone.clone()).ok()?.timestamp();
        // "24:00" is kept as the last instant of the day: round up to the whole millisecond.
        let rest = u64::from(closing.subsec_nanosecond() % 1_000_000 != 0);
        Some(Timestamp(closing.as_millisecond()).plus_ms(rest))
    }
}
