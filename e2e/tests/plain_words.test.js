// What citizens read on our pages is read by a twelve-year-old: the words of the screens and of every deployment's forms, in each
// language. Words that fail are written anew; the limits stay.

import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../helpers/built.js";
import { grade, lix, sentencesOf, syllables, wordsOf } from "../helpers/reading.js";
import { LANGUAGES, filesOf, messagesOf, textsOf } from "../helpers/tongues.js";

/** Catalogues whose messages citizens read, and what those of them begin with that they do. */
const CATALOGUES = { "public.ftl": /^(?!weekday-|month-)/, "forms.ftl": /^/, "evidence.ftl": /^files-/ };
const HARD = { sv: lix, en: grade, da: lix };
/** Of a whole file. LIX below 30 is that of books for children; the sixth grade is that of twelve-year-olds. */
const WHOLE_MAX = { sv: 30, en: 6, da: 30 };
/** Of one text, where it is long enough to be counted: that of easy stories and of light news. */
const TEXT_MAX = { sv: 40, en: 9, da: 40 };
const TEXT_WORDS_MIN = 10;
const SENTENCE_WORDS_MAX = 20;

/** A message as it is read: a number in the place of each blank, each choice on a line of its own. */
const asRead = (message) => message.replace(/\{[^{}]*->|^\s*\*?\[[a-z]+\]|^\}/gm, "").replace(/\{[^}]*\}/g, "1");

/** What citizens read: name of the file, language, texts. */
async function read() {
  const read = [];
  for (const language of LANGUAGES) {
    for (const { name, text } of await filesOf(join(root, "locales", language), ".ftl")) {
      const messages = messagesOf(text).filter(([key]) => CATALOGUES[name]?.test(key));
      if (messages.length > 0)
        read.push({ name: `locales/${language}/${name}`, language, texts: messages.map(([, message]) => asRead(message)) });
    }
  }
  for (const deployment of (await readdir(join(root, "deployments"))).sort()) {
    const forms = await filesOf(join(root, "deployments", deployment, "forms"), ".toml").catch(() => []);
    for (const { name, text } of forms) {
      for (const [language, texts] of Object.entries(textsOf(text)))
        read.push({ name: `deployments/${deployment}/forms/${name}`, language, texts });
    }
  }
  return read;
}

/** What is hard to read in it, and how hard it is. */
function faultsOf({ name, language, texts }) {
  const hard = HARD[language];
  const whole = hard(texts.flatMap(sentencesOf));
  const faults =
    whole > WHOLE_MAX[language] ? [`${name} (${language}) is read with ${whole.toFixed(1)}, at most ${WHOLE_MAX[language]}`] : [];
  for (const text of texts) {
    const sentences = sentencesOf(text);
    const long = sentences.filter((sentence) => wordsOf(sentence).length > SENTENCE_WORDS_MAX);
    faults.push(
      ...long.map(
        (sentence) =>
          `${name} (${language}): ${wordsOf(sentence).length} words in one sentence, at most ${SENTENCE_WORDS_MAX}: ${sentence}`,
      ),
    );
    if (wordsOf(text).length < TEXT_WORDS_MIN) continue;
    const level = hard(sentences);
    if (level > TEXT_MAX[language])
      faults.push(`${name} (${language}) is read with ${level.toFixed(1)}, at most ${TEXT_MAX[language]}: ${text}`);
  }
  return faults;
}

test("everything that citizens read is read by a twelve-year-old", async () => {
  const all = await read();
  assert.equal(all.length, LANGUAGES.length * (Object.keys(CATALOGUES).length + 12 + 6));
  assert.deepEqual(all.flatMap(faultsOf), []);
});

const OFFICIAL = {
  sv: "Anmälaren underrättas skriftligen när förundersökningen har återupptagits, nedlagts eller överlämnats till annan myndighet.",
  en: "The complainant is notified in writing when the preliminary investigation is discontinued or transferred to another authority.",
  da: "Anmelderen underrettes skriftligt, når efterforskningen er genoptaget, indstillet eller overdraget til en anden myndighed.",
};
const PLAIN = {
  sv: "Vi skriver till dig när vi har läst det. Du kan ringa oss.",
  en: "We write to you when we have read it. You can ring us.",
  da: "Vi skriver til dig, når vi har læst det. Du kan ringe til os.",
};

test("what officials write is found to be hard, and plain words are not", () => {
  for (const language of LANGUAGES) {
    assert.equal(faultsOf({ name: "official", language, texts: [OFFICIAL[language]] }).length, 2, language);
    assert.deepEqual(faultsOf({ name: "plain", language, texts: [PLAIN[language]] }), [], language);
    const long = `${Array.from({ length: SENTENCE_WORDS_MAX + 1 }, () => "du").join(" ")}.`;
    assert.match(faultsOf({ name: "long", language, texts: [long] })[0], /21 words in one sentence/);
  }
});

test("words, sentences and syllables are counted", () => {
  assert.deepEqual(wordsOf("Ring 114 14, så hjälper vi dig: det är e-post."), [
    "Ring",
    "114",
    "14",
    "så",
    "hjälper",
    "vi",
    "dig",
    "det",
    "är",
    "e-post",
  ]);
  assert.deepEqual(sentencesOf("Ring 112. Kom sedan!\nNej"), ["Ring 112.", "Kom sedan!", "Nej"]);
  for (const [word, count] of [
    ["police", 2],
    ["theft", 1],
    ["report", 2],
    ["municipality", 6],
    ["authority", 4],
    ["asked", 1],
    ["the", 1],
    ["identity", 4],
    ["bicycle", 3],
  ]) {
    assert.equal(syllables(word), count, word);
  }
  assert.equal(lix(["Jag cyklade hem.", "Det regnade."]), 2.5 + 40);
});
