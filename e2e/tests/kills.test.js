// The program is killed again and again, at moments that a seed gives, while citizens ring, are rung and are spoken with. What
// they were told is then held against what was kept: nobody lost, nothing owed twice, nobody rung twice.
//
// SVAR_KILLS: how often in one storm; SVAR_KILL_SEEDS: of which seeds, `first..beyond`, each on one of the databases in turn.

import assert from "node:assert/strict";
import { test } from "node:test";
import { KillStorm } from "../helpers/kills.js";

const KILLS = Number(process.env.SVAR_KILLS ?? 10);
const [FIRST, BEYOND] = (process.env.SVAR_KILL_SEEDS ?? "1..3").split("..").map(Number);
/** For one kill, with all that is begun and waited for because of it. */
const KILL_MS_MAX = 60_000;

test("killed at any instant it comes back owing what it owed", { concurrency: 2 }, async (all) => {
  const seeds = Array.from({ length: BEYOND - FIRST }, (_, place) => FIRST + place);
  await Promise.all(
    seeds.map((seed) => {
      const postgres = seed % 2 === 0;
      return all.test(`${KILLS} kills on ${postgres ? "PostgreSQL" : "SQLite"}, seed ${seed}`, { timeout: 120_000 + KILLS * KILL_MS_MAX }, () =>
        KillStorm.during({ seed, postgres }, async (storm) => {
          await storm.kill(KILLS);
          const account = await storm.reckon();
          assert.equal(storm.kills, KILLS + 1);
          // A storm in which nothing happened proves nothing.
          for (const what of ["answered", "call_backs", "interrupted", "rung", "booked", "handed_in"]) assert.ok(account[what] > 0, `${what}: none`);
          assert.ok(account.moved + account.cancelled > 0, "nobody changed what they booked");
        }),
      );
    }),
  );
});
