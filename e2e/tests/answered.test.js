// A citizen rings, is understood by keys, waits, is answered in a browser, heard and helped.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CALLER_HZ, Centre, OPERATOR_HZ } from "../helpers/centre.js";

// Telephones speak one law or the other: the desk hears and is heard through both.
for (const codec of ["PCMA", "PCMU"]) {
  test(`a call in ${codec} is answered at the desk, heard both ways and concluded`, { timeout: 120_000 }, () =>
    Centre.during(async (centre) => {
      const phone = await centre.telephone({ codec });
      const desk = await centre.desk();
      const id = await centre.ringIntoLine(phone);

      await desk.barIs("ringing");
      assert.match(await desk.page.title(), /samtal|ring|call/i, "the title does not say that it rings");
      const offered = await centre.contact(id);
      for (const [field, value] of [["queue", "vast.report"], ["region", "vast"], ["channel", "telephone"], ["outcome", null]]) {
        assert.equal(offered[field], value, field);
      }

      await desk.answer();
      await desk.hears(CALLER_HZ);
      await phone.hears(OPERATOR_HZ);
      assert.match(phone.program.output, new RegExp(`audio encoder: ${codec} `), "another codec was agreed on");
      assert.equal((await desk.state()).caller.number, "+46313900605");
      assert.equal((await desk.page.locator(".call .reference .number").textContent()).replace(/\D/g, ""), offered.reference);

      await phone.hangUp();
      await desk.concludes();
      const closed = await centre.reaches(id, "closed");
      assert.equal(closed.outcome, "report_received");
      await centre.owes(closed, []);
      await desk.barIs("quiet");
      assert.deepEqual(desk.told, [], "the page's console");
      await centre.linesAreGone();

      const { contacts, open, promises, faults } = await centre.server.verify();
      assert.deepEqual({ contacts, open, promises, faults }, { contacts: 1, open: 0, promises: 0, faults: [] });
    }),
  );
}
