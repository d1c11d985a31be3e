// An operator who writes down what citizens hand in at a police desk, by the API: says which matter it is of where that is known,
// links what was unknown, and reads it. What was acknowledged stands in the clerk's own book.

const ANSWER_MS_MAX = 10_000;
/** Ways in which something may come that a person writes down. */
const CHANNELS = ["desk", "web"];

export class Clerk {
  /** @param {import("./service.js").Service} server
   * @param {{ login: string, chance: import("./chance.js").Chance }} options */
  constructor(server, { login, chance }) {
    Object.assign(this, { server, login, chance });
    /** All that was ever sent, by its name; `contact` and `reference` are there once it was acknowledged. `linked`: to which
     * reference it was moved; `settled`: how; `unsure`: what nobody saw the answer of. */
    this.told = [];
    this.acting = Promise.resolve();
  }

  /** One thing after another, as a person does them. */
  acts(references) {
    this.acting = this.acting.then(() => this.act(references)).catch(() => (this.cookie = undefined));
  }

  async act(references) {
    const open = this.told.filter(({ contact, settled, unsure }) => contact !== undefined && !settled && unsure.length === 0);
    const unlinked = open.filter(({ verified, linked }) => !verified && linked === undefined);
    const what = this.chance.weighed([["takesIn", 6], ["links", unlinked.length > 0 && references.length > 0 ? 2 : 0], ["reads", open.length > 0 ? 2 : 0]]);
    if (what === "links") return this.links(this.chance.one(unlinked), this.chance.one(references));
    if (what === "reads") return this.reads(this.chance.one(open));
    return this.takesIn(this.chance.is(0.6) && references.length > 0 ? this.chance.one(references) : undefined);
  }

  async ask(path, body) {
    this.cookie ??= await this.server.signIn(this.login);
    const options = { method: "POST", body: JSON.stringify(body) };
    const headers = { cookie: this.cookie, "content-type": "application/json" };
    return fetch(`${this.server.origin}/api/v1${path}`, { ...options, headers, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  }

  async takesIn(named) {
    const verified = named !== undefined && this.chance.is(0.5);
    const told = { name: `written ${this.told.length + 1}`, named, verified, channel: this.chance.one(CHANNELS), unsure: [] };
    this.told.push(told);
    const body = { channel: told.channel, language: "sv", region: "vast", subject: told.name, text: "It was red.", verified };
    const answer = await this.ask("/additions", { ...body, ...(named && { reference: named }) });
    told.status = answer.status;
    if (answer.status === 201) Object.assign(told, await answer.json());
  }

  /** Its answer was not seen: from then on nobody knows how it stands. */
  async surely(told, what, act) {
    try {
      const answer = await this.ask("/desk/acts", act);
      if (answer.status >= 500) throw new Error(`${what}: ${answer.status}`);
      return answer.status === 204;
    } catch (fault) {
      told.unsure.push(what);
      throw fault;
    }
  }

  async links(told, reference) {
    if (await this.surely(told, "link", { act: "link", contact: told.contact, reference })) told.linked = reference;
  }

  async reads(told) {
    const rows = await this.server.api("/additions");
    const row = rows.find(({ contact }) => contact === told.contact);
    if (!row) return;
    const promise = { matter: row.matter, promise: row.promise };
    const outcome = this.chance.one(["read", "passed_on", "helped"]);
    if (await this.surely(told, "settle", { act: "settle_promise", ...promise, outcome })) told.settled = outcome;
  }
}
