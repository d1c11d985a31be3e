// `svar serve` on PostgreSQL: killed in the middle of a conversation, and left without its database in
// the middle of another.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CALLER_HZ, Centre, OPERATOR_HZ } from "../helpers/centre.js";
import { Postgres } from "../helpers/postgres.js";
import { Service } from "../helpers/service.js";
import { until } from "../helpers/wait.js";

function during(work) {
  return Centre.during(work, {}, async (centre) => {
    centre.postgres = await Postgres.start();
    centre.endings.push(() => centre.postgres.remove());
    return Service.start({ database: centre.postgres.url });
  });
}

async function health(centre) {
  return (await fetch(`${centre.server.origin}/api/v1/health`)).json();
}

test("kill -9 during a conversation leaves a follow-up, and the journal holds together", { timeout: 240_000 }, () =>
  during(async (centre) => {
    const phone = await centre.telephone();
    const desk = await centre.desk();
    const finished = await centre.ringIntoLine(phone);
    await desk.answer();
    await phone.hangUp();
    await desk.concludes();
    const before = await centre.reaches(finished, "closed");

    const id = await centre.ringIntoLine(phone);
    await desk.answer();
    await phone.hears(OPERATOR_HZ, await phone.now());
    await desk.hears(CALLER_HZ);
    const sound = desk.soundAnew();
    assert.equal(await centre.server.crash(), "SIGKILL");
    const killed = await centre.server.verify();
    assert.deepEqual([killed.contacts, killed.open, killed.faults], [2, 1, []], "the database of the killed program");

    await centre.server.beginAgain();
    assert.deepEqual(await centre.contact(finished), before);
    const closed = await centre.reaches(id, "closed");
    assert.equal(closed.outcome, "system_terminated:restart");
    const [promise] = await centre.owes(closed, ["follow_up"]);
    assert.match(promise.owner, /^operator:\d+$/);
    assert.deepEqual(await centre.server.verify(), { contacts: 2, open: 0, promises: 1, faults: [] });

    await phone.hangUp();
    await sound;
    await desk.goOnDuty();
    await centre.wholeCall(phone, desk);
    assert.deepEqual(await centre.server.verify(), { contacts: 3, open: 0, promises: 1, faults: [] });
  }),
);

test("without the database a conversation keeps its sound, and after it everything is saved", { timeout: 240_000 }, () =>
  during(async (centre) => {
    const [phone, later] = [await centre.telephone(), await centre.telephone({ user: "+46313900606" })];
    const desk = await centre.desk();
    const id = await centre.ringIntoLine(phone);
    await desk.answer();
    await desk.hears(CALLER_HZ);
    assert.deepEqual([(await health(centre)).status, (await health(centre)).database], ["ok", true]);

    assert.equal(await centre.postgres.stop(), 0);
    const fault = await until("health tells of it", async () => {
      const told = await health(centre);
      return told.status === "degraded" && told;
    });
    assert.deepEqual([fault.database, fault.telephony, fault.admitting], [false, true, false]);
    await phone.hears(OPERATOR_HZ, await phone.now());
    await desk.hears(CALLER_HZ);
    // Whoever rings now hears what is the matter, and nothing is promised.
    await later.dial(`sip:11414@${centre.server.sip}`);
    await later.happened("CALL_ESTABLISHED");
    await later.hearsSomething(0);
    await later.happened("CALL_CLOSED", 60_000);
    // The caller hangs up meanwhile: known, but not yet saved.
    await phone.hangUp();

    await centre.postgres.begin();
    await until("health is well again", async () => (await health(centre)).status === "ok", 30_000);
    await desk.concludes();
    assert.equal((await centre.reaches(id, "closed")).outcome, "report_received");
    await centre.linesAreGone();
    assert.deepEqual(await centre.server.verify(), { contacts: 1, open: 0, promises: 0, faults: [] });
  }),
);
