// Citizens who book a time on the web, as a browser without script does it: by forms and a cookie. Each keeps what it was told,
// so that what the service kept can be held against it. Whoever sees no answer knows nothing, and says so.

/** English, for no reason: the tree of each language is the same. */
const TREE = "/en/book";
const LIVES_IN = ["Göteborg", "Malmö", "Stockholm", "Kiruna"];
/** 08-465 004 00 and on are set aside, and take no text messages. */
const FIRST_NUMBER = 846_500_400;
const NUMBERS = 100;
/** Nobody waits longer for a page. */
const ANSWER_MS_MAX = 10_000;
/** How often, and for how long, whoever has a link tries it again while nobody answers. */
const AGAIN_MS = 500;
const TRIES_MAX = 60;

/** What is looked for in a page. */
const all = (text, pattern) => [...text.matchAll(pattern)].map(([, found]) => found);
const choicesOf = (page, name) =>
  all(page, /<input([^>]*)>/g).filter((input) => input.includes(`name="${name}"`)).map((input) => /value="([^"]*)"/.exec(input)?.[1]);

export class WebCitizen {
  /** @param {import("./service.js").Service} server
   * @param {{ place: number, chance: import("./chance.js").Chance }} options which one it is, from 0 */
  constructor(server, { place, chance }) {
    Object.assign(this, { server, place, chance, name: `web ${place + 1}`, cookie: "" });
    /** `sent`: the last form went out; `booked`: it was answered with a booking; `refused`: it was answered with none;
     * `moves`: how often another time was acknowledged; `unsure`: acts whose answer was not seen. */
    this.told = { name: this.name, sent: false, booked: false, refused: false, cancelled: false, moves: 0, unsure: [] };
    this.course = this.lives().finally(() => (this.over = true));
  }

  /** Books, and then perhaps moves or cancels it; what breaks off is not begun anew. */
  async lives() {
    const changes = this.chance.weighed([[[], 3], [["moves"], 3], [["cancels"], 3], [["moves", "cancels"], 1]]);
    const pauses = changes.map(() => this.chance.whole(0, 8_000));
    try {
      await this.books();
      if (!this.told.link) return;
      for (const [place, change] of changes.entries()) {
        await new Promise((resolve) => setTimeout(resolve, pauses[place]));
        await this[change]();
      }
    } catch {
      // The line broke, or the service said that it cannot now: nothing was told.
    }
  }

  async ask(path, form) {
    const headers = { "x-forwarded-for": `198.18.${Math.floor(this.place / 250)}.${1 + (this.place % 250)}`, cookie: this.cookie };
    const options = form ? { method: "POST", body: new URLSearchParams(form) } : {};
    const answer = await fetch(`${this.server.origin}${path}`, { ...options, headers, redirect: "manual", signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    const text = await answer.text();
    const [set] = answer.headers.getSetCookie();
    if (set) [this.cookie] = set.split(";");
    if (answer.status >= 500) throw new Error(`${path}: ${answer.status}`);
    return { status: answer.status, text, to: answer.headers.get("location") ?? "" };
  }

  /** Answers a question; whether that led on. */
  async answers(step, form) {
    const { status, to } = await this.ask(`${TREE}/${step}`, form);
    return status === 303 && to.startsWith(TREE);
  }

  /** From the first question to the page that says it is booked. */
  async books() {
    await this.answers("danger", { danger: "no" });
    await this.answers("matter", { matter: "report", about: "A bicycle" });
    await this.answers("place", { municipality: this.chance.one(LIVES_IN) });
    await this.answers("language", { tongue: "en" });
    const { text } = await this.ask(`${TREE}/way`);
    const ways = choicesOf(text, "way");
    await this.answers("way", { way: this.chance.is(0.8) ? "call" : this.chance.one(ways) });
    const slot = await this.someSlot(`${TREE}/time`);
    if (!slot || !(await this.answers("time", { slot }))) return;
    if (this.chance.is(0.1)) return void (await this.ask(`${TREE}/forget`, {}));
    const number = `+46${FIRST_NUMBER + (this.place % NUMBERS)}`;
    await this.answers("contact", { name: this.name, number, mail: "" });
    const [seen] = choicesOf((await this.ask(`${TREE}/check`)).text, "seen");
    if (seen) await this.sends(seen, slot);
  }

  /** The last form; some press twice. */
  async sends(seen, slot) {
    this.told.sent = true;
    const presses = this.chance.is(0.3) ? 2 : 1;
    const sent = await Promise.allSettled(Array.from({ length: presses }, () => this.ask(`${TREE}/check`, { seen })));
    const answers = sent.filter(({ status }) => status === "fulfilled").map(({ value }) => value);
    this.told.booked = answers.some(({ status, to }) => status === 303 && to === `${TREE}/done`);
    this.told.refused = answers.length === presses && !this.told.booked;
    if (!this.told.booked) return;
    this.told.slot = Number(slot);
    const { text } = await this.ask(`${TREE}/done`);
    this.told.reference = /class="reference"[^>]*>([\d ]+)</.exec(text)?.[1].replaceAll(" ", "");
    this.told.link = new RegExp(`href="(${TREE}/[0-9a-f]{36})"`).exec(text)?.[1];
  }

  /** One of the times that are shown: the first of a day is wanted by many. */
  async someSlot(path) {
    const days = all((await this.ask(path)).text, /\?day=(\d{4}-\d{2}-\d{2})"/g);
    if (days.length === 0) return undefined;
    const slots = choicesOf((await this.ask(`${path}?day=${this.chance.one(days)}`)).text, "slot");
    return this.chance.is(0.4) ? slots[0] : this.chance.one(slots);
  }

  async moves() {
    const slot = await this.someSlot(`${this.told.link}/move`);
    if (!slot || Number(slot) === this.told.slot) return;
    await this.changes({ act: "move", slot: Number(slot) }, { slot }, () => {
      this.told.moves += 1;
      this.told.slot = Number(slot);
    });
  }

  async cancels() {
    await this.changes({ act: "cancel" }, {}, () => (this.told.cancelled = true));
  }

  /** Sends a form of the link. Without an answer nobody knows whether it was done, until the link is looked at. */
  async changes(what, form, done) {
    try {
      const { status, to } = await this.ask(`${this.told.link}/${what.act}`, form);
      if (status === 303 && to === this.told.link) done();
    } catch (fault) {
      this.told.unsure.push(what);
      throw fault;
    }
  }

  /** Looks at the link once more, as long as it takes: what it says now is what the citizen was told last. */
  async looks() {
    await this.course;
    if (!this.told.link) return;
    for (let tries = 1; ; tries += 1) {
      try {
        const { status, text } = await this.ask(`${this.told.link}/time.ics`);
        this.told.seen = { status, cancelled: text.includes("STATUS:CANCELLED"), slot: begins(text) };
        return;
      } catch (fault) {
        if (tries === TRIES_MAX) throw fault;
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  }
}

/** When a calendar's file says that it begins, in milliseconds. */
function begins(calendar) {
  const [, year, month, day, hour, minute, second] = /DTSTART[^:]*:(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(calendar) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
}
