// Starting and ending the program: what a user meets first.

import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Program } from "../helpers/program.js";
import { freePort } from "../helpers/ports.js";
import { root, svar } from "../helpers/built.js";
import { Server } from "../helpers/server.js";

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
  const tcp = createServer().listen(0, "127.0.0.1");
  await once(tcp, "listening");
  const udp = createSocket("udp4").bind(0, "127.0.0.1");
  await once(udp, "listening");
  const taken = { tcp: tcp.address().port, udp: udp.address().port };
  const folder = await mkdtemp(join(tmpdir(), "svar-refused-"));
  const file = join(folder, "a-file");
  await writeFile(file, "this is no folder");
  const attempts = [
    { what: { http: taken.tcp }, named: taken.tcp },
    { what: { sip: taken.tcp }, named: taken.tcp },
    { what: { sip: taken.udp }, named: taken.udp },
    { what: { data: "/proc/no-such-folder" }, named: "/proc/no-such-folder" },
    { what: { data: file }, named: file },
    { what: { data: join(file, "below") }, named: file },
    { what: { deployment: "deployments/nowhere" }, named: "nowhere" },
  ];
  try {
    for (const { what, named } of attempts) {
      const { data = join(folder, "data"), http = await freePort(), sip = await freePort(), deployment = "sweden" } = what;
      const places = ["--data", data, "--http", `127.0.0.1:${http}`, "--sip", `127.0.0.1:${sip}`, "--deployment", deployment];
      const program = new Program(svar, ["demo", ...places, "--callers", "0", "--no-operators"], { cwd: root });
      const code = await program.ended;
      assert.notEqual(code, 0, program.output);
      assert.equal(program.output, program.complaints, "a program that did not start welcomes somebody");
      const lines = program.complaints.trim().split("\n");
      assert.equal(lines.length, 1, program.output);
      assert.ok(lines[0].includes(String(named)), `${JSON.stringify(what)}: ${program.output}`);
    }
  } finally {
    tcp.close();
    udp.close();
    await rm(folder, { recursive: true, force: true });
  }
});
