// baresip as a whole telephone: it sends a tone, writes down what it hears, and is told what to do
// over its control port.

import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./ports.js";
import { Program } from "./program.js";
import { level, loudest, murmur, readWav, writeMachine, writeSpeech, writeTone } from "./sound.js";
import { until } from "./wait.js";

const MODULES = "/usr/lib/baresip/modules";
const PARTS = ["account", "g711", "aufile", "sndfile", "menu", "ctrl_tcp", "uuid"];
const ANSWER_MS_MAX = 20_000;
/** What it says of a port that somebody else took meanwhile, and how often it is started anew with others. */
const PORT_IS_HELD = "Address already in use";
const STARTS_MAX = 5;
/** How long its tone lasts: longer than any test. */
const TONE_SECONDS = 240;
/** A finger needs this long from key to key; it is part of what is sent, not a wait for anything. */
const BETWEEN_KEYS_MS = 350;
/** What counts as heard, and what is no more than noise. */
const HEARD_MIN = 0.05;
const UNHEARD_MAX = 0.02;
const MURMUR_MIN = 0.015;
const SOMETHING_MIN = 0.005;
/** How much sound must have come in before it is judged: longer than the pause between two beeps. */
const LISTENED_SECONDS = 1.5;

export class Telephone {
  /** @param {{ hz: number, user?: string, alsoUsers?: string[], answers?: boolean, quiet?: boolean, codec?: "PCMA" | "PCMU" }} options
   *    the tone it sends, unless it is quiet; under which names it is rung; whether it answers by itself;
   *    the one codec that it speaks, else both */
  static async start(options) {
    for (let starts = 1; ; starts += 1) {
      const phone = new Telephone();
      try {
        await phone.begin(options);
        return phone;
      } catch (fault) {
        await phone.remove();
        if (!phone.portIsHeld || starts === STARTS_MAX) throw fault;
      }
    }
  }

  async begin({ hz, user = "46701740605", alsoUsers = [], answers = false, quiet = false, codec }) {
    this.folder = await mkdtemp(join(tmpdir(), "svar-baresip-"));
    this.heardFolder = join(this.folder, "heard");
    this.port = await freePort();
    this.controlPort = await freePort();
    this.address = `sip:${user}@127.0.0.1:${this.port}`;
    this.events = [];
    this.dialled = 0;
    /** The sound of each sentence that can be said. */
    this.sentences = new Map();
    this.answers = answers;
    await mkdir(this.heardFolder);
    const tone = await writeTone(join(this.folder, "tone.wav"), { hz, seconds: TONE_SECONDS, ...(quiet && { volume: 0 }) });
    await writeFile(join(this.folder, "config"), this.config(tone, await freePort()));
    const codecs = codec ? `;audio_codecs=${codec}/8000/1` : "";
    const account = (name) => `<sip:${name}@127.0.0.1>;regint=0;answermode=manual${codecs}\n`;
    await writeFile(join(this.folder, "accounts"), [user, ...alsoUsers].map(account).join(""));
    await writeFile(join(this.folder, "contacts"), "");
    this.program = new Program("baresip", ["-f", this.folder, "-4"], { cwd: this.folder });
    await Promise.race([this.fails(), this.control()]);
  }

  /** Whether another held one of its ports when it began. */
  get portIsHeld() {
    return this.program?.output.includes(PORT_IS_HELD) ?? false;
  }

  /** Rejects when it ends, and when it goes on without a port that is held. */
  fails() {
    const failed = new Promise((_, reject) => {
      const account = (how) => reject(new Error(`baresip ${how}: ${this.program.output}`));
      this.program.child.stderr.on("data", () => this.portIsHeld && account("lacks a port"));
      this.program.ended.then((how) => account(`ended with ${how}`), reject);
    });
    failed.catch(() => {});
    return failed;
  }

  config(tone, mediaPort) {
    const lines = [
      `sip_listen 127.0.0.1:${this.port}`,
      `rtp_ports ${mediaPort}-${mediaPort + 2}`,
      "net_interface 127.0.0.1",
      `audio_source aufile,${tone}`,
      "audio_player aufile,/dev/null",
      "audio_alert aufile,/dev/null",
      "ausrc_srate 8000",
      "auplay_srate 8000",
      `snd_path ${this.heardFolder}`,
      `ctrl_tcp_listen 127.0.0.1:${this.controlPort}`,
      "call_max_calls 4",
      `module_path ${MODULES}`,
      ...PARTS.map((part) => `module${part === "account" || part === "menu" || part === "ctrl_tcp" ? "_app" : ""} ${part}.so`),
    ];
    return `${lines.join("\n")}\n`;
  }

  /** Opens the control port: JSON in netstrings, answers by token, events in between. */
  async control() {
    this.socket = await until("baresip listens", async () => {
      if (!this.program.running) throw new Error("it has ended");
      const socket = connect(this.controlPort, "127.0.0.1");
      await once(socket, "connect");
      return socket;
    });
    this.answered = new Map();
    let rest = Buffer.alloc(0);
    this.socket.on("error", () => {});
    this.socket.on("data", (bytes) => {
      rest = Buffer.concat([rest, bytes]);
      for (;;) {
        const colon = rest.indexOf(":");
        const length = Number(rest.subarray(0, Math.max(colon, 0)).toString());
        if (colon < 0 || rest.length < colon + 2 + length) return;
        this.take(JSON.parse(rest.subarray(colon + 1, colon + 1 + length).toString()));
        rest = rest.subarray(colon + 2 + length);
      }
    });
    // Whoever answers on this port is baresip itself, and all its other ports are its own.
    await this.tell("about");
  }

  take(message) {
    if (!message.event) return this.answered.set(message.token, message);
    this.events.push(message);
    // Its own way of answering by itself tells of no incoming call, and cannot be hung up on.
    if (this.answers && message.type === "CALL_INCOMING") this.tell("accept").catch(() => {});
  }

  /** Tells it a command of its menu (`dial`, `accept`, `hangup`, `hold`, `resume`, `transfer`, ...). */
  async tell(command, params = "") {
    const token = String((this.told = (this.told ?? 0) + 1));
    const text = JSON.stringify({ command, params, token });
    this.socket.write(`${Buffer.byteLength(text)}:${text},`);
    const answer = await until(`baresip answers ${command}`, () => this.answered.get(token), ANSWER_MS_MAX);
    if (!answer.ok) throw new Error(`baresip refused ${command}: ${answer.data}`);
  }

  /** Calls an address; `established` says when the other side has answered. */
  async dial(address) {
    this.dialled += 1;
    await this.tell("dial", address);
  }

  /** Waits until a call comes in that is neither answered nor over: its id. */
  async rings() {
    const past = (id) => this.events.some((event) => event.id === id && ["CALL_ESTABLISHED", "CALL_CLOSED"].includes(event.type));
    return until("the telephone rings", () => this.events.find((event) => event.type === "CALL_INCOMING" && !past(event.id))?.id);
  }

  /** Waits until it rings, and lifts it. */
  async lift() {
    const id = await this.rings();
    await this.tell("accept");
    await until("baresip has answered", () => this.events.some((event) => event.id === id && event.type === "CALL_ESTABLISHED"));
  }

  /** Whether every call that it made or got is over. */
  get isFree() {
    return this.count("CALL_CLOSED") === this.dialled + this.count("CALL_INCOMING");
  }

  /** The keys that it was sent, in order. */
  get keysGot() {
    return this.events.filter((event) => event.type === "CALL_DTMF_START").map((event) => event.param).join("");
  }

  async happened(type, withinMs = 15_000) {
    return until(`baresip says ${type}`, () => this.events.find((event) => event.type === type), withinMs);
  }

  /** What has been heard so far, the newest recording. */
  async heard() {
    const names = (await readdir(this.heardFolder)).filter((name) => name.includes("dec")).sort();
    if (names.length === 0) throw new Error("nothing was recorded");
    return readWav(join(this.heardFolder, names[names.length - 1]));
  }

  /** Presses keys one after another, as RFC 4733 events. */
  async press(keys) {
    for (const key of keys) {
      await this.tell("sndcode", key);
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_KEYS_MS));
    }
  }

  /** Makes the sound of sentences, English unless told otherwise: while somebody waits for one there is no time for it.
   * @param {(string | { text: string, language: string })[]} sentences */
  async prepares(...sentences) {
    for (const sentence of sentences) {
      const { text, language } = typeof sentence === "string" ? { text: sentence, language: "en" } : sentence;
      // Letters beyond ASCII do not go through its control port.
      const path = join(this.folder, `sentence-${this.sentences.size}.wav`);
      this.sentences.set(text, await writeSpeech(path, text, { language, quietSeconds: TONE_SECONDS }));
    }
  }

  /** Makes the sound of an answering machine: it greets, beeps once, and listens. */
  async preparesMachine(greeting, beepHz) {
    const path = join(this.folder, "machine.wav");
    await writeMachine(path, greeting, { beepHz, quietSeconds: TONE_SECONDS });
    this.sentences.set(greeting, path);
  }

  /** Says a sentence that is prepared, and is quiet after it. */
  async say(text) {
    if (!this.sentences.has(text)) throw new Error(`"${text}" is not prepared`);
    await this.tell("ausrc", `aufile,${this.sentences.get(text)}`);
  }

  async hangUp() {
    const closed = this.count("CALL_CLOSED");
    await this.tell("hangup");
    await until("baresip has hung up", () => this.count("CALL_CLOSED") > closed);
  }

  count(type) {
    return this.events.filter((event) => event.type === type).length;
  }

  /** Where the recording stands now: sound before it is past. */
  async now() {
    return (await this.heard()).samples.length;
  }

  /** The same, waiting until anything was recorded at all. */
  async heardAnything() {
    return until("something is recorded", () => this.now());
  }

  /** Waits until a frequency is heard in what came in after `since`. */
  async hears(hz, since = 0) {
    await this.listens(`${hz} Hz`, since, (sound) => loudest(sound, hz), (found) => found >= HEARD_MIN);
  }

  /** Waits until a frequency is gone from what comes in, after `since`: the newest stretch has none of it. */
  async hearsNoMore(hz, since) {
    await this.listens(`no ${hz} Hz`, since, (sound) => loudest(newest(sound), hz), (found) => found <= UNHEARD_MAX);
  }

  /** Waits until a party of the demo is heard speaking. */
  async hearsParty(since) {
    await this.listens("a party's voice", since, murmur, (found) => found >= MURMUR_MIN);
  }

  /** Waits for sound of any kind: the music of holding and waiting. */
  async hearsSomething(since) {
    await this.listens("something", since, (sound) => level(newest(sound)), (found) => found >= SOMETHING_MIN);
  }

  async listens(what, since, measure, enough) {
    await until(`the telephone hears ${what}`, async () => {
      const { rate, samples } = await this.heard();
      const later = { rate, samples: samples.slice(since) };
      const found = later.samples.length >= rate * LISTENED_SECONDS ? measure(later) : undefined;
      if (found !== undefined && enough(found)) return true;
      throw new Error(`measured ${found?.toFixed(4) ?? "nothing yet"} in ${(later.samples.length / rate).toFixed(1)} s`);
    });
  }

  async remove() {
    this.socket?.destroy();
    await this.program?.stop("SIGTERM");
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The stretch that a judgement of "now" rests on. */
function newest({ rate, samples }) {
  return { rate, samples: samples.slice(-rate * LISTENED_SECONDS) };
}
