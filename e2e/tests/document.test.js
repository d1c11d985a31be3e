// What the document of the interface promises, held to by schemathesis: calls made of it, right and wrong, by a script's token and by
// everybody who signs in. None is answered with a fault of the program's own. Only in `cargo xtask storm`, which installs it.
//
// SVAR_SCHEMATHESIS: the program `schemathesis`; SVAR_SCHEMATHESIS_MINUTES: how long for each reader; SVAR_INTAKE_SEED: the seed.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Centre } from "../helpers/centre.js";
import { signIn } from "../helpers/files.js";
import { Program } from "../helpers/program.js";

const SCHEMATHESIS = process.env.SVAR_SCHEMATHESIS;
const MINUTES = Number(process.env.SVAR_SCHEMATHESIS_MINUTES ?? 1);
const SEED = process.env.SVAR_INTAKE_SEED ?? "1";
const STAFF = ["desk", "lead", "admin"];
/** Streams never end, and a session that is ended is nobody's. */
const LEFT_OUT = "stream$|/session$";
const TEST_MS_MAX = 240_000 + (STAFF.length + 1) * (MINUTES + 1) * 60_000;

/** Tries the whole document as one reader, and says how many calls that was. */
async function tries(centre, folder, header) {
  const { origin } = centre.server;
  const only = ["--checks", "not_a_server_error", "--exclude-path-regex", LEFT_OUT, "--continue-on-failure"];
  const bounds = ["--seed", SEED, "--max-time", String(MINUTES * 60), "--request-timeout", "30", "--warnings", "off"];
  const program = new Program(SCHEMATHESIS, ["run", `${origin}/api/v1/openapi.json`, "-H", header, ...only, ...bounds], { cwd: folder });
  const how = await program.ended;
  assert.equal(how, 0, program.output);
  return Number(/(\d+) generated/.exec(program.output)?.[1] ?? assert.fail(program.output));
}

test(
  "no call that the document allows, or forbids, is answered with a fault of the program's own",
  { timeout: TEST_MS_MAX, skip: !SCHEMATHESIS },
  () =>
    Centre.during(
      async (centre) => {
        const folder = await mkdtemp(join(tmpdir(), "svar-document-"));
        centre.endings.push(() => rm(folder, { recursive: true, force: true }));
        const { authorization } = await centre.server.credentials();
        const readers = { script: `Authorization: ${authorization}` };
        for (const name of STAFF) readers[name] = `Cookie: ${await signIn(centre.server, name)}`;
        for (const [name, header] of Object.entries(readers)) {
          const calls = await tries(centre, folder, header);
          console.log(`${name}: ${calls} calls`);
          assert.ok(calls > 500, `${name}: ${calls} calls prove little`);
        }
        assert.ok(await centre.server.healthy());
        assert.doesNotMatch(centre.server.program.output, /panicked/);
        assert.equal(await centre.server.stop(), 0);
        assert.deepEqual((await centre.server.verify()).faults, []);
      },
      { args: ["--callers", "3", "--seed", "7"], log: "warn" },
    ),
);
