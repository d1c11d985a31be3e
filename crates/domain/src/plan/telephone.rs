//! One telephone, one number: however it is written, a number of the plan's own country is the same with its country
//! code and without. For comparing alone; what is dialled keeps its form.

use super::Plan;

/// Without the signs that make it readable, and with + in front of a country code. The 0 that some write in brackets
/// behind a country code is not dialled.
pub(super) fn bare(number: &str) -> String {
    let is_abroad = number.trim_start().starts_with(['+']) || number.trim_start().starts_with("00");
    let number = if is_abroad { number.replace("(0)", "") } else { number.to_owned() };
    let bare: String = number.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}')).collect();
    match bare.strip_prefix("00") {
        Some(abroad) => format!("+{abroad}"),
        None => bare,
    }
}

impl Plan {
    /// The number with its country code; as it is where the plan does not tell its country.
    #[must_use]
    pub fn whole_number(&self, number: &str) -> String {
        let bare = bare(number);
        let Some(country) = self.country_code() else { return bare };
        let at_home = match bare.strip_prefix('+') {
            Some(_) => bare.strip_prefix(country),
            None => Some(bare.as_str()),
        };
        // The 0 before an area code is dialled at home alone.
        at_home.map_or_else(|| bare.clone(), |rest| format!("{country}{}", rest.strip_prefix('0').unwrap_or(rest)))
    }

    /// Every way in which a caller's number may have been shown, the whole number first.
    #[must_use]
    pub fn writings_of(&self, number: &str) -> Vec<String> {
        let whole = self.whole_number(number);
        let mut writings = vec![whole.clone()];
        if let Some(rest) = self.country_code().and_then(|country| whole.strip_prefix(country)) {
            writings.extend([format!("0{rest}"), rest.to_owned()]);
        }
        writings.extend(whole.strip_prefix('+').map(|digits| format!("00{digits}")));
        writings.push(number.to_owned());
        writings.sort_unstable();
        writings.dedup();
        writings
    }

    /// With + in front.
    fn country_code(&self) -> Option<&str> {
        let of_texts = self.texts.as_ref().map(|rule| rule.country.as_str());
        let beginnings = self.call_backs.iter().flat_map(|rule| &rule.numbers);
        of_texts.or_else(|| beginnings.map(String::as_str).find(|beginning| beginning.starts_with('+')))
    }
}
