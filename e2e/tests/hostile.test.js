// Bad input over SIP: a clear answer, nothing kept of it, and the service goes on.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Centre } from "../helpers/centre.js";
import { SDP, STRANGER, Stranger } from "../helpers/stranger.js";
import { until } from "../helpers/wait.js";

const OTHER_CODEC = SDP.replace("RTP/AVP 8", "RTP/AVP 18").replace("8 PCMA/8000", "18 G729/8000");

/** What is asked, and what it is answered. */
const ASKED = [
  { what: "an unknown number", method: "INVITE", with: { user: "99999" }, answer: 404 },
  { what: "a codec we do not speak", method: "INVITE", with: { body: OTHER_CODEC }, answer: 488 },
  { what: "a body that is no SDP", method: "INVITE", with: { body: "this is no session" }, answer: 400 },
  { what: "reliable provisional answers", method: "INVITE", with: { lines: { Require: "100rel" } }, answer: 420 },
  { what: "a call that does not say where it can be reached", method: "INVITE", with: { lines: { Contact: null } }, answer: 400 },
  { what: "the end of a call that is none", method: "BYE", with: { body: "", lines: { To: "<sip:11414@127.0.0.1>;tag=none" } }, answer: 481 },
  { what: "whether we are there", method: "OPTIONS", with: { body: "" }, answer: 200 },
];

/** Bytes by a seed, so that a failure can be looked at again. */
function noise(seed, length) {
  let state = seed;
  return Buffer.from(Array.from({ length }, () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) >> 16));
}

const GARBAGE = [
  Buffer.alloc(0),
  Buffer.alloc(1_400),
  Buffer.from("\r\n\r\n"),
  Buffer.from("INVITE"),
  Buffer.from("INVITE sip:11414@127.0.0.1 SIP/2.0\r\nVia: "),
  Buffer.from("SIP/2.0 200 OK\r\nCall-ID: nobody\r\nCSeq: 1 INVITE\r\n\r\n"),
  Buffer.from(`INVITE sip:11414@127.0.0.1 SIP/2.0\r\n${"Via: SIP/2.0/UDP x\r\n".repeat(400)}\r\n`),
  Buffer.from("INVITE sip:11414@127.0.0.1 SIP/2.0\r\nContent-Length: 99999999999999999999\r\n\r\n"),
  Buffer.from([0x80, 0x08, 0x00, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0xd5, 0xd5]),
  Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0xf0, 0x28, 0x8c, 0x28]),
  ...Array.from({ length: 40 }, (_, seed) => noise(seed + 1, 20 + seed * 30)),
];

/** A stranger for one test; also of what is refused the number is not told. */
async function enter(centre) {
  const stranger = await Stranger.open(centre.server.sip);
  centre.endings.push(async () => stranger.close());
  centre.confidesNumber(STRANGER);
  return stranger;
}

test("what is wrong is answered clearly and keeps nothing", { timeout: 180_000 }, () =>
  Centre.during(async (centre) => {
    const stranger = await enter(centre);
    for (const { what, method, with: parts, answer } of ASKED) {
      assert.equal(await stranger.ask(stranger.request(method, parts)), answer, what);
    }
    assert.deepEqual(await centre.server.api("/contacts"), [], "a refused call was kept as a contact");
  }),
);

test("garbage does no harm", { timeout: 90_000 }, () =>
  Centre.during(async (centre) => {
    const stranger = await enter(centre);
    const before = centre.server.program.child.pid;
    for (const bytes of GARBAGE) await stranger.send(bytes);
    for (const line of ["Via", "From", "To", "Call-ID", "CSeq"]) await stranger.send(stranger.request("INVITE", { lines: { [line]: null } }).text);
    const invite = stranger.request("INVITE").text;
    for (let length = 0; length < invite.length; length += 29) await stranger.send(invite.slice(0, length));
    const sockets = await Promise.all([...GARBAGE.slice(1), `INVITE ${"a".repeat(200_000)}`].map((bytes) => stranger.over(bytes)));
    assert.equal(await stranger.ask(stranger.request("OPTIONS", { body: "" })), 200);

    const sipp = await centre.sipp("answered", { caller: "+46313900605", talkMs: 1_500 });
    await sipp.followed();
    const helped = await until("the call has ended", async () => (await centre.server.api("/contacts?state=closed"))[0]);
    assert.equal(helped.outcome, "left_in_dialogue");
    sockets.forEach((socket) => socket.destroy());
    assert.ok(await centre.server.healthy());
    assert.equal(centre.server.program.child.pid, before);
    assert.ok(!/panicked/.test(centre.server.program.output), "a panic was told");
    assert.deepEqual((await centre.server.verify()).faults, []);
  }),
);
