// A day ends on the wall while citizens are owed calls. One has booked the first time of the next day on the web, and is rung
// when it begins; another could not be reached as often as a day allows, and is rung again when the next one begins. The
// operator is in Chromium, and hears and is heard.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../helpers/built.js";
import { Centre, OPERATOR_HZ, PARTY_HZ } from "../helpers/centre.js";
import { Citizen } from "../helpers/citizen.js";
import { Gateway } from "../helpers/gateway.js";
import { until } from "../helpers/wait.js";
import { zoneWhereItIs } from "../helpers/zone.js";

const BOOKS = "+46313900605";
/** Keyed in a call that comes from Göteborg. */
const KEEPS_PLACE = "0701740606";
const TEXTED = "+46701740606";
/** So that all that comes before midnight is done before it, on a busy machine too. */
const EVENING = { hour: 23, minute: 57 };
const MIDNIGHT_MS_MAX = 240_000;
const TOLD_MS_MAX = 60_000;
const [HOLIDAYS] = /^holidays = \[\n[^\]]*\n\]\n/m.exec(await readFile(join(root, "deployments/sweden/plan.toml"), "utf8"));
const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday"];

/** Times are booked at night, also on Sundays and holidays: the test runs on any day. */
function figures() {
  const hours = (of) => DAYS.map((day) => `${day} = "${of(day)}"`).join("\n");
  return {
    [`slot = "30 min"\n${hours((day) => (day === "friday" ? "09:00-15:00" : "09:00-16:00"))}`]:
      `slot = "5 min"\n${[...DAYS, "saturday", "sunday"].map((day) => `${day} = "00:00-02:00"`).join("\n")}`,
    'notice = "1 h"': 'notice = "20 s"',
    'hold = "10 min"': 'hold = "20 s"',
    // The only operator is free for others until shortly before.
    'keep = "5 min"': 'keep = "5 s"',
    'night = "22:00-06:00"': 'night = "04:00-05:00"',
    'quiet = "21:00-08:00"': 'quiet = "12:00-13:00"',
    'gap = "20 min"': 'gap = "2 s"',
    "attempts_max = 3": "attempts_max = 1",
    [HOLIDAYS]: "",
  };
}

function during(work) {
  return Centre.serving(work, async (centre) => {
    centre.gateway = await Gateway.start();
    centre.endings.push(() => centre.gateway.stop());
    centre.zone = await zoneWhereItIs(EVENING);
    centre.endings.push(() => centre.zone.remove());
    return { answers: false, citizens: [BOOKS, KEEPS_PLACE], figures: figures(), env: centre.zone.env, texts: centre.gateway.url };
  });
}

const openCalls = async (centre) => (await centre.server.api("/contacts?limit=1000")).filter((contact) => contact.channel === "call_back" && !contact.outcome);
const day = (centre, at) => centre.zone.local(at).toISOString().slice(0, 10);

/** Books the first time there is, without script: the slot. */
async function booksTheFirst(centre) {
  const citizen = await Citizen.open(centre.server, await centre.browser(), "sv");
  await citizen.untilTime({ municipality: "Göteborg" });
  const [slot] = await citizen.day();
  await citizen.choose("slot", slot);
  await citizen.contact(BOOKS);
  await citizen.books();
  await citizen.leave();
  return Number(slot);
}

/** Has us ring back, and is busy when we do: the call that is owed, resting. */
async function isNotReached(centre, desk) {
  const phone = await centre.telephone({ user: "+46313900607" });
  const first = await centre.ringIntoLine(phone);
  await phone.press(`62${KEEPS_PLACE}#1`);
  assert.equal((await centre.reaches(first, "closed")).outcome, "callback_accepted");
  await phone.hangUp();
  await desk.goOnDuty("offered");
  await dials(centre, desk);
  await centre.party.tell("hangup");
  await desk.is("idle");
  const found = await until("it rests", async () => (await openCalls(centre)).find(({ state, call }) => state === "resting" && call.last_fault === "busy"));
  assert.equal(found.call.attempts, 1);
  return found;
}

async function dials(centre, desk) {
  await desk.barIs("ringing");
  await desk.press("F2");
  await desk.barIs("dialling");
  await centre.party.rings();
}

/** Rung, lifted, heard both ways, ended, and its outcome stated. */
async function isHelped(centre, desk, then) {
  const { contact } = await desk.state();
  await dials(centre, desk);
  await centre.party.lift();
  await desk.barIs("talking");
  const since = await centre.party.heardAnything();
  await desk.hears(PARTY_HZ);
  await centre.party.hears(OPERATOR_HZ, since);
  await centre.party.hangUp();
  await desk.concludes(0, then);
  assert.equal((await centre.reaches(contact.id, "closed")).outcome, "report_received");
  return contact.id;
}

test("over midnight: who booked the day's first time is rung then, and who was not reached the day before is rung again", { timeout: 480_000 }, () =>
  during(async (centre) => {
    centre.confidesNumber(TEXTED);
    const slot = await booksTheFirst(centre);
    const [booked] = await openCalls(centre);
    assert.deepEqual([booked.state, booked.call.kind, booked.call.since], ["resting", "booked", slot]);
    const desk = await centre.desk({ onDuty: false });
    const missed = await isNotReached(centre, desk);
    assert.ok(Date.now() < slot, "the machine was too slow: midnight is over");
    assert.equal(centre.zone.local(slot).toISOString().slice(11), "00:00:00.000Z");
    assert.notEqual(day(centre, Date.now()), day(centre, slot));
    await until("the citizen is told that we ring again after midnight", () => centre.gateway.taken.length > 0, TOLD_MS_MAX);
    assert.equal(centre.gateway.taken[0].order.to, TEXTED);
    assert.match(centre.gateway.taken[0].order.text, /Vi ringer igen tidigast .*0?0[.:]00/);

    await desk.shows('.call[data-kind="ringing"]', MIDNIGHT_MS_MAX);
    assert.ok(Date.now() >= slot, "rung before the time that was booked");
    const helped = [await isHelped(centre, desk, "offered"), await isHelped(centre, desk, "idle")];
    assert.deepEqual([...helped].sort(), [booked.id, missed.id].sort());
    assert.equal((await centre.contact(missed.id)).call.attempts, 2);
    const bookings = await centre.server.api(`/bookings?day=${day(centre, slot)}`);
    assert.deepEqual(bookings.map(({ slot: at, state }) => [at, state]), [[slot, "kept"]]);
    assert.deepEqual(await centre.server.api(`/bookings?day=${day(centre, slot - 60_000)}`), []);
    assert.equal(centre.gateway.attempts.length, 1, "told once");
    assert.deepEqual(await centre.server.verify(), { contacts: 3, open: 0, promises: 0, faults: [] });
  }),
);
