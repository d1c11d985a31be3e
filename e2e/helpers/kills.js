// A storm that kills the program at random moments while citizens ring, are rung and are spoken with, and a book of what
// they were told, kept apart from the program. All that is by chance follows from one seed; the program's own moments do not.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { hoursAway } from "./call_backs.js";
import { Chance } from "./chance.js";
import { Caller, Rung, Sink } from "./citizens.js";
import { Clerk } from "./clerk.js";
import { Postgres } from "./postgres.js";
import { run } from "./program.js";
import { reconcile } from "./reconcile.js";
import { reconcileAdditions } from "./reconcile_additions.js";
import { reconcileBookings } from "./reconcile_bookings.js";
import { Service } from "./service.js";
import { Staff } from "./staff.js";
import { everything } from "./tables.js";
import { until } from "./wait.js";
import { WebCitizen } from "./web_citizens.js";

/** Göteborg and Malmö: of each a hundred numbers are set aside. */
const AREAS = [31_390_06_00, 40_628_04_00];
/** Ways in which citizens begin something, each by its method below and with its weight. Another way is a line here, and its
 * own reckoning in `reconcile.js`. */
const CHANNELS = [["somebodyRings", 5], ["somebodyBooks", 3], ["somethingIsHandedIn", 2]];
const SITES = ["goteborg", "malmo", "goteborg"];
export const GAP_MS = 3_000;
/** More at once than this do not ring: the machine has other things to do. */
const CALLERS_MAX = 20;
/** And no more than these fill in the form. */
const WEB_CITIZENS_MAX = 10;
/** A dead program's lease on PostgreSQL runs out after ten seconds of the database's clock. */
const LEASE_OVER_MS_MAX = 90_000;
/** How long the last life goes on for what can be finished. */
const LAST_LIFE_MS = 8_000;
/** How long citizens ring before and after something is taken away, and how soon that must be noticed. */
const BEFORE_MS = 6_000;
const NOTICED_MS_MAX = 60_000;
const NOTICED_BEFORE_MS = 5_000;
/** How long it lives before it is killed, by how; the last two die once more while they start. A late one has told some
 * callers to the last word that they will be rung back. */
const LIVES_MS = { soon: [300, 5_000], late: [8_000, 18_000], starting: [0, 1_500], twice: [0, 1_500] };

export class KillStorm {
  /** @param {{ seed: number, postgres?: boolean, data?: string }} options `data`: where it keeps its folder */
  static async during({ seed, postgres = false, data }, work) {
    const storm = new KillStorm();
    Object.assign(storm, { seed, chance: new Chance(seed), endings: [], callers: [], webCitizens: [], kills: 0, ringing: false });
    console.log(`kill storm: seed ${seed} on ${postgres ? "PostgreSQL" : "SQLite"}`);
    try {
      await storm.begin(postgres, data);
      await work(storm);
    } catch (fault) {
      fault.message = `${fault.message}\n--- seed ${seed}; the program said:\n${storm.server?.program?.output.slice(-4_000) ?? ""}`;
      throw fault;
    } finally {
      for (const end of storm.endings.reverse()) await end().catch(() => {});
    }
  }

  async begin(postgres, data) {
    this.sink = await Sink.open();
    this.endings.push(async () => this.sink.close());
    this.rung = await Rung.start(this.sink);
    this.endings.push(() => this.rung.remove());
    if (postgres) {
      this.postgres = await Postgres.start();
      this.endings.push(() => this.postgres.remove());
    }
    const people = SITES.map((site, place) => {
      const login = `phone-${place}`;
      return { login, name: login, role: "operator", site, telephone: `sip:${login}@${this.rung.address}` };
    });
    const figures = { 'quiet = "21:00-08:00"': `quiet = "${hoursAway()}"`, 'gap = "20 min"': `gap = "${GAP_MS / 1_000} s"`, 'ring = "40 s"': 'ring = "3 s"' };
    this.server = await Service.start({ trunk: this.rung.address, people, figures, log: "warn", proxied: true, ...(data && { data }), ...(postgres && { database: this.postgres.url }) });
    this.endings.push(() => this.server.remove());
    this.places = await placesOf(this.server.deployment);
    this.clerk = new Clerk(this.server, { login: people[0].login, chance: new Chance(this.seed + 100) });
    this.staff = people.map(({ login }, place) => new Staff(this.server, { login, chance: new Chance(this.seed + place + 1) }));
    this.endings.push(() => Promise.all(this.staff.map((staff) => staff.leave())));
    this.endings.push(() => Promise.all(this.callers.map(({ caller }) => caller.remove())));
  }

  // Citizens

  /** Lets citizens ring, a few a second, until it is told otherwise. */
  async ringsOn() {
    this.ringing = true;
    while (this.ringing) {
      await this[this.chance.weighed(CHANNELS)]();
      await new Promise((resolve) => setTimeout(resolve, this.chance.whole(60, 250)));
    }
  }

  async somebodyRings() {
    if (this.callers.filter(({ caller }) => caller.running).length >= CALLERS_MAX) return;
    const number = this.someNumber();
    const steps = this.someCourse();
    const name = `call ${this.callers.length + 1}`;
    this.callers.push({ number, caller: await Caller.ring(this.server.sip, { number, name, steps, sink: this.sink }) });
  }

  async somebodyBooks() {
    if (this.webCitizens.filter(({ over }) => !over).length >= WEB_CITIZENS_MAX) return;
    const place = this.webCitizens.length;
    this.webCitizens.push(new WebCitizen(this.server, { place, chance: new Chance(this.seed * 10_000 + place) }));
  }

  /** At a desk, about a matter whose reference somebody was told, or about none that anybody knows. */
  async somethingIsHandedIn() {
    this.clerk.acts(this.references().map(([reference]) => reference));
  }

  /** Those that citizens on the web were told. */
  references() {
    return this.webCitizens.filter(({ told }) => told.reference).map(({ told }) => [told.reference, told.name]);
  }

  /** Most ring for the first time, some once more. */
  someNumber() {
    const quiet = this.callers.filter(({ caller }) => !caller.running);
    if (quiet.length > 0 && this.chance.is(0.2)) return this.chance.one(quiet).number;
    const next = new Set(this.callers.map(({ number }) => number)).size;
    return `+46${AREAS[Math.floor(next / 100) % AREAS.length] + (next % 100)}`;
  }

  /** What a citizen does: hangs up in the dialogue, waits in line for a while, is in danger, has us ring back. */
  someCourse() {
    const soon = () => this.chance.whole(100, 1_500);
    const line = [{ after: soon(), key: "3" }, { after: 0, key: "2" }];
    return this.chance.weighed([
      [[{ after: soon(), hangUp: true }], 15],
      [[...line, { after: this.chance.whole(500, 8_000), hangUp: true }], 25],
      [[{ after: soon(), key: "3" }, { after: 0, key: "1" }, { after: this.chance.whole(500, 4_000), hangUp: true }], 10],
      [[...line, { after: soon(), key: "6" }, { after: 0, key: "1" }, { after: 0, hungUpOn: true }], 50],
    ]);
  }

  // Kills

  /** Kills it so often, at moments that the chance of the seed gives. */
  async kill(times) {
    const ringing = this.ringsOn();
    const died = this.kills + times;
    while (this.kills < died) {
      const how = this.chance.weighed([["soon", 4], ["late", 3], ["starting", 2], ["twice", 1]]);
      const [least, below] = LIVES_MS[how];
      await this.livesFor(this.chance.whole(least, below));
      await this.dies();
      if (this.kills < died && ["starting", "twice"].includes(how)) await this.diesStarting(how === "twice" ? 30 : this.chance.whole(50, 1_500));
      await this.isReborn();
    }
    this.ringing = false;
    await ringing;
  }

  async livesFor(ms) {
    await new Promise((resolve) => setTimeout(resolve, ms));
  }

  async dies() {
    assert.equal(await this.server.crash(), "SIGKILL");
    this.kills += 1;
    // Some of those on the line notice at once that it is dead, the others after a while.
    for (const { caller } of this.callers.filter(({ caller }) => caller.running)) {
      const notices = this.chance.is(0.5) ? 0 : this.chance.whole(1_000, 6_000);
      setTimeout(() => caller.dropsDeadLine(), notices);
    }
  }

  /** Started, and killed before anybody knows how far it came. */
  async diesStarting(ms) {
    await this.leaseIsOver();
    const born = this.server.begin();
    born.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, ms));
    await this.dies();
    await born.catch(() => {});
  }

  /** Started again as a service manager does, until the lease of the one that died is over. */
  async isReborn() {
    await this.leaseIsOver();
    await until("the program runs again", async () => {
      await this.server.begin();
      return true;
    }, LEASE_OVER_MS_MAX);
  }

  /** On PostgreSQL four times in five by hand what the clock does in ten seconds: nobody holds it any more. */
  async leaseIsOver() {
    if (!this.postgres || this.chance.is(0.2)) return;
    await run("psql", ["-Xq", this.postgres.url, "-c", "UPDATE lease SET held_until = 0"]);
  }

  // Troubles

  /** What the program says of itself. */
  async health() {
    return this.server.health();
  }

  /** Citizens ring before, while and after nothing can be saved.
   * @param {() => Promise<() => Promise<void>>} goesAway takes away what saving needs, and gives what brings it back
   * @param {number} awayMs for how long at least */
  async suffers(goesAway, awayMs) {
    const ringing = this.ringsOn();
    await this.livesFor(BEFORE_MS);
    const gone = Date.now();
    const comesBack = await goesAway();
    await until("it says that nothing is saved", async () => (await this.health()).status === "degraded", NOTICED_MS_MAX);
    // Nobody hears of a fault before it is noticed; that the health is asked for takes a moment.
    this.away = { from: Math.max(gone, Date.now() - NOTICED_BEFORE_MS), to: Infinity };
    await this.livesFor(awayMs);
    await comesBack();
    await until("it says that all is saved again", async () => (await this.health()).status === "ok", NOTICED_MS_MAX);
    this.away.to = Date.now();
    await this.livesFor(BEFORE_MS);
    this.ringing = false;
    await ringing;
  }

  // The reckoning

  /** Lets what can be finished be finished, ends it by force once more, and holds the citizens' view against what was kept. */
  async reckon() {
    await this.livesFor(LAST_LIFE_MS);
    await Promise.all([this.clerk.acting, ...this.webCitizens.map((citizen) => citizen.looks())]);
    await Promise.all(this.staff.map((staff) => staff.leave()));
    await this.dies();
    await until("every caller has hung up", () => this.callers.every(({ caller }) => !caller.running));
    const verified = await this.server.verify();
    assert.deepEqual(verified.faults, []);
    const tales = await Promise.all(this.callers.map(({ caller }) => caller.tells()));
    const kept = await everything(this.server);
    const [rung, lifted] = [await this.rung.counts("rung"), await this.rung.counts("answered")];
    const stated = this.staff.map((staff) => staff.stated);
    this.told = { answers: this.staff.map((staff) => Object.fromEntries(staff.answers)), rung: Object.fromEntries(rung) };
    const calls = reconcile({ tales, kept, rung, lifted, stated, verified, gapMs: GAP_MS, away: this.away });
    const account = { ...calls, ...this.reckonWriting(kept) };
    console.log(`kill storm: ${this.kills} kills, ${JSON.stringify(account)}`);
    if (process.env.SVAR_KILL_TOLD) console.log(JSON.stringify(this.told));
    return account;
  }
  /** What was booked and handed in: who was told what, and what was kept. */
  reckonWriting(kept) {
    const bookings = reconcileBookings({ told: this.webCitizens.map(({ told }) => told), kept, places: this.places });
    const contactOf = new Map(kept.booked.map(({ name, contact }) => [name, contact]));
    const references = this.references().map(([reference, name]) => [reference, contactOf.get(name)]);
    return { ...bookings, ...reconcileAdditions({ told: this.clerk.told, kept, references }) };
  }
}

/** How many places the plan has of a time: of a call in its queue, of a visit at its desk. */
async function placesOf(deployment) {
  const plan = await readFile(join(deployment, "plan.toml"), "utf8");
  const tables = (head) => plan.split(`[[${head}]]`).slice(1).map((text) => text.split("\n[")[0]);
  const value = (table, key) => new RegExp(`^${key} = "?([^"\n]*?)(?: ?%)?"?$`, "m").exec(table)?.[1];
  const calls = new Map(tables("bookings.times").map((row) => [`${value(row, "region")}.${value(row, "class")}`, Math.floor((value(row, "staff") * value(row, "share")) / 100)]));
  const visits = new Map(tables("desks").map((row) => [value(row, "id"), Number(value(row, "visitors"))]));
  return ({ queue, desk }) => (desk === null ? calls.get(queue) : visits.get(desk)) ?? 0;
}
