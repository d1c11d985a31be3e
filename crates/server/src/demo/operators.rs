//! Virtual operators: their telephones ring in the invented network; what they say to the
//! switchboard is what an operator's page says.

use super::world::World;
use domain::{ContactId, OperatorId, contact::StatedOutcome, routing::OperatorState};
use rand::{Rng, rngs::StdRng};
use std::time::Duration;
use switchboard::{DeskEvent, OperatorAct, Purpose, Switchboard};

const TALK_MS: std::ops::Range<u64> = 12_000..60_000;
const WRITE_MS: std::ops::Range<u64> = 3_000..15_000;
const TRY_AGAIN: Duration = Duration::from_secs(5);

/// Comes to work, and comes back when the page was cut off.
pub async fn work(switchboard: Switchboard, world: World, login: String, mut random: StdRng) {
    loop {
        match switchboard.store().account_by_login(&login).await {
            Ok(Some(account)) => one_shift(&switchboard, &world, account.id, &mut random).await,
            Ok(None) => tracing::warn!(login, "a virtual operator has no account"),
            Err(error) => tracing::warn!(%error, "a virtual operator's account cannot be read"),
        }
        tokio::time::sleep(TRY_AGAIN).await;
    }
}

async fn one_shift(switchboard: &Switchboard, world: &World, operator: OperatorId, random: &mut StdRng) {
    let Ok((page, mut events)) = switchboard.open_page(operator).await else { return };
    ask(switchboard, operator, OperatorAct::Ready).await;
    while let Some(event) = events.recv().await {
        match event {
            DeskEvent::Connected { contact } => talk(switchboard, world, operator, contact, random).await,
            DeskEvent::Ended { contact } => {
                tokio::time::sleep(Duration::from_millis(random.random_range(WRITE_MS))).await;
                let outcome = if random.random_bool(0.6) { StatedOutcome::ReportReceived } else { StatedOutcome::Helped };
                ask(switchboard, operator, OperatorAct::Outcome { contact: Some(contact), outcome }).await;
            }
            DeskEvent::Changed => {
                let live = switchboard.live();
                let state = live.view.operators.iter().find(|known| known.operator == operator).map(|known| known.state);
                if state == Some(OperatorState::Unresponsive) {
                    ask(switchboard, operator, OperatorAct::Ready).await;
                }
            }
            DeskEvent::Ring { .. } | DeskEvent::StopRing { .. } | DeskEvent::SoundLost | DeskEvent::SoundElsewhere => {}
        }
    }
    switchboard.close_page(operator, page).await;
}

/// The operator sees the number, as at any desk; the invented caller then knows that it is being helped.
async fn talk(switchboard: &Switchboard, world: &World, operator: OperatorId, contact: ContactId, random: &mut StdRng) {
    let talk_ms = random.random_range(TALK_MS);
    let number = switchboard.caller(operator, contact, Purpose::Talk).await.ok().flatten().and_then(|caller| caller.number);
    match number {
        Some(number) => world.tell_helped(&number, talk_ms),
        // Somebody from outside rang: there is nothing to hear but a murmur, so the call is ended kindly.
        None => {
            tokio::time::sleep(Duration::from_millis(talk_ms)).await;
            ask(switchboard, operator, OperatorAct::EndCall).await;
        }
    }
}

async fn ask(switchboard: &Switchboard, operator: OperatorId, act: OperatorAct) {
    if let Err(refusal) = switchboard.act(operator, act).await {
        tracing::debug!(%refusal, operator = operator.0, "a virtual operator was refused");
    }
}
