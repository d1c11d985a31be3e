// A caller in line has us ring back with two keys, and is rung over the trunk when it is their turn: the operator first. What is
// not reached is tried again, what was owed is owed after the program was killed, and a follow-up is rung by one key.

import assert from "node:assert/strict";
import { test } from "node:test";
import { hoursAway } from "../helpers/call_backs.js";
import { Centre, OPERATOR_HZ, PARTY_HZ } from "../helpers/centre.js";
import { Postgres } from "../helpers/postgres.js";
import { until } from "../helpers/wait.js";

const CITIZEN = "+46313900605";
/** What an operator hears while it rings. */
const RINGING_HZ = 425;
/** Until nobody lifts it is taken for no answer; in the plan below. */
const RING_MS = 12_000;

/** @param {{ postgres?: boolean }} on which database */
function during(work, { postgres = false } = {}) {
  const figures = { 'quiet = "21:00-08:00"': `quiet = "${hoursAway()}"`, 'gap = "20 min"': 'gap = "2 s"', 'ring = "40 s"': `ring = "${RING_MS / 1_000} s"` };
  return Centre.serving(work, async (centre) => {
    const parts = { answers: false, citizens: [CITIZEN], figures };
    if (!postgres) return parts;
    const database = await Postgres.start();
    centre.endings.push(() => database.remove());
    return { ...parts, database: database.url };
  });
}

const openCalls = async (centre) => (await centre.server.api("/contacts?limit=1000")).filter((contact) => contact.channel === "call_back" && !contact.outcome);

/** Rings, stands in line, has us ring back and hangs up: the call that is owed. */
async function taken(centre) {
  const phone = await centre.telephone({ user: CITIZEN });
  const first = await centre.ringIntoLine(phone);
  await phone.press("61");
  const closed = await centre.reaches(first, "closed");
  assert.equal(closed.outcome, "callback_accepted");
  const [owed] = await until("a call is owed", async () => {
    const found = await openCalls(centre);
    return found.length === 1 && found;
  });
  assert.deepEqual([owed.reference, owed.state, owed.call.kind], [closed.reference, "queued", "keep_place"]);
  await phone.hangUp();
  return owed;
}

/** Comes on duty, is offered the call and answers: the citizen is rung. */
async function rings(centre, desk) {
  await desk.barIs("ringing");
  await desk.shows(".call .call-back");
  await desk.press("F2");
  await desk.barIs("dialling");
  await centre.party.rings();
}

async function bothHear(centre, desk) {
  await desk.barIs("talking");
  const since = await centre.party.heardAnything();
  await desk.hears(PARTY_HZ);
  await centre.party.hears(OPERATOR_HZ, since);
}

/** The citizen hangs up, the operator says how it ended, and nothing is owed. */
async function endsWell(centre, desk, owed, contacts) {
  await centre.party.hangUp();
  await desk.concludes();
  assert.equal((await centre.reaches(owed.id, "closed")).outcome, "report_received");
  await centre.owes(owed, []);
  assert.deepEqual(await centre.server.verify(), { contacts, open: 0, promises: 0, faults: [] });
}

/** Why it was not reached the last time, once it rests. */
async function rests(centre, owed, why) {
  await until(`not reached: ${why}`, async () => {
    const { call } = await centre.contact(owed.id);
    if (call.last_fault === why) return true;
    throw new Error(JSON.stringify(call));
  }, RING_MS + 15_000);
}

test("whoever keeps the place is rung when it is their turn, and both hear each other", { timeout: 180_000 }, () =>
  during(async (centre) => {
    const owed = await taken(centre);
    const desk = await centre.desk({ onDuty: false });
    await desk.goOnDuty("offered");
    await rings(centre, desk);
    await desk.hearsAmong(RINGING_HZ);
    await centre.party.lift();
    await bothHear(centre, desk);
    await desk.hearsNoMore(RINGING_HZ);
    await endsWell(centre, desk, owed, 2);
    assert.equal(centre.party.count("CALL_INCOMING"), 1);
  }),
);

test("whoever does not answer or is busy is tried again, and the operator is free meanwhile", { timeout: 240_000 }, () =>
  during(async (centre) => {
    const owed = await taken(centre);
    const desk = await centre.desk({ onDuty: false });
    await desk.goOnDuty("offered");
    await rings(centre, desk);
    await rests(centre, owed, "no_answer");
    await rings(centre, desk);
    await centre.party.tell("hangup");
    await rests(centre, owed, "busy");
    await rings(centre, desk);
    await centre.party.lift();
    await bothHear(centre, desk);
    assert.equal((await centre.contact(owed.id)).call.attempts, 3);
    await endsWell(centre, desk, owed, 2);
  }),
);

for (const postgres of [false, true]) {
  const where = postgres ? "PostgreSQL" : "SQLite";
  test(`what was owed before the program was killed is owed after it, and nobody is rung twice, on ${where}`, { timeout: 300_000 }, () =>
    during(async (centre) => {
      const { server, party } = centre;
      const owed = await taken(centre);
      await server.crash();
      await server.beginAgain();
      const [after] = await openCalls(centre);
      assert.deepEqual([after.id, after.state, after.call], [owed.id, "queued", owed.call]);
      let desk = await centre.desk({ onDuty: false });
      await desk.goOnDuty("offered");
      await rings(centre, desk);
      // Killed while it rings: that attempt counts.
      await desk.leave();
      await server.crash();
      await party.tell("hangup");
      assert.equal(party.count("CALL_INCOMING"), 1);
      await server.beginAgain();
      const [again] = await openCalls(centre);
      assert.deepEqual([again.id, again.call.attempts], [owed.id, 1]);
      desk = await centre.desk({ onDuty: false });
      await desk.goOnDuty("offered");
      await rings(centre, desk);
      await party.lift();
      await bothHear(centre, desk);
      await endsWell(centre, desk, owed, 2);
      assert.equal(party.count("CALL_INCOMING"), 2);
    }, { postgres }),
  );
}

test("whoever was cut off is rung by one key on the promise", { timeout: 180_000 }, () =>
  during(async (centre) => {
    const phone = await centre.telephone({ user: CITIZEN });
    const cutOff = await centre.contact(await centre.ringIntoLine(phone));
    await centre.server.crash();
    await centre.server.begin();
    await centre.owes(cutOff, ["follow_up"]);
    await phone.hangUp();
    const desk = await centre.desk();
    const key = desk.page.locator('.promises button[data-key-here="F7"]');
    await key.focus();
    await desk.press("F7");
    await desk.barIs("dialling");
    await centre.party.rings();
    await centre.party.lift();
    await bothHear(centre, desk);
    const [owed] = await openCalls(centre);
    assert.equal(owed.reference, cutOff.reference);
    await endsWell(centre, desk, owed, 2);
  }),
);
