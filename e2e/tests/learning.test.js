// What callers mean is learnt beside the calls: until it is, they choose by keys, and whoever rings afterwards is asked for
// words. A program that is asked to end does not wait for it.

import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { test } from "node:test";
import { Centre } from "../helpers/centre.js";
import { Transcriber } from "../helpers/gateway.js";
import { keepModels } from "../helpers/models.js";
import { until } from "../helpers/wait.js";

const SENTENCE = "min cykel blev stulen i göteborg förra veckan";
/** On a machine that does much beside it. */
const LEARNT_MS_MAX = 600_000;
const MODEL = /^understanding-/;

function during(work) {
  return Centre.serving(work, async (centre) => {
    const transcriber = await Transcriber.start(SENTENCE);
    centre.endings.push(() => transcriber.stop());
    return { recogniser: transcriber.url, unlearnt: true };
  });
}

const modelsOf = async ({ server }) => (await readdir(server.data)).filter((name) => MODEL.test(name));
const wordsOf = ({ server }) => server.figure('svar_recognitions_total{engine="http",result="words"}');

/** What the lead's page says of it, if anything. */
async function toldToLeaders(page, centre) {
  await page.goto(`${centre.server.origin}/lead`);
  const told = page.locator("#learning");
  return (await told.count()) ? told.textContent() : undefined;
}

test("calls before the model go by keys, those after it by words", { timeout: 900_000 }, () =>
  during(async (centre) => {
    const before = await centre.server.health();
    assert.deepEqual([before.status, before.recogniser], ["ok", false]);
    assert.ok(before.learning_percent >= 0 && before.learning_percent < 100, JSON.stringify(before));
    const { page } = await centre.desk({ login: "lead", onDuty: false });
    assert.match(await toldToLeaders(page, centre), /Vad de som ringer menar lärs in: \d+ % är klart/);

    const [early, later] = [await centre.telephone({ quiet: true }), await centre.telephone({ quiet: true, user: "+46313900606" })];
    centre.confides(SENTENCE);
    await early.prepares(SENTENCE);
    const first = await centre.ring(early);
    await early.hearsSomething(0);
    await early.say(SENTENCE);
    await early.press("32");
    const queued = await centre.reaches(first, "queued");
    assert.equal(queued.intent, null, "keys say a class, and nothing more");
    assert.deepEqual([(await centre.server.health()).recogniser, await modelsOf(centre)], [false, []], "it was learnt before the first call was through");
    await early.hangUp();
    await centre.reaches(first, "closed");

    await until("it is learnt", async () => (await centre.server.health()).recogniser, LEARNT_MS_MAX);
    assert.equal((await centre.server.health()).learning_percent, null);
    assert.equal(await toldToLeaders(page, centre), undefined);
    assert.equal((await modelsOf(centre)).length, 1);
    await keepModels(centre.server.data);
    assert.equal(await wordsOf(centre), 0, "nobody was heard before");

    await later.prepares(SENTENCE);
    const second = await centre.ring(later);
    await later.hearsSomething(0);
    await later.say(SENTENCE);
    const understood = await centre.reaches(second, "queued");
    assert.deepEqual([understood.intent, await wordsOf(centre)], ["report_bicycle_theft", 1]);
    await later.hangUp();
    await centre.reaches(second, "closed");
    assert.deepEqual((await centre.server.verify()).faults, []);

    // What is kept is at hand at once.
    assert.equal(await centre.server.stop(), 0);
    await centre.server.begin();
    const again = await centre.server.health();
    assert.deepEqual([again.recogniser, again.learning_percent], [true, null]);
  }),
);

test("whoever ends the program while it learns does not wait, and no half model is left", { timeout: 900_000 }, () =>
  during(async (centre) => {
    const { server } = centre;
    await until("it has begun to learn", async () => (await server.health()).learning_percent > 0, LEARNT_MS_MAX);
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.program.output, /what callers mean is learnt/);
    assert.deepEqual(await modelsOf(centre), []);
    assert.deepEqual((await server.verify()).faults, []);
  }),
);
