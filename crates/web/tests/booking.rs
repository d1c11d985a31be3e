//! A citizen books a time without script, as a browser without any would: a real centre, a real server.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::support;
use domain::intent::Language;
use hyper::{Method, StatusCode};
use support::{Answer, Ask, Centre, ask, centre, get, post};

/// Names of the addresses in a language: the tree, then each step in its order.
struct Tree {
    language: Language,
    book: &'static str,
    steps: [&'static str; 9],
    change: &'static str,
    cancel: &'static str,
}

const DANGER: usize = 0;
const MATTER: usize = 1;
const PLACE: usize = 2;
const LANGUAGE: usize = 3;
const WAY: usize = 4;
const TIME: usize = 5;
const CONTACT: usize = 6;
const CHECK: usize = 7;
const DONE: usize = 8;

const TREES: [Tree; 3] = [
    Tree {
        language: Language::Swedish,
        book: "/sv/boka",
        steps: ["fara", "arende", "plats", "sprak", "satt", "tid", "kontakt", "granska", "klart"],
        change: "byt",
        cancel: "avboka",
    },
    Tree {
        language: Language::English,
        book: "/en/book",
        steps: ["danger", "matter", "place", "language", "way", "time", "contact", "check", "done"],
        change: "move",
        cancel: "cancel",
    },
    Tree {
        language: Language::Danish,
        book: "/da/bestil-tid",
        steps: ["fare", "sag", "sted", "sprog", "maade", "tid", "kontakt", "gennemse", "faerdig"],
        change: "flyt",
        cancel: "aflys",
    },
];
const ENGLISH: &Tree = &TREES[1];

const REGION_OF_ONE: &str = "municipality=Kiruna";
const NUMBER: &str = "070-174 06 05";

/// One browser: it keeps the cookie, and nothing else.
struct Citizen<'a> {
    centre: &'a Centre,
    tree: &'a Tree,
    cookie: String,
}

impl<'a> Citizen<'a> {
    fn new(centre: &'a Centre, tree: &'a Tree) -> Self {
        Self { centre, tree, cookie: String::new() }
    }

    fn address(&self, step: usize) -> String {
        format!("{}/{}", self.tree.book, self.tree.steps[step])
    }

    async fn ask(&mut self, ask: Ask) -> Answer {
        let answer = self.centre.ask(if self.cookie.is_empty() { ask } else { ask.header("cookie", &self.cookie) }).await;
        if let Some(set) = answer.header("set-cookie").split(';').next().filter(|set| set.starts_with("svar_booking=")) {
            set.clone_into(&mut self.cookie);
        }
        answer
    }

    async fn see(&mut self, step: usize) -> Answer {
        let address = self.address(step);
        self.ask(get(&address)).await
    }

    async fn send(&mut self, step: usize, form: &str) -> Answer {
        let address = self.address(step);
        self.ask(post(&address).form(form)).await
    }

    /// Sends what is right, and is led to the next question.
    async fn answers(&mut self, step: usize, form: &str, next: usize) {
        let answer = self.send(step, form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}: {}", self.address(step), text(&answer.body));
        assert_eq!(answer.header("location").split('#').next().unwrap(), self.address(next), "after {}", self.address(step));
    }

    async fn until_time(&mut self, place: &str) {
        self.answers(DANGER, "danger=no", MATTER).await;
        self.answers(MATTER, "matter=report&about=", PLACE).await;
        self.answers(PLACE, place, LANGUAGE).await;
        self.answers(LANGUAGE, "tongue=sv", WAY).await;
        self.answers(WAY, "way=call", TIME).await;
    }

    /// The day with free times that comes `nth`, and its slots.
    async fn slots(&mut self, address: &str, nth: usize) -> (String, Vec<String>) {
        let days = self.ask(get(address)).await.body;
        let day = days.split(".days-list").next().unwrap().split("days-list").nth(1).unwrap().split("?day=").nth(nth + 1).unwrap();
        let day = day.split('"').next().unwrap().to_owned();
        let times = self.ask(get(&format!("{address}?day={day}"))).await.body;
        let slots: Vec<String> =
            times.split("name=\"slot\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
        assert!(!slots.is_empty(), "{day} has no times: {}", text(&times));
        (day, slots)
    }

    async fn until_check(&mut self, place: &str) -> String {
        self.until_time(place).await;
        let address = self.address(TIME);
        let (day, slots) = self.slots(&address, 0).await;
        self.answers(TIME, &format!("day={day}&slot={}", slots[0]), CONTACT).await;
        self.answers(CONTACT, &format!("name=&number={}&mail=", NUMBER.replace(' ', "+")), CHECK).await;
        self.seen().await
    }

    /// What the check page says was seen.
    async fn seen(&mut self) -> String {
        let page = self.see(CHECK).await;
        assert_eq!(page.status, StatusCode::OK, "{}", text(&page.body));
        page.body.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }

    /// The address of the booking, by the page that confirms it.
    async fn link(&mut self) -> String {
        let page = self.see(DONE).await;
        assert_eq!(page.status, StatusCode::OK, "{}", text(&page.body));
        let links = page.body.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
        links.into_iter().find(|link| link.starts_with(self.tree.book) && link.len() > 40 && !link.ends_with(".ics")).unwrap()
    }

    async fn books(&mut self, place: &str) -> String {
        let seen = self.until_check(place).await;
        self.answers(CHECK, &format!("seen={seen}"), DONE).await;
        self.link().await
    }
}

/// A page without its marks.
fn text(page: &str) -> String {
    let pieces = page.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| text.trim());
    pieces.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

fn reference(page: &str) -> String {
    let rest = page.split("class=\"reference\"").nth(1).unwrap().split_once('>').unwrap().1;
    rest.split('<').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_is_booked_in_every_language_without_script() {
    let centre = centre().await;
    for (tree, title) in TREES.iter().zip(["Din tid är bokad", "Your time is booked", "Din tid er bestilt"]) {
        let mut citizen = Citizen::new(&centre, tree);
        let begin = citizen.ask(get(tree.book)).await;
        assert_eq!(begin.status, StatusCode::OK);
        assert!(begin.body.contains(&format!("<html lang=\"{}\"", tree.language)) && begin.body.contains("112"));
        let seen = citizen.until_check("municipality=G%C3%B6teborg").await;
        let check = citizen.see(CHECK).await.body;
        assert!(text(&check).contains("Göteborg") && text(&check).contains(NUMBER), "{}", text(&check));
        citizen.answers(CHECK, &format!("seen={seen}"), DONE).await;
        let done = citizen.see(DONE).await.body;
        assert!(text(&done).contains(title), "{}", text(&done));
        assert_eq!(reference(&done).len(), "1234 5678".len());
        let link = citizen.link().await;
        // Whoever has the link has the booking, in every language, without the cookie.
        let mut other = Citizen::new(&centre, tree);
        let kept = other.ask(get(&link)).await;
        assert_eq!(kept.status, StatusCode::OK);
        assert!(text(&kept.body).contains(reference(&done).as_str()) && !kept.body.contains("174 06 05"), "{}", text(&kept.body));
        for elsewhere in &TREES {
            let token = link.rsplit('/').next().unwrap();
            assert_eq!(centre.ask(get(&format!("{}/{token}", elsewhere.book))).await.status, StatusCode::OK);
        }
        // Two of one number are enough, the plan says; the next language begins with none.
        let done = other.ask(post(&format!("{link}/{}", tree.cancel)).form("")).await;
        assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, link.as_str()));
    }
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn danger_leads_to_112_and_to_no_form() {
    let centre = centre().await;
    let mut citizen = Citizen::new(&centre, ENGLISH);
    let answer = citizen.send(DANGER, "danger=yes").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/en/book/ring-112"));
    assert!(citizen.cookie.is_empty(), "nothing is kept of whoever is in danger");
    let page = citizen.ask(get("/en/book/ring-112")).await;
    assert!(page.body.contains("href=\"tel:112\""));
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_on_top_and_beside_the_field_and_nothing_is_lost() {
    let centre = centre().await;
    let mut citizen = Citizen::new(&centre, ENGLISH);
    let long = "x".repeat(10_000);
    // The step, what is sent, the field that the summary leads to, and what stays to be seen.
    let cases: [(usize, String, &str, &str); 12] = [
        (DANGER, String::new(), "danger", "Say whether"),
        (MATTER, "about=broken+window".into(), "matter", "broken window"),
        (MATTER, "matter=urgent&about=".into(), "matter", "Choose what it is about"),
        (MATTER, format!("matter=report&about={long}"), "about", &long),
        (PLACE, String::new(), "municipality", "Write a municipality"),
        (PLACE, "municipality=Nowhere".into(), "municipality", "Nowhere"),
        (PLACE, "municipality=Gote".into(), "municipality", "Göteborg"),
        (LANGUAGE, "tongue=fi".into(), "tongue", "Choose a language"),
        (LANGUAGE, "tongue=other&needs=wheelchair".into(), "interpreter", "wheelchair"),
        (WAY, "way=desk:nowhere".into(), "way", "Choose whether"),
        (TIME, "day=&slot=".into(), "slot", "Choose a time"),
        (TIME, "slot=99999999999999999999".into(), "slot", "Choose a time"),
    ];
    let rights = [
        (DANGER, "danger=no", MATTER),
        (MATTER, "matter=report", PLACE),
        (PLACE, "unknown=yes", LANGUAGE),
        (LANGUAGE, "tongue=en", WAY),
        (WAY, "way=call", TIME),
    ];
    for (step, form, field, stays) in &cases {
        let answer = citizen.send(*step, form).await;
        told(&answer, field, stays, form);
        let last = cases.iter().rfind(|(of, ..)| of == step).unwrap();
        if let Some((_, right, next)) = rights.iter().find(|(of, ..)| of == step && last.1 == *form) {
            citizen.answers(*step, right, *next).await;
        }
    }
    let address = citizen.address(TIME);
    let (day, slots) = citizen.slots(&address, 0).await;
    citizen.answers(TIME, &format!("day={day}&slot={}", slots[0]), CONTACT).await;
    let contacts = [
        ("name=&number=&mail=", "number", "Write the number"),
        ("number=112", "number", "We cannot ring"),
        ("number=0900-1234567&name=Somebody", "number", "Somebody"),
        ("number=070-174+06+05&mail=nobody", "mail", "nobody"),
        ("number=070-174+06+05&mail=a%40example.org%0D%0ABcc%3A+b%40example.org", "mail", "a@example.org"),
    ];
    for (form, field, stays) in contacts {
        let answer = citizen.send(CONTACT, form).await;
        told(&answer, field, stays, form);
    }
    // Marks that turn the direction come with numbers that are pasted.
    citizen.answers(CONTACT, "name=%E2%80%AEgreB&number=%E2%80%AA070-174+06+05%E2%80%AC", CHECK).await;
    let check = citizen.see(CHECK).await.body;
    assert!(check.contains(NUMBER) && check.contains("greB") && !check.contains('\u{202e}') && !check.contains('\u{202a}'));
    centre.stop().await;
}

fn told(answer: &Answer, field: &str, stays: &str, about: &str) {
    let about = &about[..about.len().min(60)];
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{about}: {}", text(&answer.body));
    let page = &answer.body;
    assert!(page.contains("<title>Error: "), "{about}: the title does not say so");
    assert!(page.contains("role=\"alert\"") && page.contains(&format!("<a href=\"#{field}\"")), "{about}: no way to {field}");
    assert!(page.contains(&format!("id=\"{field}\"")), "{about}: {field} is not there");
    assert!(page.contains(stays), "{about}: {stays:.40} is lost: {:.600}", text(page));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_sent_twice_books_once() {
    let centre = centre().await;
    let mut citizen = Citizen::new(&centre, ENGLISH);
    let seen = citizen.until_check(REGION_OF_ONE).await;
    let address = citizen.address(CHECK);
    let form = format!("seen={seen}");
    let send = || centre.ask(post(&address).header("cookie", &citizen.cookie).form(&form));
    let (one, other, third) = tokio::join!(send(), send(), send());
    for answer in [&one, &other, &third] {
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/en/book/done"), "{}", text(&answer.body));
    }
    let link = citizen.link().await;
    // Long after, and going back: the booking is shown, and nothing is asked again.
    citizen.answers(CHECK, &form, DONE).await;
    for step in [MATTER, TIME, CONTACT, CHECK] {
        assert_eq!(citizen.see(step).await.header("location"), "/en/book/done");
    }
    assert_eq!(citizen.link().await, link);
    let today = centre.switchboard();
    let zone = today.deployment().plan.zone.clone();
    let mut booked = 0;
    let mut date = today.now().local(&zone).date();
    for _ in 0..20 {
        booked += today.bookings_on(date).await.unwrap().iter().filter(|record| record.matter.is_some()).count();
        date = date.tomorrow().unwrap();
    }
    assert_eq!(booked, 1);
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_booked_is_what_was_seen() {
    let centre = centre().await;
    let mut citizen = Citizen::new(&centre, ENGLISH);
    let seen = citizen.until_check("county=14").await;
    // In another window.
    citizen.answers(MATTER, "matter=report&about=Something+else", CHECK).await;
    let answer = citizen.send(CHECK, &format!("seen={seen}")).await;
    told(&answer, "seen", "Something else", "an older check");
    for forged in ["", "seen=", "seen=999999", "seen=-1"] {
        assert_eq!(citizen.send(CHECK, forged).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{forged}");
    }
    let seen = citizen.seen().await;
    citizen.answers(CHECK, &format!("seen={seen}"), DONE).await;
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_after_the_last_place_one_has_it_and_the_other_is_told_and_keeps_the_answers() {
    let centre = centre().await;
    let (mut first, mut second) = (Citizen::new(&centre, ENGLISH), Citizen::new(&centre, ENGLISH));
    first.until_time(REGION_OF_ONE).await;
    second.until_time(REGION_OF_ONE).await;
    second.answers(MATTER, "matter=report&about=Mine+to+keep", TIME).await;
    let address = first.address(TIME);
    let (day, slots) = first.slots(&address, 0).await;
    let form = format!("day={day}&slot={}", slots[0]);
    let (one, other) = tokio::join!(first.send(TIME, &form), second.send(TIME, &form));
    let (won, lost) = if one.status == StatusCode::SEE_OTHER { (one, other) } else { (other, one) };
    assert_eq!((won.status, won.header("location")), (StatusCode::SEE_OTHER, "/en/book/contact"));
    assert_eq!(lost.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(&lost.body).contains("Somebody else was quicker"), "{}", text(&lost.body));
    assert!(second.see(MATTER).await.body.contains("Mine to keep"));
    // What was given up is free again.
    let forgot = first.ask(post("/en/book/forget").form("")).await;
    assert_eq!(forgot.header("location"), "/en");
    let forgot = second.ask(post("/en/book/forget").form("")).await;
    assert!(forgot.header("set-cookie").contains("Max-Age=0"));
    let mut third = Citizen::new(&centre, ENGLISH);
    third.until_time(REGION_OF_ONE).await;
    third.answers(TIME, &form, CONTACT).await;
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_is_moved_and_taken_back_by_its_link_and_by_posting_alone() {
    let centre = centre().await;
    let mut citizen = Citizen::new(&centre, ENGLISH);
    let link = citizen.books(REGION_OF_ONE).await;
    let (change, cancel, ics) = (format!("{link}/{}", ENGLISH.change), format!("{link}/{}", ENGLISH.cancel), format!("{link}/time.ics"));
    let file = centre.ask(get(&ics)).await;
    assert!(file.header("content-type").starts_with("text/calendar"));
    assert!(file.body.contains("\r\nSTATUS:CONFIRMED\r\n") && file.body.contains("\r\nSEQUENCE:0\r\n"), "{}", file.body);
    let uid = |file: &str| file.split("\r\nUID:").nth(1).unwrap().split("\r\n").next().unwrap().to_owned();
    // What looks through mail fetches everything, and changes nothing.
    for address in [&link, &change, &cancel, &ics] {
        assert_eq!(centre.ask(get(address)).await.status, StatusCode::OK, "{address}");
    }
    assert_eq!(centre.ask(get(&link)).await.body.matches("Your booked time").count(), 2, "in its title and its heading");
    let (day, slots) = citizen.slots(&change, 1).await;
    let nothing = centre.ask(post(&change).form("")).await;
    told(&nothing, "slot", "Choose a time", "no time");
    let moved = centre.ask(post(&change).form(&format!("day={day}&slot={}", slots[0]))).await;
    assert_eq!((moved.status, moved.header("location")), (StatusCode::SEE_OTHER, link.as_str()));
    let later = centre.ask(get(&ics)).await.body;
    assert!(later.contains("\r\nSEQUENCE:1\r\n"), "{later}");
    assert_eq!(uid(&later), uid(&file.body));
    for _ in 0..2 {
        let cancelled = centre.ask(post(&cancel).form("")).await;
        assert_eq!((cancelled.status, cancelled.header("location")), (StatusCode::SEE_OTHER, link.as_str()));
    }
    let page = centre.ask(get(&link)).await;
    assert!(text(&page.body).contains("You have cancelled it"), "{}", text(&page.body));
    let last = centre.ask(get(&ics)).await.body;
    assert!(last.contains("\r\nSTATUS:CANCELLED\r\n") && last.contains("\r\nSEQUENCE:2\r\n"), "{last}");
    let too_late = centre.ask(post(&change).form(&format!("slot={}", slots[1]))).await;
    assert_eq!(too_late.header("location"), link);
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn links_that_lead_nowhere_are_all_answered_alike() {
    let centre = centre().await;
    let mut citizen = Citizen::new(&centre, ENGLISH);
    let link = citizen.books(REGION_OF_ONE).await;
    let last = link.chars().last().unwrap();
    let other = format!("{}{}", &link[..link.len() - 1], if last == 'a' { 'b' } else { 'a' });
    let plain = |page: &str| text(page).split("Reference of this fault:").next().unwrap().to_owned();
    let nothing = plain(&centre.ask(get("/en/book/no-such-step")).await.body);
    for address in
        [other.as_str(), "/en/book/0123456789abcdef0123456789abcdef", "/en/book/x", &format!("{other}/cancel"), &format!("{link}/delete")]
    {
        for asked in [get(address), ask(Method::HEAD, address)] {
            let answer = centre.ask(asked).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
            assert!(answer.body.is_empty() || plain(&answer.body) == nothing, "{address}: {}", text(&answer.body));
        }
    }
    for address in [format!("{other}/cancel"), format!("{other}/move")] {
        assert_eq!(centre.ask(post(&address).form("slot=1")).await.status, StatusCode::NOT_FOUND);
    }
    let shown = centre.ask(get(&link)).await;
    assert_eq!((shown.header("cache-control"), shown.header("referrer-policy")), ("no-store", "no-referrer"));
    assert!(shown.body.contains("noindex"));
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_without_answers_is_told_and_can_begin() {
    let centre = centre().await;
    let mut citizen = Citizen::new(&centre, ENGLISH);
    for step in [MATTER, TIME, CHECK, DONE] {
        let seen = citizen.see(step).await;
        assert_eq!(seen.status, StatusCode::GONE);
        assert!(text(&seen.body).contains("No time is booked"));
    }
    for (step, form) in [(MATTER, "matter=report"), (CHECK, "seen=1"), (TIME, "slot=1")] {
        assert_eq!(citizen.send(step, form).await.status, StatusCode::GONE);
    }
    for cookie in ["svar_booking=", "svar_booking=x", &format!("svar_booking={}", "0".repeat(64))] {
        citizen.cookie = cookie.to_owned();
        assert_eq!(citizen.see(MATTER).await.status, StatusCode::GONE, "{cookie}");
    }
    citizen.cookie.clear();
    citizen.answers(DANGER, "danger=no", MATTER).await;
    let cookie = centre.ask(post("/en/book/danger").form("danger=no")).await.header("set-cookie").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Max-Age"), "{cookie}");
    // Too early, and led to what is open.
    for step in [CHECK, CONTACT, TIME, DONE] {
        assert_eq!(citizen.see(step).await.header("location"), "/en/book/matter");
    }
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_sent_makes_the_server_fail() {
    let centre = centre().await;
    let mut citizen = Citizen::new(&centre, ENGLISH);
    citizen.until_time("county=01").await;
    let large = format!("about={}", "x".repeat(100_000));
    for step in [DANGER, MATTER, PLACE, LANGUAGE, WAY, TIME, CONTACT, CHECK, DONE] {
        for form in ["", "%", "%FF%FE=%00", "a&b&c=&=d", "slot=-1&matter=report&matter=tip", "\u{202e}=\u{0}", &large] {
            let status = citizen.send(step, form).await.status;
            assert!(status.is_success() || status.is_redirection() || status.is_client_error(), "{step} {:.20}: {status}", form);
        }
        let address = citizen.address(step);
        let other = citizen.ask(post(&address).bytes("application/json", b"{}".to_vec())).await;
        assert!(!other.status.is_server_error(), "{step}: {}", other.status);
        for day in ["", "x", "2026-02-30", "from+x", "9999-12-31", "-9999-01-01", "%FF"] {
            let seen = citizen.ask(get(&format!("{address}?day={day}"))).await;
            assert!(!seen.status.is_server_error(), "{step} {day}: {}", seen.status);
        }
    }
    centre.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_holds_many_times_is_told_when_to_try_again() {
    let centre = centre().await;
    let mut citizen = Citizen::new(&centre, ENGLISH);
    citizen.until_time("municipality=Stockholm").await;
    let address = citizen.address(TIME);
    let (day, slots) = citizen.slots(&address, 1).await;
    let mut refused = None;
    for n in 0..40 {
        let answer = citizen.send(TIME, &format!("day={day}&slot={}", slots[n % 2])).await;
        if answer.status != StatusCode::SEE_OTHER {
            refused = Some((n, answer));
            break;
        }
    }
    let (taken, answer) = refused.expect("it was never refused");
    assert_eq!(taken, 30);
    told(&answer, "slot", "Try again at", "too often");
    assert!(text(&answer.body).contains("114\u{a0}14"));
    centre.stop().await;
}
