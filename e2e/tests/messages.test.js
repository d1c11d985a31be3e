// A caller in line whose matter has a form on the web has its address sent by text message with one key, and keeps the
// place; what the gateway refuses is tried again as the same message, also after the program was killed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Centre } from "../helpers/centre.js";
import { Gateway, Transcriber } from "../helpers/gateway.js";
import { until } from "../helpers/wait.js";

const MOBILE = "+46701740605";
/** Names its place, so that nothing more is asked. */
const SENTENCE = "min cykel blev stulen i göteborg förra veckan";
const ADDRESS = "https://polisen.se/utsatt-for-brott/polisanmalan/";
/** Pauses of two, four and eight seconds, and what the machine takes. */
const TAKEN_MS_MAX = 45_000;
const REFUSES_ALL = 1_000;

function during(refusals, work) {
  const parts = async (centre) => {
    const transcriber = await Transcriber.start(SENTENCE);
    centre.endings.push(() => transcriber.stop());
    centre.gateway = await Gateway.start({ refusals });
    centre.endings.push(() => centre.gateway.stop());
    return { recogniser: transcriber.url, texts: centre.gateway.url };
  };
  return Centre.serving(work, parts);
}

/** Rings, says what it is about, and stands in line. */
async function waits(centre) {
  const phone = await centre.telephone({ quiet: true, user: MOBILE });
  centre.confides(SENTENCE);
  await phone.prepares(SENTENCE);
  const id = await centre.ring(phone);
  await phone.hearsSomething(0);
  await phone.say(SENTENCE);
  return { id, phone, waiting: await centre.reaches(id, "queued") };
}

/** What stays as it is for whoever has an address sent. */
const placeOf = ({ state, queue, owner, intent, arrived, next_promise }) => ({ state, queue, owner, intent, arrived, next_promise });

test("the address comes by text message, once, and the place is kept", { timeout: 180_000 }, () =>
  during(2, async (centre) => {
    const { gateway } = centre;
    const { id, phone, waiting } = await waits(centre);
    assert.deepEqual([waiting.intent, waiting.queue], ["report_bicycle_theft", "vast.report"]);
    await phone.press("5");
    await phone.press("5");
    await until("the gateway takes the message", () => gateway.taken.length > 0, TAKEN_MS_MAX);
    assert.deepEqual(gateway.attempts.map(({ taken }) => taken), [false, false, true]);
    assert.equal(new Set(gateway.attempts.flatMap(({ order, key }) => [order.id, key])).size, 1, "one message, one id");
    const [{ order }] = gateway.taken;
    assert.deepEqual([order.to, order.from], [MOBILE, "Polisen"]);
    assert.ok(order.text.includes(ADDRESS), order.text);
    const still = await centre.contact(id);
    assert.deepEqual(placeOf(still), placeOf(waiting));
    assert.ok(still.waited_ms > waiting.waited_ms, "the wait is counted anew");

    const desk = await centre.desk({ onDuty: false });
    await desk.goOnDuty("offered");
    await desk.answer();
    const told = desk.page.locator(".matter .written");
    await told.waitFor();
    assert.match(await told.textContent(), /Skickat i sms \d\d:\d\d/);
    await phone.hangUp();
    await desk.concludes();
    await centre.reaches(id, "closed");
    assert.equal(gateway.attempts.length, 3, "what was taken is not sent again");
    assert.deepEqual((await centre.server.verify()).faults, []);
  }),
);

test("what was promised is sent after the program was killed, as the same message", { timeout: 180_000 }, () =>
  during(REFUSES_ALL, async (centre) => {
    const { gateway, server } = centre;
    const { phone } = await waits(centre);
    await phone.press("5");
    await until("it is tried", () => gateway.attempts.length > 0, TAKEN_MS_MAX);
    await server.crash();
    const before = gateway.attempts.length;
    gateway.refusals = 0;
    await server.begin();
    await until("the gateway takes the message", () => gateway.taken.length > 0, TAKEN_MS_MAX);
    assert.equal(gateway.taken.length, 1);
    assert.equal(gateway.taken[0].order.id, gateway.attempts[before - 1].order.id);
    await until("the journal has it", async () => {
      const { faults } = await server.verify();
      return faults.length === 0;
    });
  }),
);
