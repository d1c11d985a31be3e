// A colleague is asked in, reads along, and takes over: each desk shows what is its operator's to do.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CALLER_HZ, Centre, OPERATOR_HZ } from "../helpers/centre.js";
import { until } from "../helpers/wait.js";

const [BEFORE, LAST, AFTER] = ["Cykeln är borta.", " Låset är kvar.", " Vittnet ringer själv."];

test("a colleague is consulted in private, then takes the caller over with every word that was written", { timeout: 180_000 }, () =>
  Centre.during(async (centre) => {
    const phone = await centre.telephone();
    const desk = await centre.desk();
    const colleague = await centre.desk({ login: "lead" });
    const id = await centre.ringIntoLine(phone);
    await desk.answer();
    await phone.hears(OPERATOR_HZ);
    const report = `/api/v1/desk/reports/${id}`;
    const draft = async () => (await (await desk.context.request.get(report)).json()).draft;

    await desk.page.fill("#r-what_happened", BEFORE);
    await desk.consults("lead");
    await colleague.barIs("ringing");
    assert.equal(await colleague.page.locator("#report").count(), 0, "a form that cannot be saved is shown while it rings");
    await colleague.press("F2");
    await colleague.barIs("asked_in");
    assert.equal(await colleague.page.locator("#conference, #transfer, #end, #hold, #report").count(), 0);
    await until("the colleague reads what is written", async () => (await colleague.page.textContent("#part-report")).includes(BEFORE));
    assert.equal((await colleague.context.request.put(report, { data: { base: 1, draft: {} } })).status(), 403);
    assert.equal((await colleague.context.request.get(report)).status(), 200);
    await desk.hears(OPERATOR_HZ);
    await colleague.hears(OPERATOR_HZ);
    let since = await phone.now();
    await phone.hearsNoMore(OPERATOR_HZ, since);
    await phone.hearsSomething(since);

    // Written in the last moment before it is handed over.
    await desk.press("F8");
    await desk.press("End");
    await desk.page.keyboard.type(LAST);
    await desk.press("F7");
    await desk.barIs("wrap_up");
    await colleague.barIs("talking");
    assert.equal((await draft()).what_happened, BEFORE + LAST);
    await colleague.shows(`#report[data-contact="${id}"]`);
    assert.equal(await colleague.page.inputValue("#r-what_happened"), BEFORE + LAST);
    since = await phone.now();
    await phone.hears(OPERATOR_HZ, since);
    await colleague.hears(CALLER_HZ);
    await desk.hearsNoMore(CALLER_HZ);

    // Whoever wraps up may still write.
    await desk.page.fill("#r-measures", AFTER);
    await desk.page.focus("#report-title");
    await until("the last words of the first operator are kept", async () => (await draft()).measures === AFTER);
    await desk.concludes(1);
    await phone.hangUp();
    await colleague.concludes();
    assert.equal((await centre.reaches(id, "closed")).outcome, "report_received");
    await centre.linesAreGone();
    assert.deepEqual((await centre.server.verify()).faults, []);
  }),
);

test("a colleague who leaves gives the caller back", { timeout: 120_000 }, () =>
  Centre.during(async (centre) => {
    const phone = await centre.telephone();
    const desk = await centre.desk();
    const colleague = await centre.desk({ login: "lead" });
    const id = await centre.ringIntoLine(phone);
    await desk.answer();
    await desk.consults("lead");
    await colleague.barIs("ringing");
    await colleague.press("F2");
    await colleague.barIs("asked_in");
    await colleague.ends();
    await colleague.is("idle");
    await desk.barIs("talking");
    const since = await phone.now();
    await phone.hears(OPERATOR_HZ, since);
    await desk.hears(CALLER_HZ);
    await phone.hangUp();
    await desk.concludes();
    await centre.reaches(id, "closed");
    await centre.linesAreGone();
  }),
);
