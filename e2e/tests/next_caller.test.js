// Each report belongs to one contact: what could not be saved of one is never written into the next,
// and a record whose wrap-up has run out can still be finished.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fillStorage } from "../helpers/browser.js";
import { Centre } from "../helpers/centre.js";
import { until } from "../helpers/wait.js";

const [OF_FIRST, OF_SECOND] = ["Cykeln stod vid stationen.", "En plånbok är borta."];

test("a faulty report keeps its outcome waiting, and the next caller has a form of their own", { timeout: 180_000 }, () =>
  Centre.during(async (centre) => {
    const [first, second] = [await centre.telephone(), await centre.telephone({ user: "+46313900606" })];
    const desk = await centre.desk();
    const { page } = desk;
    const one = await centre.ringIntoLine(first);
    await desk.answer();
    const { reference } = await centre.contact(one);
    assert.ok((await page.textContent("#report-title")).replace(/\D/g, "").includes(reference), "the report does not say whose it is");
    await page.fill("#r-what_happened", OF_FIRST);
    await page.fill("#r-from", "2026-11-02");
    await page.fill("#r-to", "2026-11-01");
    await first.hangUp();
    await desk.barIs("wrap_up");
    await page.click("#outcome-0");
    await until("the fault is in focus", () => page.evaluate(() => document.activeElement?.id === "r-to" && document.activeElement.getAttribute("aria-invalid") === "true"));
    assert.equal((await centre.contact(one)).state, "wrap_up", "an outcome was stated over a faulty report");

    // Wrap-up ends with the report as it is.
    assert.equal(await desk.act({ act: "ready" }), 204);
    await desk.is("idle");
    await desk.shows(`#rescue .rescued[data-contact="${one}"][data-state="faulty"]`);
    const box = await page.inputValue(`#rescue .rescued[data-contact="${one}"] textarea`);
    assert.ok(box.includes(OF_FIRST) && box.includes("2026-11-01"), box);

    const two = await centre.ringIntoLine(second);
    await desk.answer();
    await desk.shows(`#report[data-contact="${two}"]`);
    assert.equal(await page.inputValue("#r-what_happened"), "");
    await page.fill("#r-what_happened", OF_SECOND);
    await page.focus("#report-title");
    const draft = async (id) => (await (await desk.context.request.get(`/api/v1/desk/reports/${id}`)).json()).draft;
    await until("the second report is kept", async () => (await draft(two)).what_happened === OF_SECOND);
    assert.equal((await draft(one)).what_happened, OF_FIRST);
    await second.hangUp();
    await desk.concludes();
    await centre.reaches(two, "closed");

    await page.click(`#conclude-${one}`);
    await desk.barIs("conclude");
    await desk.shows(`#report[data-contact="${one}"]`);
    assert.equal(await page.inputValue("#r-what_happened"), OF_FIRST);
    assert.equal(await page.inputValue("#r-to"), "2026-11-01", "what could not be kept is there to be corrected");
    assert.equal(await page.locator("#rescue .rescued").count(), 0);
    await page.fill("#r-to", "2026-11-03");
    await page.click("#outcome-0");
    assert.equal((await centre.reaches(one, "closed")).outcome, "report_received");
    await desk.barIs("quiet");
    assert.deepEqual([(await draft(one)).from, (await draft(one)).to], ["2026-11-02", "2026-11-03"]);
    assert.deepEqual((await centre.server.verify()).faults, []);
  }),
);

const BEGUN = "Cykeln stod";

/** The server has the first save at once, the page learns how it went only when `letGo` is called.
 * `saves` holds the version that each save was written upon, and how it was answered. */
async function holdFirstSave(page, isAnswered) {
  const saves = [];
  let letGo = () => {};
  const release = new Promise((resolve) => (letGo = resolve));
  await page.route("**/api/v1/desk/reports/*", async (route) => {
    const answer = await route.fetch();
    const isFirst = saves.push([route.request().postDataJSON().base, answer.status()]) === 1;
    if (isFirst) await release;
    await (isFirst && !isAnswered ? route.abort() : route.fulfill({ response: answer }));
  });
  return { saves, letGo };
}

/** Words go on while they are being saved, the next caller's form comes, and then the save comes back. */
const checkOvertaken = ({ isFull, isAnswered, then, expected }) =>
  Centre.during(async (centre) => {
    const [first, second] = [await centre.telephone(), await centre.telephone({ user: "+46313900606" })];
    const desk = await centre.desk();
    const { page } = desk;
    const one = await centre.ringIntoLine(first);
    await desk.answer();
    if (isFull) await fillStorage(page);
    const { saves, letGo } = await holdFirstSave(page, isAnswered);
    await first.hangUp();
    await desk.barIs("wrap_up");
    await page.fill("#r-what_happened", BEGUN);
    await page.focus("#report-title");
    await until("the first save is under way", () => saves.length === 1);
    await page.fill("#r-what_happened", then);
    assert.equal(await desk.act({ act: "ready" }), 204);
    await desk.is("idle");
    const two = await centre.ringIntoLine(second);
    await desk.answer();
    await desk.shows(`#report[data-contact="${two}"]`);
    letGo();

    const draft = async (id) => (await (await desk.context.request.get(`/api/v1/desk/reports/${id}`)).json()).draft;
    await until("all of it is saved", async () => {
      if ((await draft(one)).what_happened === then) return true;
      throw new Error(`the saves: ${JSON.stringify(saves)}`);
    });
    await until("no box is left", async () => (await page.locator("#rescue .rescued").count()) === 0);
    assert.deepEqual(saves, expected);
    assert.equal(await page.inputValue("#r-what_happened"), "");
    assert.equal((await draft(two)).what_happened, "");
    await second.hangUp();
    await desk.concludes();
    await centre.reaches(two, "closed");
  });

for (const [what, given] of [
  ["is written upon that save", { isAnswered: true, then: OF_FIRST, expected: [[0, 200], [1, 200]] }],
  ["is saved though the browser keeps nothing", { isFull: true, isAnswered: true, then: OF_FIRST, expected: [[0, 200], [1, 200]] }],
  ["knows its own words when that save is never answered", { isAnswered: false, then: OF_FIRST, expected: [[0, 200], [0, 409], [1, 200]] }],
  ["takes back what is taken back", { isAnswered: true, then: "", expected: [[0, 200], [1, 200]] }],
]) {
  test(`text of a form that goes while it is being saved ${what}`, { timeout: 120_000 }, () => checkOvertaken(given));
}

test("of two texts for one report both are shown before one is chosen, and mine is not lost", { timeout: 120_000 }, () =>
  Centre.during(async (centre) => {
    const phone = await centre.telephone();
    const desk = await centre.desk();
    const { page } = desk;
    const id = await centre.ringIntoLine(phone);
    await desk.answer();
    const theirs = { base: 0, draft: { what_happened: "Den andras text", place: "Torget" } };
    assert.equal((await desk.context.request.put(`/api/v1/desk/reports/${id}`, { data: theirs })).status(), 200);
    await page.fill("#r-what_happened", "Min text");
    await page.focus("#report-title");
    await desk.shows("#conflict-fields tr");
    const rows = await page.locator("#conflict-fields tr").allTextContents();
    assert.deepEqual(rows, ["Vad hände" + "Min text" + "Den andras text", "Plats" + "–" + "Torget"]);

    await page.click("#conflict-newer");
    await desk.shows(`#rescue .rescued[data-contact="${id}"][data-state="aside"]`);
    assert.match(await page.inputValue("#rescue textarea"), /Min text/);
    assert.equal(await page.inputValue("#r-what_happened"), "Den andras text");
    assert.equal(await page.isVisible("#report-conflict"), false);
    await phone.hangUp();
    await desk.concludes();
    // It stays until a person lets it go.
    await page.reload();
    await desk.shows("#rescue .rescued");
    await page.click("#rescue .rescued button");
    await page.reload();
    await desk.is("idle");
    assert.equal(await page.locator("#rescue .rescued").count(), 0);
    await centre.reaches(id, "closed");
  }),
);
