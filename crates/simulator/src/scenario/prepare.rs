//! From the values of a scenario and the texts of its plans to cases that can be run. What does not fit a
//! plan is a fault in the scenario's line, with how to mend it.

use super::{Busier, Case, Change, OPERATORS_MAX, Scenario, Share, Spot, StaffText, Study, plan_text};
use crate::{
    Centre, Demand, Operator, Stream,
    callers::{DAY_MS, Hours, Move},
    figures::Rules,
    staff::Duty,
};
use domain::{
    RegionId, SiteId, Timestamp,
    contact::Channel,
    intent::Intent,
    plan::{self, Fault, Plan, Source, fields::choose},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Streams that come in addition have numbers above those of all that are there anyway.
const NUMBERS_KEPT: u32 = 20;

impl Scenario {
    /// The plans it names: that of the scenario and those of its variants.
    #[must_use]
    pub fn plans(&self) -> BTreeSet<&str> {
        let of_variants = self.variants.iter().filter_map(|variant| variant.change.plan.as_deref());
        of_variants.chain([self.ground.plan.as_str()]).collect()
    }

    /// The cases to be run, with the text of each plan that it names.
    ///
    /// # Errors
    /// Every fault; never an empty list.
    pub fn prepare(&self, texts: &BTreeMap<String, String>) -> Result<Study, Vec<Fault>> {
        let nothing = Change::default();
        let cases: Vec<(&str, &Spot, &Change)> = match self.variants.as_slice() {
            [] => vec![("As it is", &self.ground.plan_spot, &nothing)],
            all => all.iter().map(|variant| (variant.name.as_str(), &variant.spot, &variant.change)).collect(),
        };
        let (mut faults, mut prepared) = (Vec::new(), Vec::new());
        for (name, spot, change) in cases {
            match self.case(name, spot, change, texts) {
                Ok(case) => prepared.push(case),
                Err(more) => faults.extend(more),
            }
        }
        let midnight = prepared.first().map_or(Ok(Timestamp(0)), |case| self.midnight(&case.centre.plan));
        if let [one, other] = prepared.as_slice()
            && names_of(&one.centre.plan) != names_of(&other.centre.plan)
        {
            let mend = "give both variants plans of one deployment";
            faults.push(fault(&self.whole, "the variants' plans have other regions or classes, so they cannot be compared", mend));
        }
        faults.sort();
        // What holds everywhere is wrong in both.
        faults.dedup();
        match midnight {
            Ok(midnight) if faults.is_empty() => Ok(Study {
                title: self.title.clone(),
                question: self.question.clone(),
                days: self.days as u64,
                seed: self.seed,
                warm_up_ms: i64::try_from(self.ground.warm_up_ms).unwrap_or(DAY_MS),
                midnight,
                cases: prepared,
            }),
            Ok(_) => Err(faults),
            Err(fault) => Err(faults.into_iter().chain([fault]).collect()),
        }
    }

    fn midnight(&self, plan: &Plan) -> Result<Timestamp, Fault> {
        let at = |date: jiff::civil::Date| date.to_zoned(plan.zone.clone()).ok().map(|zoned| zoned.timestamp().as_millisecond());
        match (at(self.ground.date), self.ground.date.tomorrow().ok().and_then(at)) {
            (Some(midnight), Some(next)) if next - midnight == DAY_MS => Ok(Timestamp(midnight)),
            _ => Err(fault(
                &self.whole,
                format!("{} has not 24 hours in the plan's zone", self.ground.date),
                "choose a day on which no clock is moved",
            )),
        }
    }

    fn case(&self, name: &str, spot: &Spot, change: &Change, texts: &BTreeMap<String, String>) -> Result<Case, Vec<Fault>> {
        let plan = self.plan_of(name, spot, change, texts)?;
        let mut faults = Vec::new();
        let staff = self.staff(&plan, change, &mut faults);
        let demand = self.demand(&plan, change, &mut faults);
        self.check_desk(&plan, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        let level = &plan.service_level;
        let of_plan = Hours { from_ms: since_midnight_ms(level.from), to_ms: since_midnight_ms(level.to) };
        let rules = Rules { window: self.ground.window.unwrap_or(of_plan), within_ms: level.within_ms };
        Ok(Case { name: name.to_owned(), rules, centre: Centre { plan: Arc::new(plan), demand, staff, desk: self.ground.desk } })
    }

    fn plan_of(&self, name: &str, spot: &Spot, change: &Change, texts: &BTreeMap<String, String>) -> Result<Plan, Vec<Fault>> {
        let of = change.plan.as_ref().unwrap_or(&self.ground.plan);
        let text = texts.get(of).ok_or_else(|| vec![fault(spot, format!("there is no plan \"{of}\""), "name one that is there")])?;
        let read = |text: &str| plan::read(&Source { file: of, text });
        let changes = [&self.everywhere, change];
        if changes.iter().all(|change| change.set.is_empty() && change.unset.is_empty()) {
            return read(text);
        }
        // A plan that has faults of its own is told with its own lines.
        read(text)?;
        let mut table: toml::Table = text.parse().map_err(|_| vec![fault(spot, "the plan cannot be read", "run `svar check`")])?;
        let mut faults = Vec::new();
        let mut note = |spot: &Spot, done: Result<(), plan_text::Wrong>| {
            faults.extend(done.err().map(|(what, mend)| fault(spot, what, mend)));
        };
        for change in changes {
            change.set.iter().for_each(|(path, spot, value)| note(spot, plan_text::set(&mut table, path, value.clone())));
            change.unset.iter().for_each(|(path, spot)| note(spot, plan_text::unset(&mut table, path)));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let changed = toml::to_string(&table).map_err(|_| vec![fault(spot, "the changed plan cannot be written", "change less")])?;
        read(&changed).map_err(|faults| {
            let told =
                |of_plan: Fault| fault(spot, format!("with what \"{name}\" sets, the plan has a fault: {}", of_plan.what), of_plan.mend);
            faults.into_iter().map(told).collect()
        })
    }

    fn check_desk(&self, plan: &Plan, faults: &mut Vec<Fault>) {
        let offers = &plan.offers;
        if self.ground.desk.answer_ms >= offers.ring_ms {
            let what = format!("nobody would ever answer: a desk rings for {} s", offers.ring_ms / 1_000);
            faults.push(fault(&self.ground.desk_spot, what, "let `answer` be shorter than the plan's `ring`"));
        }
        if self.ground.desk.wrap_up_ms > offers.wrap_up_ms {
            let what = format!("the plan gives {} s for wrap-up", offers.wrap_up_ms / 1_000);
            faults.push(fault(&self.ground.desk_spot, what, "let `wrap_up` be no longer than the plan's"));
        }
    }

    fn demand(&self, plan: &Plan, change: &Change, faults: &mut Vec<Fault>) -> Demand {
        let regions: Vec<&str> = plan.regions.iter().map(|region| region.id.as_str()).collect();
        let mut check = |spot: &Spot, id: &RegionId| {
            if !regions.contains(&id.as_str()) {
                faults.push(fault(spot, format!("the plan has no region \"{id}\""), choose(id.as_str(), regions.iter().copied())));
            }
        };
        self.ground.regions.iter().for_each(|region| check(&region.spot, &region.id));
        let changes = [&self.everywhere, change];
        let busier: Vec<&Busier> = changes.iter().flat_map(|change| &change.busier).collect();
        busier.iter().for_each(|busier| busier.regions.iter().for_each(|id| check(&busier.spot, id)));
        let mut streams: Vec<Stream> =
            (0..).zip(self.pairs()).map(|(number, (region, matter))| self.stream(number, region, matter)).collect();
        for (nth, busier) in (1..).zip(&busier) {
            more(&mut streams, nth << NUMBERS_KEPT, busier);
        }
        for change in changes {
            for Share { intents, share } in &change.to_eservices {
                concerned(&mut streams, intents).for_each(|stream| stream.kept *= 1.0 - share);
            }
            for (Share { intents, share }, from, to) in &change.rung_back {
                let moved = Move { share: *share, from: *from, to: *to };
                concerned(&mut streams, intents).for_each(|stream| stream.moves.push(moved.clone()));
            }
        }
        let text = &self.ground.demand;
        Demand {
            streams,
            profile: text.profile.clone(),
            busyness: text.busyness,
            languages: text.languages.clone(),
            channel: Channel::Telephone,
        }
    }

    fn pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        (0..self.ground.regions.len()).flat_map(|region| (0..self.ground.matters.len()).map(move |matter| (region, matter)))
    }

    fn stream(&self, number: u32, region: usize, matter: usize) -> Stream {
        let (region, matter) = (&self.ground.regions[region], &self.ground.matters[matter]);
        Stream {
            number,
            region: region.id.clone(),
            intent: matter.intent,
            calls_per_day: region.calls_per_day as f64 * matter.share,
            handling: matter.handling,
            patience_mean_s: matter.patience_mean_s,
            kept: 1.0,
            moves: Vec::new(),
        }
    }

    fn staff(&self, plan: &Plan, change: &Change, faults: &mut Vec<Fault>) -> Vec<Operator> {
        let changes = [&self.everywhere, change];
        let rows: Vec<&StaffText> = self.ground.staff.iter().chain(changes.iter().flat_map(|change| &change.staff)).collect();
        rows.iter().for_each(|row| self.check_row(plan, row, faults));
        let mut staff: Vec<Operator> = rows
            .iter()
            .flat_map(|row| {
                let operator = Operator { profile: row.profile.clone(), duties: Duty::daily(row.duty, &row.pauses) };
                std::iter::repeat_n(operator, row.count)
            })
            .collect();
        if staff.len() > OPERATORS_MAX || staff.is_empty() {
            let what = format!("there are {} operators", staff.len());
            faults.push(fault(&self.whole, what, format!("write [[staff]] for at least one and at most {OPERATORS_MAX}")));
        }
        for without in changes.iter().flat_map(|change| &change.without) {
            self.check_site(plan, &without.spot, &without.site, faults);
            let there = staff.iter().filter(|operator| operator.profile.site == without.site).count();
            if there < without.count {
                let what = format!("\"{}\" has {there} operators, {} of whom cannot be taken away", without.site, without.count);
                faults.push(fault(&without.spot, what, format!("write {there} at most")));
            }
            take_away(&mut staff, &without.site, without.count);
        }
        for outage in changes.iter().flat_map(|change| &change.outages) {
            self.check_site(plan, &outage.spot, &outage.site, faults);
            let (away, back) = (outage.hours.from_ms, outage.hours.from_ms + outage.hours.length_ms());
            staff.iter_mut().filter(|operator| operator.profile.site == outage.site).for_each(|operator| operator.lose(away, back));
        }
        staff
    }

    fn check_row(&self, plan: &Plan, row: &StaffText, faults: &mut Vec<Fault>) {
        self.check_site(plan, &row.spot, &row.profile.site, faults);
        let skills: BTreeSet<&str> = plan.classes.iter().map(|class| class.skill.as_str()).collect();
        for skill in row.profile.skills.keys().filter(|skill| !skills.contains(skill.as_str())) {
            let what = format!("no class of the plan asks for the skill \"{skill}\"");
            faults.push(fault(&row.spot, what, choose(skill.as_str(), skills.iter().copied())));
        }
    }

    fn check_site(&self, plan: &Plan, spot: &Spot, site: &SiteId, faults: &mut Vec<Fault>) {
        if plan.site(site).is_none() {
            let known = plan.sites.iter().map(|site| site.id.as_str());
            faults.push(fault(spot, format!("the plan has no site \"{site}\""), choose(site.as_str(), known)));
        }
    }
}

fn fault(spot: &Spot, what: impl Into<String>, mend: impl Into<String>) -> Fault {
    Fault::new(&spot.file, spot.line, what, mend)
}

/// Fewer calls are a share that no longer comes; more calls are others who come besides.
fn more(streams: &mut Vec<Stream>, numbers: u32, busier: &Busier) {
    let here = |stream: &Stream| busier.regions.is_empty() || busier.regions.contains(&stream.region);
    let about = |stream: &Stream| busier.intents.is_empty() || busier.intents.contains(&stream.intent);
    let mut added = Vec::new();
    for stream in streams.iter_mut().filter(|stream| here(stream) && about(stream)) {
        if busier.by < 1.0 {
            stream.kept *= busier.by;
        } else {
            let calls_per_day = stream.calls_per_day * (busier.by - 1.0);
            added.push(Stream { number: numbers | stream.number, calls_per_day, ..stream.clone() });
        }
    }
    streams.extend(added);
}

fn concerned<'a>(streams: &'a mut [Stream], intents: &'a [Intent]) -> impl Iterator<Item = &'a mut Stream> {
    streams.iter_mut().filter(|stream| intents.is_empty() || intents.contains(&stream.intent))
}

/// The last of the site go first.
fn take_away(staff: &mut Vec<Operator>, site: &SiteId, count: usize) {
    let mut left = count;
    let mut kept: Vec<Operator> = Vec::with_capacity(staff.len());
    for operator in staff.drain(..).rev() {
        if left > 0 && operator.profile.site == *site {
            left -= 1;
        } else {
            kept.push(operator);
        }
    }
    kept.reverse();
    *staff = kept;
}

fn names_of(plan: &Plan) -> (Vec<&str>, Vec<&str>) {
    (plan.regions.iter().map(|region| region.id.as_str()).collect(), plan.classes.iter().map(|class| class.id.as_str()).collect())
}

fn since_midnight_ms(time: jiff::civil::Time) -> i64 {
    // "24:00" is kept as the last instant of the day.
    if time == jiff::civil::Time::MAX { DAY_MS } else { (i64::from(time.hour()) * 60 + i64::from(time.minute())) * 60_000 }
}
