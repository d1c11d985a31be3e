// A whole contact centre for one test: the program, a telephone or two, a browser at the desk. All of
// it is ended again, whatever happens; when a test fails it says what the program had to tell.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Telephone } from "./baresip.js";
import { openBrowser } from "./browser.js";
import { Desk } from "./desk.js";
import { Server } from "./server.js";
import { writeBeeps } from "./sound.js";
import { until } from "./wait.js";

/** What the operator "says" and what the caller "says": far apart, and no harmonics of one another. */
export const OPERATOR_HZ = 1_250;
export const CALLER_HZ = 700;

export class Centre {
  /** @param {(centre: Centre) => Promise<void>} work
   * @param {{ args?: string[] }} options of the server
   * @param {(centre: Centre) => Promise<Server>} begin starts another server than the demo, and what it needs */
  static async during(work, options = {}, begin = () => Server.start(options)) {
    const centre = new Centre();
    centre.endings = [];
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
  }

  /** A telephone in Göteborg unless another number is given; it sends `CALLER_HZ`. */
  async telephone({ user = "+46313900605", hz = CALLER_HZ, ...options } = {}) {
    const phone = await Telephone.start({ user, hz, ...options });
    this.endings.push(() => phone.remove());
    return phone;
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

  /** Waits until no sound is carried but what was before the first call. */
  async linesAreGone() {
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
