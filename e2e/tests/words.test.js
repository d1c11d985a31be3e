// Callers who speak English: their sound goes to pocketsphinx within the program, its words lead the call, and the
// operator reads them. Of the grammar's some hundred sentences the very one must be made out, so a broken line, or
// another sentence, is a failure.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Centre, OPERATOR_HZ, PARTY_HZ } from "../helpers/centre.js";
import { until } from "../helpers/wait.js";

/** The sentence, the silence after it, and the recogniser's own time. */
const RECOGNISED_MS_MAX = 30_000;
/** How callers are understood is counted anew every ten seconds. */
const COUNTED_MS_MAX = 30_000;
const BREAK_IN = "somebody broke into my house";
const OVER = "no it is over";
const PASSPORT = "i want to renew my passport";
const YES = "yes that is right";
const FIRE = "there is a fire in my house";

/** Rings with these sentences ready to be said, and waits until the greeting is heard: before it nobody listens. */
async function ring(centre, phone, ...sentences) {
  centre.confides(...sentences);
  await phone.prepares(...sentences);
  const id = await centre.ring(phone);
  await phone.hearsSomething(0);
  return id;
}

/** Says a sentence, and waits until the recogniser has answered. */
async function tell(centre, phone, words) {
  const answered = () => centre.server.figure('svar_recognitions_total{engine="pocketsphinx",result="words"}');
  const before = await answered();
  await phone.say(words);
  await until(`"${words}" is recognised`, async () => (await answered()) === before + 1, RECOGNISED_MS_MAX);
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
  Centre.serving(async (centre) => {
    const [first, second] = [await centre.telephone({ quiet: true }), await centre.telephone({ quiet: true, user: "+46313900606" })];
    const id = await ring(centre, first, BREAK_IN, OVER);
    await tellMatter(centre, first, id, BREAK_IN, "report_theft");
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
    assert.deepEqual(await said.allTextContents(), [BREAK_IN, OVER]);
    assert.equal(await said.first().getAttribute("lang"), "en");
    assert.match(await desk.page.locator(".matter").textContent(), /engelska/i, "the caller's language");
    assert.match(await desk.page.inputValue("#intent"), /stöld/i, "what was understood");
    const { caller } = await desk.state();
    assert.deepEqual(caller.words, [BREAK_IN, OVER]);

    // It is about something else: then the likeliest reading is one key away, and the note of a correction goes with it.
    const complains = () => desk.act({ act: "correct_intent", intent: "complaint" });
    const [{ intent: likeliest }] = caller.readings;
    for (const [correct, intent, notes] of [[complains, "complaint", 1], [() => desk.press("Alt+u"), likeliest, 0], [complains, "complaint", 1]]) {
      await correct();
      await until(`it is about ${intent}`, async () => (await centre.contact(id)).intent === intent);
      await until(`${notes} notes of a correction`, async () => (await desk.page.locator(".corrected").count()) === notes);
    }
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
  }, { pocketsphinx: true }),
);

test("whoever says that it is happening now speaks with 112", { timeout: 180_000 }, () =>
  Centre.serving(async (centre) => {
    const speaksWith112 = async (phone, id) => {
      const handed = await centre.reaches(id, "with_party");
      assert.deepEqual([handed.owner, handed.language], ["unit:112", "en"]);
      await phone.hears(PARTY_HZ, await phone.now());
      await phone.hangUp();
      assert.equal((await centre.reaches(id, "closed")).outcome, "emergency");
    };
    // These words may be danger: the question is put, and yes is enough.
    const first = await centre.telephone({ quiet: true });
    const asked = await ring(centre, first, BREAK_IN, YES);
    await tellMatter(centre, first, asked, BREAK_IN, "report_theft");
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
  }, { pocketsphinx: true }),
);
