//! What a picture or a film says of its making is proposed; of a tip it is neither read nor given.

use super::*;

/// A picture that says when it was taken: one entry behind another, as TIFF has them.
fn telling() -> Vec<u8> {
    let tiff = [
        &b"MM\0*\0\0\0\x08\0\x01\x87\x69\0\x04\0\0\0\x01\0\0\0\x1a\0\0\0\0"[..],
        b"\0\x01\x90\x03\0\x02\0\0\0\x14\0\0\0\x2c\0\0\0\0",
        b"2026:11:28 14:03:10\0",
    ]
    .concat();
    let length = u16::try_from(tiff.len() + 8).unwrap().to_be_bytes();
    [b"\xff\xd8\xff\xe1", &length[..], b"Exif\0\0", &tiff, &JPEG[2..]].concat()
}

/// A film that says when and where it was taken, behind more pictures than are looked at to know what a file is.
fn telling_film() -> Vec<u8> {
    let boxed = |name: &[u8; 4], inner: &[u8]| [&u32::try_from(inner.len() + 8).unwrap().to_be_bytes()[..], name, inner].concat();
    let place = "+57.7000+011.9700/";
    let place = [&u16::try_from(place.len()).unwrap().to_be_bytes()[..], b"\x15\xc7", place.as_bytes()].concat();
    let times = [&[0; 4][..], &3_878_715_790_u32.to_be_bytes(), &[0; 92]].concat();
    let moov = [boxed(b"mvhd", &times), boxed(b"udta", &boxed(b"\xa9xyz", &place))].concat();
    [boxed(b"ftyp", b"mp42\0\0\0\0"), boxed(b"mdat", &vec![0; 9 * 1024 * 1024]), boxed(b"moov", &moov)].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_film_says_is_proposed_and_of_a_tip_not_read() {
    let centre = centre().await;
    let usual = matter(&centre, 0).await;
    let mut citizen = Citizen::new(&centre, ENGLISH, usual).await;
    citizen.upload(&[("a.mp4", &telling_film())]).await;
    citizen.send("").await;
    let shown = seen(&centre, usual).await;
    let says = "The file says: 2026-11-28 13:03:10 (UTC+00:00) · 57.70000° N, 11.97000° E. Nobody has confirmed it.";
    assert!(shown.contains(says), "{shown}");

    let tip = tip(&centre).await;
    let mut citizen = Citizen::new(&centre, ENGLISH, tip).await;
    citizen.upload(&[("a.mp4", &telling_film())]).await;
    let id = EvidenceId::read(&value(&citizen.page().await, "first").unwrap()).unwrap();
    citizen.send("").await;
    let (evidence, _) = centre.switchboard().sent_evidence(&id).await.unwrap().unwrap();
    assert!(Findings::of(&evidence).said.is_empty());
    centre.stop().await;
}

/// A matter under which somebody gave a tip.
async fn tip(centre: &Centre) -> MatterId {
    let form = FiledForm {
        form: "tip".to_owned(),
        intent: Intent::Tip,
        language: Language::Swedish,
        region: None,
        subject: "Tips".to_owned(),
        text: "text".to_owned(),
        answers: json!({}),
        identified: None,
        name: None,
        number: None,
        mail: None,
    };
    let reference = centre.switchboard().file_form(&DraftCode::random(), form).await.unwrap();
    centre.store.matter_by_reference(reference).await.unwrap().unwrap().matter.matter
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_picture_says_is_proposed_and_of_a_tip_neither_read_nor_given() {
    let centre = centre().await;
    let usual = matter(&centre, 0).await;
    let mut citizen = Citizen::new(&centre, ENGLISH, usual).await;
    citizen.upload(&[("a.jpg", &telling())]).await;
    citizen.send("").await;
    let shown = seen(&centre, usual).await;
    assert!(shown.contains("The file says: 2026-11-28 14:03:10. Nobody has confirmed it."), "{shown}");

    let tip = tip(&centre).await;
    let mut citizen = Citizen::new(&centre, ENGLISH, tip).await;
    citizen.upload(&[("a.jpg", &telling())]).await;
    let id = EvidenceId::read(&value(&citizen.page().await, "first").unwrap()).unwrap();
    citizen.send("").await;
    let (evidence, _) = centre.switchboard().sent_evidence(&id).await.unwrap().unwrap();
    assert!(Findings::of(&evidence).said.is_empty());
    assert_eq!(evidence.sha256.as_deref(), Some(&*sha256(&telling())), "what is kept is what came");
    let copy = centre.switchboard().copy_evidence(centre.accounts[&Role::Operator], evidence).await.unwrap();
    let CopyBytes::Bare(bare) = copy.bytes else { panic!("it is given as it came") };
    assert!(!bare.windows(4).any(|part| part == b"Exif" || part == b"2026"));
    assert_eq!(bare, JPEG);
    centre.stop().await;
}
