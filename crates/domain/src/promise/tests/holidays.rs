//! The public holidays of Sweden and Denmark of several years, as the law and the almanac have them.
//!
//! Sweden: lag (1989:253) om allmänna helgdagar, with the national day of 6 June instead of Whit Monday since 2005.
//! Midsummer's Eve, Christmas Eve and New Year's Eve are no public holidays by that law, but equal to Sundays in
//! semesterlagen (1977:480) 3 a §, and days off of the authority. Denmark: lov nr 214 af 6. marts 2023 took Store
//! bededag away from 1 January 2024; Grundlovsdag, Christmas Eve and New Year's Eve are days off of the authority.
//! Easter Sundays are those of the almanac.

use super::*;

fn holidays_of(deployment: &str, year: i16) -> String {
    let mut days: Vec<Date> = calendar(deployment).holidays.iter().filter_map(|holiday| holiday.in_year(year)).collect();
    days.sort_unstable();
    days.dedup();
    days.iter().map(|day| day.strftime("%m-%d").to_string()).collect::<Vec<_>>().join(" ")
}

#[test]
fn holidays_are_those_of_the_almanac() {
    let check = |deployment: &str, year: i16, expected: &str| {
        assert_eq!(holidays_of(deployment, year), expected, "{deployment} {year}");
        let calendar = calendar(deployment);
        for day in expected.split(' ') {
            assert!(calendar.is_holiday(format!("{year}-{day}").parse().unwrap()), "{deployment} {year}-{day}");
        }
    };
    // Whit Monday was one until 2004, 6 June is one since 2005.
    check("sweden", 2004, "01-01 01-06 04-09 04-11 04-12 05-01 05-20 05-30 05-31 06-25 06-26 11-06 12-24 12-25 12-26 12-31");
    check("sweden", 2005, "01-01 01-06 03-25 03-27 03-28 05-01 05-05 05-15 06-06 06-24 06-25 11-05 12-24 12-25 12-26 12-31");
    check("sweden", 2024, "01-01 01-06 03-29 03-31 04-01 05-01 05-09 05-19 06-06 06-21 06-22 11-02 12-24 12-25 12-26 12-31");
    check("sweden", 2025, "01-01 01-06 04-18 04-20 04-21 05-01 05-29 06-06 06-08 06-20 06-21 11-01 12-24 12-25 12-26 12-31");
    check("sweden", 2026, "01-01 01-06 04-03 04-05 04-06 05-01 05-14 05-24 06-06 06-19 06-20 10-31 12-24 12-25 12-26 12-31");
    check("sweden", 2027, "01-01 01-06 03-26 03-28 03-29 05-01 05-06 05-16 06-06 06-25 06-26 11-06 12-24 12-25 12-26 12-31");
    // Ascension Day on 1 May: two holidays, one day off.
    check("sweden", 2008, "01-01 01-06 03-21 03-23 03-24 05-01 05-11 06-06 06-20 06-21 11-01 12-24 12-25 12-26 12-31");
    // Store bededag, the fourth Friday after Easter, until 2023.
    check("denmark", 2023, "01-01 04-06 04-07 04-09 04-10 05-05 05-18 05-28 05-29 06-05 12-24 12-25 12-26 12-31");
    check("denmark", 2024, "01-01 03-28 03-29 03-31 04-01 05-09 05-19 05-20 06-05 12-24 12-25 12-26 12-31");
    check("denmark", 2025, "01-01 04-17 04-18 04-20 04-21 05-29 06-05 06-08 06-09 12-24 12-25 12-26 12-31");
    check("denmark", 2026, "01-01 04-02 04-03 04-05 04-06 05-14 05-24 05-25 06-05 12-24 12-25 12-26 12-31");
    check("denmark", 2027, "01-01 03-25 03-26 03-28 03-29 05-06 05-16 05-17 06-05 12-24 12-25 12-26 12-31");
}

#[test]
fn the_days_beside_holidays_are_none() {
    for (deployment, day, expected) in [
        ("sweden", "2026-05-25", false), // Whit Monday
        ("sweden", "2004-05-31", true),
        ("sweden", "2004-06-06", false), // a Sunday, but not by the law
        ("sweden", "2026-06-05", false), // Grundlovsdag
        ("denmark", "2026-06-06", false),
        ("denmark", "2023-05-05", true),
        ("denmark", "2024-04-26", false),
    ] {
        assert_eq!(calendar(deployment).is_holiday(day.parse().unwrap()), expected, "{deployment} {day}");
    }
}

#[test]
fn the_first_day_from_a_date_may_be_of_the_next_year() {
    let on = HolidayRule::First { weekday: crate::plan::Day::Sunday, month: 12, day: 28 };
    let holiday = Holiday { name: String::new(), on, since: Some(2026), until: Some(2026) };
    // 28 December 2026 is a Monday.
    for (day, expected) in [("2027-01-03", true), ("2026-12-27", false), ("2026-01-03", false), ("2028-01-02", false)] {
        assert_eq!(holiday.is_on(day.parse().unwrap()), expected, "{day}");
    }
}
