//! What every database must do: the same cases on SQLite and on a real PostgreSQL.
#![allow(clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

/// Makes two tests of each case.
macro_rules! on_both {
    ($($case:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                super::$case(crate::support::Place::sqlite()).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                super::$case(crate::support::Place::postgres().await).await;
            })+
        }
    };
}

mod accounts;
mod additions;
mod bookings;
mod crash;
mod evidence;
mod failure;
mod followed;
mod form_drafts;
mod journal;
mod lease;
mod messages;
mod once;
mod people;
mod plans;
mod reading;
mod retention;
mod surveys;
mod tampering;
