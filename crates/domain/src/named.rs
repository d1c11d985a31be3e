//! A map by words of the plan, in the order of their texts; each is found by its word's number alone.

/// An id that is a word.
pub(crate) trait Word: Ord + Clone {
    /// Small, and the same for the same word as long as the program runs.
    fn number(&self) -> usize;
}

#[derive(Clone, Debug)]
pub(crate) struct Named<K, V> {
    /// In the order of the words.
    all: Vec<(K, V)>,
    /// By the number of a word: one more than its place in `all`, or 0.
    places: Vec<u32>,
}

impl<K, V> Default for Named<K, V> {
    fn default() -> Self {
        Self { all: Vec::new(), places: Vec::new() }
    }
}

impl<K: Word, V> Named<K, V> {
    fn place(&self, key: &K) -> Option<usize> {
        self.places.get(key.number()).and_then(|place| (*place as usize).checked_sub(1))
    }

    pub fn get(&self, key: &K) -> Option<&V> {
        self.place(key).and_then(|place| self.all.get(place)).map(|(_, value)| value)
    }

    /// What stands there, or else what is put there now.
    pub fn get_or_default(&mut self, key: &K) -> &mut V
    where
        V: Default,
    {
        let place = self.place(key).unwrap_or_else(|| {
            let place = self.all.partition_point(|(other, _)| other < key);
            self.all.insert(place, (key.clone(), V::default()));
            self.number_places();
            place
        });
        &mut self.all[place].1
    }

    pub fn retain(&mut self, holds: impl Fn(&V) -> bool) {
        self.all.retain(|(_, value)| holds(value));
        self.number_places();
    }

    /// New keys are rare: there are no more than the plan has words.
    fn number_places(&mut self) {
        self.places.fill(0);
        for (place, (key, _)) in (1..).zip(&self.all) {
            if self.places.len() <= key.number() {
                self.places.resize(key.number() + 1, 0);
            }
            self.places[key.number()] = place;
        }
    }

    /// In the order of the words.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.all.iter().map(|(key, value)| (key, value))
    }

    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.all.iter().map(|(_, value)| value)
    }

    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.all.iter_mut().map(|(_, value)| value)
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for Named<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.all == other.all
    }
}

impl<K: Eq, V: Eq> Eq for Named<K, V> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RegionId;
    use std::collections::BTreeMap;

    #[test]
    fn it_holds_what_a_plain_map_holds() {
        let (mut fast, mut plain) = (Named::<RegionId, u32>::default(), BTreeMap::new());
        for round in 0..3 {
            for word in ["vast", "nord", "", "syd", "berg", "vast", "ost", "nord"] {
                let id = RegionId::new(word);
                assert_eq!(fast.get(&id), plain.get(&id));
                *fast.get_or_default(&id) += round + 1;
                *plain.entry(id).or_default() += round + 1;
                assert!(fast.iter().eq(&plain));
            }
            fast.retain(|value| value % 2 == 0);
            plain.retain(|_, value| *value % 2 == 0);
            assert!(fast.values().eq(plain.values()));
            assert_eq!(fast.get(&RegionId::new("elsewhere")), None);
        }
    }
}
