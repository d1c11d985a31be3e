//! A map by numbers that are given in rising order: contacts, matters, promises, offers. What is open is
//! mostly of the latest numbers, so those stand in a row, each found by its number alone; the few that stay
//! open for long stand beside it in a tree.

use std::{
    collections::{BTreeMap, VecDeque},
    marker::PhantomData,
};

/// The row may have so many empty places, and [`PLACES_PER_ONE_MAX`] for each that is taken, before its oldest
/// move to the tree.
const EMPTY_MAX: usize = 64;
const PLACES_PER_ONE_MAX: usize = 4;

/// An id that is a number.
pub(crate) trait Number: Copy {
    fn number(self) -> u64;
    fn of(number: u64) -> Self;
}

#[derive(Clone, Debug)]
pub(crate) struct Numbered<K, V> {
    /// All numbers below `first`.
    old: BTreeMap<u64, V>,
    /// The number of the first place in `row`.
    first: u64,
    row: VecDeque<Option<V>>,
    /// How many places of `row` are taken.
    taken: usize,
    key: PhantomData<K>,
}

impl<K, V> Default for Numbered<K, V> {
    fn default() -> Self {
        Self { old: BTreeMap::new(), first: 0, row: VecDeque::new(), taken: 0, key: PhantomData }
    }
}

impl<K: Number, V> Numbered<K, V> {
    /// The place in the row, which may be beyond its end; none for a number below it.
    fn place(&self, key: K) -> Option<usize> {
        key.number().checked_sub(self.first).map(|place| usize::try_from(place).unwrap_or(usize::MAX))
    }

    pub fn get(&self, key: &K) -> Option<&V> {
        match self.place(*key) {
            Some(place) => self.row.get(place)?.as_ref(),
            None => self.old.get(&key.number()),
        }
    }

    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        match self.place(*key) {
            Some(place) => self.row.get_mut(place)?.as_mut(),
            None => self.old.get_mut(&key.number()),
        }
    }

    pub fn contains_key(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// Returns what stood there before.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        if self.row.is_empty() && (self.old.is_empty() || key.number() > self.first) {
            self.first = key.number();
        }
        let Some(place) = self.place(key) else { return self.old.insert(key.number(), value) };
        if let Some(there) = self.row.get_mut(place) {
            let before = there.replace(value);
            self.taken += usize::from(before.is_none());
            return before;
        }
        match place - self.row.len() {
            0 => {}
            ahead if ahead > self.places_max() => self.begin_at(key.number()),
            _ => self.row.resize_with(place, || None),
        }
        self.row.push_back(Some(value));
        self.taken += 1;
        self.shorten();
        None
    }

    pub fn remove(&mut self, key: &K) -> Option<V> {
        let removed = match self.place(*key) {
            Some(place) => self.row.get_mut(place)?.take(),
            None => return self.old.remove(&key.number()),
        };
        self.taken -= usize::from(removed.is_some());
        self.shorten();
        removed
    }

    /// What stands in the row moves to the tree, and the row begins anew with this number.
    fn begin_at(&mut self, number: u64) {
        for (number, value) in (self.first..).zip(self.row.drain(..)) {
            self.old.extend(value.map(|value| (number, value)));
        }
        (self.first, self.taken) = (number, 0);
    }

    fn places_max(&self) -> usize {
        EMPTY_MAX + PLACES_PER_ONE_MAX * self.taken
    }

    /// Gives up empty places at the beginning, and taken ones when the row is mostly empty.
    fn shorten(&mut self) {
        while self.row.front().is_some_and(|first| first.is_none() || self.row.len() > self.places_max()) {
            if let Some(value) = self.row.pop_front().flatten() {
                self.old.insert(self.first, value);
                self.taken -= 1;
            }
            self.first += 1;
        }
    }

    pub fn len(&self) -> usize {
        self.old.len() + self.taken
    }

    /// In the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (K, &V)> {
        let row = (self.first..).zip(&self.row).filter_map(|(number, value)| Some((number, value.as_ref()?)));
        self.old.iter().map(|(number, value)| (*number, value)).chain(row).map(|(number, value)| (K::of(number), value))
    }

    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.old.values().chain(self.row.iter().flatten())
    }

    pub fn keys(&self) -> impl Iterator<Item = K> {
        self.iter().map(|(key, _)| key)
    }

    pub fn pop_first(&mut self) -> Option<V> {
        let first = self.keys().next()?;
        self.remove(&first)
    }
}

/// By what they hold, wherever it stands.
impl<K: Number, V: PartialEq> PartialEq for Numbered<K, V> {
    fn eq(&self, other: &Self) -> bool {
        let same = |((key, value), (number, other)): ((K, &V), (K, &V))| key.number() == number.number() && value == other;
        self.len() == other.len() && self.iter().zip(other.iter()).all(same)
    }
}

impl<K: Number, V: Eq> Eq for Numbered<K, V> {}

impl Number for u64 {
    fn number(self) -> u64 {
        self
    }

    fn of(number: u64) -> Self {
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers as they come: mostly the next, some far ahead, some anew; removed young, old or never.
    fn check(seed: u64, ahead_max: u64, kept: usize) {
        let mut state = seed;
        let mut draw = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let (mut fast, mut plain) = (Numbered::<u64, u64>::default(), BTreeMap::new());
        let mut next = draw(1_000);
        for step in 0..3_000 {
            next += if draw(50) == 0 { draw(ahead_max) } else { 1 };
            let number = if draw(20) == 0 { draw(next) } else { next };
            assert_eq!(fast.insert(number, step), plain.insert(number, step));
            while plain.len() > kept {
                let at = usize::try_from(draw(plain.len() as u64)).unwrap_or(0);
                let number = plain.keys().nth(at).copied().unwrap_or(0);
                assert_eq!(fast.remove(&number), plain.remove(&number));
                assert_eq!(fast.remove(&number), None);
            }
            if draw(500) == 0 {
                assert_eq!(fast.pop_first(), plain.pop_first().map(|(_, value)| value));
            }
            let asked = draw(next + 2);
            assert_eq!(fast.get(&asked), plain.get(&asked));
            assert_eq!(fast.len(), plain.len());
            assert!(fast.row.len() <= fast.places_max(), "{} places for {}", fast.row.len(), fast.taken);
        }
        assert!(fast.iter().eq(plain.iter().map(|(number, value)| (*number, value))));
        assert!(fast.values().eq(plain.values()));
    }

    #[test]
    fn it_holds_what_a_plain_map_holds() {
        for seed in 0..20 {
            check(seed, 2, 1);
            check(seed, 100, 50);
            check(seed, 1 << 40, 300);
        }
    }
}
