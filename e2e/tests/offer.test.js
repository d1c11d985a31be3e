// Two operators answer at once, also twice each: one has the caller, the others are told so.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Centre, OPERATOR_HZ } from "../helpers/centre.js";
import { until } from "../helpers/wait.js";

test("only one of two operators who answer at once has the caller", { timeout: 90_000 }, () =>
  Centre.during(async (centre) => {
    const phone = await centre.telephone();
    const desks = [await centre.desk(), await centre.desk({ login: "lead" })];
    const id = await centre.ringIntoLine(phone);
    const offer = await until("it rings at one desk", async () => {
      const states = await Promise.all(desks.map((desk) => desk.state()));
      return states.map((state) => state.operator.offer).find(Boolean);
    });
    const accept = { act: "accept", offer };
    const answers = await Promise.all([...desks, ...desks].map((desk) => desk.act(accept)));
    assert.deepEqual(answers.sort(), [204, 409, 409, 409]);

    await phone.hears(OPERATOR_HZ);
    const { owner } = await centre.reaches(id, "talking");
    const states = await Promise.all(desks.map((desk) => desk.state()));
    const holders = states.filter((state) => state.contact?.id === id).map((state) => `operator:${state.operator.id}`);
    assert.deepEqual(holders, [owner]);
    await phone.hangUp();
    const holder = desks[states.findIndex((state) => state.contact?.id === id)];
    await holder.concludes();
    await centre.reaches(id, "closed");
    await centre.linesAreGone();
    assert.deepEqual((await centre.server.verify()).faults, []);
  }),
);
