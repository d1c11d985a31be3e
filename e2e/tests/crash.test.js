// The program is killed in the middle of everything and started again on the same folder: nothing that
// was finished is lost, everybody who was cut off is owed a call by somebody.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CALLER_HZ, Centre, OPERATOR_HZ } from "../helpers/centre.js";
import { until } from "../helpers/wait.js";

test("kill -9 loses nothing and leaves every interrupted call as a follow-up", { timeout: 240_000 }, () =>
  Centre.serving(async (centre) => {
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
    await talking.hears(OPERATOR_HZ, await talking.now());
    await desk.hears(CALLER_HZ);
    const inQueue = await centre.ringIntoLine(waiting);
    await centre.reaches(inQueue, "queued");
    const inDialogue = await centre.ring(beginning);

    const sound = desk.soundAnew();
    assert.equal(await centre.server.crash(), "SIGKILL");
    const killed = await centre.server.verify();
    assert.deepEqual([killed.contacts, killed.open, killed.faults], [4, 3, []], "the folder of the killed program");

    await centre.server.begin();
    assert.deepEqual(await centre.contact(finished), before);
    // Whoever was spoken with is owed a call within minutes, the others within hours.
    const [soon, later] = [[0, 600_000], [600_000, 4 * 3_600_000]];
    const owed = [
      [inTalk, /^operator:\d+$/, soon],
      [inQueue, /^unit:supervisors\.vast$/, later],
      [inDialogue, /^unit:supervisors\.vast$/, later],
    ];
    for (const [id, owner, [least, most]] of owed) {
      const contact = await centre.reaches(id, "closed");
      assert.equal(contact.outcome, "system_terminated:restart", `contact ${id}`);
      const [promise] = await centre.owes(contact, ["follow_up"]);
      assert.match(promise.owner, owner);
      const within = promise.due - Date.now();
      assert.ok(within > least && within <= most, `contact ${id} is due in ${within} ms`);
    }
    await figuresAgree(centre);
    await theCitizenCanBeRung(centre, desk, inTalk, users[0]);
    await theCitizenCanBeRung(centre, desk, inQueue, users[1]);

    const after = await centre.server.verify();
    assert.deepEqual(after, { contacts: 4, open: 0, promises: 3, faults: [] });

    // Work goes on: whoever was cut off rings again, and is heard.
    for (const phone of [talking, waiting, beginning]) await phone.hangUp();
    await sound;
    await desk.goOnDuty();
    await centre.wholeCall(talking, desk);
    assert.deepEqual(await centre.server.verify(), { contacts: 5, open: 0, promises: 3, faults: [] });
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

/** Whoever owes a call sees whom to ring and what was known. */
async function theCitizenCanBeRung(centre, desk, id, number) {
  const { reference } = await centre.contact(id);
  await desk.page.locator(`.promises button[data-matter="${reference}"]`).click();
  await desk.shows("#opened[open]");
  await until("the number is shown", async () => (await desk.page.locator("#opened").textContent()).includes(number));
  await desk.press("Escape");
}
