// Callers who speak: their sound goes to a real recogniser that knows nothing of these sentences, its
// words lead the call, and the operator reads them. A sentence counts only when it was made out word
// for word, so a broken line, or another sentence, is a failure.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Centre, OPERATOR_HZ, PARTY_HZ } from "../helpers/centre.js";
import { Recogniser } from "../helpers/recogniser.js";
import { until } from "../helpers/wait.js";

/** The sentence, the silence after it, and the recogniser's own time. */
const RECOGNISED_MS_MAX = 30_000;
/** How callers are understood is counted anew every ten seconds. */
const COUNTED_MS_MAX = 30_000;
const CAR = "somebody took my car";
const OVER = "no it is over";
const PASSPORT = "i want to renew my passport";
const YES = "yes that is right";
const FIRE = "there is a fire in my house";

function during(work) {
  return Centre.serving(work, async (centre) => {
    centre.recogniser = await Recogniser.start();
    centre.endings.push(() => centre.recogniser.remove());
    return { recogniser: centre.recogniser.url };
  });
}

/** Rings with these sentences ready to be said, and waits until the greeting is heard: before it nobody listens. */
async function ring(centre, phone, ...sentences) {
  await phone.prepares(...sentences);
  const id = await centre.ring(phone);
  await phone.hearsSomething(0);
  return id;
}

/** Says a sentence, and waits until the recogniser has made out exactly this. */
async function tell(centre, phone, words) {
  centre.confides(words);
  const { asked } = centre.recogniser;
  const before = asked.length;
  await phone.say(words);
  const found = await until(`"${words}" is recognised`, () => asked[before], RECOGNISED_MS_MAX);
  assert.equal(found.text, words);
}

/** Says what it is about; then the contact has this intent, and the next question is being asked. */
async function tellMatter(centre, phone, id, words, intent) {
  assert.equal((await centre.contact(id)).language, "sv", "the greeting's language");
  await tell(centre, phone, words);
  await until(`it is about ${intent}`, async () => {
    const contact = await centre.contact(id);
    if (contact.intent === intent) return true;
    throw new Error(`it is about ${contact.intent}`);
  });
  await phone.hearsSomething(await phone.now());
}

test("what is said in English leads to the right place and is read at the desk", { timeout: 180_000 }, () =>
  during(async (centre) => {
    const [first, second] = [await centre.telephone({ quiet: true }), await centre.telephone({ quiet: true, user: "+46313900606" })];
    const id = await ring(centre, first, CAR, OVER);
    await tellMatter(centre, first, id, CAR, "report_theft");
    await tell(centre, first, OVER);
    const queued = await centre.reaches(id, "queued");
    assert.deepEqual([queued.queue, queued.language], ["vast.report", "en"]);

    // Another matter, another way: passports are not ours.
    const other = await ring(centre, second, PASSPORT);
    await second.say(PASSPORT);
    const handed = await centre.reaches(other, "with_party");
    assert.deepEqual([handed.owner, handed.intent, handed.language], ["unit:switchboard", "passport_id", "en"]);
    await second.hears(PARTY_HZ, await second.now());
    await second.hangUp();

    const desk = await centre.desk({ onDuty: false });
    await desk.goOnDuty("offered");
    await desk.answer();
    await first.hears(OPERATOR_HZ, await first.now());
    const said = desk.page.locator(".matter blockquote p");
    assert.deepEqual(await said.allTextContents(), [CAR, OVER]);
    assert.equal(await said.first().getAttribute("lang"), "en");
    assert.match(await desk.page.locator(".matter").textContent(), /engelska/i, "the caller's language");
    assert.match(await desk.page.inputValue("#intent"), /stöld/i, "what was understood");
    const { caller } = await desk.state();
    assert.deepEqual(caller.words, [CAR, OVER]);

    // It is about something else: then the likeliest reading is one key away, and the note of a correction goes with it.
    const complains = () => desk.act({ act: "correct_intent", intent: "complaint" });
    const [{ intent: likeliest }] = caller.readings;
    for (const [correct, intent, notes] of [[complains, "complaint", 1], [() => desk.press("Alt+u"), likeliest, 0], [complains, "complaint", 1]]) {
      await correct();
      await until(`it is about ${intent}`, async () => (await centre.contact(id)).intent === intent);
      await until(`${notes} notes of a correction`, async () => (await desk.page.locator(".corrected").count()) === notes);
    }

    // What the program sent: telephone sound, and no language, since two are expected.
    for (const { model, language, rate } of centre.recogniser.asked) assert.deepEqual([model, language, rate], ["en-us", null, 8000]);
    await first.hangUp();
    await desk.concludes();
    await centre.reaches(id, "closed");
    await centre.reaches(other, "closed");
    const counts = await until("it is counted", async () => {
      const english = (await centre.server.api("/understood")).languages.find(({ language }) => language === "en");
      const sum = (count) => (english?.days ?? []).reduce((all, day) => all + day[count], 0);
      if (sum("told") === 2) return ["no_idea", "answered", "corrected", "asked", "said_no"].map(sum);
      throw new Error(`${sum("told")} have told what it is about`);
    }, COUNTED_MS_MAX);
    assert.deepEqual(counts, [0, 1, 1, 1, 1]);
    assert.deepEqual((await centre.server.verify()).faults, []);
  }),
);

test("whoever says that it is happening now speaks with 112", { timeout: 180_000 }, () =>
  during(async (centre) => {
    const speaksWith112 = async (phone, id) => {
      const handed = await centre.reaches(id, "with_party");
      assert.deepEqual([handed.owner, handed.language], ["unit:112", "en"]);
      await phone.hears(PARTY_HZ, await phone.now());
      await phone.hangUp();
      assert.equal((await centre.reaches(id, "closed")).outcome, "emergency");
    };
    // These words may be danger: the question is put, and yes is enough.
    const first = await centre.telephone({ quiet: true });
    const asked = await ring(centre, first, CAR, YES);
    await tellMatter(centre, first, asked, CAR, "report_theft");
    assert.equal((await centre.contact(asked)).state, "dialogue", "the question was not put");
    await tell(centre, first, YES);
    await speaksWith112(first, asked);
    // These are: nothing is asked.
    const second = await centre.telephone({ quiet: true, user: "+46313900606" });
    const sent = await ring(centre, second, FIRE);
    await tell(centre, second, FIRE);
    await speaksWith112(second, sent);
    await centre.linesAreGone();
    assert.deepEqual((await centre.server.verify()).faults, []);
  }),
);

test("when the recogniser goes away in the middle, keys lead on", { timeout: 180_000 }, () =>
  during(async (centre) => {
    const missed = () => centre.server.program.output.split("an utterance was not recognised").length - 1;
    const [middle, later] = [await centre.telephone({ quiet: true }), await centre.telephone({ quiet: true, user: "+46313900606" })];
    const begun = await ring(centre, middle, CAR, OVER);
    await tellMatter(centre, middle, begun, CAR, "report_theft");
    await centre.recogniser.stop();
    await middle.say(OVER);
    await until("the words are missed", () => missed() === 1, RECOGNISED_MS_MAX);
    assert.equal((await centre.contact(begun)).state, "dialogue");
    await middle.press("2");
    const queued = await centre.reaches(begun, "queued");
    assert.deepEqual([queued.queue, queued.intent, queued.language], ["vast.report", "report_theft", "en"]);

    // Whoever rings now is asked to speak, is not understood, and is offered the keys.
    const rung = await ring(centre, later, CAR);
    await later.say(CAR);
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
