// An operator books a time for the caller they speak with, by the keyboard alone; finds it again, moves it and takes it back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessibilityFaults } from "../helpers/browser.js";
import { Centre } from "../helpers/centre.js";
import { until } from "../helpers/wait.js";

const chosen = (desk) => desk.page.locator("#book input[name=slot]:checked").inputValue();
const focused = (desk) => desk.page.evaluate(() => document.activeElement?.getAttribute("name") ?? document.activeElement?.id ?? "");

/** What is booked for the local day of this point in time. */
async function booked(centre, slot) {
  const day = new Date(Number(slot)).toLocaleDateString("sv-SE", { timeZone: "Europe/Stockholm" });
  const rows = await centre.server.api(`/bookings?day=${day}`);
  return rows.filter((row) => row.slot === Number(slot)).map(({ state, queue, reference }) => ({ state, queue, reference }));
}

async function opens(desk) {
  await desk.press("Alt+b");
  await desk.shows("#book[open] input[name=slot]");
}

test("a time is booked while talking, by the keyboard alone, and found again", { timeout: 180_000 }, () =>
  Centre.during(async (centre) => {
    const phone = await centre.telephone();
    const desk = await centre.desk();
    const id = await centre.ringIntoLine(phone);
    await desk.answer();
    const { reference } = await centre.contact(id);

    await opens(desk);
    assert.equal(await focused(desk), "slot");
    assert.match(await desk.page.inputValue("#book-number"), /313900605$/);
    for (const width of [390, 1280]) {
      await desk.page.setViewportSize({ width, height: 900 });
      assert.deepEqual(await accessibilityFaults(desk.page), [], `${width} pixels wide`);
      const [inner, outer] = await desk.page.evaluate(() => [document.getElementById("book").scrollWidth, document.getElementById("book").clientWidth]);
      assert.ok(inner <= outer, `the dialog is cut off at ${width}`);
    }
    await desk.press("3");
    const third = await chosen(desk);
    await desk.press("0");
    await until("later times are shown", async () => Number(await chosen(desk)) > Number(third));
    const slot = await chosen(desk);
    await desk.page.fill("#book-number", "112");
    await desk.press("Enter");
    await desk.shows("#book-fault:not(:empty)");
    await desk.page.fill("#book-number", "031-390 06 05");
    await desk.press("Enter");
    await desk.page.locator("#book").waitFor({ state: "hidden" });
    assert.deepEqual(await booked(centre, slot), [{ state: "booked", queue: "vast.report", reference }]);

    // The citizen thinks better of it.
    await opens(desk);
    await desk.press("1");
    const first = await chosen(desk);
    await desk.page.focus("#book button[name=move_booking]");
    await desk.press("Enter");
    await desk.page.locator("#book").waitFor({ state: "hidden" });
    assert.deepEqual([await booked(centre, slot), (await booked(centre, first)).map(({ state }) => state)], [[], ["booked"]]);
    await opens(desk);
    await desk.page.focus("#book button[name=cancel_booking]");
    await desk.press("Enter");
    await desk.page.locator("#book").waitFor({ state: "hidden" });
    assert.deepEqual((await booked(centre, first)).map(({ state }) => state), ["cancelled"]);
    await opens(desk);
    assert.equal(await desk.page.locator("#book button[name=cancel_booking]").count(), 0);
    await desk.press("Escape");

    await desk.ends();
    await phone.happened("CALL_CLOSED");
    await desk.concludes();
    await centre.reaches(id, "closed");
    await centre.linesAreGone();
    assert.deepEqual((await centre.server.verify()).faults, []);
  }),
);
