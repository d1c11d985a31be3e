// Starting and ending the program: what a user meets first.

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Program } from "../helpers/program.js";
import { freePort } from "../helpers/ports.js";
import { Server, root, svar } from "../helpers/server.js";

let server;

before(async () => {
  server = await Server.start();
});

after(() => server?.remove());

test("health and the API's document are open, the rest asks who is there", { timeout: 60_000 }, async () => {
  for (const [path, status] of [["/api/v1/health", 200], ["/api/v1/openapi.json", 200], ["/api/v1/contacts", 401], ["/api/v1/queues", 401]]) {
    assert.equal((await fetch(server.origin + path)).status, status, path);
  }
  const document = await (await fetch(`${server.origin}/api/v1/openapi.json`)).json();
  assert.ok(document.paths["/api/v1/contacts"] ?? document.paths["/contacts"], "the document does not describe contacts");
  assert.ok(await server.api("/contacts"));
});

test("it ends cleanly and goes on with the same folder", { timeout: 120_000 }, async () => {
  assert.equal(await server.stop(), 0);
  assert.deepEqual((await server.verify()).faults, []);
  await server.begin();
  assert.ok(await server.healthy());
});

test("what it cannot do it says in one line, and fails", { timeout: 120_000 }, async () => {
  const holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  const taken = `127.0.0.1:${holder.address().port}`;
  const free = async () => `127.0.0.1:${await freePort()}`;
  const data = await mkdtemp(join(tmpdir(), "svar-refused-"));
  const attempts = [
    { args: ["--data", data, "--http", taken, "--sip", await free()], named: taken.split(":")[1] },
    { args: ["--data", "/proc/no-such-folder", "--http", await free(), "--sip", await free()], named: "/proc/no-such-folder" },
    { args: ["--deployment", "deployments/nowhere", "--data", data, "--http", await free(), "--sip", await free()], named: "nowhere" },
  ];
  try {
    for (const { args, named } of attempts) {
      const program = new Program(svar, ["demo", ...args], { cwd: root });
      const code = await program.ended;
      const lines = program.output.trim().split("\n");
      assert.notEqual(code, 0, program.output);
      assert.equal(lines.length, 1, program.output);
      assert.ok(lines[0].includes(named), program.output);
    }
  } finally {
    holder.close();
    await rm(data, { recursive: true, force: true });
  }
});
