//! The made-up plan that made-up pages are drawn with.

use super::*;
use domain::{
    destination::{Destination, Serves},
    plan::CallBackRule,
    service_level::HitRate,
};

fn words(sv: &str, en: &str, da: &str) -> Words {
    [(Language::Swedish, sv), (Language::English, en), (Language::Danish, da)].map(|(language, text)| (language, text.to_owned())).into()
}

pub const REGIONS: [(&str, &str); 7] = [
    ("nord", "Nord"),
    ("mitt", "Mitt"),
    ("stockholm", "Stockholm"),
    ("ost", "Öst"),
    ("vast", "Väst"),
    ("syd", "Syd"),
    ("bergslagen", "Bergslagen"),
];

pub fn plan() -> Plan {
    let party = |id: &str, name: Words| {
        (PartyId::new(id), Party { id: PartyId::new(id), name, target: "sip:nobody@127.0.0.1".into(), ring_ms: 20_000 })
    };
    let mut parties = BTreeMap::from([
        party("112", words("112", "112", "112")),
        party("switchboard", words("Växeln", "The switchboard", "Omstillingen")),
    ]);
    parties.extend(REGIONS.map(|(id, name)| {
        let title = format!("Ledningscentralen {name}");
        party(&format!("rlc.{id}"), words(&title, &format!("Command centre {name}"), &format!("Ledelsescentralen {name}")))
    }));
    let class = |id: &str, name: Words, intents: &[Intent], strict: bool| Class {
        id: ClassId::new(id),
        name,
        intents: intents.to_vec(),
        skill: SkillId::new(id),
        category: None,
        strict,
        acceleration_permille: 1_000,
        head_start_ms: if id == "tip" { 2 * MINUTE } else { 0 },
        cap_ms: 60 * MINUTE,
        answer_within_ms: 10 * MINUTE,
        administrative: id == "admin",
        call_back: false,
        book: false,
        night: true,
        kept_permille: if id == "report" { 250 } else { 0 },
        kept_from: Vec::new(),
        open: None,
        surge_offer: match id {
            "report" => Some(SurgeOffer::LaterCall { within_ms: 24 * 60 * MINUTE }),
            "tip" => Some(SurgeOffer::Web),
            _ => None,
        },
        party: (id == "switchboard").then(|| PartyId::new("switchboard")),
    };
    let destination = |id: &str, serves: Serves, name: Words, intents: &[Intent]| Destination {
        id: id.to_owned(),
        name,
        serves,
        intents: intents.to_vec(),
        only_with: BTreeMap::new(),
        message: None,
    };
    Plan {
        closed_on: Vec::new(),
        calendar: None,
        promises: Vec::new(),
        affinity: None,
        texts: None,
        messages: Default::default(),
        call_backs: Some(call_backs()),
        bookings: None,
        desks: Vec::new(),
        decisions: Vec::new(),
        survey: None,
        retention: Vec::new(),
        destinations: vec![
            destination("112", Serves::Emergency, words("SOS Alarm 112", "112 emergency centre", "SOS Alarm 112"), &[]),
            destination("e-service", Serves::Form, words("E-tjänsten", "Web form", "Selvbetjening"), &[Intent::ReportBicycleTheft]),
            destination("pkc", Serves::Person, words("Kontaktcenter", "Contact centre", "Kontaktcenter"), &[]),
        ],
        digest: "0123456789abcdef".into(),
        name: "rehearsal".into(),
        title: words("Polisens kontaktcenter 114 14", "The police contact centre 114 14", "Politiets kontaktcenter 114 14"),
        zone: TimeZone::get("Europe/Stockholm").unwrap(),
        languages: vec![Language::Swedish, Language::English],
        numbers: vec!["11414".into()],
        leave_to: None,
        service_level: ServiceLevel {
            within_ms: 10 * MINUTE,
            goal_permille: 850,
            from: time(7, 0, 0, 0),
            to: time(20, 0, 0, 0),
            short_ms: 10_000,
        },
        dialogue: DialogueLimits {
            answer_ms_max: 6_000,
            misunderstandings_max: 2,
            total_ms_max: 3 * MINUTE,
            straight_on_permille: 900,
            confirm_permille: 600,
            choose_permille: None,
            announce_every_ms: MINUTE,
            straight_to: None,
        },
        offers: OfferLimits {
            ring_ms: 15_000,
            connect_ms_max: 5_000,
            wrap_up_ms: 2 * MINUTE,
            wrap_up_extension_ms: MINUTE,
            wrap_up_extensions_max: 3,
            grace_ms: 20_000,
            talk_ms_max: 60 * MINUTE,
            conclude_ms: 30 * MINUTE,
        },
        regions: REGIONS
            .iter()
            .map(|(id, name)| Region {
                id: RegionId::new(id),
                name: (*name).into(),
                command_centre: PartyId::new(&format!("rlc.{id}")),
                neighbours: Vec::new(),
                open: None,
            })
            .collect(),
        classes: vec![
            class("critical", words("Tidskritiskt", "Time-critical", "Tidskritisk"), &[Intent::OngoingEmergency], true),
            class(
                "report",
                words("anmälan", "reports", "anmeldelser"),
                &[Intent::ReportTheft, Intent::ReportBicycleTheft, Intent::ReportFraud],
                false,
            ),
            class("tip", words("tips", "tips", "tip"), &[Intent::Tip], false),
            class("switchboard", words("växel", "switchboard", "omstilling"), &[Intent::Operator], false),
            class("other", words("övrigt", "other matters", "øvrigt"), &[Intent::Other], false),
        ],
        categories: Vec::new(),
        overflow: Vec::new(),
        divert_on_entry: Vec::new(),
        sites: REGIONS
            .iter()
            .map(|(id, name)| (SiteId::new(id), format!("Kontaktcenter {name}"), RegionId::new(id)))
            .map(|(id, name, region)| Site { id, name, region, opens: None, staffed: Vec::new() })
            .collect(),
        parties,
        emergency: EmergencyRule { party: PartyId::new("112"), going_on: GoingOn::CommandCentre },
        follow_up: FollowUpRule {
            strict_ms: 5 * MINUTE,
            other_ms: 120 * MINUTE,
            unit: "supervisors.{region}".into(),
            unit_elsewhere: "supervisors.nation".into(),
            group: Some("operators.{region}".into()),
            pause_max_ms: None,
        },
    }
}

pub(super) fn queues(contacts: &[ContactView]) -> Vec<QueueView> {
    plan()
        .queues()
        .map(|(queue, region, _)| {
            let here: Vec<_> =
                contacts.iter().filter(|contact| contact.state == ContactState::Queued && contact.queue.as_ref() == Some(&queue)).collect();
            QueueView {
                region: region.id.clone(),
                waiting: here.len(),
                oldest_since: here.iter().filter_map(|contact| contact.queued_since).min(),
                expected_ms: (region.id.as_str() != "nord").then_some((3 * MINUTE, 8 * MINUTE)),
                hit_rate: hit_rate(region.id.as_str()),
                queue,
            }
        })
        .collect()
}

/// Those of the north have not held, those of the east were never put to the test.
fn hit_rate(region: &str) -> Option<HitRate> {
    let (within_low_permille, within_high_permille) = if region == "nord" { (250, 583) } else { (483, 817) };
    (region != "ost").then_some(HitRate { predictions: 60, within_low_permille, within_high_permille })
}

/// Nobody is ever spared: every hour is one in which somebody may be rung.
fn call_backs() -> CallBackRule {
    CallBackRule {
        offer_over_ms: 10 * MINUTE,
        ring_ms: 40_000,
        attempts_max: 3,
        days_max: 3,
        gap_ms: 20 * MINUTE,
        quiet: (time(0, 0, 0, 0), time(0, 0, 0, 0)),
        shown: "11414".into(),
        numbers: vec!["0".into()],
        never: Vec::new(),
    }
}
