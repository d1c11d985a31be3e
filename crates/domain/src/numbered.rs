//! A map by numbers that are given in rising order: contacts, matters, promises, offers. What is open is
//! mostly of the latest numbers, so those stand in a row, each found by its number alone; the few that stay
//! open for long stand beside it in a tree.

use std::{collections::BTreeMap, marker::PhantomData};

/// The row may have so many empty places, and [`PLACES_PER_ONE_MAX`] for each that is taken, before its oldest
/// move to the tree.
const EMPTY_MAX: u64 = 64;
const PLACES_PER_ONE_MAX: u64 = 4;

/// An id that is a number.
pub(crate) trait Number: Copy {
    fn number(self) -> u64;
    fn of(number: u64) -> Self;
}

#[derive(Clone, Debug)]
pub(crate) struct Numbered<K, V> {
    /// All numbers below `first`.
    old: BTreeMap<u64, V>,
    /// The number of the first place in the row.
    first: u64,
    /// How many places the row has, from `first` on.
    length: u64,
    /// How many of them are taken.
    taken: u64,
    /// The row bent to a ring: a power of two of slots, a number's by its last bits. Those without a place are empty.
    slots: Vec<Option<V>>,
    key: PhantomData<K>,
}

impl<K, V> Default for Numbered<K, V> {
    fn default() -> Self {
        Self { old: BTreeMap::new(), first: 0, length: 0, taken: 0, slots: Vec::new(), key: PhantomData }
    }
}

/// Where a number stands in a ring of so many slots.
fn slot(number: u64, slots: usize) -> usize {
    number as usize & slots.wrapping_sub(1)
}

impl<K: Number, V> Numbered<K, V> {
    fn is_in_row(&self, number: u64) -> bool {
        number.wrapping_sub(self.first) < self.length
    }

    /// Whether it may stand in the tree, which has none but numbers from before the row.
    fn may_be_old(&self, number: u64) -> bool {
        number < self.first && !self.old.is_empty()
    }

    #[inline]
    pub fn get(&self, key: &K) -> Option<&V> {
        let number = key.number();
        if self.is_in_row(number) {
            return self.slots.get(slot(number, self.slots.len()))?.as_ref();
        }
        if self.may_be_old(number) { self.old.get(&number) } else { None }
    }

    #[inline]
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let number = key.number();
        if self.is_in_row(number) {
            let slot = slot(number, self.slots.len());
            return self.slots.get_mut(slot)?.as_mut();
        }
        if self.may_be_old(number) { self.old.get_mut(&number) } else { None }
    }

    #[inline]
    pub fn contains_key(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// Returns what stood there before.
    #[inline]
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let number = key.number();
        if self.length == 0 && (self.old.is_empty() || number > self.first) {
            self.first = number;
        }
        let Some(place) = number.checked_sub(self.first) else { return self.old.insert(number, value) };
        if place >= self.length {
            self.lengthen(number);
        }
        let slot = slot(number, self.slots.len());
        let before = self.slots[slot].replace(value);
        self.taken += u64::from(before.is_none());
        if self.length > self.places_max() {
            self.shorten();
        }
        before
    }

    #[inline]
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let number = key.number();
        if !self.is_in_row(number) {
            return if self.may_be_old(number) { self.old.remove(&number) } else { None };
        }
        let slot = slot(number, self.slots.len());
        let removed = self.slots[slot].take()?;
        self.taken -= 1;
        // The first place of the row is always taken.
        if number == self.first || self.length > self.places_max() {
            self.shorten();
        }
        Some(removed)
    }

    /// Gives a number beyond the end a place in the row, or begins the row anew with it when it is too far away.
    fn lengthen(&mut self, number: u64) {
        if number - self.first - self.length > self.places_max() {
            while self.length > 0 {
                self.give_up_first();
            }
            self.first = number;
        }
        self.length = number - self.first + 1;
        let slots = self.slots.len();
        if self.length > slots as u64 {
            let mut wider: Vec<Option<V>> = Vec::new();
            wider.resize_with((self.length as usize).next_power_of_two(), || None);
            for number in self.first..number.min(self.first + slots as u64) {
                wider[slot(number, self.length.next_power_of_two() as usize)] = self.slots[slot(number, slots)].take();
            }
            self.slots = wider;
        }
    }

    fn places_max(&self) -> u64 {
        EMPTY_MAX + PLACES_PER_ONE_MAX * self.taken
    }

    /// Gives up empty places at the beginning, and taken ones when the row is mostly empty.
    fn shorten(&mut self) {
        while self.length > 0 && (self.slots[slot(self.first, self.slots.len())].is_none() || self.length > self.places_max()) {
            self.give_up_first();
        }
    }

    /// What stands in the first place moves to the tree.
    fn give_up_first(&mut self) {
        let slot = slot(self.first, self.slots.len());
        if let Some(value) = self.slots[slot].take() {
            self.old.insert(self.first, value);
            self.taken -= 1;
        }
        self.first += 1;
        self.length -= 1;
    }

    pub fn len(&self) -> usize {
        self.old.len() + self.taken as usize
    }

    /// In the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (K, &V)> {
        let row = (0..self.length).map(|place| self.first + place);
        let row = row.filter_map(|number| Some((number, self.slots[slot(number, self.slots.len())].as_ref()?)));
        self.old.iter().map(|(number, value)| (*number, value)).chain(row).map(|(number, value)| (K::of(number), value))
    }

    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
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
            assert!(fast.length <= fast.places_max(), "{} places for {}", fast.length, fast.taken);
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
