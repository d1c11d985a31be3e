//! A stand-in for a broker of OpenID Connect, for what no real one does: it signs what a test wants it to say.
#![allow(clippy::unwrap_used)]

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use axum::{
    Form, Json, Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    sync::{Arc, Mutex},
};
use switchboard::{SignInBroker, SignInSettings};
use tokio::task::JoinHandle;

pub const NAME: &str = "Anna Exempel";
pub const NUMBER: &str = "19640823-3234";

/// What it has said yes to: the challenge of the browser that came, and what its ID token is to say.
type Codes = BTreeMap<String, (String, Value)>;

struct Inside {
    issuer: String,
    key: EncodingKey,
    public: Value,
    codes: Mutex<Codes>,
}

pub struct StandIn {
    inside: Arc<Inside>,
    task: JoinHandle<()>,
    secret: PathBuf,
}

impl StandIn {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let whole = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, whole.as_ref()).unwrap();
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let public = json!({ "kty": "EC", "crv": "P-256", "kid": "one", "x": text(x), "y": text(y) });
        let secret = std::env::temp_dir().join(format!("svar-stand-in-{}-{}", std::process::id(), issuer.rsplit(':').next().unwrap()));
        fs::write(&secret, "of no worth\n").unwrap();
        let key = EncodingKey::from_ec_der(whole.as_ref());
        let inside = Arc::new(Inside { issuer, key, public, codes: Mutex::default() });
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(document))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(inside.clone());
        let task = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { inside, task, secret }
    }

    /// Our side of it.
    pub fn client(&self) -> Arc<SignInBroker> {
        let settings: SignInSettings = serde_json::from_value(json!({
            "issuer": self.inside.issuer, "client_id": "svar", "client_secret_file": self.secret, "name": "BankID",
        }))
        .unwrap();
        Arc::new(SignInBroker::new(settings, "https://svar.example".into()).unwrap())
    }

    /// Says yes to the browser that was led here, and tells the code; `change` is made to what the token says.
    pub fn says_yes(&self, address: &str, change: impl FnOnce(&mut Value)) -> String {
        assert!(address.starts_with(&format!("{}/authorize?", self.inside.issuer)), "{address}");
        let now = jiff::Timestamp::now().as_second();
        let mut says = json!({
            "iss": self.inside.issuer, "aud": "svar", "exp": now + 300, "iat": now, "sub": "1",
            "nonce": field(address, "nonce"), "name": NAME, "personal_identity_number": NUMBER,
        });
        change(&mut says);
        let code = format!("code-{}", rand::random::<u64>());
        self.inside.codes.lock().unwrap().insert(code.clone(), (field(address, "code_challenge"), says));
        code
    }

    /// It answers no more.
    pub async fn stop(&mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.task.abort();
        let _ = fs::remove_file(&self.secret);
    }
}

/// A field of an address whose value needs no escaping.
pub fn field(address: &str, name: &str) -> String {
    let fields = address.split_once('?').unwrap().1.split('&');
    fields.filter_map(|field| field.split_once('=')).find(|(known, _)| *known == name).unwrap().1.to_owned()
}

async fn document(State(inside): State<Arc<Inside>>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", inside.issuer);
    Json(json!({
        "issuer": inside.issuer, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"), "jwks_uri": at("/keys"),
    }))
}

async fn keys(State(inside): State<Arc<Inside>>) -> Json<Value> {
    Json(json!({ "keys": [inside.public] }))
}

/// A code is good once, for whoever knows what its challenge was made of.
async fn token(State(inside): State<Arc<Inside>>, Form(fields): Form<BTreeMap<String, String>>) -> Result<Json<Value>, StatusCode> {
    let known = inside.codes.lock().unwrap().remove(fields.get("code").map_or("", String::as_str));
    let made = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(fields.get("code_verifier").map_or("", String::as_str)));
    let (_, says) = known.filter(|(challenge, _)| *challenge == made).ok_or(StatusCode::BAD_REQUEST)?;
    let header = Header { kid: Some("one".into()), ..Header::new(Algorithm::ES256) };
    Ok(Json(json!({ "id_token": encode(&header, &says, &inside.key).unwrap(), "token_type": "Bearer" })))
}
