//! Numbers by which persons, firms and things are known, in Sweden and Denmark: how they are written, which slip of the
//! pen shows by itself, and how they are kept. A number that the country may have given is never refused: some lack a
//! valid date, and Danish ones since October 2007 need not pass the check of their last digit.

use crate::intent::words;
use jiff::civil::Date;

words! {
    /// Whose numbers of persons and firms are asked for.
    Country { Sweden = "sweden", Denmark = "denmark" }
}

words! {
    /// What is wrong with a number.
    NumberRule {
        /// Not the digits that such a number has.
        Length = "length",
        /// The last digit does not fit the others: one is wrong, or two are swapped.
        CheckDigit = "check_digit",
        /// It is the number of somebody born later than today.
        Future = "future",
        /// Signs that no such number has.
        Signs = "signs",
    }
}

/// A person's number as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonNumber {
    /// Swedish with twelve digits, Danish with ten.
    pub digits: String,
    /// None where its date is none of the calendar's: the country gives such numbers, and a person looks at it.
    pub born: Option<Date>,
    /// Swedish: for somebody who is not registered in the country.
    pub is_coordination: bool,
    /// Danish: the last digit fits the others. Numbers since October 2007 need not.
    pub is_checked: bool,
}

impl std::fmt::Debug for PersonNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonNumber(hidden)")
    }
}

impl Country {
    /// A person's number as somebody wrote it; `today` tells which century a short one is of.
    ///
    /// # Errors
    /// Which rule it breaks.
    pub fn person(self, written: &str, today: Date) -> Result<PersonNumber, NumberRule> {
        match self {
            Self::Sweden => swedish_person(written, today),
            Self::Denmark => danish_person(written, today),
        }
    }

    /// A firm's number, as it is kept: `556000-4615` in Sweden, eight digits in Denmark.
    ///
    /// # Errors
    /// Which rule it breaks.
    pub fn organisation(self, written: &str) -> Result<String, NumberRule> {
        match self {
            Self::Sweden => swedish_organisation(written),
            Self::Denmark => danish_organisation(written),
        }
    }

    /// The number of a report: a Swedish K-number such as `5000-K12345-26`, a Danish journal number such as
    /// `0100-73111-00012-21`.
    #[must_use]
    pub fn report(self, written: &str) -> Option<String> {
        let bare: String = written.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase();
        let parts: Vec<&str> = bare.split('-').collect();
        let all_digits = |text: &str, length: std::ops::RangeInclusive<usize>| length.contains(&text.len()) && is_digits(text);
        let fits = match (self, parts.as_slice()) {
            (Self::Sweden, [office, serial, year]) => {
                all_digits(office, 4..=4)
                    && serial.strip_prefix('K').is_some_and(|serial| all_digits(serial, 1..=7))
                    && all_digits(year, 2..=2)
            }
            (Self::Denmark, [district, code, serial, year]) => {
                all_digits(district, 4..=4) && all_digits(code, 5..=5) && all_digits(serial, 5..=5) && all_digits(year, 2..=2)
            }
            _ => false,
        };
        fits.then_some(bare)
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The digits of a number in which people write spaces and the signs `apart`.
fn digits(written: &str, apart: &[char]) -> Result<String, NumberRule> {
    let bare: String = written.chars().filter(|c| !c.is_whitespace() && !apart.contains(c)).collect();
    if is_digits(&bare) { Ok(bare) } else { Err(NumberRule::Signs) }
}

fn value(byte: u8) -> u32 {
    u32::from(byte.saturating_sub(b'0'))
}

/// Modulus 10 with weights 2 and 1 from the last digit but one (ISO/IEC 7812-1, annex B): of Swedish persons and firms,
/// and of telephones.
fn fits_modulus_10(digits: &str) -> bool {
    let weighed = digits.bytes().rev().enumerate().map(|(place, byte)| {
        let weighed = value(byte) * if place % 2 == 1 { 2 } else { 1 };
        weighed / 10 + weighed % 10
    });
    weighed.sum::<u32>().is_multiple_of(10)
}

fn fits_modulus_11(digits: &str, weights: &[u32]) -> bool {
    digits.bytes().zip(weights).map(|(byte, weight)| value(byte) * weight).sum::<u32>().is_multiple_of(11)
}

fn number<T: std::str::FromStr + Default>(digits: &str) -> T {
    digits.parse().unwrap_or_default()
}

/// Added to the day of a Swedish coordination number.
const COORDINATION: i8 = 60;
/// So old somebody is from whose year on the short form is written with `+`.
const PLUS_YEARS: i16 = 100;

fn swedish_person(written: &str, today: Date) -> Result<PersonNumber, NumberRule> {
    let is_plus = written.contains('+');
    let bare = digits(written, &['-', '+', '\u{2010}', '\u{2011}', '\u{2013}'])?;
    let short = match bare.len() {
        10 => bare.as_str(),
        12 => &bare[2..],
        _ => return Err(NumberRule::Length),
    };
    if !fits_modulus_10(short) {
        return Err(NumberRule::CheckDigit);
    }
    let (month, day): (i8, i8) = (number(&short[2..4]), number(&short[4..6]));
    let (is_coordination, day) = if day > COORDINATION { (true, day - COORDINATION) } else { (false, day) };
    let year: i16 = match bare.len() {
        12 => number(&bare[..4]),
        _ => swedish_year(number(&short[..2]), month, day, is_plus, today),
    };
    let born = Date::new(year, month, day).ok();
    if born.is_some_and(|born| born > today) {
        return Err(NumberRule::Future);
    }
    Ok(PersonNumber { digits: format!("{year:04}{}", &short[2..]), born, is_coordination, is_checked: true })
}

/// The latest year that the two digits can stand for; with `+`, of those who have turned a hundred.
fn swedish_year(two: i16, month: i8, day: i8, is_plus: bool, today: Date) -> i16 {
    let this_century = today.year() - today.year() % 100 + two;
    let is_to_come = (this_century, month, day) > (today.year(), today.month(), today.day());
    let year = if is_to_come { this_century - 100 } else { this_century };
    if is_plus && today.year() - year < PLUS_YEARS { year - 100 } else { year }
}

const DANISH_PERSON: [u32; 10] = [4, 3, 2, 7, 6, 5, 4, 3, 2, 1];
const DANISH_ORGANISATION: [u32; 8] = [2, 7, 6, 5, 4, 3, 2, 1];

fn danish_person(written: &str, today: Date) -> Result<PersonNumber, NumberRule> {
    let bare = digits(written, &['-', '\u{2010}', '\u{2011}', '\u{2013}'])?;
    if bare.len() != 10 {
        return Err(NumberRule::Length);
    }
    let (day, month, two): (i8, i8, i16) = (number(&bare[..2]), number(&bare[2..4]), number(&bare[4..6]));
    let century = match (bare.as_bytes()[6], two) {
        (b'0'..=b'3', _) | (b'4' | b'9', 37..) => 1900,
        (b'4' | b'9', _) | (b'5'..=b'8', ..=57) => 2000,
        _ => 1800,
    };
    let born = Date::new(century + two, month, day).ok();
    if born.is_some_and(|born| born > today) {
        return Err(NumberRule::Future);
    }
    let is_checked = fits_modulus_11(&bare, &DANISH_PERSON);
    Ok(PersonNumber { digits: bare, born, is_coordination: false, is_checked })
}

/// A firm of one person has that person's number, which is taken too.
fn swedish_organisation(written: &str) -> Result<String, NumberRule> {
    let bare = digits(written, &['-', '\u{2010}', '\u{2011}', '\u{2013}'])?;
    let short = match bare.len() {
        10 => bare.as_str(),
        // Written with what stands for a century: 16 of firms.
        12 => &bare[2..],
        _ => return Err(NumberRule::Length),
    };
    if fits_modulus_10(short) { Ok(format!("{}-{}", &short[..6], &short[6..])) } else { Err(NumberRule::CheckDigit) }
}

fn danish_organisation(written: &str) -> Result<String, NumberRule> {
    let without = written.trim();
    let without = without.strip_prefix("DK").or_else(|| without.strip_prefix("dk")).unwrap_or(without);
    let bare = digits(without, &[])?;
    if bare.len() != 8 {
        return Err(NumberRule::Length);
    }
    if fits_modulus_11(&bare, &DANISH_ORGANISATION) { Ok(bare) } else { Err(NumberRule::CheckDigit) }
}

/// A telephone's number: fifteen digits, the last of which checks the others (3GPP TS 23.003). Its version, written behind
/// or instead, is left out where the digits allow it.
///
/// # Errors
/// Which rule it breaks.
pub fn imei(written: &str) -> Result<String, NumberRule> {
    let bare = digits(written, &['-', '/', '.'])?;
    if bare.len() != 15 {
        return Err(NumberRule::Length);
    }
    if fits_modulus_10(&bare) { Ok(bare) } else { Err(NumberRule::CheckDigit) }
}

/// What stands on a vehicle's plate, of any country: letters and digits.
///
/// # Errors
/// Which rule it breaks.
pub fn registration(written: &str) -> Result<String, NumberRule> {
    const SIGNS: std::ops::RangeInclusive<usize> = 2..=10;
    let bare: String = written.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>().to_uppercase();
    if !bare.chars().all(char::is_alphanumeric) {
        return Err(NumberRule::Signs);
    }
    if SIGNS.contains(&bare.chars().count()) { Ok(bare) } else { Err(NumberRule::Length) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Date {
        Date::constant(2026, 11, 29)
    }

    #[test]
    fn swedish_numbers_of_persons() {
        let check = |written: &str, expected: Result<&str, NumberRule>| {
            let read = Country::Sweden.person(written, today());
            assert_eq!(read.map(|read| read.digits), expected.map(str::to_owned), "{written}");
        };
        // The tax agency's own example.
        check("640823-3234", Ok("196408233234"));
        check("19640823-3234", Ok("196408233234"));
        check(" 640823 3234 ", Ok("196408233234"));
        check("640823–3234", Ok("196408233234"));
        check("640823+3234", Ok("186408233234"));
        check("640823-3235", Err(NumberRule::CheckDigit));
        check("640832-3234", Err(NumberRule::CheckDigit));
        check("40823-3234", Err(NumberRule::Length));
        check("64O823-3234", Err(NumberRule::Signs));
        check("", Err(NumberRule::Signs));
        check("２０", Err(NumberRule::Signs));
        // Written with a century that is still to come.
        check("20640823-3234", Err(NumberRule::Future));
    }

    #[test]
    fn a_swedish_number_without_a_valid_date_is_marked_and_not_refused() {
        let with_check_digit =
            |nine: &str| (0..10).map(|last| format!("{nine}{last}")).find(|whole| fits_modulus_10(whole)).expect("one of ten digits fits");
        let read = |nine: &str| Country::Sweden.person(&with_check_digit(nine), today()).expect("it is taken");
        let coordination = read("701063239");
        assert!(coordination.is_coordination);
        assert_eq!(coordination.born, Some(Date::constant(1970, 10, 3)));
        let undated = read("700000238");
        assert_eq!((undated.born, undated.is_coordination), (None, false));
    }

    #[test]
    fn danish_numbers_of_persons_have_their_century_in_the_seventh_digit_and_need_not_fit_modulus_11() {
        let check = |written: &str, expected: Result<(Option<Date>, bool), NumberRule>| {
            let read = Country::Denmark.person(written, today());
            assert_eq!(read.map(|read| (read.born, read.is_checked)), expected, "{written}");
        };
        let day = |year| Some(Date::constant(year, 1, 2));
        check("020140-0000", Ok((day(1940), false)));
        check("0201404000", Ok((day(1940), false)));
        check("020110-4300", Ok((day(2010), true)));
        check("020110-4000", Ok((day(2010), false)));
        check("020110-5000", Ok((day(2010), false)));
        check("020158-5000", Ok((day(1858), false)));
        check("020137-9000", Ok((day(1937), false)));
        check("310240-0000", Ok((None, false)));
        check("020130-4000", Err(NumberRule::Future));
        check("020140-000", Err(NumberRule::Length));
        check("02O140-0000", Err(NumberRule::Signs));
    }

    #[test]
    fn numbers_of_firms() {
        let check = |country: Country, written: &str, expected: Result<&str, NumberRule>| {
            assert_eq!(country.organisation(written), expected.map(str::to_owned), "{written}");
        };
        check(Country::Sweden, "2021000076", Ok("202100-0076"));
        check(Country::Sweden, "16202100-0076", Ok("202100-0076"));
        check(Country::Sweden, "202100-0067", Err(NumberRule::CheckDigit));
        check(Country::Sweden, "202100", Err(NumberRule::Length));
        check(Country::Denmark, "DK 12 34 56 78", Err(NumberRule::CheckDigit));
        check(Country::Denmark, "1234567", Err(NumberRule::Length));
        let valid: Vec<String> =
            (0..100_u32).map(|n| format!("100000{n:02}")).filter(|n| Country::Denmark.organisation(n).is_ok()).collect();
        assert!((8..=11).contains(&valid.len()), "about one in eleven fits: {}", valid.len());
    }

    #[test]
    fn telephones_and_plates() {
        // The example of the numbering scheme's own documents.
        assert_eq!(imei("49-015420-323751-8"), Ok("490154203237518".to_owned()));
        assert_eq!(imei("490154203237519"), Err(NumberRule::CheckDigit));
        assert_eq!(imei("4901542032375"), Err(NumberRule::Length));
        assert_eq!(registration("abc 12d"), Ok("ABC12D".to_owned()));
        assert_eq!(registration("AB 12 345"), Ok("AB12345".to_owned()));
        assert_eq!(registration("=1+1"), Err(NumberRule::Signs));
        assert_eq!(registration("A"), Err(NumberRule::Length));
    }

    #[test]
    fn numbers_of_reports() {
        assert_eq!(Country::Sweden.report("2200-k1276-14"), Some("2200-K1276-14".to_owned()));
        assert_eq!(Country::Sweden.report("2200-1276-14"), None);
        assert_eq!(Country::Denmark.report("0100-73111-00012-21"), Some("0100-73111-00012-21".to_owned()));
        assert_eq!(Country::Denmark.report("2200-K1276-14"), None);
    }
}
