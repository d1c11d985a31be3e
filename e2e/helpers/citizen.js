// A citizen's browser on the pages of one language: what is read, chosen and sent.

import assert from "node:assert/strict";

/** The addresses of the steps, by language. */
export const TREES = {
  sv: { book: "/sv/boka", move: "byt", cancel: "avboka", day: "Välj en dag", booked: "Din tid är bokad", over: "Du har avbokat den" },
  en: { book: "/en/book", move: "move", cancel: "cancel", day: "Choose a day", booked: "Your time is booked", over: "You have cancelled it" },
  da: { book: "/da/bestil-tid", move: "flyt", cancel: "aflys", day: "Vælg en dag", booked: "Din tid er bestilt", over: "Du har aflyst den" },
};

export class Citizen {
  /** @param {{ script?: boolean, width?: number, look?: (page: object, what: string) => Promise<void> }} options
   *   whether the browser runs scripts; `look` is called on every page that was reached */
  static async open(server, browser, language, { script = false, width = 390, look = async () => {} } = {}) {
    const citizen = new Citizen();
    Object.assign(citizen, { language, tree: TREES[language], look });
    const options = { javaScriptEnabled: script, viewport: { width, height: 844 }, baseURL: server.origin, acceptDownloads: true };
    citizen.context = await browser.newContext(options);
    citizen.page = await citizen.context.newPage();
    citizen.answers = [];
    citizen.page.on("response", (answer) => citizen.answers.push(answer.status()));
    return citizen;
  }

  async go(path) {
    await this.page.goto(path);
  }

  /** Sends the form of the page. */
  async send() {
    await Promise.all([this.page.waitForLoadState("load"), this.page.locator("main button.govuk-button").click()]);
  }

  async choose(name, value) {
    await this.page.locator(`input[name="${name}"][value="${value}"]`).check();
    await this.send();
  }

  heading() {
    return this.page.locator("h1").innerText();
  }

  async seen(what) {
    await this.look(this.page, `${this.language} ${what}`);
  }

  /** From the first page to the choice of a time. */
  async untilTime({ municipality = "Kiruna", about = "" } = {}) {
    await this.go(`/${this.language}`);
    await this.seen("start");
    await this.page.locator(`main a[href="${this.tree.book}"]`).click();
    await this.seen("begin");
    await this.page.locator("main a.govuk-button").click();
    await this.seen("danger");
    await this.choose("danger", "no");
    await this.seen("matter");
    await this.page.fill("#about", about);
    await this.choose("matter", "report");
    await this.seen("place");
    await this.page.fill("#municipality", municipality);
    await this.send();
    await this.seen("language");
    await this.choose("tongue", "sv");
    await this.seen("way");
    await this.choose("way", "call");
    await this.seen("days");
  }

  /** Opens the day that comes `nth` and says which times it has. */
  async day(nth = 0) {
    await this.page.locator(".days-list a").nth(nth).click();
    // The click waits for an answer to its link, not for all of the page.
    await this.page.waitForLoadState();
    await this.page.locator('input[name="slot"]').first().waitFor({ state: "attached" });
    await this.seen("times");
    return this.page.locator('input[name="slot"]').evaluateAll((inputs) => inputs.map((input) => input.value));
  }

  async contact(number = "070-174 06 05", mail = "") {
    await this.seen("contact");
    await this.page.fill("#name", "");
    await this.page.fill("#number", number);
    await this.page.fill("#mail", mail);
    await this.send();
    await this.seen("check");
  }

  /** Books and says where the booking is. */
  async books() {
    await this.send();
    await this.seen("done");
    assert.match(await this.heading(), new RegExp(this.tree.booked));
    return this.page.locator('main a:not([download])[href^="/"]').first().getAttribute("href");
  }

  async leave() {
    await this.context.close();
  }
}
