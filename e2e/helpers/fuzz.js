// A storm of what citizens' pages should never be sent, by a seed: rounds of chance, several at once. Whatever comes, the program
// answers with no fault of its own, lives, stays small, says nothing of people, and keeps what it acknowledged.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { Chance } from "./chance.js";
import { Visitor } from "./visitor.js";

/** Rounds at once. */
const LANES = 4;
/** After so many rounds it is looked at as a whole. */
const LOOK_EVERY = 50;
/** Thrice what a build for tests holds after half an hour of it: what grows with each round is beyond that soon. */
const RESIDENT_MIB_MAX = 300;
/** What a round may be refused with by the line itself: bodies that nobody reads to their end. */
const CUT_OFF = /ECONNRESET|EPIPE|other side closed|terminated|socket hang up/;

export class Fuzz {
  /** @param {import("./service.js").Service} server behind a proxy, so that each citizen has an address
   * @param {{ seed: number, confides?: (text: string) => void }} options what is sent that may not be told */
  constructor(server, { seed }) {
    Object.assign(this, { server, seed, statuses: new Map(), acts: new Map(), secrets: new Set(), rounds: 0, resident: 0, said: 0 });
  }

  /** One of the storm's methods by its weight; how often each was done is counted, for what was never done proves nothing.
   * @param {[string, number][]} weights */
  does(chance, weights) {
    const act = chance.weighed(weights);
    for (const [name] of weights) this.acts.set(name, (this.acts.get(name) ?? 0) + Number(name === act));
    return this[act](chance);
  }

  /** Somebody at an address of their own, for limits are counted by it. */
  visitor(chance) {
    return new Visitor(this.server.origin, { from: `198.18.${chance.whole(0, 256)}.${chance.whole(1, 255)}` });
  }

  /** Asks, and remembers what the answer was; a fault of the program's own ends the storm. Whoever only fetches asks again on another
   * line, as browsers do: the one before was ended because of a body that nobody read. */
  async ask(visitor, path, options = {}) {
    let answer = await this.asks(visitor, path, options);
    if (answer.status === 0 && options.form === undefined && options.body === undefined) answer = await this.asks(visitor, path, options);
    this.counts(answer.status, path);
    return answer;
  }

  async asks(visitor, path, options) {
    try {
      return await visitor.ask(path, options);
    } catch (fault) {
      const why = `${fault.cause?.code ?? ""} ${fault.cause?.message ?? fault.message}`;
      assert.match(why, CUT_OFF, `${path}: ${why}`);
      return { status: 0, text: "", to: "", headers: new Headers() };
    }
  }

  counts(status, what) {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    assert.ok(status < 500, `${what}: ${status}`);
  }

  /** What nobody may find in what the program says. */
  confides(...texts) {
    for (const text of texts) if (text) this.secrets.add(text);
  }

  /** Rounds until there were so many, or until the time is over.
   * @param {{ rounds?: number, minutes?: number, from?: number }} howLong
   * @param {(chance: Chance) => Promise<void>} round */
  async storms({ rounds = Infinity, minutes = Infinity, from = 0 }, round) {
    const over = performance.now() + minutes * 60_000;
    let next = from;
    const lane = async () => {
      while (next < from + rounds && performance.now() < over) {
        const number = next;
        next += 1;
        try {
          await round(new Chance(this.seed * 1_000_003 + number));
          if (number % LOOK_EVERY === 0) await this.looks();
        } catch (fault) {
          next = Infinity;
          fault.message = `seed ${this.seed}, round ${number}: ${fault.message}`;
          throw fault;
        }
        this.rounds += 1;
      }
    };
    const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane));
    const failed = lanes.find(({ status }) => status === "rejected");
    if (failed) throw failed.reason;
    await this.looks();
  }

  /** It is well, small, and has told nothing. */
  async looks() {
    const { program } = this.server;
    assert.ok(program.running, "it has ended");
    assert.equal((await this.server.health()).status, "ok");
    const told = await readFile(`/proc/${program.child.pid}/status`, "utf8");
    this.resident = Math.max(this.resident, Math.round(Number(/VmRSS:\s+(\d+)/.exec(told)[1]) / 1024));
    assert.ok(this.resident <= RESIDENT_MIB_MAX, `it holds ${this.resident} MiB`);
    this.hasToldNothing();
  }

  /** Also of a storm of minutes: what was looked through is let go. */
  hasToldNothing() {
    const { program } = this.server;
    const { output } = program;
    assert.ok(!program.cut, "it said more than is kept");
    assert.doesNotMatch(output, /panicked|RUST_BACKTRACE/);
    for (const secret of this.secrets)
      assert.ok(!output.includes(secret), `its output holds ${secret}:\n${output.split("\n").find((line) => line.includes(secret))}`);
    this.said += output.length;
    program.output = "";
  }

  /** Ended in order, its journal is whole. */
  async ends() {
    assert.equal(await this.server.stop(), 0);
    this.hasToldNothing();
    assert.deepEqual((await this.server.verify()).faults, []);
  }

  /** How it went, in a line. */
  account() {
    const statuses = [...this.statuses].sort(([one], [other]) => one - other).map(([status, times]) => `${times} x ${status || "cut off"}`);
    return `seed ${this.seed}, ${this.rounds} rounds, ${statuses.join(", ")}, at most ${this.resident} MiB, ${this.said} characters said`;
  }
}
