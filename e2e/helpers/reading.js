// How hard words are to read: LIX for Swedish and Danish (words for each sentence, and how many of a hundred are longer than six
// letters), Flesch and Kincaid's grade for English (words for each sentence, syllables for each word). Both count a text, and say
// little of a single line: so sentences have a longest length beside them.

const WORD = /[\p{L}\p{N}]+(?:['’-][\p{L}]+)*/gu;
const LONG = 6;

export const wordsOf = (text) => text.match(WORD) ?? [];

/** Sentences with words in them; what no sign ends is one too. */
export const sentencesOf = (text) =>
  text
    .split(/(?<=[.!?:])\s+|\n/)
    .map((one) => one.trim())
    .filter((one) => wordsOf(one).length > 0);

export function lix(sentences) {
  const words = sentences.flatMap(wordsOf);
  const long = words.filter((word) => [...word].length > LONG);
  return words.length / sentences.length + (100 * long.length) / words.length;
}

/** Groups of vowels, of which an "e" that is not said is none. */
export function syllables(word) {
  const bare = word
    .toLowerCase()
    .replace(/[^a-z]/g, "")
    .replace(/(?:[^laeiouy]es|ed|[^laeiouy]e)$/, "")
    .replace(/^y/, "");
  return Math.max(1, bare.match(/[aeiouy]{1,2}/g)?.length ?? 1);
}

export function grade(sentences) {
  const words = sentences.flatMap(wordsOf);
  const said = words.reduce((all, word) => all + syllables(word), 0);
  return 0.39 * (words.length / sentences.length) + 11.8 * (said / words.length) - 15.59;
}
