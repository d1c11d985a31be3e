//! From the text of `plan.toml` to a [`Plan`]: every fault in the text is found in one reading, with its
//! line and how to mend it. What the parts mean together is proved in [`super::check`].

use super::{
    Affinity, Class, DialogueLimits, DivertOnEntry, Ease, EmergencyRule, Fault, FollowUpRule, GoingOn, Guards, OfferLimits, OverflowStep,
    Party, Plan, Region, Scope, ServiceLevel, Site, Source, SurgeOffer, Widening, Words, bookings, calendar, call_backs, check, decisions,
    destinations,
    fields::{Fields, Page, choose},
    hours, messages, opening, promises, retention, survey, texts,
    values::{COUNT, DATE, DURATION, GROWTH, HOURS, ID, Kind, PARTY, SHARE, SMALL_COUNT, TEXT, YES_NO},
};
use crate::{
    CategoryId, ClassId, PartyId, RegionId, SiteId, SkillId,
    intent::{Intent, Language},
};
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// A longer text is not read at all.
pub const PLAN_BYTES_MAX: usize = 1 << 20;

/// What a reading found.
#[derive(Clone, Debug)]
pub struct Examined {
    /// None when there is a fault.
    pub plan: Option<Plan>,
    /// In the order of the text.
    pub faults: Vec<Fault>,
    /// What a person should look at, though the plan can be adopted.
    pub notices: Vec<Fault>,
}

/// The plan of a text.
///
/// # Errors
/// Every fault, in the order of the text; never an empty list.
pub fn read(source: &Source<'_>) -> Result<Plan, Vec<Fault>> {
    let Examined { plan, faults, .. } = examine(source);
    plan.ok_or(faults)
}

/// The plan of a text, with what deserves a look.
#[must_use]
pub fn examine(source: &Source<'_>) -> Examined {
    let refused = |faults| Examined { plan: None, faults, notices: Vec::new() };
    if source.text.len() > PLAN_BYTES_MAX {
        let what = format!("the file is larger than {PLAN_BYTES_MAX} bytes");
        return refused(vec![Fault::new(source.file, 0, what, "give the file that holds the plan")]);
    }
    let mut page = Page::new(*source, "the plan");
    let document = page.parse();
    if !page.faults.is_empty() {
        return refused(page.faults);
    }
    let mut whole = Fields::new(&mut page, document.get_ref(), "", "", 1);
    let (plan, asides) = read_plan(&mut whole, source.text);
    whole.finish();
    let found = check::objections(&plan);
    let mut faults = page.place(found.faults);
    faults.append(&mut page.faults);
    faults.sort_by_key(|fault| fault.line);
    faults.dedup();
    let mut notices = page.place(found.notices);
    notices.extend(asides);
    notices.sort_by_key(|notice| notice.line);
    Examined { plan: faults.is_empty().then_some(plan), faults, notices }
}

fn digest_of(text: &str) -> String {
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The plan with harmless values where a fault was noted, and the notices of the reading itself.
fn read_plan(whole: &mut Fields<'_, '_, '_>, text: &str) -> (Plan, Vec<Fault>) {
    let languages = whole.words("languages", Language::ALL, Language::word);
    let skills: BTreeSet<String> = whole.list("skills", &ID).into_iter().collect();
    let categories = whole.optional_list("staff_categories", &ID).iter().map(|id| CategoryId::new(id)).collect();
    let zone = read_zone(whole);
    let (closed_on, calendar) = calendar::read(whole, &zone);
    let mut dial = Dial::read(whole);
    let plan = Plan {
        digest: digest_of(text),
        name: whole.required("name", &ID),
        title: read_words(whole, "title", &languages),
        zone,
        numbers: whole.list("numbers", &TEXT).iter().map(|number| dialled(number)).collect(),
        leave_to: whole.optional("leave_to", &TEXT),
        service_level: read_service_level(whole),
        dialogue: read_dialogue(whole),
        offers: read_offers(whole),
        regions: read_regions(whole),
        categories,
        classes: read_classes(whole, &languages, &skills),
        overflow: read_overflow(whole),
        divert_on_entry: read_diversions(whole),
        sites: read_sites(whole),
        parties: read_parties(whole, &languages, &mut dial),
        destinations: destinations::read(whole, &languages),
        texts: texts::read_rule(whole),
        messages: messages::read(whole, &languages),
        call_backs: call_backs::read(whole),
        bookings: bookings::read(whole),
        desks: bookings::read_desks(whole, &languages),
        decisions: decisions::read(whole, &languages),
        survey: survey::read(whole),
        retention: retention::read(whole),
        emergency: read_emergency(whole),
        follow_up: read_follow_up(whole),
        closed_on,
        calendar,
        promises: promises::read(whole),
        affinity: read_affinity(whole),
        languages,
    };
    let asides = dial.unused(whole);
    (plan, asides)
}

/// A number as it arrives: without the spaces and hyphens that make it readable.
pub(super) fn dialled(number: &str) -> String {
    number.chars().filter(|c| !c.is_whitespace() && *c != '-').collect()
}

fn read_zone(whole: &mut Fields<'_, '_, '_>) -> TimeZone {
    let name = whole.required("zone", &TEXT);
    match TimeZone::get(&name) {
        Ok(zone) => zone,
        Err(_) => {
            if !name.is_empty() {
                whole.fault("zone", &format!("zone knows no \"{name}\""), "write a time zone such as \"Europe/Stockholm\"".to_owned());
            }
            TimeZone::UTC
        }
    }
}

/// A text in every language of the plan, and in others that the screens speak where it has them.
pub(super) fn read_words(fields: &mut Fields<'_, '_, '_>, key: &'static str, languages: &[Language]) -> Words {
    read_words_of(fields, key, languages, &TEXT)
}

/// The same for texts of another kind.
pub(crate) fn read_words_of(fields: &mut Fields<'_, '_, '_>, key: &'static str, languages: &[Language], kind: &Kind<String>) -> Words {
    let Some(mut table) = fields.table(key) else { return Words::new() };
    let mut words = Words::new();
    for language in Language::ALL {
        let text =
            if languages.contains(language) { Some(table.required(language.word(), kind)) } else { table.optional(language.word(), kind) };
        words.extend(text.map(|text| (*language, text)));
    }
    table.finish();
    words
}

fn read_service_level(whole: &mut Fields<'_, '_, '_>) -> ServiceLevel {
    let none = ServiceLevel { within_ms: 0, goal_permille: 0, from: Default::default(), to: Default::default(), short_ms: 0 };
    let Some(mut table) = whole.table("service_level") else { return none };
    let (from, to) = table.required("window", &HOURS);
    let level = ServiceLevel {
        within_ms: table.required("within", &DURATION),
        goal_permille: table.required("goal", &SHARE),
        from,
        to,
        short_ms: table.required("short", &DURATION),
    };
    table.finish();
    level
}

fn read_dialogue(whole: &mut Fields<'_, '_, '_>) -> DialogueLimits {
    let mut limits = DialogueLimits {
        answer_ms_max: 0,
        misunderstandings_max: 0,
        total_ms_max: 0,
        straight_on_permille: 0,
        confirm_permille: 0,
        choose_permille: None,
        announce_every_ms: 0,
        straight_to: None,
    };
    let Some(mut table) = whole.table("dialogue") else { return limits };
    limits.answer_ms_max = table.required("answer_max", &DURATION);
    limits.misunderstandings_max = table.required("misunderstandings_max", &SMALL_COUNT);
    limits.total_ms_max = table.required("total_max", &DURATION);
    limits.straight_on_permille = table.required("straight_on", &SHARE);
    limits.confirm_permille = table.required("confirm", &SHARE);
    limits.choose_permille = table.optional("choose", &SHARE);
    limits.announce_every_ms = table.required("announce_every", &DURATION);
    limits.straight_to = table.optional("straight_to", &ID).map(|id| ClassId::new(&id));
    table.finish();
    limits
}

fn read_offers(whole: &mut Fields<'_, '_, '_>) -> OfferLimits {
    let mut limits = OfferLimits {
        ring_ms: 0,
        connect_ms_max: 0,
        wrap_up_ms: 0,
        wrap_up_extension_ms: 0,
        wrap_up_extensions_max: 0,
        grace_ms: 0,
        talk_ms_max: 0,
        conclude_ms: 0,
    };
    let Some(mut table) = whole.table("offers") else { return limits };
    limits.ring_ms = table.required("ring", &DURATION);
    limits.connect_ms_max = table.required("connect_max", &DURATION);
    limits.wrap_up_ms = table.required("wrap_up", &DURATION);
    limits.wrap_up_extension_ms = table.required("wrap_up_extension", &DURATION);
    limits.wrap_up_extensions_max = table.required("wrap_up_extensions_max", &SMALL_COUNT);
    limits.grace_ms = table.required("grace", &DURATION);
    limits.talk_ms_max = table.required("talk_max", &DURATION);
    limits.conclude_ms = table.required("conclude", &DURATION);
    table.finish();
    limits
}

/// The id of an entry in a list of tables; an id that is missing or used before is a fault.
pub(super) fn read_id(
    fields: &mut Fields<'_, '_, '_>,
    (all, one): (&'static str, &str),
    kind: &Kind<String>,
    seen: &mut BTreeMap<String, usize>,
) -> String {
    let id = fields.required("id", kind);
    if id.is_empty() {
        // References to the entry cannot be judged.
        fields.page().spoil(all.to_owned());
        return id;
    }
    match seen.get(&id) {
        Some(line) => {
            fields.fault("id", &format!("the id \"{id}\" is used in line {line} already"), "give one of them another id".to_owned())
        }
        None => {
            seen.insert(id.clone(), fields.line());
            fields.rename(format!("{all}/{id}"), format!("{one} \"{id}\""));
        }
    }
    id
}

fn read_regions(whole: &mut Fields<'_, '_, '_>) -> Vec<Region> {
    let mut seen = BTreeMap::new();
    whole.tables("regions", "region", |fields| Region {
        id: RegionId::new(&read_id(fields, ("regions", "region"), &ID, &mut seen)),
        name: fields.required("name", &TEXT),
        command_centre: PartyId::new(&fields.required("command_centre", &PARTY)),
        neighbours: fields.list("neighbours", &ID).iter().map(|id| RegionId::new(id)).collect(),
        open: fields.optional("open", &HOURS),
    })
}

fn read_classes(whole: &mut Fields<'_, '_, '_>, languages: &[Language], skills: &BTreeSet<String>) -> Vec<Class> {
    let mut seen = BTreeMap::new();
    whole.tables("classes", "class", |fields| {
        let id = ClassId::new(&read_id(fields, ("classes", "class"), &ID, &mut seen));
        Class {
            id,
            name: read_words(fields, "name", languages),
            intents: fields.words("intents", Intent::ALL, Intent::word),
            skill: read_skill(fields, skills),
            category: fields.optional("staff_category", &ID).map(|id| CategoryId::new(&id)),
            strict: fields.optional("strict", &YES_NO).unwrap_or(false),
            acceleration_permille: fields.required("acceleration", &GROWTH),
            head_start_ms: fields.optional("head_start", &DURATION).unwrap_or(0),
            cap_ms: fields.required("cap", &DURATION),
            answer_within_ms: fields.required("answer_within", &DURATION),
            kept_permille: fields.optional("kept", &SHARE).unwrap_or(0),
            kept_from: fields.optional_list("kept_from", &ID).iter().map(|id| ClassId::new(id)).collect(),
            open: opening::read(fields),
            surge_offer: read_surge_offer(fields),
            call_back: fields.optional("call_back", &YES_NO).unwrap_or(false),
            book: fields.optional("book", &YES_NO).unwrap_or(false),
            night: fields.optional("night", &YES_NO).unwrap_or(true),
            administrative: fields.optional("administrative", &YES_NO).unwrap_or(false),
            party: fields.optional("party", &PARTY).map(|id| PartyId::new(&id)),
        }
    })
}

fn read_surge_offer(fields: &mut Fields<'_, '_, '_>) -> Option<SurgeOffer> {
    const WAYS: [&str; 2] = ["later_call", "web"];
    let way = fields.optional_word("surge_offer", &WAYS, |way| way);
    let within_ms = fields.optional("surge_call_within", &DURATION);
    match (way, within_ms) {
        (Some("later_call"), Some(within_ms)) => Some(SurgeOffer::LaterCall { within_ms }),
        (Some("later_call"), None) => {
            let mend = "add `surge_call_within = …`, the time within which they are rung back, such as \"24 h\"";
            fields.fault("surge_offer", "a later call is offered, but not by when", mend.to_owned());
            None
        }
        (way, Some(_)) => {
            let mend = "take it away, or write surge_offer = \"later_call\"";
            fields.fault("surge_call_within", "no later call is offered", mend.to_owned());
            way.map(|_| SurgeOffer::Web)
        }
        (way, None) => way.map(|_| SurgeOffer::Web),
    }
}

fn read_affinity(whole: &mut Fields<'_, '_, '_>) -> Option<Affinity> {
    let mut table = whole.optional_table("affinity")?;
    let affinity = Affinity { within_ms: table.required("within", &DURATION), hold_ms: table.required("hold", &DURATION) };
    table.finish();
    Some(affinity)
}

fn read_skill(fields: &mut Fields<'_, '_, '_>, skills: &BTreeSet<String>) -> SkillId {
    let skill = fields.required("skill", &ID);
    if !skill.is_empty() && !skills.is_empty() && !skills.contains(&skill) {
        let mend = format!("{} Or add it to `skills`", sentence(choose(&skill, skills.iter().map(String::as_str))));
        fields.fault("skill", &format!("no skill is called \"{skill}\""), mend);
    }
    SkillId::new(&skill)
}

/// Ends a hint so that another can follow.
fn sentence(hint: String) -> String {
    if hint.ends_with('?') { hint } else { hint + "." }
}

fn read_overflow(whole: &mut Fields<'_, '_, '_>) -> Vec<OverflowStep> {
    let mut number = 0;
    whole.tables("overflow", "overflow step", |fields| {
        fields.rename(format!("overflow/{number}"), format!("overflow step {}", number + 1));
        number += 1;
        OverflowStep {
            widen_to: fields.optional_word("widen_to", &WIDENINGS, word_of_widening),
            ease: Ease {
                any_category: fields.optional("any_staff_category", &YES_NO).unwrap_or(false),
                interpreter: fields.optional("interpreter", &YES_NO).unwrap_or(false),
                skill: fields.optional("skill", &ID).map(|id| SkillId::new(&id)),
            },
            only: read_scope(fields),
            guards: Guards {
                waited_ms: fields.optional("waited", &DURATION),
                more_than_waiting: fields.optional("more_than_waiting", &COUNT),
                fewer_on_duty: fields.optional("fewer_on_duty", &COUNT),
                expected_over_ms: fields.optional("expected_over", &DURATION),
                outside_hours: fields.optional("outside_hours", &YES_NO).unwrap_or(false),
            },
        }
    })
}

fn read_diversions(whole: &mut Fields<'_, '_, '_>) -> Vec<DivertOnEntry> {
    let mut number = 0;
    whole.optional_tables("divert_on_entry", "diversion on entry", |fields| {
        fields.rename(format!("divert_on_entry/{number}"), format!("diversion on entry {}", number + 1));
        number += 1;
        DivertOnEntry {
            to: fields.word("to", &WIDENINGS, word_of_widening).unwrap_or(Widening::Neighbours),
            only: read_scope(fields),
            more_than_waiting: fields.optional("more_than_waiting", &COUNT),
            fewer_waiting_there: fields.optional("fewer_waiting_there", &YES_NO).unwrap_or(false),
            fewer_on_duty: fields.optional("fewer_on_duty", &COUNT),
            outside_hours: fields.optional("outside_hours", &YES_NO).unwrap_or(false),
        }
    })
}

const WIDENINGS: [Widening; 2] = [Widening::Neighbours, Widening::Nation];

fn word_of_widening(widening: Widening) -> &'static str {
    match widening {
        Widening::Neighbours => "neighbours",
        Widening::Nation => "nation",
    }
}

fn read_scope(fields: &mut Fields<'_, '_, '_>) -> Scope {
    Scope {
        classes: fields.optional_list("classes", &ID).iter().map(|id| ClassId::new(id)).collect(),
        regions: fields.optional_list("regions", &ID).iter().map(|id| RegionId::new(id)).collect(),
    }
}

fn read_sites(whole: &mut Fields<'_, '_, '_>) -> Vec<Site> {
    let mut seen = BTreeMap::new();
    whole.tables("sites", "site", |fields| Site {
        id: SiteId::new(&read_id(fields, ("sites", "site"), &ID, &mut seen)),
        name: fields.required("name", &TEXT),
        region: RegionId::new(&fields.required("region", &ID)),
        opens: fields.optional("opens", &DATE),
        staffed: hours::read_staffed(fields),
    })
}

/// The list of what may be dialled at all, and what of it was used.
struct Dial {
    allowed: Vec<String>,
    used: BTreeSet<String>,
}

impl Dial {
    fn read(whole: &mut Fields<'_, '_, '_>) -> Self {
        let mut allowed = Vec::new();
        if let Some(mut table) = whole.table("dial") {
            allowed = table.list("allowed", &TEXT);
            table.finish();
        }
        Self { allowed, used: BTreeSet::new() }
    }

    fn unused(&self, whole: &mut Fields<'_, '_, '_>) -> Vec<Fault> {
        let unused = self.allowed.iter().filter(|target| !self.used.contains(*target));
        unused
            .map(|target| {
                whole.notice_at("dial/allowed", format!("dial.allowed has \"{target}\", which no party uses"), "take it off the list")
            })
            .collect()
    }
}

fn read_parties(whole: &mut Fields<'_, '_, '_>, languages: &[Language], dial: &mut Dial) -> BTreeMap<PartyId, Party> {
    let mut seen = BTreeMap::new();
    let parties = whole.tables("parties", "party", |fields| {
        let id = PartyId::new(&read_id(fields, ("parties", "party"), &PARTY, &mut seen));
        let name = read_words(fields, "name", languages);
        let target = fields.required("target", &TEXT);
        if !target.is_empty() && !dial.allowed.contains(&target) {
            let near = choose(&target, dial.allowed.iter().map(String::as_str));
            let mend = format!("write it exactly as on the list ({near}), or add it there once somebody has checked that it may be rung");
            fields.fault("target", &format!("the target \"{target}\" is not on the list dial.allowed"), mend);
        }
        dial.used.insert(target.clone());
        Party { id, name, target, ring_ms: fields.required("ring", &DURATION) }
    });
    parties.into_iter().map(|party| (party.id.clone(), party)).collect()
}

fn read_emergency(whole: &mut Fields<'_, '_, '_>) -> EmergencyRule {
    let none = EmergencyRule { party: PartyId::new(""), going_on: GoingOn::Emergency };
    let Some(mut table) = whole.table("emergency") else { return none };
    let word = |choice| match choice {
        GoingOn::Emergency => "emergency",
        GoingOn::CommandCentre => "command_centre",
    };
    let rule = EmergencyRule {
        party: PartyId::new(&table.required("party", &PARTY)),
        going_on: table.word("going_on", &[GoingOn::Emergency, GoingOn::CommandCentre], word).unwrap_or(GoingOn::Emergency),
    };
    table.finish();
    rule
}

fn read_follow_up(whole: &mut Fields<'_, '_, '_>) -> FollowUpRule {
    let none =
        FollowUpRule { strict_ms: 0, other_ms: 0, unit: String::new(), unit_elsewhere: String::new(), group: None, pause_max_ms: None };
    let Some(mut table) = whole.table("follow_up") else { return none };
    let rule = FollowUpRule {
        strict_ms: table.required("strict", &DURATION),
        other_ms: table.required("other", &DURATION),
        unit: table.required("unit", &TEXT),
        unit_elsewhere: table.required("unit_elsewhere", &TEXT),
        group: table.optional("group", &TEXT),
        pause_max_ms: table.optional("pause_max", &DURATION),
    };
    table.finish();
    rule
}
