// Citizens who ring, press keys and hang up, each by a program of its own (sipp), and those who are rung, all by one. Each
// keeps in its log what came to it, so that what the service kept can be held against what citizens were told.

import dgram from "node:dgram";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./ports.js";
import { Program } from "./program.js";

const scenarios = join(dirname(fileURLToPath(import.meta.url)), "../scenarios");
/** A finger needs this long from key to key; it is part of what is sent, not a wait for anything. */
const BETWEEN_KEYS_MS = 250;
/** Longest time for the last words that we tell a caller before we hang up. */
const LAST_WORDS_MS_MAX = 40_000;
const CALL_SECONDS_MAX = 60;

/** Takes sound and listens to none of it. */
export class Sink {
  static async open() {
    const sink = new Sink();
    sink.socket = dgram.createSocket("udp4").bind(0, "127.0.0.1");
    await once(sink.socket, "listening");
    sink.port = sink.socket.address().port;
    return sink;
  }

  close() {
    this.socket.close();
  }
}

/** Lines that a scenario logged, by their first word. */
async function logged(path, word) {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.split("\n").filter((line) => line.startsWith(`${word} `)).map((line) => line.split(" ").slice(1));
}

export class Caller {
  /** Rings, does this, and hangs up or is hung up on.
   * @typedef {{ after: number, key?: string, hangUp?: boolean, hungUpOn?: boolean }} Step after so many milliseconds
   * @param {string} sip where to call
   * @param {{ number: string, name: string, steps: Step[], sink: Sink }} options */
  static async ring(sip, { number, name, steps, sink }) {
    const caller = new Caller();
    Object.assign(caller, { number, name, steps });
    caller.folder = await mkdtemp(join(tmpdir(), "svar-caller-"));
    caller.log = join(caller.folder, "log");
    const scenario = join(caller.folder, "caller.xml");
    await writeFile(scenario, scenarioOf(steps));
    const own = ["-i", "127.0.0.1", "-p", String(await freePort()), "-s", "11414", "-nostdin"];
    const once = ["-m", "1", "-l", "1", "-r", "1", "-timeout", `${CALL_SECONDS_MAX}s`, "-recv_timeout", String(LAST_WORDS_MS_MAX)];
    const keys = ["-key", "caller", number, "-key", "name", name, "-key", "sink", String(sink.port)];
    const args = ["-sf", scenario, ...own, ...once, ...keys, "-trace_logs", "-log_file", caller.log, sip];
    caller.program = new Program("sipp", args, { cwd: caller.folder, env: { ...process.env, TERM: "dumb" } });
    return caller;
  }

  get running() {
    return this.program.running;
  }

  /** The line is dead; the receiver goes down. */
  async dropsDeadLine() {
    await this.program.stop("SIGKILL");
  }

  /** What the citizen can tell: whether somebody lifted, and whether all went as it should to the last step. */
  async tells() {
    const how = await this.program.ended;
    const [first] = await logged(this.log, "answered");
    const { number, name, steps } = this;
    const last = steps[steps.length - 1];
    return { number, name, answered: first !== undefined, answeredAt: Number(first?.[0]) * 1_000, tookCallBack: how === 0 && last.hungUpOn === true };
  }

  async remove() {
    await this.dropsDeadLine();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export class Rung {
  /** Everybody behind the trunk: citizens, parties and desk telephones (`scenarios/rung.xml`).
   * @param {Sink} sink */
  static async start(sink) {
    const rung = new Rung();
    rung.folder = await mkdtemp(join(tmpdir(), "svar-rung-"));
    rung.port = await freePort();
    rung.log = join(rung.folder, "log");
    const own = ["-i", "127.0.0.1", "-p", String(rung.port), "-key", "sink", String(sink.port), "-d", "1200", "-nostdin"];
    const args = ["-sf", join(scenarios, "rung.xml"), ...own, "-trace_logs", "-log_file", rung.log, "-trace_err"];
    rung.program = new Program("sipp", args, { cwd: rung.folder, env: { ...process.env, TERM: "dumb" } });
    return rung;
  }

  get address() {
    return `127.0.0.1:${this.port}`;
  }

  /** How often each was rung (`rung`) or answered (`answered`). */
  async counts(word) {
    const counts = new Map();
    for (const [user] of await logged(this.log, word)) counts.set(user, (counts.get(user) ?? 0) + 1);
    return counts;
  }

  async remove() {
    await this.program.stop("SIGKILL");
    await rm(this.folder, { recursive: true, force: true });
  }
}

const SDP = `
v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [sink] RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=ptime:20
`;

/** A request within the call, and what follows its head. */
function request(method, number, { lines = [], body = "", retransmitted = true } = {}) {
  const head = [
    `${method} [next_url] SIP/2.0`,
    "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
    "[routes]",
    'From: "[name]" <sip:[caller]@[local_ip]:[local_port]>;tag=[pid]caller[call_number]',
    "To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]",
    "Call-ID: [call_id]",
    `CSeq: ${number} ${method}`,
    "Max-Forwards: 70",
    ...lines,
  ];
  const text = body ? `${head.join("\n")}\nContent-Length: [len]\n\n${body}` : `${head.join("\n")}\nContent-Length: 0\n`;
  return `<send${retransmitted ? ' retrans="500"' : ""}><![CDATA[\n${text}\n]]></send>`;
}

/** A key by INFO: it is in the signalling, so this caller needs no sound of its own. */
function key(name, number) {
  const relay = { lines: ["Content-Type: application/dtmf-relay"], body: `Signal=${name}\nDuration=100\n` };
  return `${request("INFO", number, relay)}<recv response="200"/><pause milliseconds="${BETWEEN_KEYS_MS}"/>`;
}

const INVITE = `<send retrans="500"><![CDATA[
INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: "[name]" <sip:[caller]@[local_ip]:[local_port]>;tag=[pid]caller[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:[caller]@[local_ip]:[local_port];transport=[transport]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]
${SDP}]]></send>
<recv response="100" optional="true"/><recv response="180" optional="true"/><recv response="183" optional="true"/>
<recv response="200" rrs="true"><action><gettimeofday assign_to="second,micro"/><log message="answered [$second]"/></action></recv>
<Reference variables="micro"/>`;

const HUNG_UP_ON = `<recv request="BYE"/><send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0
]]></send>`;

function scenarioOf(steps) {
  let number = 1;
  const parts = steps.map((step) => {
    const wait = step.after > 0 ? `<pause milliseconds="${step.after}"/>` : "";
    if (step.hungUpOn) return wait + HUNG_UP_ON;
    number += 1;
    return wait + (step.hangUp ? `${request("BYE", number)}<recv response="200"/>` : key(step.key, number));
  });
  const acknowledged = request("ACK", 1, { retransmitted: false });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="caller">${INVITE}${acknowledged}${parts.join("\n")}</scenario>\n`;
}
