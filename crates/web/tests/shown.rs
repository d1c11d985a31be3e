//! What pages show of what is known, and what they say when it is little.
#![allow(clippy::unwrap_used)]

use crate::rehearsal;
use domain::{
    ClassId, ContactId, MessageNumber, OperatorId, Timestamp,
    contact::{ContactState, Medium, MessageFault, MessageRecord, MessageState, StatedOutcome, StatedSettlement, Template},
    intent::{Circumstance, Language},
    place::{Locality, PlaceSource},
    routing::{Able, Alarm, ContactView, Idle, OperatorState, Reach, SurgeView},
};
use rehearsal::{
    Scene,
    looked::{desk_in, lead_page, text},
};
use switchboard::{AlarmNotice, CallerDetails, Comprehension, KnownLocality, MailInStand, MessagesOwed, MessagesStand, Purpose, Trouble};
use web::{
    api::{centre_model::WhyContact, desk_model::Act, model::Operator},
    board, desk,
    preferences::{Preferences, Theme},
};

fn desk_with(language: Language, scene: Scene, caller: CallerDetails) -> String {
    desk_of(language, scene, true, Some(caller), rehearsal::report(scene))
}

#[test]
fn what_the_words_tell_is_shown_with_them_and_as_no_fact() {
    let caller = rehearsal::caller(Scene::Talking).unwrap();
    for (language, expected) in [
        (Language::Swedish, "Förslag ur orden. Fråga innan du skriver dem. Föremål cykel Plats göteborg När i morse"),
        (Language::English, "Suggestions from the words. Ask before you write them down. Object cykel Place göteborg When i morse"),
        (Language::Danish, "Forslag fra ordene. Spørg, før du skriver dem ned. Genstand cykel Sted göteborg Hvornår i morse"),
    ] {
        let page = desk_with(language, Scene::Talking, caller.clone());
        assert!(text(&page).contains(expected), "{language}: {}", text(&page));
    }
    let page = desk_with(Language::English, Scene::Talking, CallerDetails { suggestions: Vec::new(), ..caller });
    assert!(!page.contains("Suggestions from the words"), "nothing is suggested where nothing is");
}

#[test]
fn what_became_of_each_message_is_told() {
    let caller = rehearsal::caller(Scene::Talking).unwrap();
    let (owed, settled) = (rehearsal::now(), Some(rehearsal::now()));
    for (language, medium, template, state, expected) in [
        (Language::Swedish, Medium::Text, Template::Form, MessageState::Owed, "På väg i sms: adressen till formuläret"),
        (Language::English, Medium::Mail, Template::Form, MessageState::Owed, "On its way by e-mail: the address of the form"),
        (
            Language::Danish,
            Medium::Text,
            Template::NotReached,
            MessageState::Sent,
            ": at vi har ringet forgæves, og hvornår vi ringer igen",
        ),
        (Language::English, Medium::Text, Template::NotReached, MessageState::Sent, "Sent by text message at "),
        (Language::Swedish, Medium::Mail, Template::Reminder, MessageState::GivenUp, "Kunde inte skickas i e-post: påminnelse om tiden"),
        (Language::Danish, Medium::Text, Template::Form, MessageState::GivenUp, "Kunne ikke sendes i sms: adressen på formularen"),
    ] {
        let settled = settled.filter(|_| state != MessageState::Owed);
        let message = MessageNumber::default();
        let record = MessageRecord { message, template, medium, form: None, language, state, owed, settled };
        let page = text(&desk_with(language, Scene::Talking, CallerDetails { messages: vec![record], ..caller.clone() }));
        assert!(page.contains(expected), "{language} {state}: {page}");
    }
    assert!(!text(&desk_with(Language::English, Scene::Talking, caller)).contains("by text message"));
}

#[test]
fn messages_that_stand_or_are_given_up_are_told_to_leaders() {
    let owed = |ago_ms: i64| {
        let owed = MessagesOwed { count: 2, oldest: Some(Timestamp(rehearsal::now().0 - ago_ms)), next_attempt: None };
        [(Medium::Mail, MessagesStand { owed, given_up: 0 })].into()
    };
    let standing = lead_at(Language::English, |live| live.messages = owed(60_000));
    assert!(standing.contains("2 messages wait to be sent (e-mail), the oldest promised at "), "{standing}");
    assert!(!lead_at(Language::English, |live| live.messages = owed(59_999)).contains("wait to be sent"));
    let mail_in = MailInStand { works: false, waiting: 2, oldest: Some(Timestamp(rehearsal::now().0 - 60_000)), unreadable: 1 };
    let page = lead_at(Language::English, |live| live.mail_in = Some(mail_in));
    for told in ["Mail to us cannot be taken in", "Mails that wait to be taken in: 2, the oldest since", "One mail that could not be read"]
    {
        assert!(page.contains(told), "{told}: {page}");
    }
    let alarm = Alarm::MessageGivenUp { why: MessageFault::NoGateway, medium: Medium::Text }.into();
    let notice = AlarmNotice { at: rehearsal::now(), alarm, contact: Some(ContactId(1)) };
    let given_up = lead_at(Language::Swedish, |live| live.alarms.push(notice));
    assert!(given_up.contains("Ett utlovat meddelande kunde inte skickas (sms): ingen tjänst är inställd"), "{given_up}");
}

#[test]
fn leaders_are_told_while_callers_are_not_understood_yet() {
    let learning = Comprehension::Learning { percent: 40 };
    for (language, expected) in [
        (Language::Swedish, "Vad de som ringer menar lärs in: 40 % är klart."),
        (Language::English, "What callers mean is being learnt: 40 % is done."),
        (Language::Danish, "Det læres, hvad de ringende mener: 40 % er færdigt."),
    ] {
        let page = lead_at(language, |live| live.health.comprehension = learning);
        assert!(page.contains(expected), "{language}: {page}");
    }
    for comprehension in [Comprehension::Absent, Comprehension::Failed, Comprehension::Ready] {
        let page = lead_at(Language::English, |live| live.health.comprehension = comprehension);
        assert!(!page.contains("is being learnt"), "{comprehension:?}");
    }
    let notice = AlarmNotice { at: rehearsal::now(), alarm: Trouble::NothingLearnt.into(), contact: None };
    let failed = lead_at(Language::English, |live| live.alarms.push(notice));
    assert!(failed.contains("The program could not learn what callers mean."), "{failed}");
}

#[test]
fn where_a_matter_belongs_is_told_with_the_reason() {
    let caller = rehearsal::caller(Scene::Talking).unwrap();
    let known = CallerDetails { circumstances: [Circumstance::KnownOffender].into(), ..caller.clone() };
    for (language, form, person) in [
        (Language::Swedish, "Hör till: E-tjänsten (ett formulär passar)", "Hör till: Kontaktcenter (en människa behövs: känd gärningsman)"),
        (Language::English, "Belongs to: Web form (a form fits)", "Belongs to: Contact centre (a person is needed: known offender)"),
        (
            Language::Danish,
            "Hører til: Selvbetjening (en formular passer)",
            "Hører til: Kontaktcenter (der er brug for et menneske: kendt gerningsmand)",
        ),
    ] {
        let told = |caller: &CallerDetails| text(&desk_with(language, Scene::Talking, caller.clone())).replace(" : ", ": ");
        assert!(told(&caller).contains(form), "{language}: {}", told(&caller));
        assert!(told(&known).contains(person), "{language}: {}", told(&known));
    }
    let by_keys = CallerDetails { gate: None, ..caller };
    let page = text(&desk_with(Language::English, Scene::Talking, by_keys));
    assert!(!page.contains("Belongs to"), "keys tell too little: {page}");
}

/// The desk before anybody opened the record that waits.
fn desk_without_asking(scene: Scene) -> String {
    desk_of(Language::English, scene, false, None, None)
}

fn desk_of(
    language: Language,
    scene: Scene,
    asked: bool,
    caller: Option<CallerDetails>,
    report: Option<(u64, domain::report::ReportDraft)>,
) -> String {
    let concluding = (asked && scene == Scene::Concluding).then_some(rehearsal::MINE);
    desk_in(&rehearsal::live(scene), language, concluding, caller, rehearsal::matter(scene), report)
}

#[test]
fn an_area_code_is_drawn_with_its_surroundings_and_said_to_be_uncertain() {
    let caller = rehearsal::caller(Scene::ByKeys).unwrap();
    for (language, expected) in [
        (Language::English, "Area code 031: about Göteborg; uncertain. Estimated to reach 20\u{a0}km around Göteborg. Nearest: Mölndal"),
        (Language::Swedish, "Riktnummer 031: omkring Göteborg; osäkert. Uppskattas nå 20\u{a0}km runt Göteborg. Närmast: Mölndal"),
        (
            Language::Danish,
            "Områdenummer 031: omkring Göteborg; usikkert. Skønnes at række 20\u{a0}km omkring Göteborg. Nærmeste byer: Mölndal",
        ),
    ] {
        let page = desk_with(language, Scene::ByKeys, caller.clone());
        assert!(text(&page).contains(expected), "{language}: {}", text(&page));
        assert!(page.contains("class=\"area guessed\""), "{language}: the circle is not drawn as a guess");
        assert!(page.contains("class=\"scale\""), "{language}: there is no scale");
    }
}

#[test]
fn what_tells_a_region_only_is_said_and_not_drawn() {
    let known = |locality: Locality| KnownLocality {
        locality,
        source: PlaceSource::PostalCode,
        at: rehearsal::now(),
        name: None,
        municipality: None,
        circle: None,
    };
    let caller = CallerDetails { locality: Some(known(Locality::PostalCode("412".to_owned()))), ..CallerDetails::default() };
    let page = desk_with(Language::English, Scene::ByKeys, caller);
    assert!(text(&page).contains("Postal code 412: Väst."), "{}", text(&page));
    assert!(!page.contains("class=\"area"), "a circle is drawn that nobody knows");

    let page = desk_with(Language::English, Scene::ByKeys, CallerDetails::default());
    assert!(text(&page).contains("Nothing tells where the caller is. Ask."), "{}", text(&page));
    assert!(!page.contains("class=\"area"), "a circle is drawn that nobody knows");
}

#[test]
fn a_position_is_drawn_alone_and_what_the_number_tells_stands_beside_it() {
    let caller = CallerDetails { locality: Some(rehearsal::by_number(rehearsal::LANDLINE)), ..rehearsal::caller(Scene::Talking).unwrap() };
    let page = desk_with(Language::English, Scene::Talking, caller);
    assert_eq!(page.matches("<figure class=\"place\">").count(), 1);
    assert!(page.contains("class=\"area\""), "the position is drawn as a guess");
    assert!(text(&page).contains("Area code 031: about Göteborg; uncertain."), "{}", text(&page));
}

#[test]
fn a_matter_that_is_known_by_its_class_is_called_by_it() {
    for (language, matter) in [(Language::English, "reports"), (Language::Swedish, "anmälan"), (Language::Danish, "anmeldelser")] {
        let page = text(&desk_with(language, Scene::ByKeys, rehearsal::caller(Scene::ByKeys).unwrap()));
        assert!(page.contains(&format!("{matter} · Väst ")), "{language}: {page}");
    }
}

fn board_at(language: Language, scene: Scene, now: Timestamp) -> String {
    let (live, deployment) = (rehearsal::live(scene), rehearsal::deployment());
    let preferences = Preferences { language, theme: Theme::System };
    let sight = board::Sight { words: preferences.words(), deployment: &deployment, live: &live, now };
    text(&board::draw(&sight, None, preferences).into_string())
}

const HOUR_MS: u64 = 3_600_000;

#[test]
fn outside_the_hours_the_level_is_said_in_words() {
    let (afternoon, evening) = (rehearsal::now(), rehearsal::now().plus_ms(8 * HOUR_MS));
    for (language, words) in
        [(Language::English, "outside hours"), (Language::Swedish, "utanför mättiden"), (Language::Danish, "uden for måletiden")]
    {
        let regions = rehearsal::REGIONS.len();
        let said = |page: &str| page.matches(words).count();
        assert_eq!(said(&board_at(language, Scene::Empty, evening)), regions + 1, "{language}: nation and every region");
        assert_eq!(said(&board_at(language, Scene::Empty, afternoon)), 0, "{language}");
        // A day that has a level keeps it in the evening.
        assert_eq!(said(&board_at(language, Scene::Idle, evening)), 0, "{language}");
    }
}

#[test]
fn arrivals_outside_the_hours_have_their_own_row() {
    for (language, row) in [
        (Language::English, "Outside 07:00–20:00 today Arrived 63 Answered in time 42 Answered late 7 Gave up 7 Still waiting 7"),
        (Language::Swedish, "Utanför 07:00–20:00 i dag Inkomna 63 Svar i tid 42 Sena svar 7 Lade på 7 Väntar än 7"),
        (Language::Danish, "Uden for 07:00–20:00 i dag Indkomne 63 Besvaret i tide 42 Besvaret for sent 7 Lagde på 7 Venter endnu 7"),
    ] {
        let page = board_at(language, Scene::Idle, rehearsal::now());
        assert!(page.contains(row), "{language}: {page}");
    }
}

#[test]
fn the_legend_says_every_word_of_the_board() {
    for language in Language::ALL {
        let words = Preferences { language: *language, theme: Theme::System }.words();
        let (live, deployment) = (rehearsal::live(Scene::Crowded), rehearsal::deployment());
        let sight = board::Sight { words, deployment: &deployment, live: &live, now: rehearsal::now() };
        let page = board::draw(&sight, None, Preferences { language: *language, theme: Theme::System }).into_string();
        let legend = text(page.split_once("class=\"legend\"").unwrap().1);
        for word in ["waiting", "longest", "expected", "ready", "talking", "wrap-up", "paused", "lost", "level", "kept", "late"] {
            let told = words.t(&format!("board-{word}"));
            assert!(legend.contains(&format!("{told}:")), "{language}: {told:?} is not told in {legend}");
        }
    }
}

#[test]
fn who_has_lost_the_page_is_no_pause() {
    let page = board_at(Language::English, Scene::Crowded, rehearsal::now());
    let nation = page.split_once("Paused").unwrap().1;
    let lost = rehearsal::live(Scene::Crowded).view.operators.iter().filter(|one| one.state == OperatorState::Lost).count();
    assert_eq!(lost, 1);
    assert!(nation.contains("Page lost 1 "), "{nation}");
}

fn lead_at(language: Language, change: impl FnOnce(&mut switchboard::Live)) -> String {
    text(&lead_page(language, change))
}

/// Leaves the first contact in line with these operators of its region, who all serve it.
fn first_waits_for(live: &mut switchboard::Live, able: Able) {
    live.view.contacts.truncate(1);
    live.view.contacts[0].line.as_mut().unwrap().able = able;
}

#[test]
fn each_waiting_contact_says_why_it_waits() {
    let none = Able::default();
    for (able, expected) in [
        (none, "By time waited. First in its queue. Nobody on duty can answer it."),
        (
            Able { talking: 1, ..none },
            "By time waited. First in its queue. The only one who can answer is not ready: 1 in calls, 0 in wrap-up, 0 paused.",
        ),
        (
            Able { talking: 1, wrap_up: 1, paused: 2, ..none },
            "By time waited. First in its queue. None of the 4 who can answer is ready: 1 in calls, 1 in wrap-up, 2 paused.",
        ),
        (Able { ready: 1, talking: 1, ..none }, "By time waited. First in its queue. One who can answer is ready."),
    ] {
        let page = lead_at(Language::English, |live| first_waits_for(live, able));
        assert!(page.contains(expected), "{able:?}: {page}");
    }
    let page = lead_at(Language::Swedish, |live| first_waits_for(live, Able { talking: 2, ..none }));
    let expected = "Efter väntetid. Först i sin kö. Ingen av 2 som kan svara är ledig: 2 i samtal, 0 i efterarbete, 0 i paus.";
    assert!(page.contains(expected), "{page}");
}

#[test]
fn how_far_it_reaches_and_who_put_it_there_is_said() {
    let told = |expected: &str, change: fn(&mut ContactView)| {
        let page = lead_at(Language::English, |live| {
            first_waits_for(live, Able { talking: 1, ..Able::default() });
            change(&mut live.view.contacts[0]);
        });
        assert!(page.contains(expected), "{expected}: {page}");
    };
    told("0 in wrap-up, 0 paused. Neighbouring regions help.", |contact| contact.line.as_mut().unwrap().reach = Reach::Neighbours);
    told("0 in wrap-up, 0 paused. The whole country helps.", |contact| contact.line.as_mut().unwrap().reach = Reach::Nation);
    told("Put before others by a leader. First in its queue.", |contact| contact.put_first = true);
    told("Before all others: the operator was lost. First in its queue. The only one", |contact| {
        contact.strict = true;
        contact.line.as_mut().unwrap().returned = true;
    });
}

fn first_free(live: &mut switchboard::Live) -> &mut domain::routing::OperatorView {
    live.view.operators.iter_mut().find(|operator| operator.idle.is_some()).unwrap()
}

#[test]
fn who_is_free_while_somebody_waits_is_told_why() {
    let none = Idle::default();
    let several = Idle { elsewhere: 2, language: 1, matter: 1, kept: 3, booked: 0, awaited: 1, unopened: 0, opens: None };
    let opens = Some(rehearsal::now().plus_ms(2 * HOUR_MS));
    for (language, idle, expected) in [
        (Language::English, Idle { elsewhere: 1, ..none }, "One waits, in another region."),
        (Language::English, Idle { matter: 2, ..none }, "2 wait, but ask for another skill or staff category."),
        (Language::English, Idle { booked: 1, ..none }, "One waits, but operators are kept free for booked calls."),
        (Language::English, Idle { kept: 2, ..none }, "2 wait, but operators are kept free for reports."),
        (
            Language::English,
            Idle { elsewhere: 2, matter: 1, ..none },
            "3 wait: 2 in other regions, one asks for another skill or staff category.",
        ),
        (Language::English, Idle { elsewhere: 2, opens, ..none }, "2 wait, but this site takes calls only from 16:32."),
        (
            Language::Swedish,
            several,
            "8 väntar: 2 i andra regioner, en talar ett annat språk, en behöver annan kompetens eller personalkategori, \
             3 lämnas inte hit, för operatörer hålls fria för anmälan, en väntar på operatören från förra samtalet.",
        ),
        (Language::Danish, Idle { awaited: 1, ..none }, "Én venter på operatøren fra sidste samtale."),
    ] {
        let page = lead_at(language, |live| first_free(live).idle = Some(idle));
        assert!(page.contains(expected), "{expected}: {page}");
    }
    let for_several = lead_at(Language::English, |live| {
        let operator = first_free(live);
        operator.idle = Some(Idle { kept: 1, ..none });
        operator.queues.clear();
    });
    assert!(for_several.contains("One waits, but operators are kept free for other matters."), "{for_several}");
    let nobody = lead_at(Language::English, |_| {});
    assert!(!nobody.contains("Nobody waits"), "the list is dense while there is nothing to say: {nobody}");
}

#[test]
fn programs_are_told_why_somebody_is_free_and_whom_a_contact_awaits() {
    let (mut live, plan) = (rehearsal::live(Scene::Talking), rehearsal::plan());
    let words = Preferences { language: Language::English, theme: Theme::System }.words();
    let free = first_free(&mut live).clone();
    let told = serde_json::to_value(Operator::of(words, &plan, &live, &free)).unwrap();
    assert_eq!((&told["idle"]["sentence"], &told["idle"]["elsewhere"]), (&"Nobody waits.".into(), &0.into()), "{told}");
    let busy = live.view.operators.iter().find(|operator| operator.idle.is_none()).unwrap();
    assert!(serde_json::to_value(Operator::of(words, &plan, &live, busy)).unwrap()["idle"].is_null());

    live.view.contacts[0].line.as_mut().unwrap().awaits = Some((OperatorId(2), Timestamp(7)));
    let told = serde_json::to_value(WhyContact::of(words, &plan, &live, &live.view.contacts[0])).unwrap();
    assert_eq!(told["waiting"]["awaits"], serde_json::json!({ "operator": 2, "until": 7 }), "{told}");
    assert!(told["sentence"].as_str().unwrap().contains("Waits a short while for the operator they spoke with"), "{told}");
}

#[test]
fn a_surge_stands_above_the_lists() {
    let page = lead_at(Language::English, |live| {
        let surge = |class: &str, hours: u64| SurgeView { class: ClassId::new(class), until: rehearsal::now().plus_ms(hours * HOUR_MS) };
        live.view.surges = vec![surge("report", 1), surge("of-another-plan", 12)];
    });
    assert!(page.contains("Surges : reports until 15:32, of-another-plan until 2026-11-03 02:32."), "{page}");
}

#[test]
fn talk_time_is_counted_over_every_hold_since_the_conversation_began() {
    for scene in [Scene::Talking, Scene::Held, Scene::Consulting] {
        let page = text(&desk_with(Language::English, scene, rehearsal::caller(scene).unwrap()));
        assert!(page.contains("Talk time 6:40"), "{scene:?}: {page}");
    }
}

#[test]
fn the_course_of_the_matter_stands_at_the_desk_as_on_its_own_page() {
    let page = text(&desk_with(Language::English, Scene::Talking, rehearsal::caller(Scene::Talking).unwrap()));
    assert!(page.contains("14:29:58 On hold: Plats 01 14:30:01 Talking: Plats 01"), "{page}");
}

#[test]
fn a_colleague_who_is_asked_in_reads_and_leads_nothing() {
    let page = desk_with(Language::English, Scene::AskedIn, rehearsal::caller(Scene::AskedIn).unwrap());
    let told = text(&page);
    assert!(told.contains("Plats 02 asks you") && told.contains("Plats 02 writes. You can read."), "{told}");
    assert!(told.contains("Cykeln stod låst vid ställen"), "{told}");
    for forbidden in ["id=\"report\"", "id=\"end\"", "id=\"hold\"", "id=\"transfer\"", "id=\"conference\"", "correct_intent"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    assert!(page.contains("end_consult"));
}

#[test]
fn a_record_that_waits_for_its_outcome_is_opened_among_the_promises() {
    let page = desk_with(Language::English, Scene::Concluding, rehearsal::caller(Scene::Concluding).unwrap());
    assert!(page.contains("data-kind=\"conclude\"") && page.contains("id=\"report\" data-contact=\"900\""), "the record is not open");
    assert!(page.contains("&quot;act&quot;:&quot;outcome&quot;,&quot;contact&quot;:900"), "the outcome names no contact: {page}");
    let nobody_asked = desk_without_asking(Scene::Concluding);
    assert!(nobody_asked.contains("data-conclude=\"900\"") && !nobody_asked.contains("id=\"report\" "), "{nobody_asked}");
}

#[test]
fn what_the_call_tells_is_suggested_and_stands_as_no_fact() {
    let caller = CallerDetails { locality: Some(rehearsal::by_number(rehearsal::LANDLINE)), ..rehearsal::caller(Scene::Talking).unwrap() };
    let page = desk_of(Language::English, Scene::Talking, true, Some(caller.clone()), None);
    assert_eq!(text(&page).matches("From the call, check it.").count(), 4, "kind, place, municipality and number: {page}");
    for suggestion in
        ["value=\"bicycle_theft\" selected", "value=\"Drottningtorget, Göteborg\"", "value=\"Göteborg\"", "value=\"070-174 06 05\""]
    {
        assert!(page.contains(suggestion), "{suggestion}");
    }
    let written = desk_with(Language::English, Scene::Talking, caller);
    assert!(!written.contains("data-suggested"), "a draft that was written is not written over");
}

#[test]
fn who_rings_is_not_suggested_in_the_record_of_another() {
    let mut live = rehearsal::live(Scene::Ringing);
    let record = rehearsal::live(Scene::Concluding).view.contacts.into_iter().find(|contact| contact.contact == rehearsal::MINE).unwrap();
    let other = ContactId(rehearsal::MINE.0 + 1);
    live.view.contacts.push(domain::routing::ContactView { contact: other, ..record });
    let page = desk_in(&live, Language::English, Some(other), rehearsal::caller(Scene::Ringing), None, None);
    assert!(page.contains(&format!("id=\"report\" data-contact=\"{other}\"")), "the record is not open: {page}");
    let form = &page[page.find("id=\"report\" data-contact").unwrap()..];
    assert!(!form.contains("070-174 06 05"), "the number of who rings stands in another's record: {form}");
}

#[test]
fn half_a_time_is_shown_as_it_was_kept() {
    for (kept, date, clock) in [("2026-11-02T10:00", "2026-11-02", "10:00"), ("2026-11-02", "2026-11-02", ""), ("T10:00", "", "10:00")] {
        let draft = domain::report::ReportDraft { from: kept.into(), ..domain::report::ReportDraft::default() };
        let page = desk_of(Language::English, Scene::Talking, true, rehearsal::caller(Scene::Talking), Some((3, draft)));
        assert!(
            page.contains(&format!("id=\"r-from\" data-field=\"from\" data-half=\"date\" type=\"date\" value=\"{date}\"")),
            "{kept}: {page}"
        );
        assert!(page.contains(&format!("data-half=\"clock\" type=\"time\" value=\"{clock}\"")), "{kept}");
    }
}

#[test]
fn languages_are_chosen_among_those_of_the_account() {
    let page = desk_with(Language::English, Scene::Idle, CallerDetails::default());
    for language in ["sv", "en"] {
        assert!(page.contains(&format!("id=\"takes-{language}\" type=\"checkbox\" value=\"{language}\" checked")), "{language}");
    }
    assert!(!page.contains("takes-da"), "a language that the account has not is offered");
}

/// Every button carries an act that the API takes; what a person may state is offered, all of it.
#[test]
fn every_button_of_the_desk_carries_an_act() {
    let mut carried = String::new();
    for scene in Scene::ALL {
        let page = desk_with(Language::English, scene, rehearsal::caller(scene).unwrap_or_default());
        for act in page.split("data-act=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let act = act.replace("&quot;", "\"");
            assert!(serde_json::from_str::<Act>(&act).is_ok(), "{scene:?}: {act}");
            carried += &act;
        }
    }
    let stated = StatedOutcome::ALL.iter().map(|stated| (stated.word(), "\"act\":\"outcome\""));
    let settled = StatedSettlement::ALL.iter().map(|settled| (settled.word(), "\"act\":\"settle_promise\""));
    for (word, act) in stated.chain(settled) {
        let offered = carried.split('}').any(|one| one.contains(act) && one.contains(&format!("\"outcome\":\"{word}\"")));
        assert!(offered, "{act} {word}");
    }
}

#[test]
fn why_a_citizen_is_read_is_told_by_the_call() {
    let live = rehearsal::live(Scene::Talking);
    let mut contact = live.view.contacts.first().unwrap().clone();
    for (state, purpose) in [
        (ContactState::Offered, Purpose::Ring),
        (ContactState::Connecting, Purpose::Talk),
        (ContactState::Talking, Purpose::Talk),
        (ContactState::OnHold, Purpose::Talk),
        (ContactState::WrapUp, Purpose::WrapUp),
    ] {
        contact.state = state;
        assert_eq!(desk::purpose(&contact), purpose, "{state:?}");
    }
}
