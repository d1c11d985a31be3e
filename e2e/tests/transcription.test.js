// Callers who speak, with a transcription server beside the program: what it is sent, what its words do in Swedish and
// in Danish, and that keys lead on when it is gone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Centre } from "../helpers/centre.js";
import { Recogniser } from "../helpers/recogniser.js";
import { until } from "../helpers/wait.js";

/** The sentence, the silence after it, and the recogniser's own time. */
const RECOGNISED_MS_MAX = 30_000;
const BICYCLE = {
  sv: "jag vill anmäla att min cykel blev stulen i förra veckan",
  da: "jeg vil gerne anmelde at min cykel blev stjålet i sidste uge",
};
const OVER = { sv: "nej det är över", da: "nej det er overstået" };

function during(work, parts = {}) {
  return Centre.serving(work, async (centre) => {
    centre.recogniser = await Recogniser.start();
    centre.endings.push(() => centre.recogniser.stop());
    return { ...parts, recogniser: centre.recogniser.url };
  });
}

/** Rings with these sentences ready to be said, and waits until the greeting is heard: before it nobody listens. */
async function ring(centre, phone, number, language, ...sentences) {
  centre.confides(...sentences);
  for (const text of sentences) await phone.prepares({ text, language });
  const id = await centre.ring(phone, number);
  await phone.hearsSomething(0);
  return id;
}

/** Says a sentence, and waits until the recogniser has been asked about it. */
async function tell(centre, phone, text) {
  const { asked } = centre.recogniser;
  const before = asked.length;
  centre.recogniser.expects({ text });
  await phone.say(text);
  await until(`"${text}" is recognised`, () => asked[before], RECOGNISED_MS_MAX);
}

for (const [language, number, deployment] of [["sv", "11414", "sweden"], ["da", "114", "denmark"]]) {
  test(`words in ${language} lead the call`, { timeout: 120_000 }, () =>
    during(async (centre) => {
      const phone = await centre.telephone({ quiet: true });
      const id = await ring(centre, phone, number, language, BICYCLE[language], OVER[language]);
      await tell(centre, phone, BICYCLE[language]);
      const about = await until("it is understood", async () => {
        const contact = await centre.contact(id);
        if (contact.intent) return contact;
        throw new Error("nothing is understood yet");
      });
      assert.deepEqual([about.intent, about.language], ["report_bicycle_theft", language]);
      // What the program sent: telephone sound that is no silence, and no language, since two are expected.
      const [{ model, language: told, rate, seconds, loudest }] = centre.recogniser.asked;
      assert.deepEqual([model, told, rate], ["stand-in", null, 8000]);
      assert.ok(seconds > 1 && seconds < 10 && loudest > 0.05, `${seconds} s, ${loudest}`);
      await phone.hangUp();
      await centre.reaches(id, "closed");
      assert.deepEqual((await centre.server.verify()).faults, []);
    }, { deployment }),
  );
}

test("when the recogniser goes away in the middle, keys lead on", { timeout: 180_000 }, () =>
  during(async (centre) => {
    const missed = () => centre.server.program.output.split("an utterance was not recognised").length - 1;
    const [middle, later] = [await centre.telephone({ quiet: true }), await centre.telephone({ quiet: true, user: "+46313900606" })];
    // What may be danger: the question is put.
    const theft = "det är inbrott";
    const begun = await ring(centre, middle, "11414", "sv", theft, OVER.sv);
    await tell(centre, middle, theft);
    await until("it is understood", async () => (await centre.contact(begun)).intent === "report_theft");
    await middle.hearsSomething(await middle.now());
    await centre.recogniser.stop();
    await middle.say(OVER.sv);
    await until("the words are missed", () => missed() === 1, RECOGNISED_MS_MAX);
    assert.equal((await centre.contact(begun)).state, "dialogue");
    await middle.press("2");
    const queued = await centre.reaches(begun, "queued");
    assert.deepEqual([queued.queue, queued.intent, queued.language], ["vast.report", "report_theft", "sv"]);

    // Whoever rings now is asked to speak, is not understood, and is offered the keys.
    const rung = await ring(centre, later, "11414", "sv", theft);
    await later.say(theft);
    await until("the words are missed", () => missed() === 2, RECOGNISED_MS_MAX);
    assert.equal((await centre.contact(rung)).state, "dialogue");
    await later.press("42");
    const led = await centre.reaches(rung, "queued");
    assert.deepEqual([led.queue, led.intent, led.language], ["vast.tip", "tip", "sv"]);
    for (const phone of [middle, later]) await phone.hangUp();
    for (const id of [begun, rung]) assert.equal((await centre.reaches(id, "closed")).outcome, "abandoned");
    await centre.linesAreGone();
    assert.deepEqual((await centre.server.verify()).faults, []);
  }),
);
