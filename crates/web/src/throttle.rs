//! Slows down guessing of passwords: wrong ones are counted for each account and each address, and
//! after a few the next try must wait. A right password forgets the account's wrong ones only. Beside it,
//! so many turns of one address within a while.

use crate::{
    address::network,
    limits::{HOLDS_REMEMBERED_MAX, WRONG_KEPT, WRONG_PER_ACCOUNT_MAX, WRONG_PER_ADDRESS_MAX, WRONG_REMEMBERED_MAX},
};
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    net::IpAddr,
    time::{Duration, Instant},
};

#[derive(Default)]
pub struct Throttle {
    wrong: Mutex<HashMap<Key, Wrong>>,
}

/// Accounts are kept as digests, so that what was typed into the name's field lies nowhere.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Account([u8; 32]),
    Address(IpAddr),
}

struct Wrong {
    count: u32,
    last: Instant,
}

fn keys(account: &str, address: IpAddr) -> [(Key, u32); 2] {
    let account = Sha256::digest(account.trim().to_lowercase().as_bytes()).into();
    [(Key::Account(account), WRONG_PER_ACCOUNT_MAX), (Key::Address(network(address)), WRONG_PER_ADDRESS_MAX)]
}

impl Throttle {
    /// How long this account or address must wait before another try; none when it may try now.
    #[must_use]
    pub fn pause(&self, account: &str, address: IpAddr, now: Instant) -> Option<Duration> {
        let wrong = self.wrong.lock();
        keys(account, address)
            .into_iter()
            .filter_map(|(key, most)| {
                let wrong = wrong.get(&key).filter(|wrong| wrong.count >= most)?;
                let over = (wrong.count - most).min(9);
                let wait = Duration::from_secs(2 << over).min(WRONG_KEPT);
                (wrong.last + wait).checked_duration_since(now).filter(|left| !left.is_zero())
            })
            .max()
    }

    pub fn wrong(&self, account: &str, address: IpAddr, now: Instant) {
        let mut all = self.wrong.lock();
        if all.len() + 2 > WRONG_REMEMBERED_MAX {
            all.retain(|_, wrong| now.duration_since(wrong.last) < WRONG_KEPT);
        }
        while all.len() + 2 > WRONG_REMEMBERED_MAX {
            let Some(oldest) = all.iter().min_by_key(|(_, wrong)| wrong.last).map(|(key, _)| key.clone()) else { break };
            all.remove(&oldest);
        }
        for (key, _) in keys(account, address) {
            let entry = all.entry(key).or_insert(Wrong { count: 0, last: now });
            if now.duration_since(entry.last) >= WRONG_KEPT {
                entry.count = 0;
            }
            entry.count = entry.count.saturating_add(1);
            entry.last = now;
        }
    }

    pub fn right(&self, account: &str, address: IpAddr) {
        let [(account, _), _] = keys(account, address);
        self.wrong.lock().remove(&account);
    }
}

/// So many turns of one address within a while, counted from its first.
pub struct Turns {
    most: u32,
    within: Duration,
    taken: Mutex<HashMap<IpAddr, (u32, Instant)>>,
}

impl Turns {
    #[must_use]
    pub fn new(most: u32, within: Duration) -> Self {
        Self { most, within, taken: Mutex::default() }
    }

    /// Takes a turn.
    ///
    /// # Errors
    /// How long until there is another one.
    pub fn take(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let mut all = self.taken.lock();
        if all.len() >= HOLDS_REMEMBERED_MAX {
            all.retain(|_, (_, first)| now.duration_since(*first) < self.within);
        }
        while all.len() >= HOLDS_REMEMBERED_MAX && !all.contains_key(&address) {
            let Some(oldest) = all.iter().min_by_key(|(_, (_, first))| *first).map(|(address, _)| *address) else { break };
            all.remove(&oldest);
        }
        let (count, first) = all.entry(address).or_insert((0, now));
        if now.duration_since(*first) >= self.within {
            (*count, *first) = (0, now);
        }
        if *count >= self.most {
            return Err((*first + self.within).duration_since(now));
        }
        *count += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_try_waits_and_a_right_one_forgets() {
        let (throttle, address, now) = (Throttle::default(), IpAddr::from([192, 0, 2, 1]), Instant::now());
        for _ in 0..WRONG_PER_ACCOUNT_MAX {
            assert_eq!(throttle.pause("operator", address, now), None);
            throttle.wrong("operator", address, now);
        }
        assert_eq!(throttle.pause(" Operator", address, now), Some(Duration::from_secs(2)));
        assert_eq!(throttle.pause("someone-else", address, now), None);
        assert_eq!(throttle.pause("operator", address, now + Duration::from_secs(2)), None);
        throttle.wrong("operator", address, now);
        assert_eq!(throttle.pause("operator", address, now), Some(Duration::from_secs(4)));
        throttle.right("operator", address);
        assert_eq!(throttle.pause("operator", address, now), None);
    }

    #[test]
    fn an_address_that_tries_many_names_waits_too() {
        let (throttle, address, now) = (Throttle::default(), IpAddr::from([192, 0, 2, 1]), Instant::now());
        for name in 0..WRONG_PER_ADDRESS_MAX {
            throttle.wrong(&format!("name-{name}"), address, now);
        }
        assert!(throttle.pause("another", address, now).is_some());
        assert!(throttle.pause("another", IpAddr::from([192, 0, 2, 2]), now).is_none());
    }

    #[test]
    fn turns_of_an_address_run_out_and_come_back() {
        let (turns, now) = (Turns::new(3, Duration::from_secs(60)), Instant::now());
        let (one, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        for _ in 0..3 {
            assert_eq!(turns.take(one, now), Ok(()));
        }
        assert_eq!(turns.take(one, now + Duration::from_secs(20)), Err(Duration::from_secs(40)));
        assert_eq!(turns.take(other, now), Ok(()));
        assert_eq!(turns.take(one, now + Duration::from_secs(60)), Ok(()));
    }
}
