//! The map of keys, printed on `?`. Every key the desk listens to stands here (`keys.js`).

use crate::words::Words;
use maud::{Markup, html};

/// Key as printed, and the text that says what it does.
const KEYS: [(&str, &str); 27] = [
    ("F2", "key-answer"),
    ("F3", "key-digits"),
    ("Shift F3", "key-machine"),
    ("F4", "key-hold"),
    ("Shift F4", "key-wrong-person"),
    ("F6", "key-consult"),
    ("Shift F6", "key-conference"),
    ("F7", "key-transfer"),
    ("F7", "key-ring"),
    ("Shift F7", "key-take"),
    ("F8", "key-note"),
    ("Shift F8", "key-wait"),
    ("F9", "key-mute"),
    ("Shift F9", "key-ask-back"),
    ("Shift F2", "key-end"),
    ("Ctrl K", "key-find"),
    ("Alt B", "key-book"),
    ("Alt L", "key-send-files"),
    ("Alt N", "key-next-report"),
    ("Alt 1", "key-state"),
    ("Alt 2", "key-matter"),
    ("Alt 3", "key-report"),
    ("Alt I", "key-intent"),
    ("Alt U", "key-second"),
    ("Alt O", "key-third"),
    ("Esc", "key-escape"),
    ("?", "key-map"),
];

#[must_use]
pub fn dialog(words: Words) -> Markup {
    html! {
        dialog #keys aria-labelledby="keys-title" {
            h2 #keys-title { (words.t("keys-title")) }
            table .map {
                tbody {
                    @for (key, text) in KEYS {
                        tr { th scope="row" { kbd { (key) } } td { (words.t(text)) } }
                    }
                }
            }
            form method="dialog" { button type="submit" { (words.t("close")) } }
        }
    }
}
