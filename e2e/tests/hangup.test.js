// The caller hangs up at every stage: each contact gets its outcome, what is owed stays owed, nothing
// else stays behind.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Centre, OPERATOR_HZ } from "../helpers/centre.js";

/** What leads to a state, and what must come of a caller who hangs up there. `desk`: an operator is on duty. */
const STATES = [
  { state: "dialogue", desk: false, reach: ({ centre, phone }) => centre.ring(phone), outcome: "left_in_dialogue", owed: [] },
  { state: "queued", desk: false, reach: ({ centre, phone }) => centre.ringIntoLine(phone), outcome: "abandoned", owed: [] },
  { state: "emergency_transfer", desk: false, reach: emergency, outcome: "abandoned", owed: ["follow_up"] },
  { state: "with_party", desk: false, reach: emergency, outcome: "emergency", owed: [] },
  { state: "offered", desk: true, reach: ({ centre, phone }) => centre.ringIntoLine(phone), outcome: "abandoned", owed: [] },
  { state: "talking", desk: true, reach: talk, outcome: "report_received", owed: [], concludes: true },
  { state: "on_hold", desk: true, reach: hold, outcome: "report_received", owed: [], concludes: true },
  { state: "consulting", desk: true, reach: consultRinging, outcome: "report_received", owed: [], concludes: true },
  { state: "consulting", desk: true, reach: consultAnswered, outcome: "report_received", owed: [], concludes: true },
];

async function emergency({ centre, phone }) {
  const id = await centre.ring(phone);
  await phone.press("91");
  return id;
}

async function talk({ centre, phone, desk }) {
  const id = await centre.ringIntoLine(phone);
  await desk.answer();
  await phone.hears(OPERATOR_HZ);
  return id;
}

async function hold(parts) {
  const id = await talk(parts);
  await parts.desk.press("F4");
  return id;
}

async function consultRinging(parts) {
  const id = await talk(parts);
  assert.equal(await parts.desk.act({ act: "consult", with: { party: "switchboard" } }), 204);
  return id;
}

async function consultAnswered(parts) {
  const id = await talk(parts);
  await parts.desk.consults("112");
  await parts.desk.shows("#transfer");
  return id;
}

test("whoever hangs up, wherever, is accounted for", { timeout: 180_000 }, () =>
  Centre.during(async (centre) => {
    const phone = await centre.telephone();
    const desk = await centre.desk({ onDuty: false });
    let onDuty = false;
    for (const { state, desk: needed, reach, outcome, owed, concludes } of STATES) {
      if (needed && !onDuty) {
        await desk.goOnDuty();
        await centre.countLines();
        onDuty = true;
      }
      const id = await reach({ centre, phone, desk });
      await centre.reaches(id, state);
      await phone.hangUp();
      if (concludes) await desk.concludes();
      const closed = await centre.reaches(id, "closed");
      assert.equal(closed.outcome, outcome, state);
      await centre.owes(closed, owed);
      if (needed) await desk.is("idle");
      await centre.linesAreGone();
    }
    const { contacts, open, promises, faults } = await centre.server.verify();
    const kept = STATES.flatMap((row) => row.owed).length;
    assert.deepEqual({ contacts, open, promises, faults }, { contacts: STATES.length, open: 0, promises: kept, faults: [] });
  }),
);
