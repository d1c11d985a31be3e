// Many callers at once: sipp signals for all of them, their sound goes out and comes in here, some to a socket. Every
// caller says the same sentence, over and over, each from another moment on.

import dgram from "node:dgram";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./ports.js";
import { Program, run } from "./program.js";
import { writeSpeech } from "./sound.js";

const scenario = join(dirname(fileURLToPath(import.meta.url)), "../scenarios/crowd.xml");
/** So few that what comes in while this program does something else fits into what a socket keeps. */
const CALLS_A_SOCKET = 5;
/** Göteborg and Malmö: of each a hundred numbers are set aside. */
const AREAS = [31_390_06_00, 40_628_04_00];
const FRAME = 160;
const FRAME_MS = 20;
const HEADER_BYTES = 12;
const PCMA = 8;
const SILENCE = 0xd5;
/** Later than this after its time it is late. */
const LATE_MS = 20;

export class Crowd {
  /** @param {string} sip where to call
   * @param {{ calls: number, perSecond: number, seconds: number, text: string, language: string, pauseSeconds: number }} options */
  static async call(sip, options) {
    const crowd = new Crowd();
    crowd.folder = await mkdtemp(join(tmpdir(), "svar-crowd-"));
    crowd.sound = await crowd.speech(options);
    /** Each caller's line, by the address its sound comes from. */
    crowd.lines = new Map();
    crowd.sockets = [];
    const { calls, perSecond, seconds } = options;
    for (let first = 0; first < calls; first += CALLS_A_SOCKET) crowd.sockets.push(await crowd.open());
    const number = (call) => `+46${AREAS[Math.floor(call / 100) % AREAS.length] + (call % 100)}`;
    const port = (call) => crowd.sockets[Math.floor(call / CALLS_A_SOCKET)].address().port;
    const numbers = Array.from({ length: calls }, (_, call) => `${number(call)};${port(call)};`);
    await writeFile(join(crowd.folder, "callers.csv"), ["SEQUENTIAL", ...numbers, ""].join("\n"));
    const own = ["-i", "127.0.0.1", "-p", String(await freePort()), "-inf", join(crowd.folder, "callers.csv"), "-s", "11414"];
    const all = ["-m", String(calls), "-l", String(calls), "-r", String(perSecond), "-d", String(seconds * 1000), "-nostdin", "-trace_err"];
    crowd.program = new Program("sipp", ["-sf", scenario, ...own, ...all, sip], { cwd: crowd.folder, env: { ...process.env, TERM: "dumb" } });
    crowd.began = performance.now();
    crowd.sent = 0;
    crowd.clock = setInterval(() => crowd.speak(), FRAME_MS / 2);
    return crowd;
  }

  /** A sentence and a pause as G.711, in whole frames. */
  async speech({ text, language, pauseSeconds }) {
    const [wav, raw] = [join(this.folder, "words.wav"), join(this.folder, "words.al")];
    await writeSpeech(wav, text, { language, quietSeconds: pauseSeconds });
    await run("sox", [wav, "-t", "al", "-r", "8000", "-c", "1", raw]);
    const sound = await readFile(raw);
    return Buffer.concat([sound, Buffer.alloc(FRAME - (sound.length % FRAME), SILENCE)]);
  }

  async open() {
    const socket = dgram.createSocket("udp4");
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    socket.setRecvBufferSize(1 << 20);
    socket.on("message", (packet, from) => this.hear(socket, packet, from));
    return socket;
  }

  hear(socket, packet, { port }) {
    if (packet.length < HEADER_BYTES) return;
    const [now, sequence, timestamp] = [performance.now(), packet.readUInt16BE(2), packet.readUInt32BE(4)];
    const line = this.lines.get(port);
    if (!line) {
      const [ahead, first] = [(this.lines.size * 37) % 400, now - timestamp / 8];
      this.lines.set(port, { socket, port, ssrc: port, ahead, packets: 1, lost: 0, askew: 0, late: 0, sequence, timestamp, first });
      return;
    }
    line.packets += 1;
    line.lost += (sequence - line.sequence - 1) & 0xffff;
    // Between two packets in a row lie twenty milliseconds of sound.
    if (((sequence - line.sequence) & 0xffff) === 1 && ((timestamp - line.timestamp) >>> 0) !== FRAME) line.askew += 1;
    const off = now - timestamp / 8 - line.first;
    line.first = Math.min(line.first, now - timestamp / 8);
    if (off > LATE_MS) line.late += 1;
    [line.sequence, line.timestamp] = [sequence, timestamp];
  }

  /** Whatever has fallen due: a timer may come late, the sound may not. */
  speak() {
    for (; this.sent * FRAME_MS < performance.now() - this.began; this.sent += 1) {
      for (const line of this.lines.values()) {
        const packet = Buffer.alloc(HEADER_BYTES + FRAME);
        packet[0] = 0x80;
        packet[1] = PCMA;
        packet.writeUInt16BE(this.sent & 0xffff, 2);
        packet.writeUInt32BE((this.sent * FRAME) >>> 0, 4);
        packet.writeUInt32BE(line.ssrc, 8);
        const at = ((this.sent + line.ahead) * FRAME) % this.sound.length;
        this.sound.copy(packet, HEADER_BYTES, at, at + FRAME);
        line.socket.send(packet, line.port, "127.0.0.1");
      }
    }
  }

  /** What came in, of all callers together. */
  get heard() {
    const sum = (name) => [...this.lines.values()].reduce((all, line) => all + line[name], 0);
    return { lines: this.lines.size, packets: sum("packets"), lost: sum("lost"), askew: sum("askew"), late: sum("late") };
  }

  /** Waits until every caller has hung up; 0 when all of them did so by themselves. */
  async ended() {
    return this.program.ended;
  }

  async remove() {
    clearInterval(this.clock);
    await this.program.stop("SIGTERM");
    for (const socket of this.sockets) socket.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
