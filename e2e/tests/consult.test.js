// A third party is asked in, joins, takes over: the caller is never let go of before another voice is there.
// The party is a telephone of its own, so that both directions of every pair are heard.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CALLER_HZ, Centre, OPERATOR_HZ, PARTY_HZ } from "../helpers/centre.js";
import { until } from "../helpers/wait.js";

async function inTalk(centre) {
  const phone = await centre.telephone();
  const desk = await centre.desk();
  const id = await centre.ringIntoLine(phone);
  await desk.answer();
  await togetherAgain({ phone, desk });
  return { phone, desk, party: centre.party, id };
}

/** Caller and operator hear each other, from now on. */
async function togetherAgain({ phone, desk }) {
  const since = await phone.heardAnything();
  await phone.hears(OPERATOR_HZ, since);
  await desk.hears(CALLER_HZ);
}

/** Operator and party hear each other; the caller has music, hears neither of them, and is heard by neither. */
async function apartFromTheCaller({ phone, desk, party }) {
  await desk.hears(PARTY_HZ);
  const [since, partySince] = [await phone.now(), await party.heardAnything()];
  await party.hears(OPERATOR_HZ, partySince);
  await phone.hearsSomething(since);
  for (const hz of [OPERATOR_HZ, PARTY_HZ]) await phone.hearsNoMore(hz, since);
  await party.hearsNoMore(CALLER_HZ, partySince);
  await desk.hearsNoMore(CALLER_HZ);
}

/** Each of three hears both others. */
async function allThree({ phone, desk, party }) {
  const [since, partySince] = [await phone.now(), await party.now()];
  for (const hz of [OPERATOR_HZ, PARTY_HZ]) await phone.hears(hz, since);
  for (const hz of [OPERATOR_HZ, CALLER_HZ]) await party.hears(hz, partySince);
  for (const hz of [CALLER_HZ, PARTY_HZ]) await desk.hearsAmong(hz);
}

/** Caller and party hear each other, and no operator. */
async function withoutTheOperator({ phone, party }) {
  const [since, partySince] = [await phone.now(), await party.heardAnything()];
  await phone.hears(PARTY_HZ, since);
  await party.hears(CALLER_HZ, partySince);
  await phone.hearsNoMore(OPERATOR_HZ, since);
  await party.hearsNoMore(OPERATOR_HZ, partySince);
}

async function nothingIsLeft(centre) {
  await centre.linesAreGone();
  const { open, promises, faults } = await centre.server.verify();
  assert.deepEqual({ open, promises, faults }, { open: 0, promises: 0, faults: [] });
}

test("112 is consulted while the caller holds, joins, and keeps the caller", { timeout: 180_000 }, () =>
  Centre.serving(async (centre) => {
    const { id, ...people } = await inTalk(centre);
    const { phone, desk } = people;

    await desk.consults("112");
    await desk.shows("#transfer");
    await apartFromTheCaller(people);

    await desk.press("Shift+F6");
    await until("all three speak", async () => (await desk.page.locator("#conference").count()) === 0);
    await allThree(people);

    await desk.press("F7");
    await desk.barIs("wrap_up");
    const handed = await centre.reaches(id, "with_party");
    assert.equal(handed.owner, "unit:112");
    await withoutTheOperator(people);

    await desk.concludes(1);
    await phone.hangUp();
    assert.equal((await centre.reaches(id, "closed")).outcome, "emergency");
    await nothingIsLeft(centre);
  }),
);

test("the command centre takes over at once, and ends the call when it hangs up", { timeout: 180_000 }, () =>
  Centre.serving(async (centre) => {
    const { id, ...people } = await inTalk(centre);
    const { phone, desk, party } = people;

    await desk.consults("Regionledningscentralen Väst");
    await desk.shows("#transfer");
    await apartFromTheCaller(people);
    await desk.press("F7");
    await desk.barIs("wrap_up");
    assert.equal((await centre.reaches(id, "with_party")).owner, "unit:rlc.vast");
    await withoutTheOperator(people);

    await party.hangUp();
    await phone.happened("CALL_CLOSED");
    await desk.concludes(1);
    assert.equal((await centre.reaches(id, "closed")).outcome, "transferred:rlc.vast");
    await nothingIsLeft(centre);
  }),
);

test("a transfer asked for while it rings waits for the other's voice", { timeout: 180_000 }, () =>
  Centre.serving(
    async (centre) => {
      const { id, ...people } = await inTalk(centre);
      const { phone, desk, party } = people;

      assert.equal(await desk.act({ act: "consult", with: { party: "switchboard" } }), 204);
      await party.rings();
      assert.equal(await desk.act({ act: "transfer" }), 204);
      // It rings on: the caller has music, the operator is still there.
      const since = await phone.now();
      await phone.hearsSomething(since);
      await phone.hearsNoMore(OPERATOR_HZ, since);
      const waiting = await centre.contact(id);
      assert.deepEqual([waiting.state, waiting.owner.split(":")[0]], ["consulting", "operator"], "the operator left while it rang");
      await desk.barIs("consulting");

      await party.lift();
      assert.equal((await centre.reaches(id, "with_party")).owner, "unit:switchboard");
      await desk.barIs("wrap_up");
      await withoutTheOperator(people);

      await phone.hangUp();
      await desk.concludes(1);
      assert.equal((await centre.reaches(id, "closed")).outcome, "transferred:switchboard");
      await nothingIsLeft(centre);
    },
    { answers: false },
  ),
);

for (const [how, end] of [
  ["by the operator", ({ desk }) => desk.press("F6")],
  ["by the party", ({ party }) => party.hangUp()],
]) {
  test(`a consultation that is ended ${how} leads back to the caller`, { timeout: 180_000 }, () =>
    Centre.serving(async (centre) => {
      const { id, ...people } = await inTalk(centre);
      const { phone, desk } = people;

      await desk.consults("112");
      await desk.shows("#transfer");
      await apartFromTheCaller(people);
      await end(people);
      await desk.barIs("talking");
      await togetherAgain(people);

      await phone.hangUp();
      await desk.concludes();
      assert.equal((await centre.reaches(id, "closed")).outcome, "report_received");
      await nothingIsLeft(centre);
    }),
  );
}
