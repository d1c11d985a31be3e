// Finding and correcting by the keyboard alone, while a report is being written.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Centre } from "../helpers/centre.js";
import { until } from "../helpers/wait.js";

const WRITTEN = "Låset är uppklippt. Vem? En granne";

/** Waits until the focus is on an element with this id. */
const focusIs = (desk, id) => until(`focus is on ${id}`, () => desk.page.evaluate((wanted) => document.activeElement?.id === wanted, id));

/** Chooses from a list what stands first once it holds this text. */
async function chooses(desk, list, text) {
  await desk.page.locator(`${list} [aria-selected="true"]`, { hasText: text }).waitFor();
  await desk.press("Enter");
}

test("the field at the foot finds places and matters and does what can be done, and no word is lost", { timeout: 90_000 }, () =>
  Centre.during(async (centre) => {
    const phone = await centre.telephone();
    const desk = await centre.desk();
    const id = await centre.ringIntoLine(phone);
    await desk.answer();
    await desk.press("F8");
    await focusIs(desk, "r-what_happened");
    await desk.page.keyboard.type(WRITTEN);
    assert.equal(await desk.page.locator("dialog[open]").count(), 0, "a key acted while somebody wrote");

    await desk.press("Control+k");
    await focusIs(desk, "find");
    await desk.page.keyboard.type("borå");
    await chooses(desk, "#found", "Borås");
    await focusIs(desk, "r-municipality");
    assert.equal(await desk.page.inputValue("#r-municipality"), "Borås");

    // What somebody wrote is not written over.
    await desk.press("Control+k");
    await desk.page.keyboard.type("skara");
    await chooses(desk, "#found", "Skara");
    assert.equal(await desk.page.inputValue("#r-municipality"), "Borås");

    const { reference } = await centre.contact(id);
    await desk.press("Control+k");
    await desk.page.keyboard.type(`${reference.slice(0, 4)} ${reference.slice(4)}`);
    await chooses(desk, "#found", "Ärende");
    await desk.shows("dialog#opened[open]");
    assert.match(await desk.page.locator("#opened").textContent(), /Region Väst.*Samtal/s);
    await desk.press("Escape");

    await desk.press("Control+k");
    await desk.page.keyboard.type("park");
    await chooses(desk, "#found", "Parkera");
    await desk.barIs("on_hold");
    await desk.press("F4");
    await desk.barIs("talking");

    await desk.press("Control+k");
    await desk.page.keyboard.type("polisens v");
    await chooses(desk, "#found", "Polisens växel");
    await desk.barIs("consulting");
    await desk.press("F6");
    await desk.barIs("talking");

    assert.equal(await desk.page.inputValue("#r-what_happened"), WRITTEN);
    await until("it is kept", async () => {
      const { draft } = await (await desk.context.request.get(`/api/v1/desk/reports/${id}`)).json();
      return draft.what_happened === WRITTEN && draft.municipality === "Borås";
    });
    await desk.ends();
    await phone.happened("CALL_CLOSED");
    await desk.concludes();
    assert.equal((await centre.reaches(id, "closed")).outcome, "report_received");
    assert.deepEqual(desk.told, [], "the page's console");
  }),
);

test("what it is about is corrected by writing the beginning of a word", { timeout: 180_000 }, () =>
  Centre.during(async (centre) => {
    const phone = await centre.telephone();
    const desk = await centre.desk();
    const id = await centre.ringIntoLine(phone);
    await desk.answer();
    assert.equal((await centre.contact(id)).intent, null);

    await desk.press("Alt+i");
    await focusIs(desk, "intent");
    // Begun and left: nothing is corrected.
    await desk.page.keyboard.type("pass");
    await desk.press("Escape");
    await desk.press("F8");
    assert.equal(await desk.page.inputValue("#intent"), "");

    await desk.press("Alt+i");
    await desk.page.keyboard.type("cyk");
    await chooses(desk, "#intents", "Anmäla cykelstöld");
    await until("it is corrected", async () => (await centre.contact(id)).intent === "report_bicycle_theft");
    assert.equal(await desk.page.inputValue("#intent"), "Anmäla cykelstöld");
    await desk.ends();
    await desk.concludes();
    await centre.reaches(id, "closed");
  }),
);
