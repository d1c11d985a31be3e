// The plan is changed while calls run, by an administrator at a page of plain forms: whoever waits is helped
// by it at once and keeps the wait, and a faulty plan changes nothing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CALLER_HZ, Centre, OPERATOR_HZ } from "../helpers/centre.js";
import { leadsTo, looksWell, signedIn } from "../helpers/forms.js";
import { until } from "../helpers/wait.js";

const [OPEN, NOT_YET] = ["opens = 2021-03-31", "opens = 2099-03-31"];
const PARTS = {
  figures: { [OPEN]: NOT_YET },
  people: [
    { login: "skara", name: "Skara 1", role: "operator", site: "skara" },
    { login: "admin", name: "Administrator", role: "administrator" },
  ],
};
const REASON = "Skara öppnar i dag.";

/** When the contact came into each line that it stood in. */
async function lines(centre, { reference }) {
  const { timeline } = await centre.server.api(`/matters/${reference}`);
  return timeline.filter((moment) => moment.what === "queue_entered").map(({ at, queue }) => ({ at, queue }));
}

test("a site is opened while a caller waits, and the plan before it comes back by one button", { timeout: 180_000 }, () =>
  Centre.serving(async (centre) => {
    const phone = await centre.telephone();
    const desk = await centre.desk({ login: "skara" });
    const id = await centre.ringIntoLine(phone);
    const waiting = await centre.contact(id);
    assert.deepEqual([waiting.state, waiting.queue], ["queued", "vast.report"]);
    const entered = await lines(centre, waiting);
    assert.equal(entered.length, 1);
    const before = await centre.server.api("/plan");

    const page = await signedIn(centre, "admin", "/plan");
    const text = await page.inputValue("#plan-text");
    await page.fill("#plan-text", text.replace(NOT_YET, OPEN));
    await leadsTo(page, page.locator("#plan-check"), "/plan/check");
    assert.equal(await page.locator("#verdict").count(), 1, "the plan was not taken as sound");
    assert.match(await page.textContent("#difference .removed"), new RegExp(NOT_YET));
    assert.match(await page.textContent("#difference .added"), new RegExp(OPEN));
    assert.equal((await centre.server.api("/plan")).digest, before.digest, "a check changed the plan");
    assert.deepEqual([(await centre.contact(id)).state, (await desk.state()).operator.state], ["queued", "idle"]);

    // Today again by the new text: whoever waits would have been answered, and nothing is changed by asking.
    await leadsTo(page, page.locator("#plan-try"), "/plan/preview");
    const answered = page.locator("#tried [data-measure=trial-answered] td");
    assert.deepEqual(await answered.allTextContents(), ["0", "0", "1"]);
    await looksWell(page, "a plan that was tried");
    assert.equal((await centre.server.api("/plan")).digest, before.digest, "a trial changed the plan");
    assert.equal((await centre.contact(id)).state, "queued");

    await page.fill("#plan-reason", REASON);
    const asked = Date.now();
    await leadsTo(page, page.locator("#plan-adopt"), "/plan?done=adopted");
    await desk.answer();
    const since = await phone.now();
    await desk.hears(CALLER_HZ);
    await phone.hears(OPERATOR_HZ, since);
    const talking = await centre.reaches(id, "talking");
    assert.deepEqual(await lines(centre, talking), entered, "the caller's wait began anew");
    assert.ok(talking.waited_ms >= asked - entered[0].at, `${talking.waited_ms} ms waited`);
    assert.ok((await page.textContent("#in-force")).includes(REASON));
    const adopted = await centre.server.api("/plan");
    assert.notEqual(adopted.digest, before.digest);

    // Whoever talks goes on talking under another plan.
    const row = page.locator("#earlier tr", { hasText: before.digest }).first();
    await leadsTo(page, row.locator("button"), "/plan?done=returned");
    assert.equal((await centre.server.api("/plan")).digest, before.digest);
    assert.equal(await page.inputValue("#plan-text"), text);
    assert.equal((await centre.contact(id)).state, "talking");
    await phone.hears(OPERATOR_HZ, await phone.now());
    await phone.hangUp();
    await desk.concludes();
    assert.equal((await centre.reaches(id, "closed")).outcome, "report_received");
    await centre.linesAreGone();
    assert.deepEqual((await centre.server.verify()).faults, []);
  }, PARTS),
);

test("a faulty plan is refused with its lines, and what was typed stays", { timeout: 120_000 }, () =>
  Centre.serving(async (centre) => {
    const before = await centre.server.api("/plan");
    const page = await signedIn(centre, "admin", "/plan");
    await looksWell(page, "the plan in force");
    const text = await page.inputValue("#plan-text");
    const faulty = text.replace('ring = "20 s"', 'rings = "20 s"');
    const line = faulty.split("\n").findIndex((one) => one.startsWith("rings = ")) + 1;
    const typed = { "#plan-text": faulty, "#plan-reason": REASON, "#plan-due": "2099-01-01T08:30" };
    for (const [button, address] of [
      ["#plan-check", "/plan/check"],
      ["#plan-adopt", "/plan/adopt"],
    ]) {
      for (const [field, value] of Object.entries(typed)) await page.fill(field, value);
      const answered = page.waitForResponse((answer) => new URL(answer.url()).pathname === address);
      await leadsTo(page, page.locator(button), address);
      assert.equal((await answered).status(), 422, address);
      const found = await page.locator("#faults li").allTextContents();
      const isTold = found.some((fault) => fault.startsWith(`Rad ${line}:`) && fault.includes('rings = "20 s"'));
      assert.ok(isTold, `${address}: ${found.join(" | ")}`);
      for (const [field, value] of Object.entries(typed)) assert.equal(await page.inputValue(field), value, `${address}: ${field}`);
      await until("the faults are in focus", () => page.evaluate(() => document.activeElement?.id === "summary"));
    }
    await looksWell(page, "a faulty plan");
    assert.equal((await centre.server.api("/plan")).digest, before.digest);
    assert.equal((await centre.server.api("/plan/changes")).length, 1, "a change was kept");

    // A change for later waits, and is withdrawn.
    await page.fill("#plan-text", text.replace(NOT_YET, OPEN));
    await leadsTo(page, page.locator("#plan-adopt"), "/plan?done=planned");
    assert.match(await page.textContent("#to-come"), /2099-01-01 08:30/);
    await looksWell(page, "a change to come");
    await leadsTo(page, page.locator("#to-come button"), "/plan?done=withdrawn");
    assert.equal(await page.locator("#to-come button").count(), 0);
    assert.equal((await centre.server.api("/plan")).digest, before.digest);
  }, PARTS),
);
