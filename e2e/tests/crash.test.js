// The program is killed in the middle of everything and started again on the same folder: nothing that
// was finished is lost, everybody who was cut off is owed a call by somebody.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Centre, OPERATOR_HZ } from "../helpers/centre.js";
import { until } from "../helpers/wait.js";

test("kill -9 loses nothing and leaves every interrupted call as a follow-up", { timeout: 180_000 }, () =>
  Centre.during(async (centre) => {
    const users = ["+46313900605", "+46313900606", "+46313900607"];
    const [talking, waiting, beginning] = await Promise.all(users.map((user) => centre.telephone({ user })));
    const desk = await centre.desk();

    const finished = await centre.ringIntoLine(talking);
    await desk.answer();
    await talking.hangUp();
    await desk.concludes();
    const before = await centre.reaches(finished, "closed");

    const inTalk = await centre.ringIntoLine(talking);
    await desk.answer();
    await talking.hears(OPERATOR_HZ);
    const inQueue = await centre.ringIntoLine(waiting);
    await centre.reaches(inQueue, "queued");
    const inDialogue = await centre.ring(beginning);

    assert.equal(await centre.server.crash(), "SIGKILL");
    const killed = await centre.server.verify();
    assert.deepEqual([killed.contacts, killed.open, killed.faults], [4, 3, []], "the folder of the killed program");

    await centre.server.begin();
    assert.deepEqual(await centre.contact(finished), before);
    for (const [id, owner] of [[inTalk, /^operator:\d+$/], [inQueue, /^unit:supervisors\.vast$/], [inDialogue, /^unit:supervisors\.vast$/]]) {
      const contact = await centre.reaches(id, "closed");
      assert.equal(contact.outcome, "system_terminated:restart", `contact ${id}`);
      const [promise] = await centre.owes(contact, ["follow_up"]);
      assert.match(promise.owner, owner);
      assert.ok(promise.due > Date.now() && promise.due <= Date.now() + 600_000, "due within ten minutes");
    }
    await figuresAgree(centre);

    const after = await centre.server.verify();
    assert.deepEqual(after, { contacts: 4, open: 0, promises: 3, faults: [] });
  }),
);

/** What the board shows and what the API counts are the same, and what happened. */
async function figuresAgree(centre) {
  const nation = (await centre.server.api("/figures")).find((row) => row.of === "nation");
  const sum = (field) => nation.inside[field] + nation.outside[field];
  // Offered are those who stood in line: the finished, the talking and the waiting one.
  const counted = Object.fromEntries(["offered", "answered", "abandoned", "system_terminated", "still_waiting"].map((field) => [field, sum(field)]));
  assert.deepEqual(counted, { offered: 3, answered: 2, abandoned: 0, system_terminated: 1, still_waiting: 0 });

  const page = await (await centre.browser()).newPage({ locale: "sv-SE" });
  await page.goto(`${centre.server.origin}/board`);
  const queues = await centre.server.api("/queues");
  const shown = await until("the board is drawn", () => page.locator(".nation dd").allTextContents());
  assert.equal(Number(shown[0]), queues.reduce((all, queue) => all + queue.waiting, 0), "waiting");
  // The day's half hours: offered, answered in time, goal.
  const rows = page.locator("details table tbody tr");
  const column = async (number) => (await rows.locator(`td:nth-child(${number})`).allTextContents()).reduce((all, text) => all + Number(text), 0);
  assert.deepEqual([await column(2), await column(3)], [counted.offered, sum("answered_in_time")], "the strip of the day");
  await page.close();
}
