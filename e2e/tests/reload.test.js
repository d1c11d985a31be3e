// The operator's page is reloaded or lost in the middle of a conversation: the caller is kept.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CALLER_HZ, Centre, OPERATOR_HZ } from "../helpers/centre.js";
import { until } from "../helpers/wait.js";

const WRITTEN = "Cykeln stod låst utanför stationen.";

test("a reload keeps the call, the sound and what was written", { timeout: 120_000 }, () =>
  Centre.during(async (centre) => {
    const phone = await centre.telephone();
    const desk = await centre.desk();
    const id = await centre.ringIntoLine(phone);
    await desk.answer();
    await phone.hears(OPERATOR_HZ);

    // Not left, not saved: the reload comes in the middle of writing.
    await desk.page.locator("#r-what_happened").pressSequentially(WRITTEN);
    await desk.page.reload();
    await desk.barIs("talking");
    assert.equal((await centre.reaches(id, "talking", "operator_lost")).outcome, null);
    await desk.hears(CALLER_HZ);
    const since = await phone.now();
    await phone.hears(OPERATOR_HZ, since);
    await until("the report is as it was written", async () => (await desk.page.inputValue("#r-what_happened")) === WRITTEN);

    await phone.hangUp();
    await desk.concludes();
    assert.equal((await centre.reaches(id, "closed")).outcome, "report_received");
    assert.deepEqual(desk.told, [], "the page's console");
    await centre.linesAreGone();
    assert.deepEqual((await centre.server.verify()).faults, []);
  }),
);

test("a page that is gone for good gives its caller to the next, before everybody else", { timeout: 180_000 }, () =>
  Centre.during(async (centre) => {
    const [lost, later] = [await centre.telephone(), await centre.telephone({ user: "+46313900606" })];
    const desk = await centre.desk();
    const id = await centre.ringIntoLine(lost);
    await desk.answer();
    await lost.hears(OPERATOR_HZ);
    const other = await centre.ringIntoLine(later);

    await desk.leave();
    await centre.reaches(id, "operator_lost");
    await until("grace is over", async () => (await centre.contact(id)).state === "queued", 60_000);
    assert.equal(lost.count("CALL_CLOSED"), 0, "the caller was hung up on");
    await centre.reaches(other, "queued");

    const again = await centre.desk({ login: "lead", onDuty: false });
    await again.goOnDuty("offered");
    await again.answer();
    assert.equal((await again.state()).contact.id, id);
    const since = await lost.now();
    await lost.hears(OPERATOR_HZ, since);
    await again.hears(CALLER_HZ);
    await lost.hangUp();
    await again.concludes(0, "offered");
    await again.answer();
    assert.equal((await again.state()).contact.id, other);
    await again.ends();
    await again.concludes();
    await centre.reaches(other, "closed");
    assert.deepEqual((await centre.server.verify()).faults, []);
  }),
);

test("of two tabs one has the sound, and the other takes it over when that one is closed", { timeout: 180_000 }, () =>
  Centre.during(async (centre) => {
    const phone = await centre.telephone();
    const desk = await centre.desk();
    const id = await centre.ringIntoLine(phone);
    await desk.answer();
    await desk.hears(CALLER_HZ);

    const tab = await desk.secondTab();
    await tab.hears(CALLER_HZ);
    await desk.shows('#headset[data-state="elsewhere"]');
    // Ten looks later nobody has taken it back.
    for (let looks = 0; looks < 10; looks += 1) {
      await tab.hears(CALLER_HZ);
      assert.equal(await desk.page.getAttribute("#headset", "data-state"), "elsewhere");
    }
    const since = await phone.now();
    await phone.hears(OPERATOR_HZ, since);

    await tab.page.close();
    await desk.shows('#headset[data-state="on"]');
    await desk.hears(CALLER_HZ);
    await phone.hangUp();
    await desk.concludes();
    await centre.reaches(id, "closed");
    assert.deepEqual((await centre.server.verify()).faults, []);
  }),
);
