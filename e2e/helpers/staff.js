// An operator by the API alone, with a desk telephone behind the trunk: comes on duty again after every start, ends calls or
// lets the citizen end them, and states how each ended. What the service acknowledged stands in the operator's own book.

/** How long after a lost stream the desk is opened again. */
const AGAIN_MS = 250;
/** How often an operator looks at the desk when nothing is told. */
const LOOK_MS = 700;

export class Staff {
  /** @param {import("./service.js").Service} server
   * @param {{ login: string, chance: import("./chance.js").Chance }} options */
  constructor(server, { login, chance }) {
    Object.assign(this, { server, login, chance, working: true });
    /** Outcomes that were acknowledged, by contact; acts of every kind, and how they were answered. */
    this.stated = new Map();
    this.answers = new Map();
    /** Since when a contact has been talked with, and how long it will be. */
    this.talk = undefined;
    this.work = this.works();
  }

  /** For as long as the storm lasts: whatever fails is tried again, as a page does it. */
  async works() {
    while (this.working) {
      await this.shift().catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  async shift() {
    this.cookie ??= await this.server.signIn(this.login);
    const ending = new AbortController();
    this.ending = ending;
    try {
      const stream = await fetch(`${this.server.origin}/api/v1/desk/stream`, { headers: this.headers, signal: ending.signal });
      if (!stream.ok) throw new Error(`the desk's stream: ${stream.status}`);
      // It is open as long as it is read.
      const read = stream.body.pipeTo(new WritableStream({}), { signal: ending.signal });
      await Promise.race([read, this.serves()]);
    } finally {
      ending.abort();
    }
  }

  get headers() {
    return { cookie: this.cookie, "content-type": "application/json" };
  }

  /** Looks at the desk and does what is to be done there, until something fails. */
  async serves() {
    while (this.working) {
      const desk = await fetch(`${this.server.origin}/api/v1/desk`, { headers: this.headers });
      if (!desk.ok) throw new Error(`the desk: ${desk.status}`);
      await this.serve(await desk.json());
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  async serve({ operator, contact }) {
    const state = operator?.state;
    if (contact && state === "wrap_up") return this.states(contact.id);
    if (contact && state === "engaged") return this.talks(contact.id);
    if (state === undefined || ["signed_out", "unresponsive"].includes(state)) await this.acts({ act: "ready" });
  }

  /** Some calls are ended at the desk, others by the citizen. */
  async talks(contact) {
    if (this.talk?.contact !== contact) this.talk = { contact, ends: this.chance.is(0.7), until: Date.now() + this.chance.whole(300, 2_000) };
    if (this.talk.ends && Date.now() >= this.talk.until) await this.acts({ act: "end_call" });
  }

  async states(contact) {
    const outcome = this.chance.one(["helped", "report_received"]);
    if (await this.acts({ act: "outcome", contact, outcome })) this.stated.set(contact, outcome);
  }

  /** Whether it was acknowledged. */
  async acts(act) {
    const answer = await fetch(`${this.server.origin}/api/v1/desk/acts`, { method: "POST", headers: this.headers, body: JSON.stringify(act) });
    const kind = `${act.act} ${answer.status}`;
    this.answers.set(kind, (this.answers.get(kind) ?? 0) + 1);
    return answer.status === 204;
  }

  async leave() {
    this.working = false;
    this.ending?.abort();
    await this.work;
  }
}
