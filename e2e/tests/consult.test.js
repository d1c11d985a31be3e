// A third party is asked in, joins, takes over: the caller is never let go of before another voice is there.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CALLER_HZ, Centre, OPERATOR_HZ } from "../helpers/centre.js";
import { until } from "../helpers/wait.js";

async function inTalk(centre) {
  const phone = await centre.telephone();
  const desk = await centre.desk();
  const id = await centre.ringIntoLine(phone);
  await desk.answer();
  await phone.hears(OPERATOR_HZ);
  return { phone, desk, id };
}

test("112 is consulted while the caller holds, joins, and keeps the caller", { timeout: 120_000 }, () =>
  Centre.during(async (centre) => {
    const { phone, desk, id } = await inTalk(centre);

    await desk.consults("112");
    let since = await phone.now();
    await phone.hearsNoMore(OPERATOR_HZ, since);
    await phone.hearsSomething(since);
    await desk.shows("#transfer");
    await desk.hearsParty();
    await desk.hearsNoMore(CALLER_HZ);

    await desk.press("Shift+F6");
    await until("all three speak", async () => (await desk.page.locator("#conference").count()) === 0);
    since = await phone.now();
    await phone.hears(OPERATOR_HZ, since);
    await phone.hearsParty(since);
    await desk.hears(CALLER_HZ);

    await desk.press("F7");
    await desk.barIs("wrap_up");
    const handed = await centre.reaches(id, "with_party");
    assert.equal(handed.owner, "unit:112");
    since = await phone.now();
    await phone.hearsParty(since);
    await phone.hearsNoMore(OPERATOR_HZ, since);

    await desk.concludes(1);
    await phone.hangUp();
    const closed = await centre.reaches(id, "closed");
    assert.equal(closed.outcome, "emergency");
    await centre.linesAreGone();
    const { open, faults } = await centre.server.verify();
    assert.deepEqual({ open, faults }, { open: 0, faults: [] });
  }),
);

test("a transfer asked for while it rings waits for the other's voice", { timeout: 120_000 }, () =>
  Centre.during(async (centre) => {
    const { phone, desk, id } = await inTalk(centre);

    assert.equal(await desk.act({ act: "consult", with: { party: "switchboard" } }), 204);
    assert.equal(await desk.act({ act: "transfer" }), 204);
    const states = new Set();
    await until("the switchboard has the caller", async () => {
      const { state, owner } = await centre.contact(id);
      states.add(`${state} ${owner.split(":")[0]}`);
      return state === "with_party";
    });
    states.delete("with_party unit");
    states.delete("talking operator");
    assert.deepEqual([...states], ["consulting operator"], "the operator stayed with the caller while it rang");
    await desk.barIs("wrap_up");
    const since = await phone.now();
    await phone.hearsParty(since);
    await phone.hearsNoMore(OPERATOR_HZ, since);

    await phone.hangUp();
    await desk.concludes(1);
    assert.equal((await centre.reaches(id, "closed")).outcome, "transferred:switchboard");
    await centre.linesAreGone();
    assert.deepEqual((await centre.server.verify()).faults, []);
  }),
);

test("a consultation that is ended leads back to the caller", { timeout: 120_000 }, () =>
  Centre.during(async (centre) => {
    const { phone, desk, id } = await inTalk(centre);

    await desk.consults("112");
    await desk.shows("#transfer");
    await desk.press("F6");
    await desk.barIs("talking");
    const since = await phone.now();
    await phone.hears(OPERATOR_HZ, since);
    await desk.hears(CALLER_HZ);

    await phone.hangUp();
    await desk.concludes();
    assert.equal((await centre.reaches(id, "closed")).outcome, "report_received");
    await centre.linesAreGone();
  }),
);
