//! From the text of a scenario to its values. Every fault in the text is found in one reading, with its line
//! and how to mend it; what must fit a plan is looked at in [`super::prepare`].

use super::{
    Busier, CALLS_PER_DAY_MAX, Change, DAYS_MAX, DemandText, Ground, MatterText, OPERATORS_MAX, Outage, RegionText, SCENARIO_BYTES_MAX,
    Scenario, Share, Spot, StaffText, Variant, Without, plan_text::plain,
};
use crate::{
    Desk,
    callers::{DAY_MS, Handling, Hours},
};
use domain::{
    CategoryId, RegionId, SiteId, SkillId,
    intent::{Intent, Language},
    plan::{
        Fault, OperatorProfile, Source,
        fields::{Fields, Page},
        values::{COUNT, DATE, DURATION, GROWTH, HOURS, ID, Kind, SHARE, TEXT, permille},
    },
};
use std::collections::{BTreeMap, BTreeSet};
use toml::de::DeValue;

/// The level of a skill that is written without one.
const LEVEL: u8 = 5;
/// Two cases are compared, no more.
const VARIANTS_MAX: usize = 2;

const SKILL: Kind<(String, u8)> = Kind {
    looks_like: "a skill in double quotes, with its level from 1 to 9 where it is not 5, such as \"report\" or \"report 7\"",
    read: skill,
};
const LANGUAGE: Kind<Language> = Kind {
    looks_like: "a language in double quotes: \"sv\", \"en\" or \"da\"",
    read: |value| value.as_str().and_then(Language::from_word),
};
const LANGUAGE_SHARE: Kind<(Language, f64)> =
    Kind { looks_like: "a language and its share in double quotes, such as \"sv 93 %\"", read: language_share };
const DAYS: Kind<usize> = Kind {
    looks_like: "a whole number from 1 to 10000 without quotes, such as 40",
    read: |value| (COUNT.read)(value).filter(|days| (1..=DAYS_MAX).contains(days)),
};
const SEED: Kind<u64> = Kind {
    looks_like: "a whole number without quotes, such as 1",
    read: |value| value.as_integer().and_then(|number| u64::from_str_radix(number.as_str(), number.radix()).ok()),
};

fn skill(value: &DeValue<'_>) -> Option<(String, u8)> {
    let text = value.as_str()?.trim();
    let (name, level) = match text.split_once(' ') {
        None => (text, LEVEL),
        Some((name, level)) => (name, level.trim().parse().ok().filter(|level| (1..=9).contains(level))?),
    };
    (!name.is_empty()).then(|| (name.to_owned(), level))
}

fn language_share(value: &DeValue<'_>) -> Option<(Language, f64)> {
    let (language, share) = value.as_str()?.trim().split_once(' ')?;
    Some((Language::from_word(language)?, share_of(permille(share).filter(|share| *share <= 1_000)?)))
}

fn share_of(permille: impl Into<u32>) -> f64 {
    f64::from(permille.into()) / 1_000.0
}

fn hours_of((from, to): (jiff::civil::Time, jiff::civil::Time)) -> Hours {
    // "24:00" is kept as the last instant of the day.
    let ms = |time: jiff::civil::Time| {
        let whole = (i64::from(time.hour()) * 60 + i64::from(time.minute())) * 60_000;
        if time == jiff::civil::Time::MAX { DAY_MS } else { whole }
    };
    Hours { from_ms: ms(from), to_ms: ms(to) }
}

impl Scenario {
    /// The file that a scenario names as its base, to be read beside it.
    #[must_use]
    pub fn base_of(text: &str) -> Option<String> {
        let table: toml::Table = text.parse().ok()?;
        table.get("base").and_then(toml::Value::as_str).map(str::to_owned)
    }

    /// From its text and that of its base, where it names one.
    ///
    /// # Errors
    /// Every fault, file by file in the order of the text; never an empty list.
    pub fn read(source: &Source<'_>, base: Option<&Source<'_>>) -> Result<Self, Vec<Fault>> {
        let mut ground = None;
        let mut faults = Vec::new();
        if let Some(base) = base {
            ground = read_file(base, "the base", &mut faults, read_ground);
        }
        let scenario = read_file(source, "the scenario", &mut faults, |whole| {
            let named: Option<String> = whole.optional("base", &TEXT);
            if named.is_some() && base.is_none() {
                whole.fault("base", "the base is missing", "name a file that stands beside the scenario".to_owned());
            }
            let ground = if named.is_some() { ground.take() } else { Some(read_ground(whole)) };
            read_question(whole, ground)
        });
        match scenario.flatten() {
            Some(scenario) if faults.is_empty() => Ok(scenario),
            _ => Err(faults),
        }
    }
}

fn read_file<T>(
    source: &Source<'_>,
    holder: &'static str,
    faults: &mut Vec<Fault>,
    read: impl FnOnce(&mut Table<'_, '_, '_>) -> T,
) -> Option<T> {
    if source.text.len() > SCENARIO_BYTES_MAX {
        let what = format!("the file is larger than {SCENARIO_BYTES_MAX} bytes");
        faults.push(Fault::new(source.file, 0, what, "give the file that holds the scenario"));
        return None;
    }
    let mut page = Page::new(*source, holder);
    let document = page.parse();
    let mut found = None;
    if page.faults.is_empty() {
        let mut whole = Fields::new(&mut page, document.get_ref(), "", "", 1);
        found = Some(read(&mut whole));
        whole.finish();
    }
    page.faults.sort();
    // Rows that are both of the ground and of the question are read twice.
    page.faults.dedup();
    faults.append(&mut page.faults);
    found
}

type Table<'p, 's, 'd> = Fields<'p, 's, 'd>;

fn spot(table: &Table<'_, '_, '_>) -> Spot {
    Spot { file: table.file().into(), line: table.line() }
}

/// None without a ground, whose faults are told already.
fn read_question(whole: &mut Table<'_, '_, '_>, ground: Option<Ground>) -> Option<Scenario> {
    let mut everywhere = read_change(whole);
    if let Some(ground) = &ground {
        // In one file, they are the same rows.
        everywhere.staff.retain(|row| !ground.staff.iter().any(|other| other.spot == row.spot));
    }
    let (title, question) = (whole.required("title", &TEXT), whole.required("question", &TEXT));
    let (days, seed) = (whole.required("days", &DAYS), whole.optional("seed", &SEED).unwrap_or(1));
    let variants = read_variants(whole);
    Some(Scenario { whole: Spot { line: 0, ..spot(whole) }, title, question, days, seed, ground: ground?, everywhere, variants })
}

fn read_ground(whole: &mut Table<'_, '_, '_>) -> Ground {
    let plan = whole.required("plan", &TEXT);
    let warm_up_ms = whole.optional("warm_up", &DURATION).unwrap_or(0);
    let window = whole.optional("window", &HOURS).map(hours_of);
    if warm_up_ms > DAY_MS.unsigned_abs() {
        whole.fault("warm_up", "the warm-up is longer than a day", "write \"24 h\" at most".to_owned());
    }
    if window.is_some_and(|window| window.from_ms >= window.to_ms) {
        whole.fault("window", "the window ends before it begins", "write hours of one day, such as \"07:00-20:00\"".to_owned());
    }
    let (desk_line, desk) = read_desk(whole);
    Ground {
        plan,
        plan_spot: Spot { line: whole.line_of("plan"), ..spot(whole) },
        date: whole.required("date", &DATE),
        warm_up_ms,
        window,
        desk,
        desk_spot: Spot { line: desk_line, ..spot(whole) },
        demand: read_demand(whole),
        regions: read_regions(whole),
        matters: read_matters(whole),
        staff: read_staff(whole),
    }
}

fn read_desk(whole: &mut Table<'_, '_, '_>) -> (usize, Desk) {
    let Some(mut table) = whole.table("desk") else { return (0, Desk::default()) };
    let desk = Desk { answer_ms: table.required("answer", &DURATION), wrap_up_ms: table.required("wrap_up", &DURATION) };
    let line = table.line();
    table.finish();
    (line, desk)
}

fn read_demand(whole: &mut Table<'_, '_, '_>) -> DemandText {
    let Some(mut table) = whole.table("demand") else { return DemandText::default() };
    let demand = DemandText {
        busyness: table.optional("busyness", &SHARE).map(share_of).filter(|share| *share > 0.0),
        profile: table.list("profile", &COUNT).into_iter().map(|weight| weight as f64).collect(),
        languages: table.list("languages", &LANGUAGE_SHARE),
    };
    let pieces = demand.profile.len();
    if pieces > 0 && (![24, 48].contains(&pieces) || demand.profile.iter().sum::<f64>() <= 0.0) {
        let mend = "write a weight for each hour (24) or each half hour (48) of the day, not all of them 0".to_owned();
        table.fault("profile", &format!("the profile has {pieces} weights"), mend);
    }
    whole_share(&mut table, "languages", demand.languages.iter().map(|(_, share)| *share));
    table.finish();
    demand
}

/// Shares of which everybody has one.
fn whole_share(table: &mut Table<'_, '_, '_>, key: &'static str, shares: impl Iterator<Item = f64>) {
    let sum: f64 = shares.sum();
    if sum > 0.0 && (sum - 1.0).abs() > 1e-9 {
        table.fault(key, &format!("the shares sum to {:.1} %", sum * 100.0), "change them so that they sum to 100 %".to_owned());
    }
}

fn read_regions(whole: &mut Table<'_, '_, '_>) -> Vec<RegionText> {
    let mut seen = BTreeSet::new();
    let regions = whole.tables("region", "region", |fields| {
        let id: String = fields.required("id", &ID);
        if !id.is_empty() && !seen.insert(id.clone()) {
            fields.fault("id", &format!("\"{id}\" is there twice"), "give each region one number of calls".to_owned());
        }
        RegionText { spot: spot(fields), id: RegionId::new(&id), calls_per_day: fields.required("calls_per_day", &COUNT) }
    });
    let sum: usize = regions.iter().map(|region| region.calls_per_day.min(CALLS_PER_DAY_MAX + 1)).sum();
    if sum > CALLS_PER_DAY_MAX {
        whole.fault("region", "there are too many calls for one day", format!("make calls_per_day sum to {CALLS_PER_DAY_MAX} at most"));
    }
    regions
}

fn read_matters(whole: &mut Table<'_, '_, '_>) -> Vec<MatterText> {
    let mut seen = BTreeSet::new();
    let matters = whole.tables("matter", "matter", |fields| {
        let intent = fields.word("intent", Intent::ALL, Intent::word).unwrap_or(Intent::Other);
        fields.rename(format!("matter/{intent}"), format!("matter \"{intent}\""));
        if !seen.insert(intent) {
            fields.fault("intent", "it is there twice", "give each matter one share".to_owned());
        }
        let mean_s = fields.required("handling", &DURATION) as f64 / 1_000.0;
        let patience_s = fields.required("patience", &DURATION) as f64 / 1_000.0;
        for (key, seconds) in [("handling", mean_s), ("patience", patience_s)] {
            if seconds == 0.0 {
                fields.fault(key, &format!("{key} of no time is none"), "write a time such as \"8 min\"".to_owned());
            }
        }
        let variation = share_of(fields.required("variation", &GROWTH));
        MatterText {
            intent,
            share: share_of(fields.required("share", &SHARE)),
            handling: Handling::Lognormal { mean_s, variation },
            patience_mean_s: patience_s,
        }
    });
    whole_share(whole, "matter", matters.iter().map(|matter| matter.share));
    matters
}

fn read_variants(whole: &mut Table<'_, '_, '_>) -> Vec<Variant> {
    let mut seen = BTreeSet::new();
    let variants = whole.optional_tables("variant", "variant", |fields| {
        let name: String = fields.required("name", &TEXT);
        if !name.is_empty() && !seen.insert(name.clone()) {
            fields.fault("name", &format!("\"{name}\" is there twice"), "give each variant a name of its own".to_owned());
        }
        let plan = fields.optional("plan", &TEXT);
        Variant { spot: spot(fields), name, change: Change { plan, ..read_change(fields) } }
    });
    if variants.len() > VARIANTS_MAX {
        let mend = "ask one question at a time: leave two".to_owned();
        whole.fault("variant", &format!("there are {} variants", variants.len()), mend);
    }
    variants
}

fn read_change(fields: &mut Table<'_, '_, '_>) -> Change {
    let mut set = Vec::new();
    for (path, line, value) in fields.entries("set") {
        match plain(value) {
            Some(value) => set.push((path, Spot { line, ..spot(fields) }, value)),
            None => fields.page().fault(line, format!("set: \"{path}\" has a value that no plan has"), "write it as the plan would"),
        }
    }
    let unset_spot = spot(fields);
    Change {
        plan: None,
        set,
        unset: fields.optional_list("unset", &TEXT).into_iter().map(|path| (path, unset_spot.clone())).collect(),
        staff: read_staff(fields),
        without: fields.optional_tables("without", "without", |table| Without {
            spot: spot(table),
            site: SiteId::new(&table.required("site", &ID)),
            count: table.required("count", &COUNT),
        }),
        outages: fields.optional_tables("outage", "outage", |table| Outage {
            spot: spot(table),
            site: SiteId::new(&table.required("site", &ID)),
            hours: hours_of(table.required("hours", &HOURS)),
        }),
        busier: fields.optional_tables("busier", "busier", |table| Busier {
            spot: spot(table),
            intents: intents(table),
            regions: table.optional_list("regions", &ID).iter().map(|id| RegionId::new(id)).collect(),
            by: share_of(table.required("by", &GROWTH)),
        }),
        to_eservices: fields.optional_tables("to_eservices", "to_eservices", read_share),
        rung_back: fields.optional_tables("rung_back", "rung_back", |table| {
            (read_share(table), hours_of(table.required("from", &HOURS)), hours_of(table.required("to", &HOURS)))
        }),
    }
}

fn read_share(table: &mut Table<'_, '_, '_>) -> Share {
    Share { intents: intents(table), share: share_of(table.required("share", &SHARE)) }
}

fn intents(table: &mut Table<'_, '_, '_>) -> Vec<Intent> {
    const INTENT: Kind<Intent> = Kind {
        looks_like: "an intent in double quotes, such as \"passport_id\" (docs/glossary.md has all)",
        read: |value| value.as_str().and_then(Intent::from_word),
    };
    table.optional_list("intents", &INTENT)
}

fn read_staff(fields: &mut Table<'_, '_, '_>) -> Vec<StaffText> {
    fields.optional_tables("staff", "staff", |table| {
        let skills: BTreeMap<SkillId, u8> =
            table.list("skills", &SKILL).into_iter().map(|(id, level)| (SkillId::new(&id), level)).collect();
        let row = StaffText {
            spot: spot(table),
            count: table.required("count", &COUNT),
            profile: OperatorProfile {
                site: SiteId::new(&table.required("site", &ID)),
                also_regions: table.optional_list("also_regions", &ID).iter().map(|id| RegionId::new(id)).collect(),
                category: table.optional("category", &ID).map(|id| CategoryId::new(&id)),
                skills,
                languages: table.list("languages", &LANGUAGE),
            },
            duty: hours_of(table.required("duty", &HOURS)),
            pauses: table.optional_list("pauses", &HOURS).into_iter().map(hours_of).collect(),
        };
        if row.count > OPERATORS_MAX {
            table.fault("count", &format!("{} operators are too many", row.count), format!("write {OPERATORS_MAX} at most"));
        }
        if row.duty.length_ms() == 0 {
            table.fault("duty", "the duty has no length", "write hours such as \"07:00-16:00\", or \"00:00-24:00\" for all day".to_owned());
        }
        row
    })
}
