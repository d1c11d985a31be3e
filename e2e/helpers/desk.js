// An operator at the desk: a page in Chromium, used by the keys and buttons that a person uses.

import assert from "node:assert/strict";
import { levelBetween, loudestTone } from "./browser.js";
import { until } from "./wait.js";

const SHOWN_MS_MAX = 20_000;
/** The page waits for its first sound before it says that it is on duty. */
const ON_DUTY_MS_MAX = 60_000;
/** A page notices only after a while that its sound has nobody at the other end. */
const ANEW_MS_MAX = 90_000;
const TONE_LEVEL_MIN = 110;
/** The resolution of the meter (48 kHz over 8192 points) and what resampling adds. */
const TONE_HZ_OFF_MAX = 15;
const SILENCE_LEVEL_MAX = 60;
/** Silence is silence when it lasts: this many looks, one after another. */
const SILENT_LOOKS = 12;

export class Desk {
  static async open(server, browser, { login = "desk", size = { width: 1280, height: 900 }, scheme = "light", locale = "sv-SE" } = {}) {
    const desk = new Desk();
    desk.server = server;
    desk.login = login;
    desk.context = await browser.newContext({ viewport: size, colorScheme: scheme, locale, permissions: ["microphone"], baseURL: server.origin });
    await desk.takePage();
    await desk.signIn("/desk");
    return desk;
  }

  async takePage() {
    this.page = await this.context.newPage();
    this.told = [];
    this.page.on("console", (message) => {
      if (message.type() === "error") this.told.push(message.text());
    });
    this.page.on("pageerror", (fault) => this.told.push(String(fault)));
    await this.page.addInitScript(rememberWhatIsTold);
  }

  /** The same operator in a second tab. */
  async secondTab() {
    const tab = new Desk();
    Object.assign(tab, { server: this.server, login: this.login, context: this.context });
    await tab.takePage();
    await tab.page.goto("/desk");
    return tab;
  }

  async signIn(next) {
    await this.page.goto(`/login?next=${encodeURIComponent(next)}`);
    await this.page.fill("#name", this.login);
    await this.page.fill("#password", this.server.password);
    await Promise.all([this.page.waitForURL((url) => url.pathname === next), this.page.press("#password", "Enter")]);
  }

  /** Resolves once the page has sound with a program that is another than now: asked for before that one ends. */
  soundAnew() {
    const made = this.page.waitForResponse((answer) => answer.url().endsWith("/api/v1/desk/sound") && answer.ok(), { timeout: ANEW_MS_MAX });
    made.catch(() => {});
    return made.then(() => this.shows('#headset[data-state="on"]'));
  }

  async goOnDuty(then = "idle") {
    await this.page.click("#act-ready");
    await this.is(then, ON_DUTY_MS_MAX);
  }

  /** Waits for the operator's own state as the page shows it. */
  async is(state, limit = SHOWN_MS_MAX) {
    await this.shows(`.duty[data-state="${state}"]`, limit);
  }

  /** Waits for the kind of the call bar: `ringing`, `talking`, `on_hold`, `consulting`, `wrap_up`, `quiet`. */
  async barIs(kind) {
    await this.shows(`.call[data-kind="${kind}"]`);
  }

  async shows(selector, limit = SHOWN_MS_MAX) {
    const shown = this.page.locator(selector).first();
    await shown.waitFor({ state: "visible", timeout: limit }).catch(async (fault) => {
      const told = await this.page.evaluate(() => window.everTold.join(" / ")).catch(() => "");
      const bar = await this.page.locator(".call").first().textContent().catch(() => "");
      const headset = await this.page.locator("#headset").getAttribute("data-state").catch(() => "");
      const seen = `bar: ${bar}; told: ${told}; headset: ${headset}; console: ${this.told.join(" | ")}`;
      throw new Error(`${fault.message.split("\n")[0]}\nwaited for ${selector}; ${seen}`);
    });
  }

  async press(key) {
    await this.page.keyboard.press(key);
  }

  /** Answers what rings, and waits until operator and caller are together. */
  async answer() {
    await this.barIs("ringing");
    await this.press("F2");
    await this.barIs("talking");
  }

  /** Waits until the page plays this frequency louder than any other. */
  async hears(hz) {
    await until(`the desk hears ${hz} Hz`, async () => {
      const found = await loudestTone(this.page, "#far-sound");
      if (found.level >= TONE_LEVEL_MIN && Math.abs(found.hz - hz) <= TONE_HZ_OFF_MAX) return true;
      throw new Error(`${Math.round(found.hz)} Hz at level ${found.level}`);
    });
  }

  /** Waits until a frequency is not played any more, and stays away. */
  async hearsNoMore(hz) {
    let looks = 0;
    await until(`the desk hears no ${hz} Hz`, async () => {
      const level = await levelBetween(this.page, "#far-sound", hz - TONE_HZ_OFF_MAX, hz + TONE_HZ_OFF_MAX);
      looks = level <= SILENCE_LEVEL_MAX ? looks + 1 : 0;
      if (looks >= SILENT_LOOKS) return true;
      throw new Error(`level ${level}`);
    });
  }

  /** Waits until the page plays this frequency among others. */
  async hearsAmong(hz) {
    await until(`the desk hears ${hz} Hz among others`, async () => {
      const level = await levelBetween(this.page, "#far-sound", hz - TONE_HZ_OFF_MAX, hz + TONE_HZ_OFF_MAX);
      if (level >= TONE_LEVEL_MIN) return true;
      throw new Error(`level ${level}`);
    });
  }

  /** Ends the call, or goes to the outcomes once it is over. */
  async ends() {
    await this.press("Shift+F2");
  }

  /** States how it ended, by the keys (to the outcomes, then Enter); `then` is the state after it. */
  async concludes(place = 0, then = "idle") {
    await this.barIs("wrap_up");
    await this.ends();
    await until("focus is on an outcome", () => this.page.evaluate(() => document.activeElement?.id === "outcome-0"));
    await this.page.focus(`#outcome-${place}`);
    await this.press("Enter");
    await this.is(then);
  }

  /** Asks somebody in by the dialog that F6 opens. */
  async consults(name) {
    await this.press("F6");
    await this.shows("dialog#consult[open]");
    await this.page.locator("dialog#consult button", { hasText: name }).first().click();
    await this.barIs("consulting");
  }

  /** Asks the API as this operator: the status. */
  async act(act) {
    const answer = await this.context.request.post("/api/v1/desk/acts", { data: act });
    return answer.status();
  }

  async state() {
    const answer = await this.context.request.get("/api/v1/desk");
    assert.equal(answer.status(), 200);
    return answer.json();
  }

  async leave() {
    await this.context.close();
  }
}

/** Runs in the page: what it tells stands there for some seconds only, and is wanted when a test fails later. */
function rememberWhatIsTold() {
  window.everTold = [];
  const look = () => {
    const text = document.getElementById("told")?.textContent;
    if (text && text !== window.everTold.at(-1)) window.everTold.push(text);
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
}
