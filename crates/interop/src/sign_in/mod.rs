//! What a broker of OpenID Connect is asked and answers when a citizen signs in: its discovery document, the address that
//! the browser is led to (authorization code flow with PKCE), the request for tokens, and what they say of a person.
//!
//! Signatures are checked by `jsonwebtoken`; nothing here is cryptography of ours. Whoever asks gives time and chance.
//! Specifications: OpenID Connect Core 1.0 and Discovery 1.0, RFC 6749, RFC 7636 (PKCE), RFC 9207 (the issuer in the answer).

mod proof;

pub use proof::{Claims, Expected, Untrusted, add_person, claims};

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use form_urlencoded::{Serializer, byte_serialize};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// Longer addresses are none.
const ADDRESS_BYTES_MAX: usize = 2_000;

/// Why a broker cannot be used as it describes itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unusable {
    #[error("its discovery document is no JSON of such a document")]
    NotReadable,
    #[error("it calls itself otherwise than `issuer` does")]
    OtherIssuer,
    #[error("{0} of its discovery document is no address")]
    Address(&'static str),
    #[error("it does not take PKCE with S256")]
    NoPkce,
    #[error("it takes no code flow")]
    NoCode,
}

/// Where a broker is asked what, as it says itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broker {
    pub issuer: String,
    /// Where the browser is led to.
    authorize: String,
    pub token: String,
    /// Its public keys.
    pub keys: String,
    /// Where more of the person is told.
    pub person: Option<String>,
    /// Its answers name it.
    names_itself: bool,
    /// It takes our secret in the body alone.
    secret_in_body: bool,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    response_types_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Broker {
    /// Where the document stands of an issuer.
    #[must_use]
    pub fn document(issuer: &str) -> String {
        format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))
    }

    /// Reads a discovery document. What it does not say of PKCE it may still take.
    ///
    /// # Errors
    /// What of it cannot be used.
    pub fn read(issuer: &str, document: &[u8]) -> Result<Self, Unusable> {
        let read: Document = serde_json::from_slice(document).map_err(|_| Unusable::NotReadable)?;
        let has = |list: &Option<Vec<String>>, wanted: &str| list.as_ref().is_none_or(|list| list.iter().any(|one| one == wanted));
        let addresses = [
            ("authorization_endpoint", Some(&read.authorization_endpoint)),
            ("token_endpoint", Some(&read.token_endpoint)),
            ("jwks_uri", Some(&read.jwks_uri)),
            ("userinfo_endpoint", read.userinfo_endpoint.as_ref()),
        ];
        match addresses.iter().find(|(_, address)| address.is_some_and(|address| !is_address(address))) {
            _ if read.issuer != issuer => Err(Unusable::OtherIssuer),
            Some((name, _)) => Err(Unusable::Address(name)),
            None if !has(&read.response_types_supported, "code") => Err(Unusable::NoCode),
            None if !has(&read.code_challenge_methods_supported, "S256") => Err(Unusable::NoPkce),
            None => Ok(Self {
                secret_in_body: !has(&read.token_endpoint_auth_methods_supported, "client_secret_basic"),
                issuer: read.issuer,
                authorize: read.authorization_endpoint,
                token: read.token_endpoint,
                keys: read.jwks_uri,
                person: read.userinfo_endpoint,
                names_itself: read.authorization_response_iss_parameter_supported,
            }),
        }
    }

    /// Whether an answer that names this issuer, or none, can be the broker's.
    #[must_use]
    pub fn answers_as(&self, named: Option<&str>) -> bool {
        named.map_or(!self.names_itself, |named| named == self.issuer)
    }

    /// The address that leads the browser to the broker. Nobody is let in there as whoever used this browser before.
    #[must_use]
    pub fn address(&self, client: &Client<'_>, wanted: &Wanted<'_>, secrets: &Secrets) -> String {
        let mut fields = Serializer::new(String::new());
        fields
            .append_pair("response_type", "code")
            .append_pair("client_id", client.id)
            .append_pair("redirect_uri", client.redirect)
            .append_pair("scope", wanted.scopes)
            .append_pair("state", &secrets.state)
            .append_pair("nonce", &secrets.nonce)
            .append_pair("code_challenge", &secrets.challenge())
            .append_pair("code_challenge_method", "S256")
            .append_pair("prompt", "login")
            .append_pair("ui_locales", wanted.language);
        if let Some(ways) = wanted.ways {
            fields.append_pair("acr_values", ways);
        }
        let sign = if self.authorize.contains('?') { '&' } else { '?' };
        format!("{}{sign}{}", self.authorize, fields.finish())
    }

    /// What is posted for the tokens of a code, and what proves to the broker that it is us where that is a header.
    #[must_use]
    pub fn token_request(&self, client: &Client<'_>, code: &str, secrets: &Secrets) -> (String, Option<String>) {
        let mut fields = Serializer::new(String::new());
        fields
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", client.redirect)
            .append_pair("code_verifier", &secrets.verifier);
        if self.secret_in_body {
            fields.append_pair("client_id", client.id).append_pair("client_secret", client.secret);
            return (fields.finish(), None);
        }
        let quoted = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let both = format!("{}:{}", quoted(client.id), quoted(client.secret));
        (fields.finish(), Some(format!("Basic {}", BASE64_STANDARD.encode(both))))
    }
}

/// It may be led to: whole, and without what breaks a header.
fn is_address(text: &str) -> bool {
    let whole = text.starts_with("https://") || text.starts_with("http://");
    whole && text.len() <= ADDRESS_BYTES_MAX && text.bytes().all(|byte| byte.is_ascii_graphic()) && !text.contains('#')
}

/// Who we are to the broker, and where it leads the browser back to.
#[derive(Clone, Copy)]
pub struct Client<'a> {
    pub id: &'a str,
    pub secret: &'a str,
    pub redirect: &'a str,
}

/// What is wanted of the broker.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    pub scopes: &'a str,
    /// Which of its ways are meant, in the broker's words.
    pub ways: Option<&'a str>,
    pub language: &'a str,
}

/// What this one sign-in knows and nobody else; each is used once. Hidden in Debug.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    pub state: String,
    pub nonce: String,
    verifier: String,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(hidden)")
    }
}

impl Secrets {
    /// Of random bytes.
    #[must_use]
    pub fn of(state: [u8; 32], nonce: [u8; 32], verifier: [u8; 32]) -> Self {
        let text = |bytes: [u8; 32]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        Self { state: text(state), nonce: text(nonce), verifier: text(verifier) }
    }

    fn challenge(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.as_bytes()))
    }
}

/// What a code was good for. Hidden in Debug.
#[derive(Deserialize)]
pub struct Tokens {
    #[serde(rename = "id_token")]
    pub id: String,
    #[serde(rename = "access_token")]
    pub access: Option<String>,
}

impl Tokens {
    #[must_use]
    pub fn read(answer: &[u8]) -> Option<Self> {
        serde_json::from_slice(answer).ok()
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(hidden)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::{Value, json};

    const ISSUER: &str = "https://broker.example/auth";
    const CLIENT: Client<'_> = Client { id: "svar", secret: "a b:c", redirect: "https://svar.example/sv/inloggad" };

    fn document() -> Value {
        json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://broker.example/authorize?tenant=1",
            "token_endpoint": "https://broker.example/token",
            "jwks_uri": "https://broker.example/keys",
        })
    }

    fn read(change: impl FnOnce(&mut Value)) -> Result<Broker, Unusable> {
        let mut document = document();
        change(&mut document);
        Broker::read(ISSUER, document.to_string().as_bytes())
    }

    #[test]
    fn a_broker_is_used_as_it_describes_itself_or_not_at_all() {
        assert!(read(|_| ()).is_ok());
        for (key, value, expected) in [
            ("issuer", json!("https://broker.example/auth/"), Unusable::OtherIssuer),
            ("issuer", json!("https://elsewhere.example"), Unusable::OtherIssuer),
            ("token_endpoint", json!("/token"), Unusable::Address("token_endpoint")),
            ("authorization_endpoint", json!("javascript:alert(1)"), Unusable::Address("authorization_endpoint")),
            ("authorization_endpoint", json!("https://x.example/\r\nset-cookie: a=b"), Unusable::Address("authorization_endpoint")),
            ("userinfo_endpoint", json!("ftp://x.example/"), Unusable::Address("userinfo_endpoint")),
            ("response_types_supported", json!(["id_token"]), Unusable::NoCode),
            ("code_challenge_methods_supported", json!(["plain"]), Unusable::NoPkce),
            ("jwks_uri", json!(7), Unusable::NotReadable),
        ] {
            assert_eq!(read(|document| document[key] = value.clone()).unwrap_err(), expected, "{key} {value}");
        }
        assert_eq!(Broker::read(ISSUER, b"<html>").unwrap_err(), Unusable::NotReadable);
    }

    #[test]
    fn the_address_has_the_challenge_and_never_what_it_was_made_of() {
        // RFC 7636, appendix B.
        let verifier = BASE64_URL_SAFE_NO_PAD.decode("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").unwrap();
        let secrets = Secrets::of([1; 32], [2; 32], verifier.try_into().unwrap());
        let wanted = Wanted { scopes: "openid profile", ways: Some("urn:bankid"), language: "sv" };
        let address = read(|_| ()).unwrap().address(&CLIENT, &wanted, &secrets);
        assert!(address.starts_with("https://broker.example/authorize?tenant=1&response_type=code&client_id=svar&"), "{address}");
        for part in [
            "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256",
            "redirect_uri=https%3A%2F%2Fsvar.example%2Fsv%2Finloggad",
            "scope=openid+profile",
            "acr_values=urn%3Abankid",
            "prompt=login",
        ] {
            assert!(address.contains(part), "{part} in {address}");
        }
        assert!(!address.contains(&secrets.verifier) && !address.contains("secret"));
    }

    #[test]
    fn the_secret_goes_the_way_that_the_broker_takes() {
        let secrets = Secrets::of([1; 32], [2; 32], [3; 32]);
        let (body, header) = read(|_| ()).unwrap().token_request(&CLIENT, "c&d", &secrets);
        assert!(body.contains("code=c%26d&") && body.contains(&format!("code_verifier={}", secrets.verifier)) && !body.contains("a+b"));
        assert_eq!(header.unwrap(), format!("Basic {}", BASE64_STANDARD.encode("svar:a+b%3Ac")));
        let posts = read(|document| document["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"])).unwrap();
        let (body, header) = posts.token_request(&CLIENT, "c", &secrets);
        assert!(header.is_none() && body.ends_with("client_id=svar&client_secret=a+b%3Ac"), "{body}");
    }

    #[test]
    fn an_answer_that_names_another_issuer_is_not_the_brokers() {
        let (quiet, named) =
            (read(|_| ()).unwrap(), read(|document| document["authorization_response_iss_parameter_supported"] = true.into()));
        let named = named.unwrap();
        for (broker, issuer, its) in [
            (&quiet, None, true),
            (&quiet, Some(ISSUER), true),
            (&quiet, Some("https://elsewhere.example"), false),
            (&named, None, false),
            (&named, Some(ISSUER), true),
        ] {
            assert_eq!(broker.answers_as(issuer), its, "{issuer:?}");
        }
    }
}
