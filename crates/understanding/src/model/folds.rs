//! Which sentences tell the same situation, so that none is learnt from in one part and judged in another.

use super::features;
use crate::{lexicon::Lexicon, sentences::Sentence, text};
use domain::intent::Gate;
use std::collections::BTreeMap;

/// Sentences that share this much of their pieces tell the same situation.
const SAME_SITUATION: f32 = 0.45;

/// Parts numbered from 0, one per sentence, so that sentences about the same situation (near copies,
/// respelt lines) are always in the same part and each part has its share of every intent.
pub(crate) fn folds(sentences: &[Sentence], parts: usize) -> Vec<usize> {
    let groups = situations(sentences);
    let mut sizes = vec![BTreeMap::<_, usize>::new(); parts.max(1)];
    let mut part_of: BTreeMap<usize, usize> = BTreeMap::new();
    sentences
        .iter()
        .zip(&groups)
        .map(|(sentence, group)| {
            let key = (sentence.language, sentence.intent, sentence.gate == Gate::Direct);
            let smallest = || (0..sizes.len()).min_by_key(|part| (sizes[*part].get(&key).copied().unwrap_or(0), *part)).unwrap_or(0);
            let part = *part_of.entry(*group).or_insert_with(smallest);
            *sizes[part].entry(key).or_default() += 1;
            part
        })
        .collect()
}

/// The number of each sentence's situation: the lowest index among those that are alike.
fn situations(sentences: &[Sentence]) -> Vec<usize> {
    let empty = Lexicon::default();
    let pieces: Vec<Vec<u32>> = sentences
        .iter()
        .map(|sentence| {
            let features = features::extract(&text::words(&sentence.text), &empty);
            features.blocks()[1].0.iter().map(|(hash, _)| *hash).collect()
        })
        .collect();
    let mut holders: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    let mut group: Vec<usize> = (0..sentences.len()).collect();
    // Pieces that are everywhere tell nothing apart and would make this quadratic.
    let common = (sentences.len() / 40).max(20);
    let mut shared = vec![0_u16; sentences.len()];
    for (index, own) in pieces.iter().enumerate() {
        let mut touched = Vec::new();
        for hash in own {
            let holders = holders.entry(*hash).or_default();
            if holders.len() < common {
                for &other in holders.iter() {
                    if shared[other] == 0 {
                        touched.push(other);
                    }
                    shared[other] += 1;
                }
                holders.push(index);
            }
        }
        for other in touched {
            #[allow(clippy::cast_precision_loss)] // counts of pieces
            let share = 2.0 * f32::from(shared[other]) / (own.len() + pieces[other].len()).max(1) as f32;
            shared[other] = 0;
            if share >= SAME_SITUATION {
                let (one, two) = (root(&group, index), root(&group, other));
                let (low, high) = (one.min(two), one.max(two));
                group[high] = low;
            }
        }
    }
    (0..group.len()).map(|index| root(&group, index)).collect()
}

fn root(group: &[usize], mut index: usize) -> usize {
    while group[index] != index {
        index = group[index];
    }
    index
}
