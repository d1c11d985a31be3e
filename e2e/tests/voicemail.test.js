// A citizen who has us ring back is not there, and their answering machine is: it greets and beeps, the operator hears that it
// is one and says so by a key. It is tried again after the gap, and whoever is not reached that day is told so in writing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Centre } from "../helpers/centre.js";
import { Gateway } from "../helpers/gateway.js";
import { until } from "../helpers/wait.js";
import { zoneWhereItIs } from "../helpers/zone.js";

/** Keyed in the call, which comes from Göteborg. */
const MOBILE = "0701740605";
const TEXTED = "+46701740605";
const GREETING = "Hello. I can not take your call. Please leave a message after the tone.";
const BEEP_HZ = 1_000;
const TOLD_MS_MAX = 45_000;

function during(work) {
  return Centre.serving(work, async (centre) => {
    centre.gateway = await Gateway.start();
    centre.endings.push(() => centre.gateway.stop());
    const noon = await zoneWhereItIs({ hour: 12, minute: 0 });
    centre.endings.push(() => noon.remove());
    const figures = { 'gap = "20 min"': 'gap = "2 s"', "attempts_max = 3": "attempts_max = 2" };
    return { answers: false, citizens: [MOBILE], figures, env: noon.env, texts: centre.gateway.url };
  });
}

const openCalls = async (centre) => (await centre.server.api("/contacts?limit=1000")).filter((contact) => contact.channel === "call_back" && !contact.outcome);

/** Rung by the operator, the machine lifts; the operator hears it out, and says what it was. */
async function machineAnswers(centre, desk) {
  await desk.barIs("ringing");
  await desk.press("F2");
  await desk.barIs("dialling");
  await centre.party.lift();
  await desk.barIs("talking");
  await centre.party.say(GREETING);
  await desk.hears(BEEP_HZ);
  const closed = centre.party.count("CALL_CLOSED");
  await desk.press("Shift+F3");
  await until("we hang up on the machine", () => centre.party.count("CALL_CLOSED") > closed);
}

test("an answering machine is no citizen: tried again, and told in writing when the day's attempts are over", { timeout: 240_000 }, () =>
  during(async (centre) => {
    centre.confidesNumber(TEXTED);
    await centre.party.preparesMachine(GREETING, BEEP_HZ);
    const phone = await centre.telephone();
    const first = await centre.ringIntoLine(phone);
    await phone.press(`62${MOBILE}#1`);
    assert.equal((await centre.reaches(first, "closed")).outcome, "callback_accepted");
    await phone.hangUp();
    const desk = await centre.desk({ onDuty: false });
    await desk.goOnDuty("offered");
    const [owed] = await openCalls(centre);

    await machineAnswers(centre, desk);
    const { call } = await until("it is noted as a machine", async () => {
      const found = await centre.contact(owed.id);
      return found.call.last_fault === "machine" && found;
    });
    assert.equal(call.attempts, 1);
    assert.equal(centre.gateway.attempts.length, 0, "nobody is told while it is tried again that day");

    await machineAnswers(centre, desk);
    const rests = await centre.reaches(owed.id, "resting");
    assert.deepEqual([rests.call.last_fault, rests.outcome], ["machine", null]);
    await desk.is("idle");
    await centre.owes(owed, ["call_back"]);
    await until("the citizen is told", () => centre.gateway.taken.length > 0, TOLD_MS_MAX);
    const [{ order }] = centre.gateway.taken;
    assert.equal(order.to, TEXTED);
    // The hours in which nobody is rung end then.
    assert.match(order.text, /Vi ringer igen tidigast .*0?8[.:]00/);
    assert.equal(centre.gateway.attempts.length, 1, "told once");
    assert.equal(centre.party.count("CALL_INCOMING"), 2);
    assert.deepEqual((await centre.server.verify()).faults, []);
  }),
);
