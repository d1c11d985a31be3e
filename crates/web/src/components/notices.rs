//! What everybody at work must know at once, above whatever they are doing: that the page has lost
//! its live connection, and what ails the program itself. Both are filled by the live stream, the
//! second also while the database is away and no page can be fetched.

use crate::words::Words;
use maud::{Markup, html};
use switchboard::{Health, Trouble};

#[must_use]
pub fn draw(words: Words, health: Health) -> Markup {
    let trouble = health.trouble();
    html! {
        p #connection .connection role="status" hidden
            data-lost=(words.t("connection-lost")) data-since=(words.t("connection-since")) data-signed-out=(words.t("connection-signed-out")) {}
        p #trouble .trouble role="alert" hidden[trouble.is_none()] { @if let Some(trouble) = trouble { (words_of(words, trouble)) } }
    }
}

#[must_use]
pub fn words_of(words: Words, trouble: Trouble) -> String {
    words.t(match trouble {
        Trouble::NothingSaved => "trouble-nothing-saved",
        Trouble::SavedAgain => "trouble-saved-again",
        Trouble::TelephonyEnded => "trouble-telephony-ended",
        Trouble::LeaseLost => "trouble-lease-lost",
        Trouble::PlanRefused => "trouble-plan-refused",
        Trouble::NothingLearnt => "trouble-nothing-learnt",
        Trouble::MailWaits => "trouble-mail-waits",
        Trouble::MailUnreadable => "trouble-mail-unreadable",
    })
}
