//! What an ID token proves of a person, once its signature, who made it, for whom, until when and for which sign-in are all as
//! expected. Anything else is not trusted, and why is told without a word of what it said.

use domain::{Timestamp, time::SECOND_MS};
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode, decode_header,
    errors::ErrorKind,
    jwk::{Jwk, PublicKeyUse},
};
use serde_json::{Map, Value};
use std::fmt;

/// Clocks of two servers may differ by so much.
const LEEWAY_MS: u64 = 60 * SECOND_MS;
/// Keys that are tried where the token does not say which.
const KEYS_MAX: usize = 16;
/// Signed with a key of which only the broker has one half. With a shared secret, or with none, anybody could sign.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// Why what came is not believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Untrusted {
    #[error("it is no token")]
    NotReadable,
    #[error("it is signed in a way that is not taken")]
    Algorithm,
    #[error("it is signed with no key of the broker's that we know")]
    Key,
    #[error("its signature does not fit")]
    Signature,
    #[error("another issuer made it")]
    Issuer,
    #[error("it was made for somebody else")]
    Audience,
    #[error("its time is over, or it says none")]
    Expired,
    #[error("it belongs to another sign-in")]
    Nonce,
    #[error("what was told of the person is of another person")]
    Person,
}

/// What must stand in a token.
#[derive(Clone, Copy)]
pub struct Expected<'a> {
    pub issuer: &'a str,
    pub client: &'a str,
    pub nonce: &'a str,
    pub now: Timestamp,
}

/// What the broker vouches for. Personal data: hidden in Debug.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims(Map<String, Value>);

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Claims(hidden)")
    }
}

impl Claims {
    /// A claim that has words or a number.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }
}

/// What an ID token says, if all of it is as expected. `keys` is the broker's document of its public keys.
///
/// # Errors
/// The first thing that is not.
pub fn claims(token: &str, keys: &[u8], expected: &Expected<'_>) -> Result<Claims, Untrusted> {
    let header = decode_header(token).map_err(|_| Untrusted::NotReadable)?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(Untrusted::Algorithm);
    }
    let mut validation = Validation::new(header.alg);
    validation.set_required_spec_claims(&["iss", "aud", "exp", "sub"]);
    validation.set_issuer(&[expected.issuer]);
    validation.set_audience(&[expected.client]);
    // By the time that we were given.
    validation.validate_exp = false;
    let mut why = Untrusted::Key;
    for key in fitting(keys, header.kid.as_deref(), header.alg) {
        match decode::<Map<String, Value>>(token, &key, &validation) {
            Ok(read) => return with_its_own(Claims(read.claims), expected),
            Err(error) => {
                why = match error.kind() {
                    ErrorKind::InvalidIssuer => return Err(Untrusted::Issuer),
                    ErrorKind::InvalidAudience => return Err(Untrusted::Audience),
                    ErrorKind::MissingRequiredClaim(_) | ErrorKind::InvalidClaimFormat(_) | ErrorKind::Json(_) => {
                        return Err(Untrusted::NotReadable);
                    }
                    _ => Untrusted::Signature,
                }
            }
        }
    }
    Err(why)
}

/// What the library does not look at: time by our clock, the sign-in, and who else it was made for.
fn with_its_own(claims: Claims, expected: &Expected<'_>) -> Result<Claims, Untrusted> {
    let Claims(all) = &claims;
    let text = |name: &str| all.get(name).and_then(Value::as_str);
    let until_s = all.get("exp").and_then(Value::as_f64).unwrap_or(0.0);
    let now_s = Timestamp(expected.now.0.saturating_sub_unsigned(LEEWAY_MS)).0 / 1_000;
    let is_shared = all.get("aud").and_then(Value::as_array).is_some_and(|audience| audience.len() > 1);
    let party = text("azp");
    if (until_s as i64) <= now_s {
        return Err(Untrusted::Expired);
    }
    if text("nonce") != Some(expected.nonce) {
        return Err(Untrusted::Nonce);
    }
    if party.is_some_and(|party| party != expected.client) || (is_shared && party.is_none()) {
        return Err(Untrusted::Audience);
    }
    Ok(claims)
}

/// The keys that may have signed, of those that can be read.
fn fitting(document: &[u8], kid: Option<&str>, algorithm: Algorithm) -> Vec<DecodingKey> {
    let document: Value = serde_json::from_slice(document).unwrap_or_default();
    let listed = document.get("keys").and_then(Value::as_array).into_iter().flatten();
    let keys = listed.filter_map(|key| serde_json::from_value::<Jwk>(key.clone()).ok());
    let fits = |key: &Jwk| {
        let named = kid.is_none_or(|kid| key.common.key_id.as_deref() == Some(kid));
        let signs = !matches!(key.common.public_key_use, Some(PublicKeyUse::Encryption));
        let so = key.common.key_algorithm.is_none_or(|own| own.to_string() == format!("{algorithm:?}"));
        named && signs && so
    };
    let keys = keys.filter(fits).filter_map(|key| DecodingKey::from_jwk(&key).ok());
    keys.filter(|key| key.family() == algorithm.family()).take(KEYS_MAX).collect()
}

/// Adds what the broker told of the person beside the token; only of that very person.
///
/// # Errors
/// [`Untrusted::Person`], [`Untrusted::NotReadable`].
pub fn add_person(claims: &mut Claims, answer: &[u8]) -> Result<(), Untrusted> {
    let told: Map<String, Value> = serde_json::from_slice(answer).map_err(|_| Untrusted::NotReadable)?;
    if told.get("sub").and_then(Value::as_str).is_none() || told.get("sub") != claims.0.get("sub") {
        return Err(Untrusted::Person);
    }
    for (name, value) in told {
        // What is signed has the last word.
        claims.0.entry(name).or_insert(value);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use aws_lc_rs::{
        rand::SystemRandom,
        signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
    };
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::json;

    const ISSUER: &str = "https://broker.example";
    const NOW: Timestamp = Timestamp(1_796_047_200_000);
    const NOW_S: i64 = NOW.0 / 1_000;
    const EXPECTED: Expected<'_> = Expected { issuer: ISSUER, client: "svar", nonce: "n-1", now: NOW };

    /// A key of a broker: to sign with, and as its document has it.
    fn key(kid: &str) -> (EncodingKey, Value) {
        let whole = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, whole.as_ref()).unwrap();
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let public = json!({ "kty": "EC", "crv": "P-256", "kid": kid, "use": "sig", "alg": "ES256", "x": text(x), "y": text(y) });
        (EncodingKey::from_ec_der(whole.as_ref()), public)
    }

    fn told() -> Value {
        json!({ "iss": ISSUER, "aud": "svar", "exp": NOW_S + 300, "iat": NOW_S, "sub": "1", "nonce": "n-1", "name": "Anna Exempel" })
    }

    fn signed(key: &EncodingKey, kid: &str, claims: &Value) -> String {
        let header = Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::ES256) };
        encode(&header, claims, key).unwrap()
    }

    #[test]
    fn what_is_not_as_expected_is_not_believed() {
        let (private, public) = key("one");
        let keys = json!({ "keys": [{ "kty": "new", "kid": "one" }, public] }).to_string();
        let read = |claims_of: &Value| claims(&signed(&private, "one", claims_of), keys.as_bytes(), &EXPECTED);
        assert_eq!(read(&told()).unwrap().text("name").as_deref(), Some("Anna Exempel"));
        for (claim, value, expected) in [
            ("iss", json!("https://elsewhere.example"), Err(Untrusted::Issuer)),
            ("iss", Value::Null, Err(Untrusted::NotReadable)),
            ("aud", json!("another"), Err(Untrusted::Audience)),
            ("aud", json!(["svar", "another"]), Err(Untrusted::Audience)),
            ("aud", Value::Null, Err(Untrusted::NotReadable)),
            ("azp", json!("another"), Err(Untrusted::Audience)),
            ("azp", json!("svar"), Ok(())),
            ("exp", json!(NOW_S - 61), Err(Untrusted::Expired)),
            ("exp", json!(NOW_S - 30), Ok(())),
            ("exp", Value::Null, Err(Untrusted::NotReadable)),
            ("nonce", json!("n-2"), Err(Untrusted::Nonce)),
            ("nonce", Value::Null, Err(Untrusted::Nonce)),
            ("sub", Value::Null, Err(Untrusted::NotReadable)),
        ] {
            let mut changed = told();
            changed[claim] = value.clone();
            assert_eq!(read(&changed).map(|_| ()), expected, "{claim} {value}");
        }
    }

    #[test]
    fn nobody_but_the_broker_signs() {
        let ((private, public), (other, _)) = (key("one"), key("one"));
        let keys = json!({ "keys": [public] }).to_string();
        let token = signed(&private, "one", &told());
        let [head, body, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
        let text = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let mut others = told();
        others["name"] = "Somebody Else".into();
        // With the public key as a secret that both know.
        let shared = EncodingKey::from_secret(keys.as_bytes()).unwrap();
        let header = Header { kid: Some("one".into()), ..Header::new(Algorithm::HS256) };
        for (what, token, expected) in [
            ("another's key", signed(&other, "one", &told()), Untrusted::Signature),
            ("a key that is not there", signed(&private, "two", &told()), Untrusted::Key),
            ("other claims", format!("{head}.{}.{signature}", text(&others)), Untrusted::Signature),
            ("a shared secret", encode(&header, &told(), &shared).unwrap(), Untrusted::Algorithm),
            ("no signature", format!("{}.{body}.", text(&json!({ "alg": "none" }))), Untrusted::NotReadable),
            ("nothing", String::new(), Untrusted::NotReadable),
        ] {
            assert_eq!(claims(&token, keys.as_bytes(), &EXPECTED).map(|_| ()), Err(expected), "{what}");
        }
        assert_eq!(claims(&token, b"<html>", &EXPECTED).map(|_| ()), Err(Untrusted::Key));
    }

    #[test]
    fn more_is_told_of_the_same_person_alone() {
        let mut known = Claims(told().as_object().unwrap().clone());
        let other = json!({ "sub": "2", "number": "19640823-3234" }).to_string();
        assert_eq!(add_person(&mut known, other.as_bytes()), Err(Untrusted::Person));
        assert_eq!(add_person(&mut known, br#"{"number":"1"}"#), Err(Untrusted::Person));
        let same = json!({ "sub": "1", "name": "Somebody Else", "number": 7 }).to_string();
        assert_eq!(add_person(&mut known, same.as_bytes()), Ok(()));
        assert_eq!((known.text("name").as_deref(), known.text("number").as_deref()), (Some("Anna Exempel"), Some("7")));
        assert_eq!(format!("{known:?}"), "Claims(hidden)");
    }
}
