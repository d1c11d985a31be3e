// The position that comes with a call decides the region and is drawn at the desk.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Centre } from "../helpers/centre.js";
import { until } from "../helpers/wait.js";

/** Mobile numbers tell no place: where each caller is, and whose call it becomes. */
const PLACES = [
  { near: "Malmö", latitude: "55.6045", longitude: "13.0050", region: "syd" },
  { near: "Kiruna", latitude: "67.8560", longitude: "20.2260", region: "nord" },
  { near: "Borås", latitude: "57.7205", longitude: "12.9410", region: "vast" },
];
const RADIUS_M = 450;

async function ring(centre, { latitude, longitude }, options = {}) {
  const keys = { latitude, longitude, radius: String(RADIUS_M), taken: new Date().toISOString() };
  return centre.sipp("placed", { caller: "+46701740605", hz: 700, keys, ...options });
}

/** What may be wrong with a location document, as it stands in the scenario. */
const BROKEN = [
  { what: "it ends in the middle", change: (text) => text.replace(/<gs:radius.*<\/presence>/, "") },
  { what: "its position is no number", change: (text) => text.replace("[latitude] [longitude]", "north of [latitude] [longitude]") },
  { what: "it is no document", change: (text) => text.replace(/<\?xml version="1.0" encoding="UTF-8"\?>\r?\n<presence.*<\/presence>/, "[latitude] [longitude]") },
];

test("a position decides the region", { timeout: 90_000 }, () =>
  Centre.during(async (centre) => {
    for (const place of PLACES) await ring(centre, place);
    const queued = await until("all are in line", async () => {
      const contacts = (await centre.server.api("/contacts")).filter((contact) => contact.state === "queued");
      return contacts.length === PLACES.length && contacts;
    });
    assert.deepEqual(queued.map((contact) => contact.queue).sort(), PLACES.map((place) => `${place.region}.report`).sort());
  }),
);

test("a location that cannot be read keeps nobody from being heard", { timeout: 180_000 }, () =>
  Centre.during(async (centre) => {
    const desk = await centre.desk();
    await centre.countLines();
    for (const { what, change } of BROKEN) {
      const sipp = await ring(centre, PLACES[2], { caller: "+46313900606", change });
      await desk.answer();
      await desk.hears(700);
      const { caller, contact } = await desk.state();
      assert.deepEqual([caller.place, caller.number, contact.region], [null, "+46313900606", "vast"], what);
      await desk.ends();
      await sipp.followed();
      await desk.concludes();
      await centre.reaches(contact.id, "closed");
      await centre.linesAreGone();
    }
    assert.deepEqual(await centre.server.verify(), { contacts: BROKEN.length, open: 0, promises: 0, faults: [] });
  }),
);

test("a landline without a position is drawn by its area code, as the guess that it is", { timeout: 90_000 }, () =>
  Centre.during(async (centre) => {
    const phone = await centre.telephone();
    const desk = await centre.desk();
    const id = await centre.ringIntoLine(phone);
    await desk.barIs("ringing");
    assert.match(await desk.page.locator(".call .what").textContent(), /Anmälan · Region Väst/);
    await desk.answer();
    await desk.shows(".matter figure.place svg circle.area.guessed");
    assert.match(await desk.page.locator(".matter figure.place figcaption").textContent(), /Riktnummer 031: omkring Göteborg; osäkert.*20\u00a0km/s);
    const { caller } = await desk.state();
    assert.deepEqual(
      [caller.place, caller.locality.by, caller.locality.word, caller.locality.name, caller.locality.extent.radius_m],
      [null, "area_code", "031", "Göteborg", 20_000],
    );
    await desk.ends();
    await desk.concludes();
    await centre.reaches(id, "closed");
    assert.deepEqual((await centre.server.verify()).faults, []);
  }),
);

test("the desk draws the circle, names the nearest places and says it in words", { timeout: 90_000 }, () =>
  Centre.during(async (centre) => {
    const desk = await centre.desk();
    await centre.countLines();
    const sipp = await ring(centre, PLACES[2]);
    await desk.answer();
    await desk.hears(700);
    const { caller, contact } = await desk.state();
    assert.deepEqual(
      [contact.region, caller.place.latitude_e6, caller.place.longitude_e6, caller.place.radius_m, caller.place_source],
      ["vast", 57_720_500, 12_941_000, RADIUS_M, "handset"],
    );
    await desk.shows(".matter figure.place svg circle.area");
    const names = await desk.page.locator(".matter figure.place svg text.name").allTextContents();
    assert.ok(names.includes("Borås"), `drawn: ${names.join(", ")}`);
    assert.match(await desk.page.locator(".matter figure.place figcaption").textContent(), /450.*Borås/s);

    await desk.ends();
    await sipp.followed();
    await desk.concludes();
    await centre.reaches(contact.id, "closed");
    await centre.linesAreGone();
    assert.deepEqual((await centre.server.verify()).faults, []);
  }),
);
