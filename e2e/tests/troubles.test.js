// Nothing can be saved for a while, and citizens ring on: the database is stopped, or somebody else holds it, or the disk is
// full. Whoever was told something before and after it is kept, those meanwhile hear of the fault.
//
// SVAR_AWAY_MS: for how long.

import assert from "node:assert/strict";
import { mkdir, mkdtemp, open, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { KillStorm } from "../helpers/kills.js";
import { run } from "../helpers/program.js";

const AWAY_MS = Number(process.env.SVAR_AWAY_MS ?? 5_000);
const TIMEOUT = { timeout: 180_000 + AWAY_MS };
/** Room for the spill, the deployment and the beginning of a database. */
const DISK = "64m";

/** Nobody lost, nothing twice, and some heard of the fault. */
async function reckons(storm) {
  const account = await storm.reckon();
  for (const what of ["answered", "call_backs", "told_of_fault", "booked", "handed_in"]) assert.ok(account[what] > 0, `${what}: none`);
}

const mounting = process.getuid() === 0 ? {} : { skip: "only root can give it a small disk" };

describe("nothing can be saved for a while: nothing is lost", { concurrency: true }, () => {
  test("PostgreSQL is stopped at once and comes back", TIMEOUT, () =>
    KillStorm.during({ seed: 11, postgres: true }, async (storm) => {
      const goesAway = async () => {
        await storm.postgres.cut();
        return () => storm.postgres.begin();
      };
      await storm.suffers(goesAway, AWAY_MS);
      await reckons(storm);
    }),
  );

  test("somebody else holds SQLite's file", TIMEOUT, () =>
    KillStorm.during({ seed: 12 }, async (storm) => {
      const goesAway = async () => {
        const held = Math.ceil((AWAY_MS + 5_000) / 1_000);
        const holder = run("sqlite3", [join(storm.server.data, "svar.db"), ".timeout 5000", "BEGIN EXCLUSIVE", `.shell sleep ${held}`, "ROLLBACK"]);
        return () => holder;
      };
      await storm.suffers(goesAway, AWAY_MS);
      await reckons(storm);
    }),
  );

  test("the disk is full", { ...TIMEOUT, ...mounting }, async () => {
    const disk = await mkdtemp(join(tmpdir(), "svar-disk-"));
    await run("mount", ["-t", "tmpfs", "-o", `size=${DISK}`, "svar-disk", disk]);
    try {
      const data = join(disk, "data");
      await mkdir(data);
      await KillStorm.during({ seed: 13, data }, async (storm) => {
        const goesAway = async () => {
          // What lies in the log of writes would have room there for a while.
          await run("sqlite3", [join(data, "svar.db"), "PRAGMA wal_checkpoint(TRUNCATE)"]);
          await fills(disk);
          return () => rm(join(disk, "filler"));
        };
        await storm.suffers(goesAway, AWAY_MS);
        await reckons(storm);
      });
    } finally {
      await run("umount", [disk]);
      await rm(disk, { recursive: true });
    }
  });
});

/** Not a byte is free after this. */
async function fills(disk) {
  const filler = await open(join(disk, "filler"), "w");
  const page = Buffer.alloc(4_096);
  try {
    for (;;) await filler.write(page);
  } catch (fault) {
    assert.equal(fault.code, "ENOSPC");
  } finally {
    await filler.close();
  }
  assert.equal((await statfs(disk)).bavail, 0);
}
