// It is happening now: 112 by keys, undone by a key, and what becomes of a question without an answer.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CALLER_HZ, Centre, PARTY_HZ } from "../helpers/centre.js";
import { until } from "../helpers/wait.js";

/** 112 answers when it is told to, and rings for longer than a slow machine takes to look at what the caller has. */
const UNANSWERED = { answers: false, figures: { 'ring = "15 s"': 'ring = "60 s"' } };

test("9 and 1 lead to 112, on our line until its voice is there", { timeout: 120_000 }, () =>
  Centre.serving(
    async (centre) => {
      const { party } = centre;
      const phone = await centre.telephone();
      const id = await centre.ring(phone);
      await phone.press("91");
      await party.rings();
      let since = await phone.now();
      await phone.hearsSomething(since);
      assert.equal((await centre.contact(id)).state, "emergency_transfer", "the caller was let go of before 112 answered");

      await party.lift();
      assert.equal((await centre.reaches(id, "with_party")).owner, "unit:112");
      since = await phone.now();
      await phone.hears(PARTY_HZ, since);
      await party.hears(CALLER_HZ, await party.heardAnything());

      await phone.hangUp();
      assert.equal((await centre.reaches(id, "closed")).outcome, "emergency");
      await centre.linesAreGone();
      assert.deepEqual(await centre.server.verify(), { contacts: 1, open: 0, promises: 0, faults: [] });
    },
    UNANSWERED,
  ),
);

test("2 undoes a transfer that was a mistake, and the dialogue goes on", { timeout: 120_000 }, () =>
  Centre.serving(
    async (centre) => {
      const { party } = centre;
      const phone = await centre.telephone();
      const id = await centre.ring(phone);
      await phone.press("91");
      await party.rings();
      await phone.press("2");
      await centre.reaches(id, "dialogue");
      await until("112 is not rung any more", () => party.isFree);
      await phone.press("3");
      // The question has been answered: it is not asked again.
      const queued = await centre.reaches(id, "queued");
      assert.equal(queued.queue, "vast.report");
      await phone.hangUp();
      assert.equal((await centre.reaches(id, "closed")).outcome, "abandoned");
      await centre.linesAreGone();
      assert.deepEqual((await centre.server.verify()).faults, []);
    },
    UNANSWERED,
  ),
);

test("whoever cannot answer the emergency question goes before everybody else", { timeout: 120_000 }, () =>
  Centre.during(async (centre) => {
    const [first, silent] = [await centre.telephone(), await centre.telephone({ user: "+46313900606" })];
    const ordinary = await centre.ringIntoLine(first);
    const id = await centre.ring(silent);
    await silent.press("3");
    const queued = await until("the silent caller is in line", async () => {
      const contact = await centre.contact(id);
      return contact.state === "queued" && contact;
    }, 40_000);
    assert.equal(queued.queue, "vast.urgent");

    const desk = await centre.desk({ onDuty: false });
    await desk.goOnDuty("offered");
    await desk.answer();
    assert.equal((await desk.state()).contact.id, id, "the strict class was not first");
    assert.equal((await centre.contact(ordinary)).state, "queued");
    await desk.ends();
    await desk.concludes(0, "offered");
    await first.hangUp();
    await centre.reaches(ordinary, "closed");
    assert.deepEqual((await centre.server.verify()).faults, []);
  }),
);
