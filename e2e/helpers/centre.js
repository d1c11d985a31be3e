// A whole contact centre for one test: the program, a telephone or two, a browser at the desk. All of
// it is ended again, whatever happens; when a test fails it says what the program had to tell.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Telephone } from "./baresip.js";
import { openBrowser } from "./browser.js";
import { Desk } from "./desk.js";
import { Server } from "./server.js";
import { Service } from "./service.js";
import { Sipp } from "./sipp.js";
import { writeBeeps } from "./sound.js";
import { until } from "./wait.js";

/** What operator, caller and party "say": far apart, and no harmonics of one another, also where G.711 folds them back. */
export const OPERATOR_HZ = 1_250;
export const CALLER_HZ = 700;
export const PARTY_HZ = 2_210;

/** Under which names 112, the switchboard and the command centre of Göteborg are rung. */
const PARTIES = ["112", "switchboard", "rlc-vast"];

export class Centre {
  /** @param {(centre: Centre) => Promise<void>} work
   * @param {{ args?: string[], figures?: Record<string, string> }} options of the server
   * @param {(centre: Centre) => Promise<Server>} begin starts another server than the demo, and what it needs */
  static async during(work, options = {}, begin = () => Server.start(options)) {
    const centre = new Centre();
    centre.endings = [];
    centre.telephones = [];
    centre.confided = new Set();
    try {
      centre.server = await begin(centre);
      centre.endings.push(() => centre.server.remove());
      await work(centre);
    } catch (fault) {
      const told = centre.server?.program?.output ?? "";
      fault.message = `${fault.message}\n--- the program said:\n${told.slice(-4_000)}`;
      throw fault;
    } finally {
      for (const end of centre.endings.reverse()) await end().catch(() => {});
    }
    centre.nothingWasTold();
  }

  /** A centre as an authority runs it (`svar serve`), with a telephone of its own behind the trunk that is 112,
   * switchboard and command centre, and the citizens of these numbers; it answers by itself unless told otherwise.
   * @param {(centre: Centre) => Promise<void>} work
   * @typedef {import("./service.js").Parts & { answers?: boolean, citizens?: string[] }} Parts
   * @param {Parts | ((centre: Centre) => Promise<Parts>)} wanted also by what is started first */
  static async serving(work, wanted = {}) {
    return Centre.during(work, {}, async (centre) => {
      const { answers = true, citizens = [], ...parts } = typeof wanted === "function" ? await wanted(centre) : wanted;
      centre.party = await centre.telephone({ hz: PARTY_HZ, user: PARTIES[0], alsoUsers: [...PARTIES.slice(1), ...citizens], answers });
      return Service.start({ ...parts, trunk: `127.0.0.1:${centre.party.port}` });
    });
  }

  /** A telephone in Göteborg unless another number is given; it sends `CALLER_HZ`. */
  async telephone({ user = "+46313900605", hz = CALLER_HZ, ...options } = {}) {
    this.confidesNumber(user);
    const phone = await Telephone.start({ user, hz, ...options });
    this.endings.push(() => phone.remove());
    this.telephones.push(phone);
    return phone;
  }

  /** One scripted call by sipp; what its keys say of a place is confidential. */
  async sipp(scenario, options) {
    this.confidesNumber(options.caller);
    const { latitude, longitude } = options.keys ?? {};
    for (const degrees of [latitude, longitude].filter(Boolean)) this.confides(degrees, String(Math.round(Number(degrees) * 1e6)));
    const sipp = await Sipp.call(this.server.sip, scenario, options);
    this.endings.push(() => sipp.remove());
    return sipp;
  }

  /** Remembers what the program may never say: numbers, positions, words of people. */
  confides(...texts) {
    for (const text of texts) this.confided.add(text);
  }

  /** A number in any way of writing it: its last nine digits. */
  confidesNumber(number) {
    if (/^\+?46\d{9}$/.test(number)) this.confides(number.slice(-9));
  }

  /** Whatever the program said while this lasted, it said nothing of people. */
  nothingWasTold() {
    for (const { output, cut } of this.server.programs) {
      assert.ok(!cut, "the program said more than is kept, so not all could be looked through");
      for (const text of this.confided) {
        const line = output.split("\n").find((said) => said.includes(text));
        assert.equal(line, undefined, `the program's output holds "${text}"`);
      }
    }
  }

  /** Chromium whose microphone hears `OPERATOR_HZ`. */
  async browser() {
    if (this.chromium) return this.chromium;
    const folder = await mkdtemp(join(tmpdir(), "svar-voice-"));
    this.endings.push(() => rm(folder, { recursive: true, force: true }));
    const tone = await writeBeeps(join(folder, "operator.wav"), { hz: OPERATOR_HZ });
    this.chromium = await openBrowser({ tone });
    this.endings.push(() => this.chromium.close());
    return this.chromium;
  }

  /** A desk with an operator signed in, on duty unless told otherwise. */
  async desk({ login = "desk", onDuty = true, ...options } = {}) {
    const desk = await Desk.open(this.server, await this.browser(), { login, ...options });
    if (onDuty) await desk.goOnDuty();
    return desk;
  }

  /** Rings 114 14 and waits until the dialogue has begun: the contact by its number in the API. */
  async ring(phone, number = "11414") {
    if (this.linesBefore === undefined) await this.countLines();
    const known = new Set((await this.server.api("/contacts?limit=1000")).map((contact) => contact.id));
    await phone.dial(`sip:${number}@${this.server.sip}`);
    const contact = await until("the call is in the dialogue", async () =>
      (await this.server.api("/contacts?limit=1000")).find((found) => !known.has(found.id) && found.state === "dialogue"),
    );
    return contact.id;
  }

  /** Rings and presses 3 (a report) and 2 (nothing is happening now): in line, or at a desk already. */
  async ringIntoLine(phone) {
    const contact = await this.ring(phone);
    await phone.press("32");
    await this.reaches(contact, "queued", "offered");
    return contact;
  }

  /** Waits until a contact is in one of these states, and returns it. */
  async reaches(id, ...states) {
    let seen = "";
    return until(`contact ${id} is ${states.join(" or ")}`, async () => {
      const contact = await this.contact(id);
      if (states.includes(contact.state)) return contact;
      if (contact.state !== seen) seen = contact.state;
      throw new Error(`it is ${seen}, outcome ${contact.outcome}`);
    }, 30_000);
  }

  /** Remembers how many lines there are without any call. */
  async countLines() {
    this.linesBefore = await this.server.lines();
  }

  /** One more call from ring to closing, with sound both ways; nothing of it is left in the end. */
  async wholeCall(phone, desk) {
    await this.countLines();
    const id = await this.ringIntoLine(phone);
    await desk.answer();
    const since = await phone.now();
    await desk.hears(CALLER_HZ);
    await phone.hears(OPERATOR_HZ, since);
    await phone.hangUp();
    await desk.concludes();
    assert.equal((await this.reaches(id, "closed")).outcome, "report_received");
    await this.linesAreGone();
  }

  /** Waits until no sound is carried but what was before the first call, and no telephone is in a call. */
  async linesAreGone() {
    await until("every telephone is free", () => this.telephones.every((phone) => phone.isFree));
    await until("the lines are gone", async () => {
      const lines = await this.server.lines();
      if (lines === this.linesBefore) return true;
      throw new Error(`${lines} lines, ${this.linesBefore} before the first call`);
    });
  }

  async contact(id) {
    return this.server.api(`/contacts/${id}`);
  }

  /** Waits until exactly these kinds of promises are owed in this contact's matter, and returns them. */
  async owes(contact, kinds) {
    // The list follows the journal within a tenth of a second.
    return until(`${kinds.join(", ") || "nothing"} is owed`, async () => {
      const owed = (await this.server.api("/promises")).filter((promise) => promise.reference === contact.reference);
      const found = owed.map((promise) => promise.kind);
      if (found.sort().join() === [...kinds].sort().join()) return owed;
      throw new Error(`owed: ${found.join(", ")}`);
    });
  }
}
