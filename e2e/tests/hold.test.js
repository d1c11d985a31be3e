// Hold, resume and mute: what each side hears, and what it does not.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CALLER_HZ, Centre, OPERATOR_HZ } from "../helpers/centre.js";

test("a held caller hears music and not the desk; a muted desk hears and is not heard", { timeout: 120_000 }, () =>
  Centre.during(async (centre) => {
    const phone = await centre.telephone();
    const desk = await centre.desk();
    const id = await centre.ringIntoLine(phone);
    await desk.answer();
    await phone.hears(OPERATOR_HZ);

    await desk.press("F4");
    await desk.barIs("on_hold");
    assert.equal((await centre.reaches(id, "on_hold")).owner.split(":")[0], "operator");
    let since = await phone.now();
    await phone.hearsNoMore(OPERATOR_HZ, since);
    await phone.hearsSomething(since);
    await desk.hearsNoMore(CALLER_HZ);

    await desk.press("F4");
    await desk.barIs("talking");
    since = await phone.now();
    await phone.hears(OPERATOR_HZ, since);
    await desk.hears(CALLER_HZ);

    await desk.press("F9");
    await desk.shows('#mute[aria-pressed="true"]');
    since = await phone.now();
    await phone.hearsNoMore(OPERATOR_HZ, since);
    await desk.hears(CALLER_HZ);
    await desk.press("F9");
    await desk.shows('#mute[aria-pressed="false"]');
    since = await phone.now();
    await phone.hears(OPERATOR_HZ, since);

    await desk.ends();
    await phone.happened("CALL_CLOSED");
    await desk.concludes();
    assert.equal((await centre.reaches(id, "closed")).outcome, "report_received");
    await centre.linesAreGone();
    assert.deepEqual((await centre.server.verify()).faults, []);
  }),
);
