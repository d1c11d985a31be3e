// The desk by its keys: the keypad that others hear, the map, the ways about, and the way back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Centre } from "../helpers/centre.js";
import { until } from "../helpers/wait.js";

const WRITTEN = "Vem? Ingen vet.";

/** Opens the keypad, types as somebody does who follows a menu, key by key, until this telephone got each; closes it again. */
async function types(desk, keys, phone) {
  await desk.press("F3");
  await desk.shows("dialog#digits[open]");
  for (const key of keys) {
    const wanted = phone.keysGot + key;
    await desk.page.keyboard.type(key);
    await until(`${key} has arrived`, () => {
      if (phone.keysGot === wanted) return true;
      throw new Error(`arrived: ${phone.keysGot}`);
    });
  }
  await desk.press("Escape");
  await until("the keypad is closed", () => desk.page.locator("dialog#digits[open]").count().then((open) => open === 0));
}

test("keys typed in the keypad reach whoever hears the operator, and nobody else", { timeout: 120_000 }, () =>
  Centre.serving(async (centre) => {
    const { party } = centre;
    const phone = await centre.telephone();
    const desk = await centre.desk();
    const id = await centre.ringIntoLine(phone);
    await desk.answer();
    await types(desk, "5", phone);

    await desk.consults("Polisens växel");
    await desk.shows("#transfer");
    await types(desk, "17*0#", party);
    assert.equal(phone.keysGot, "5", "the caller heard keys that were another's");
    await desk.press("F6");
    await desk.barIs("talking");
    await types(desk, "9", phone);
    assert.equal(party.keysGot, "17*0#", "the party heard keys after it was left");

    await phone.hangUp();
    await desk.concludes();
    await centre.reaches(id, "closed");
    await centre.linesAreGone();
    assert.deepEqual(desk.told, [], "the page's console");
  }),
);

test("the map opens, the focus goes where it is sent, and Esc never loses text", { timeout: 120_000 }, () =>
  Centre.during(async (centre) => {
    const phone = await centre.telephone();
    const desk = await centre.desk();
    const id = await centre.ringIntoLine(phone);
    await desk.answer();
    const written = () => desk.page.inputValue("#r-what_happened");
    await desk.press("F8");
    // In a field the sign is a sign.
    await desk.page.keyboard.type(WRITTEN);
    assert.equal(await desk.page.locator("dialog[open]").count(), 0);
    await desk.press("Escape");
    assert.equal(await written(), WRITTEN);

    for (const [key, place] of [["Alt+1", "duty-title"], ["Alt+2", "matter-title"], ["Alt+3", "report-title"]]) {
      await desk.press(key);
      await until(`${key} leads to ${place}`, () => desk.page.evaluate((wanted) => document.activeElement?.id === wanted, place));
    }

    await desk.press("?");
    await desk.shows("dialog#keys[open]");
    const map = await desk.page.locator("dialog#keys th").allTextContents();
    for (const key of ["F2", "F3", "F4", "F6", "F7", "F8", "F9", "Ctrl K", "Alt 1", "?"]) assert.ok(map.includes(key), `${key} is not on the map`);
    // While it lies on top a key below does nothing.
    await desk.press("F4");
    for (const [open, dialog] of [[undefined, "keys"], ["F3", "digits"], ["F6", "consult"]]) {
      if (open) await desk.press(open);
      await desk.shows(`dialog#${dialog}[open]`);
      await desk.press("Escape");
      await until(`${dialog} is closed`, async () => (await desk.page.locator("dialog[open]").count()) === 0);
      assert.equal(await written(), WRITTEN);
    }
    assert.equal((await centre.contact(id)).state, "talking", "a key acted under the map");

    await desk.ends();
    await desk.concludes();
    await centre.reaches(id, "closed");
    assert.deepEqual(desk.told, [], "the page's console");
  }),
);
