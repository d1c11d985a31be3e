//! Who may sign in, for how long, and which programs may read.

use crate::support::Place;
use domain::{OperatorId, SiteId, SkillId, Timestamp, access::Role, intent::Language};
use storage::{Account, NewAccount, SessionLimits, Store, StoreError};

on_both!(
    an_account_is_kept,
    only_the_right_password_signs_in,
    sessions_end,
    a_session_outlives_a_full_disk,
    tokens_open_the_interface,
    settings_are_kept
);

fn operator(login: &str) -> NewAccount {
    NewAccount {
        login: login.to_owned(),
        name: "Operator 1".to_owned(),
        role: Role::Operator,
        site: Some(SiteId::new("vast.1")),
        skills: [(SkillId::new("report"), 5)].into(),
        languages: vec![Language::Swedish, Language::English],
        category: None,
        also_regions: Vec::new(),
        sip_address: None,
    }
}

async fn an_account_is_kept(place: Place) {
    let store = place.open().await;
    let one = store.create_account(&operator(" Operator1 ")).await.unwrap();
    assert_eq!((one.id, one.login.as_str()), (OperatorId(1), "operator1"));
    assert_eq!(store.create_account(&operator("OPERATOR1")).await, Err(StoreError::Conflict));
    let two = store.create_account(&operator("operator2")).await.unwrap();
    assert_eq!(store.accounts().await, Ok(vec![one.clone(), two.clone()]));
    assert_eq!(store.account_by_login("Operator1").await, Ok(Some(one.clone())));
    assert_eq!(store.account_by_login("operator1\0").await, Ok(None));
    let changed = Account { role: Role::Leader, sip_address: Some("sip:7@127.0.0.1".to_owned()), ..one };
    store.update_account(&changed).await.unwrap();
    assert_eq!(store.account(OperatorId(1)).await, Ok(Some(changed.clone())));
    assert_eq!(store.update_account(&Account { login: "operator2".to_owned(), ..changed.clone() }).await, Err(StoreError::Conflict));
    assert_eq!(
        store.update_account(&Account { id: OperatorId(9), login: "operator9".to_owned(), ..changed }).await,
        Err(StoreError::Conflict)
    );
}

async fn only_the_right_password_signs_in(place: Place) {
    let store = place.open().await;
    let account = store.create_account(&operator("operator1")).await.unwrap();
    let long = "x".repeat(5_000);
    let check = async |login: &str, password: &str, expected: bool| {
        let found = store.verify_password(login, password).await.unwrap();
        assert_eq!(found.is_some(), expected, "{login}");
    };
    check("operator1", "", false).await;
    store.set_password(account.id, "correct horse").await.unwrap();
    check("operator1", "correct horse", true).await;
    check("Operator1", "correct horse", true).await;
    check("operator1", "Correct horse", false).await;
    check("operator1", &long, false).await;
    check("nobody", "correct horse", false).await;
    check("nobody", "nobody", false).await;
    assert_eq!(store.set_password(account.id, &long).await, Err(StoreError::TooLong));
    store.update_account(&Account { disabled: true, ..account }).await.unwrap();
    check("operator1", "correct horse", false).await;
    assert_eq!(store.set_password(OperatorId(9), "x").await, Err(StoreError::Conflict));
}

async fn is_good(store: &Store, secret: &str, at: u64) -> bool {
    store.session(secret, Timestamp(0).plus_ms(at)).await.unwrap().is_some()
}

async fn sessions_end(place: Place) {
    const MINUTE: u64 = 60_000;
    let store = place.open().await;
    let account = store.create_account(&operator("operator1")).await.unwrap();
    let limits = SessionLimits { idle_ms_max: 30 * MINUTE, age_ms_max: 60 * MINUTE };
    let open = async || store.create_session(account.id, Timestamp(0), limits).await.unwrap();

    let used = open().await;
    assert_eq!(format!("{used:?}"), "Token(hidden)");
    let unused = open().await;
    for (minutes, good) in [(20, true), (40, true), (59, true), (60, false), (61, false)] {
        assert_eq!(is_good(&store, used.secret(), minutes * MINUTE).await, good, "used, after {minutes} min");
    }
    for (minutes, good) in [(0, true), (29, true), (90, false)] {
        assert_eq!(is_good(&store, unused.secret(), minutes * MINUTE).await, good, "unused, after {minutes} min");
    }
    assert!(!is_good(&store, "no such token", 0).await);

    let signed_out = open().await;
    store.end_session(signed_out.secret()).await.unwrap();
    assert!(!is_good(&store, signed_out.secret(), 0).await);

    let before_change = open().await;
    store.set_password(account.id, "a new one").await.unwrap();
    assert!(!is_good(&store, before_change.secret(), 0).await);

    let before_disabling = open().await;
    store.update_account(&Account { disabled: true, ..account.clone() }).await.unwrap();
    assert!(!is_good(&store, before_disabling.secret(), 0).await);
    store.update_account(&account).await.unwrap();
    assert!(!is_good(&store, before_disabling.secret(), 0).await, "enabling revives no session");

    let (_, _) = (open().await, open().await);
    assert_eq!(store.forget_ended_sessions(Timestamp(0).plus_ms(29 * MINUTE)).await, Ok(0));
    assert_eq!(store.forget_ended_sessions(Timestamp(0).plus_ms(30 * MINUTE)).await, Ok(2));
}

async fn a_session_outlives_a_full_disk(place: Place) {
    const MINUTE: u64 = 60_000;
    let store = place.open().await;
    let account = store.create_account(&operator("operator1")).await.unwrap();
    let limits = SessionLimits { idle_ms_max: 5 * MINUTE, age_ms_max: 60 * MINUTE };
    let session = store.create_session(account.id, Timestamp(0), limits).await.unwrap();
    let unused = store.create_session(account.id, Timestamp(0), limits).await.unwrap();

    place.refuse_uses_of_sessions().await;
    for minutes in [2, 4, 8, 12] {
        assert!(is_good(&store, session.secret(), minutes * MINUTE).await, "used all along, after {minutes} min");
    }
    assert!(!is_good(&store, unused.secret(), 12 * MINUTE).await, "a session that nobody used");

    // What was remembered meanwhile is kept before anything is forgotten.
    place.take_uses_of_sessions().await;
    assert_eq!(store.forget_ended_sessions(Timestamp(0).plus_ms(13 * MINUTE)).await, Ok(1));
    let reopened = place.open().await;
    assert!(is_good(&reopened, session.secret(), 16 * MINUTE).await);
    assert!(!is_good(&reopened, session.secret(), 60 * MINUTE).await, "no session outlives its greatest age");
}

async fn tokens_open_the_interface(place: Place) {
    let store = place.open().await;
    let made = store.create_api_token("board", Role::Script, Timestamp(1)).await.unwrap();
    store.put_api_token("demo", Role::Script, "chosen by a person", Timestamp(2)).await.unwrap();
    assert_eq!(store.api_token(made.secret()).await.unwrap().unwrap().label, "board");
    assert_eq!(store.api_token("chosen by a person").await.unwrap().unwrap().label, "demo");
    assert_eq!(store.api_token("guessed").await, Ok(None));
    let again = store.create_api_token("board", Role::Planner, Timestamp(3)).await.unwrap();
    assert_eq!(store.api_token(made.secret()).await, Ok(None));
    assert_eq!(store.api_token(again.secret()).await.unwrap().unwrap().role, Role::Planner);
    assert_eq!(store.put_api_token("other", Role::Script, "chosen by a person", Timestamp(4)).await, Err(StoreError::Conflict));
    assert_eq!(store.revoke_api_token("demo").await, Ok(true));
    assert_eq!(store.revoke_api_token("demo").await, Ok(false));
    assert_eq!(store.api_token("chosen by a person").await, Ok(None));
    assert_eq!(store.api_tokens().await.unwrap().len(), 1);
}

async fn settings_are_kept(place: Place) {
    let store = place.open().await;
    assert_eq!(store.setting("plan.digest").await, Ok(None));
    store.set_setting("plan.digest", "abc").await.unwrap();
    store.set_setting("plan.digest", "def").await.unwrap();
    assert_eq!(place.open().await.setting("plan.digest").await, Ok(Some("def".to_owned())));
}
