// Times are booked on the web, in Chromium without script: booked, moved and cancelled in three languages, two browsers after the
// last time; every page accessible and as narrow as a telephone. The file for calendars is read by another's reader.

import assert from "node:assert/strict";
import { test } from "node:test";
import ICAL from "ical.js";
import { accessibilityFaults, tooWide } from "../helpers/browser.js";
import { Centre } from "../helpers/centre.js";
import { Citizen } from "../helpers/citizen.js";

const WIDTHS = [320, 390, 1280];

/** What a calendar makes of the file. */
async function calendar(citizen, link) {
  const address = await citizen.page.locator("main a[download]").first().getAttribute("href");
  assert.ok(address.startsWith(link));
  const answer = await citizen.context.request.get(address);
  assert.match(answer.headers()["content-type"], /^text\/calendar/);
  const text = await answer.text();
  for (const line of text.split("\r\n")) assert.ok(Buffer.byteLength(line) <= 75, line);
  const whole = new ICAL.Component(ICAL.parse(text));
  const [component] = whole.getAllSubcomponents("vevent");
  const event = new ICAL.Event(component);
  return {
    method: whole.getFirstPropertyValue("method"),
    status: component.getFirstPropertyValue("status"),
    begins: event.startDate.toJSDate().getTime(),
    minutes: event.duration.toSeconds() / 60,
    ...{ uid: event.uid, sequence: event.sequence, summary: event.summary },
  };
}

for (const language of ["sv", "en", "da"]) {
  test(`a time is booked, moved and cancelled without script (${language})`, { timeout: 240_000 }, () =>
    Centre.during(async (centre) => {
      centre.confidesNumber("+46701740605");
      const citizen = await Citizen.open(centre.server, await centre.browser(), language);
      await citizen.untilTime({ about: "Cykeln" });
      const [first] = await citizen.day();
      await citizen.choose("slot", first);
      await citizen.contact();
      const link = await citizen.books();
      const made = await calendar(citizen, link);
      assert.deepEqual([made.method, made.status, made.begins, made.sequence], ["PUBLISH", "CONFIRMED", Number(first), 0]);

      await citizen.page.locator(`main a[href="${link}"]`).click();
      await citizen.page.locator(`main a[href="${link}/${citizen.tree.move}"]`).click();
      const [later] = await citizen.day(1);
      await citizen.choose("slot", later);
      assert.equal(new URL(citizen.page.url()).pathname, link);
      const moved = await calendar(citizen, link);
      assert.deepEqual([moved.begins, moved.sequence, moved.uid], [Number(later), 1, made.uid]);

      await citizen.page.locator(`main a[href="${link}/${citizen.tree.cancel}"]`).click();
      await citizen.send();
      assert.match(await citizen.page.locator("main").innerText(), new RegExp(citizen.tree.over));
      const cancelled = await calendar(citizen, link);
      assert.deepEqual([cancelled.method, cancelled.status, cancelled.sequence], ["CANCEL", "CANCELLED", 2]);
      assert.equal(cancelled.uid, made.uid);
      assert.ok(citizen.answers.every((status) => status < 400), String(citizen.answers));
      centre.confides(link.split("/").pop());
    }),
  );
}

test("of two browsers after the last time one has it, the other is told and keeps its answers", { timeout: 240_000 }, () =>
  Centre.during(async (centre) => {
    const browser = await centre.browser();
    const [one, other] = await Promise.all(["en", "sv"].map((language) => Citizen.open(centre.server, browser, language)));
    await one.untilTime({ about: "The first" });
    await other.untilTime({ about: "Den andra" });
    const [slot] = await one.day();
    assert.deepEqual((await other.day())[0], slot);
    await Promise.all([one, other].map((citizen) => citizen.choose("slot", slot)));
    const told = await Promise.all([one, other].map((citizen) => citizen.page.locator(".govuk-error-summary").count()));
    assert.deepEqual([...told].sort(), [0, 1]);
    const [won, lost] = told[0] === 0 ? [one, other] : [other, one];
    await won.contact();
    await won.books();
    await lost.page.locator(".govuk-error-summary a").click();
    await lost.page.goBack();
    await lost.go(`${lost.tree.book}/${lost.language === "sv" ? "arende" : "matter"}`);
    assert.equal(await lost.page.inputValue("#about"), lost.language === "sv" ? "Den andra" : "The first");
    await lost.send();
    const rest = await lost.day(1);
    await lost.choose("slot", rest[0]);
    await lost.contact("031-390 06 05");
    await lost.books();
  }),
);

for (const language of ["sv", "en", "da"]) {
  test(`every page of a booking is accessible, at every width (${language})`, { timeout: 420_000 }, () =>
    Centre.during(async (centre) => {
      const citizen = await Citizen.open(centre.server, await centre.browser(), language, { script: true, look });
      await citizen.untilTime();
      const [slot] = await citizen.day();
      await citizen.send();
      await citizen.seen("no time was chosen");
      await citizen.choose("slot", slot);
      await citizen.page.fill("#number", "112");
      await citizen.page.fill("#mail", "nobody");
      await citizen.send();
      await citizen.seen("wrong number");
      assert.equal(await citizen.page.evaluate(() => document.activeElement?.id), "wrong", "what is wrong does not take focus");
      await citizen.contact();
      const link = await citizen.books();
      for (const path of [link, `${link}/${citizen.tree.move}`, `${link}/${citizen.tree.cancel}`, `${link}x`, `${citizen.tree.book}/ring-112`]) {
        await citizen.go(path);
        await citizen.seen(path);
      }
    }),
  );
}

async function look(page, what) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 844 });
    const wider = await tooWide(page);
    assert.ok(wider <= 0, `${what}: ${wider} pixels too wide at ${width}`);
    assert.deepEqual(await accessibilityFaults(page), [], `${what}, ${width} pixels wide`);
  }
}
