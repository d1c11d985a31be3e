// The caller hangs up at every stage: each contact gets its outcome, what is owed stays owed, nothing
// else stays behind. Wherever people talk they hear each other first, in both directions.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CALLER_HZ, Centre, OPERATOR_HZ, PARTY_HZ } from "../helpers/centre.js";
import { until } from "../helpers/wait.js";

/** What leads to a state, and what must come of a caller who hangs up there. `desk`: an operator is on duty. */
const STATES = [
  { state: "dialogue", desk: false, reach: ({ centre, phone }) => centre.ring(phone), outcome: "left_in_dialogue", owed: [] },
  { state: "queued", desk: false, reach: ({ centre, phone }) => centre.ringIntoLine(phone), outcome: "abandoned", owed: [] },
  { state: "emergency_transfer", desk: false, reach: emergencyRinging, outcome: "abandoned", owed: ["follow_up"] },
  { state: "with_party", desk: false, reach: emergencyAnswered, outcome: "emergency", owed: [] },
  { state: "offered", desk: true, reach: ({ centre, phone }) => centre.ringIntoLine(phone), outcome: "abandoned", owed: [] },
  { state: "talking", desk: true, reach: talk, outcome: "report_received", owed: [], concludes: true },
  { state: "on_hold", desk: true, reach: hold, outcome: "report_received", owed: [], concludes: true },
  { state: "consulting", desk: true, reach: consultRinging, outcome: "report_received", owed: [], concludes: true },
  { state: "consulting", desk: true, reach: consultAnswered, outcome: "report_received", owed: [], concludes: true },
  { state: "consulting", desk: true, reach: conference, outcome: "report_received", owed: [], concludes: true },
  { state: "with_party", desk: true, reach: transferred, outcome: "emergency", owed: [], concludes: true },
  // The last, since nobody is at the desk after it: the line of a page that is gone may stay a while longer.
  { state: "operator_lost", desk: true, reach: operatorLost, outcome: "system_terminated:operator_gone", owed: ["follow_up"], leaves: true },
];

async function emergencyRinging({ centre, phone, party }) {
  const id = await centre.ring(phone);
  await phone.press("91");
  await party.rings();
  return id;
}

async function emergencyAnswered(parts) {
  const id = await emergencyRinging(parts);
  await parts.party.lift();
  await withParty(parts);
  return id;
}

async function withParty({ phone, party }) {
  const [since, partySince] = [await phone.now(), await party.heardAnything()];
  await phone.hears(PARTY_HZ, since);
  await party.hears(CALLER_HZ, partySince);
}

async function talk({ centre, phone, desk }) {
  const id = await centre.ringIntoLine(phone);
  await desk.answer();
  await phone.hears(OPERATOR_HZ, await phone.now());
  await desk.hears(CALLER_HZ);
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
  await parts.party.rings();
  return id;
}

async function consultAnswered(parts) {
  const { desk, party } = parts;
  const id = await talk(parts);
  await desk.consults("112");
  await party.lift();
  await desk.shows("#transfer");
  await desk.hears(PARTY_HZ);
  await party.hears(OPERATOR_HZ, await party.heardAnything());
  return id;
}

async function conference(parts) {
  const { phone, desk, party } = parts;
  const id = await consultAnswered(parts);
  await desk.press("Shift+F6");
  await withParty(parts);
  await phone.hears(OPERATOR_HZ, await phone.now());
  await party.hears(OPERATOR_HZ, await party.now());
  for (const hz of [CALLER_HZ, PARTY_HZ]) await desk.hearsAmong(hz);
  return id;
}

async function transferred(parts) {
  const id = await consultAnswered(parts);
  await parts.desk.press("F7");
  await parts.desk.barIs("wrap_up");
  await withParty(parts);
  return id;
}

async function operatorLost(parts) {
  const id = await talk(parts);
  await parts.desk.leave();
  return id;
}

test("whoever hangs up, wherever, is accounted for", { timeout: 360_000 }, () =>
  Centre.serving(
    async (centre) => {
      const { party } = centre;
      const phone = await centre.telephone();
      const desk = await centre.desk({ onDuty: false });
      let onDuty = false;
      for (const { state, desk: needed, reach, outcome, owed, concludes, leaves } of STATES) {
        if (needed && !onDuty) {
          await desk.goOnDuty();
          await centre.countLines();
          onDuty = true;
        }
        const id = await reach({ centre, phone, desk, party });
        await centre.reaches(id, state);
        await phone.hangUp();
        if (concludes) await desk.concludes();
        const closed = await centre.reaches(id, "closed");
        assert.equal(closed.outcome, outcome, `${state} by ${reach.name}`);
        await centre.owes(closed, owed);
        if (needed && !leaves) await desk.is("idle");
        await (leaves ? until("the caller's line is gone", async () => (await centre.server.lines()) <= centre.linesBefore) : centre.linesAreGone());
      }
      const { contacts, open, promises, faults } = await centre.server.verify();
      const kept = STATES.flatMap((row) => row.owed).length;
      assert.deepEqual({ contacts, open, promises, faults }, { contacts: STATES.length, open: 0, promises: kept, faults: [] });
    },
    { answers: false },
  ),
);
