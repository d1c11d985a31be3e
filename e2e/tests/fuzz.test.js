// What citizens' pages should never be sent, by a seed: forms, additions and bookings, then files. The program answers without a
// fault of its own, lives, stays small, says nothing of people, and keeps what it acknowledged.
//
// SVAR_INTAKE_MINUTES: how long each storm lasts, instead of some rounds; SVAR_INTAKE_SEED: what chance begins with.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Centre } from "../helpers/centre.js";
import { FilesFuzz } from "../helpers/fuzz_files.js";
import { IntakeFuzz } from "../helpers/fuzz_intake.js";
import { Service } from "../helpers/service.js";
import { rows } from "../helpers/tables.js";

const MINUTES = Number(process.env.SVAR_INTAKE_MINUTES ?? 0);
/** By this one every kind of round comes in the few of the suite. */
const SEED = Number(process.env.SVAR_INTAKE_SEED ?? 37);
const HOW_LONG = MINUTES > 0 ? { minutes: MINUTES } : { rounds: 60 };
const TEST_MS_MAX = 180_000 + MINUTES * 120_000;

/** A storm that left something out proves nothing of it. */
function leftNothingOut(fuzz, statuses) {
  for (const [act, times] of fuzz.acts) assert.ok(times > 0, `${act}: never`);
  for (const status of statuses) assert.ok(fuzz.statuses.has(status), `nothing was answered ${status}`);
}

const during = (work) => Centre.during(work, {}, () => Service.start({ proxied: true, log: "debug" }));

test("forms that nobody fills in so do no harm", { timeout: TEST_MS_MAX }, () =>
  during(async (centre) => {
    const fuzz = new IntakeFuzz(centre.server, { seed: SEED });
    await fuzz.begins();
    await fuzz.storms(HOW_LONG, (chance) => fuzz.round(chance));
    await fuzz.ends();
    const matters = await rows(centre.server, "SELECT reference FROM matters");
    const kept = new Set(matters.map(({ reference }) => reference));
    assert.equal(kept.size, matters.length);
    for (const reference of [...fuzz.filed.values(), ...fuzz.added])
      assert.ok(kept.has(reference), `${reference} was shown and is not kept`);
    console.log(`intake: ${fuzz.account()}; ${fuzz.filed.size} reports and ${fuzz.added.size} additions acknowledged`);
    assert.ok(fuzz.filed.size > 2 && fuzz.added.size > 0);
    leftNothingOut(fuzz, [200, 303, 400, 404, 410, 422]);
  }),
);

test("files that nobody sends so do no harm", { timeout: TEST_MS_MAX }, () =>
  during(async (centre) => {
    const intake = new IntakeFuzz(centre.server, { seed: SEED });
    await intake.begins();
    const fuzz = new FilesFuzz(centre.server, { seed: SEED });
    await fuzz.begins(intake);
    await fuzz.storms(HOW_LONG, (chance) => fuzz.round(chance));
    await fuzz.ends();
    const { whole, sent } = await fuzz.reckons();
    console.log(`files: ${fuzz.account()}; ${whole} files acknowledged, ${sent} times sent`);
    assert.ok(whole > 5 && sent > 0);
    leftNothingOut(fuzz, [200, 201, 204, 303, 400, 404, 422]);
  }),
);
