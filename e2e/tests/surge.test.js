// Too many ring about one class of matters: a leader says so at a page of plain forms, a caller in line takes the
// call-back that the plan offers instead of waiting, and the promise stands where leaders see it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Centre } from "../helpers/centre.js";
import { leadsTo, looksWell, signedIn } from "../helpers/forms.js";

/** The lead's page lists what is due within the hour. */
const WITHIN_MS = 30 * 60_000;
const PARTS = { figures: { 'skill = "tip"\n': 'skill = "tip"\nsurge_offer = "later_call"\nsurge_call_within = "30 min"\n' } };
/** The words of the goodbye with the reference, digit by digit. */
const GOODBYE_MS_MAX = 45_000;

test("who would rather be called back leaves the line with a promise, while a surge is declared", { timeout: 180_000 }, () =>
  Centre.serving(async (centre) => {
    const phone = await centre.telephone();
    const page = await signedIn(centre, "lead", "/surges");
    const row = page.locator('.surge[data-class="tip"]');
    await looksWell(page, "no surge");
    assert.equal(await page.locator('.surge[data-class="urgent"]').count(), 0, "callers in need could be told to wait");

    await row.locator('select[name="minutes"]').selectOption("60");
    await row.locator('select[name="reason"]').selectOption("event");
    await leadsTo(page, row.locator('button[value="declare"]'), "/surges?done=declared");
    assert.match(await row.textContent(), /Till .*\d\d:\d\d/);
    await looksWell(page, "a surge");
    const surges = await centre.server.api("/surges");
    assert.deepEqual(surges.map(({ class: of, offer, call_within_ms }) => [of, offer, call_within_ms]), [["tip", "later_call", WITHIN_MS]]);

    const id = await centre.ring(phone);
    await phone.press("42");
    const waiting = await centre.reaches(id, "queued");
    assert.equal(waiting.queue, "vast.tip");
    await page.goto("/surges");
    assert.match(await row.textContent(), /En väntar nu/);
    await page.goto("/lead");
    assert.match(await page.textContent("#surges"), /Tips till .*\d\d:\d\d/);
    await looksWell(page, "the lead's page in a surge");

    const asked = Date.now();
    await phone.press("5");
    assert.equal((await centre.reaches(id, "closed")).outcome, "callback_accepted");
    await phone.hearsSomething(await phone.now());
    await phone.happened("CALL_CLOSED", GOODBYE_MS_MAX);
    await centre.linesAreGone();

    const [promise] = await centre.owes(waiting, ["call_back"]);
    assert.equal(promise.owner, "queue:vast.tip");
    const dueAfterMs = promise.due - asked;
    assert.ok(dueAfterMs >= WITHIN_MS && promise.due <= Date.now() + WITHIN_MS, `due ${dueAfterMs} ms after 5 was pressed`);
    const matter = page.locator(`a[href="/matters/${waiting.reference}"]`);
    const promised = page.locator('section[aria-labelledby="lead-promises-title"] tr', { has: matter });
    await promised.waitFor();
    assert.match(await promised.textContent(), /Ring upp/);

    await page.goto("/surges");
    await leadsTo(page, row.locator('button[value="end"]'), "/surges?done=ended");
    assert.deepEqual(await centre.server.api("/surges"), []);
    await page.goto("/lead");
    assert.equal(await page.locator("#surges").count(), 0, "the line stays after the surge");
    assert.deepEqual((await centre.server.verify()).faults, []);
  }, PARTS),
);
