// The report saves itself while it is written, in whatever haste.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Centre } from "../helpers/centre.js";
import { until } from "../helpers/wait.js";

const FIELDS = { "r-what_happened": "Låset är uppklippt.", "r-place": "Vid stationen", "r-municipality": "Göteborg", "r-traces": "Ett klippt lås", "r-measures": "Inga" };

test("fields filled in faster than they are saved are all kept, without a quarrel with oneself", { timeout: 180_000 }, () =>
  Centre.during(async (centre) => {
    const phone = await centre.telephone();
    const desk = await centre.desk();
    const id = await centre.ringIntoLine(phone);
    await desk.answer();
    // A slow network: each save takes longer than the next field.
    await desk.page.route("**/api/v1/desk/reports/*", async (route) => {
      const answer = await route.fetch();
      await new Promise((resolve) => setTimeout(resolve, 400));
      await route.fulfill({ response: answer });
    });
    for (const [field, text] of Object.entries(FIELDS)) await desk.page.fill(`#${field}`, text);
    await desk.page.selectOption("#r-kind", "theft");
    await desk.page.focus("#report-title");

    await until("everything is saved", async () => {
      const { draft } = await (await desk.context.request.get(`/api/v1/desk/reports/${id}`)).json();
      const kept = [draft.kind, draft.what_happened, draft.place, draft.municipality, draft.traces, draft.measures];
      if (JSON.stringify(kept) === JSON.stringify(["theft", ...Object.values(FIELDS)])) return true;
      throw new Error(`kept: ${kept.filter(Boolean).length} of ${kept.length} fields; asked whose text is right: ${await desk.page.isVisible("#report-conflict")}`);
    });
    assert.equal(await desk.page.isVisible("#report-conflict"), false);
    await phone.hangUp();
    await desk.concludes();
    await centre.reaches(id, "closed");
  }),
);

test("what the call tells is shown to be checked and is kept only when somebody has", { timeout: 90_000 }, () =>
  Centre.during(async (centre) => {
    const phone = await centre.telephone();
    const desk = await centre.desk();
    const { page } = desk;
    const id = await centre.ringIntoLine(phone);
    await desk.answer();
    const draft = async () => (await (await desk.context.request.get(`/api/v1/desk/reports/${id}`)).json()).draft;
    assert.equal(await page.inputValue("#r-municipality"), "Göteborg");
    const number = await page.inputValue("#r-parties-0-telephone");
    assert.match(number, /313900605$/);

    await page.fill("#r-what_happened", "Låset är uppklippt.");
    await page.focus("#report-title");
    await until("the words are kept", async () => (await draft()).what_happened !== "");
    assert.deepEqual([(await draft()).municipality, (await draft()).parties], [null, []], "a suggestion was kept as a fact");

    await page.locator(".field", { has: page.locator("#r-municipality") }).locator("[data-accept]").click();
    await page.fill("#r-parties-0-name", "Den som ringer");
    await page.focus("#report-title");
    await until("what was looked at is kept", async () => (await draft()).municipality === "Göteborg" && (await draft()).parties.length === 1);
    assert.deepEqual([(await draft()).parties[0].role, (await draft()).parties[0].telephone], ["reporter", ""]);
    await page.locator(".field", { has: page.locator("#r-parties-0-telephone") }).locator("[data-accept]").click();
    await until("the number is kept", async () => (await draft()).parties[0].telephone === number);
    await phone.hangUp();
    await desk.concludes();
    await centre.reaches(id, "closed");
  }),
);

test("a day without an hour is kept, and half a date is not passed over", { timeout: 90_000 }, () =>
  Centre.during(async (centre) => {
    const phone = await centre.telephone();
    const desk = await centre.desk();
    const { page } = desk;
    const id = await centre.ringIntoLine(phone);
    await desk.answer();
    const from = async () => (await (await desk.context.request.get(`/api/v1/desk/reports/${id}`)).json()).draft.from;
    await page.fill("#r-from", "2026-11-02");
    await page.focus("#report-title");
    await until("the day is kept", async () => (await from()) === "2026-11-02");
    await page.fill("#r-from-clock", "07:40");
    await page.focus("#report-title");
    await until("the hour is kept too", async () => (await from()) === "2026-11-02T07:40");
    const heard = desk.soundAnew();
    await page.reload();
    await desk.shows("#report");
    assert.deepEqual([await page.inputValue("#r-from"), await page.inputValue("#r-from-clock")], ["2026-11-02", "07:40"]);
    await heard;
    await centre.reaches(id, "talking");

    // The day of the month and no more.
    await page.focus("#r-to");
    await page.keyboard.type("05");
    await page.focus("#report-title");
    await desk.shows('#r-to[aria-invalid="true"]');
    await desk.shows('#report-state[data-kind="failed"]');
    await phone.hangUp();
    await desk.barIs("wrap_up");
    await page.click("#outcome-0");
    await until("it is in focus", () => page.evaluate(() => document.activeElement?.id === "r-to"));
    assert.equal((await centre.contact(id)).state, "wrap_up");
    await page.fill("#r-to", "2026-11-02");
    await desk.concludes();
    await centre.reaches(id, "closed");
  }),
);
