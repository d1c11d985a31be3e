// Forms, additions and bookings as nobody fills them in: some rounds go through a form with spoilt answers in between, others bring
// the cookies and codes of others, send again what was sent, or send what is no form. Every reference that was shown is remembered.

import assert from "node:assert/strict";
import { Fuzz } from "./fuzz.js";
import { TREES, formsOn } from "./reporter.js";
import { noise, spoiltAnswers, spoiltBody, spoiltText } from "./spoilt.js";
import { LANGUAGES } from "./tongues.js";
import { Visitor, answersTo } from "./visitor.js";
import { wire } from "./wire.js";

const STEPS_MAX = 70;
/** The cookie that holds a form's code, bound to the host as behind a proxy that speaks TLS. */
const CODE = /^__Host-svar_form_(.*)$/;
const SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE"].filter((method) => method !== "TRACE");
const FLOWS = {
  sv: ["/sv/komplettera/arende", "/sv/boka/fara"],
  en: ["/en/add/matter", "/en/book/danger"],
  da: ["/da/tilfoej/sag", "/da/bestil-tid/fare"],
};
const FOLLOWED = { sv: "/sv/arende/", en: "/en/matter/", da: "/da/sag/" };
const GO_ON = { sv: "/sv/anmal/fortsatt", en: "/en/report/go-on", da: "/da/anmeld/fortsaet" };

export class IntakeFuzz extends Fuzz {
  /** Learns where everything is. */
  async begins() {
    const visitor = new Visitor(this.server.origin);
    this.forms = [];
    for (const language of LANGUAGES) {
      for (const form of formsOn(await visitor.see(`/${language}`), language)) {
        const [, first] = /<a class="govuk-button" href="([^"]*)"/.exec(await visitor.see(form));
        this.forms.push({ language, form, first });
      }
    }
    /** By the code of what was filled in: the reference that was shown; how it was sent; codes of what was begun; links. */
    this.filed = new Map();
    this.sent = [];
    this.codes = [];
    this.links = [];
    this.added = new Set();
    // So that the first rounds find something of others.
    await this.makesMatter();
  }

  /** One form, sent as it should be; the link of its matter. */
  async makesMatter() {
    const before = this.links.length;
    const tip = this.forms.find(({ form }) => form.endsWith("/tip"));
    // An address of its own each time: limits are counted by it.
    await this.goesThrough({ ...tip, spoilt: 0 }, { one: (all) => all[0], is: () => false, whole: (least) => least + (before % 250) });
    assert.ok(this.links.length > before);
    return this.links.at(-1).token;
  }

  round(chance) {
    return this.does(chance, [
      ["fills", 6],
      ["repeats", 2],
      ["breaksIn", 3],
      ["sendsNonsense", 4],
      ["follows", 2],
      ["addsOrBooks", 3],
      ["lies", 2],
    ]);
  }

  fills(chance) {
    return this.goesThrough({ ...chance.one(this.forms), spoilt: chance.one([0, 0.1, 0.5]) }, chance);
  }

  /** Through a form, as far as it goes; what is asked on the page is answered in the end. */
  async goesThrough({ language, form, first, spoilt }, chance) {
    const visitor = this.visitor(chance);
    const tried = new Map();
    let path = first;
    for (let steps = 0; steps < STEPS_MAX; steps += 1) {
      const page = await this.ask(visitor, path);
      if (page.status === 303) path = page.to;
      if (page.status !== 200) continue;
      this.remembers(visitor);
      if (path === `${form}/${TREES[language].check}`) return this.sends(visitor, { language, form, path, page: page.text }, chance);
      const times = tried.get(path) ?? 0;
      tried.set(path, times + 1);
      if (path === `${form}/${TREES[language].other}`) {
        [, path] = /<p class="govuk-body"><a class="govuk-link" href="([^"]*)"/.exec(page.text.split("<main")[1]);
        continue;
      }
      const answers = answersTo(page.text, times);
      if (chance.is(spoilt)) await this.ask(visitor, path, { form: spoiltAnswers(chance, answers) });
      const { status, to } = await this.ask(visitor, path, { form: answers });
      if (status === 429) return;
      if (status === 303) path = to;
    }
  }

  remembers(visitor) {
    for (const [name, code] of visitor.cookies) {
      const [, id] = CODE.exec(name) ?? [];
      if (!id || this.secrets.has(code)) continue;
      this.confides(code, code.match(/.{4}/g).join("-"));
      this.codes.push({ id, name, code });
    }
  }

  /** Presses the last button, perhaps in several windows, some of which have seen other answers. */
  async sends(visitor, { language, form, path, page }, chance) {
    const answers = answersTo(page);
    const windows = Array.from({ length: chance.one([1, 1, 2, 5]) }, () => (chance.is(0.2) ? spoiltAnswers(chance, answers) : answers));
    const told = await Promise.all([...windows, answers].map((form) => this.ask(visitor, path, { form })));
    const done = `${form}/${TREES[language].done}`;
    assert.ok(
      told.some(({ status, to }) => status === 303 && to === done),
      `${path} was not sent`,
    );
    const cookies = new Map(visitor.cookies);
    const sent = { path, done, answers, cookies, code: this.codeFor(form, cookies), from: visitor.from };
    await this.isDone(visitor, sent);
    this.sent.push(sent);
  }

  codeFor(form, cookies) {
    const own = [...cookies].filter(([name]) => CODE.test(name));
    assert.equal(own.length, 1, form);
    return own[0][1];
  }

  /** What was sent shows its reference, always the same, which no other has. */
  async isDone(visitor, { done, code }) {
    const { status, text } = await this.ask(visitor, done);
    const [, shown] = /class="reference"[^>]*>([\d ]+)</.exec(text) ?? assert.fail(`${done}: ${status}`);
    const reference = shown.replaceAll(" ", "");
    assert.equal(this.filed.get(code) ?? reference, reference, "another reference than was shown before");
    if (this.filed.has(code)) return;
    assert.ok(![...this.filed.values()].includes(reference), `${reference} was shown to two`);
    this.filed.set(code, reference);
    const [, language, token] = /href="\/(sv|en|da)\/[a-z]+\/([0-9a-f]{36})"/.exec(text) ?? assert.fail("no link");
    this.confides(token);
    this.links.push({ language, token });
  }

  /** Sends again what was sent, perhaps with other answers: it is the same report. */
  async repeats(chance) {
    const sent = chance.one(this.sent);
    const visitor = this.visitor(chance);
    for (const [name, value] of sent.cookies) visitor.cookies.set(name, value);
    const form = chance.is(0.5) ? sent.answers : spoiltAnswers(chance, sent.answers);
    const { status, to } = await this.ask(visitor, sent.path, { form });
    if (status !== 413 && status !== 0) assert.deepEqual([status, to], [303, sent.done]);
    await this.isDone(visitor, sent);
  }

  /** Codes that nobody has, codes of another form, codes of others at the page that opens one. */
  async breaksIn(chance) {
    const visitor = this.visitor(chance);
    const { language, form } = chance.one(this.forms);
    const known = chance.one(this.codes);
    const forged = chance.one([
      Array.from({ length: 16 }, () => chance.one([...SIGNS])).join(""),
      "0".repeat(16),
      known.code.slice(0, 15) + chance.one([...SIGNS].filter((sign) => sign !== known.code[15])),
      "x".repeat(chance.whole(1, 6_000)),
      encodeURIComponent(spoiltText(chance).slice(0, 2_000)),
      "",
    ]);
    visitor.cookies.set(known.name, forged);
    const { status } = await this.ask(visitor, `${form}/${TREES[language].check}`);
    assert.ok([410, 431].includes(status), `a code that nobody has opens ${form}: ${status}`);
    const others = this.forms.filter(({ form: other }) => other !== form);
    const swapped = this.visitor(chance);
    swapped.cookies.set(known.name.replace(known.id, chance.one(["theft", "tip", "pet", "none", "%00"])), known.code);
    await this.ask(swapped, `${chance.one(others).form}/${TREES[language].check}`);
    const opened = await this.ask(visitor, GO_ON[language], { form: [["code", forged]] });
    if (/^[0-9A-Z]{16}$/.test(forged)) assert.ok([422, 429].includes(opened.status), `a code that nobody has: ${opened.status}`);
    await this.ask(swapped, GO_ON[language], {
      form: [["code", chance.one([known.code, known.code.toLowerCase(), ` ${known.code}\n`, spoiltText(chance)])]],
    });
    this.remembers(swapped);
  }

  /** Bodies that are no form, at addresses that are there or nearly, by any method. */
  async sendsNonsense(chance) {
    const visitor = this.visitor(chance);
    const known = chance.one(this.codes);
    if (chance.is(0.5)) visitor.cookies.set(known.name, known.code);
    const { form, first, language } = chance.one(this.forms);
    const path = chance.one([
      first,
      `${form}/${TREES[language].check}`,
      `${form}/${TREES[language].more}/things`,
      `${form}/${TREES[language].question}/things/${chance.one(["0", "1", "255", "256", "-1", "%00"])}`,
      `${form}/${encodeURIComponent(spoiltText(chance).slice(0, 500))}`,
      GO_ON[language],
      ...FLOWS[language],
      FOLLOWED[language] + chance.one(["0", "%00", "g".repeat(36), "0".repeat(36), "../../desk"]),
    ]);
    const { body, headers } = spoiltBody(chance);
    const method = chance.is(0.7) ? "POST" : chance.one(METHODS);
    await this.ask(visitor, path, ["GET", "HEAD"].includes(method) ? { method, headers } : { method, body, headers });
  }

  /** At links of others, which are theirs who have them, and at links that nobody has. */
  async follows(chance) {
    const visitor = this.visitor(chance);
    const { language, token } = chance.one(this.links);
    const forged = token.slice(0, 35) + chance.one([..."0123456789abcdef"].filter((sign) => sign !== token[35]));
    const clings = token + chance.one(["%00", ".", ")", "%20", ",", "%0a", "'"]);
    for (const wrong of [forged, `${token}0`, clings, noise(chance, 18).toString("hex")]) {
      assert.equal((await this.ask(visitor, FOLLOWED[language] + wrong)).status, 404, `a link that nobody has, ${wrong}`);
    }
    assert.equal((await this.ask(visitor, FOLLOWED[language].toUpperCase() + token)).status, 404, "an address of no language");
    const page = await this.ask(visitor, FOLLOWED[language] + token);
    assert.equal(page.status, 200);
    const text = chance.is(0.5) ? spoiltText(chance) : `${spoiltText(chance).slice(0, 200)} kanariefågel`;
    const form = [...answersTo(page.text), ["text", text]];
    const answers = await Promise.all(
      Array.from({ length: chance.one([1, 3]) }, () =>
        this.ask(visitor, FOLLOWED[language] + token, { form: chance.is(0.2) ? spoiltAnswers(chance, form) : form }),
      ),
    );
    for (const { status } of answers) assert.ok([0, 303, 400, 413, 422, 429].includes(status), `an addition: ${status}`);
  }

  /** Through the other flows; what was shown there is remembered too. */
  async addsOrBooks(chance) {
    const visitor = this.visitor(chance);
    let path = chance.one(FLOWS[chance.one(LANGUAGES)]);
    const base = path.slice(0, path.lastIndexOf("/"));
    for (let steps = 0; steps < 12 && path.startsWith(base); steps += 1) {
      const page = await this.ask(visitor, path);
      if (page.status === 303) path = page.to;
      if (page.status !== 200) continue;
      if (/\/(?:done|klart|faerdig)$/.test(path)) this.added.add(/class="reference"[^>]*>([\d ]+)</.exec(page.text)[1].replaceAll(" ", ""));
      const answers = [...answersTo(page.text), ["text", `kanariefågel ${chance.whole(0, 1_000)}`], ["municipality", "Kiruna"]];
      const spoilt = await this.ask(visitor, path, { form: spoiltAnswers(chance, answers) });
      const { status, to } = spoilt.status === 303 ? spoilt : await this.ask(visitor, path, { form: answers });
      if (status !== 303) return;
      path = to;
    }
  }

  /** Heads that lie about what follows, and bodies that break off. */
  async lies(chance) {
    const { first } = chance.one(this.forms);
    const head = (lines) =>
      Buffer.from(
        `POST ${first} HTTP/1.1\r\nhost: ${this.server.http}\r\nx-forwarded-for: 198.19.${chance.whole(0, 256)}.1\r\n${lines}\r\n\r\n`,
      );
    const [bytes, leaves] = chance.one([
      [Buffer.concat([head("content-type: application/x-www-form-urlencoded\r\ncontent-length: 100"), Buffer.from("now=no")]), true],
      [Buffer.concat([head("content-type: application/x-www-form-urlencoded\r\ncontent-length: 3"), Buffer.from("now=no&now=no")]), false],
      [head("content-length: -1"), false],
      [head("content-length: 99999999999999999999"), false],
      [head("content-length: 5\r\ncontent-length: 6"), false],
      [Buffer.concat([head("transfer-encoding: chunked"), Buffer.from("zz\r\n")]), false],
      [Buffer.concat([head("transfer-encoding: chunked"), Buffer.from("ffffffffffffffff1\r\na")]), false],
      [Buffer.concat([head("transfer-encoding: chunked"), Buffer.from("5\r\nnow=n")]), true],
      [head(`cookie: ${"a=b; ".repeat(8_000)}\r\ncontent-length: 0`), false],
      [head(`cookie: __Host-svar_form_theft=\u00ff\u00fe\r\ncontent-length: 0`), false],
      [noise(chance, 400), true],
    ]);
    const status = await wire(this.server.http, bytes, { leaves });
    this.counts(status, `${bytes.subarray(0, 120).toString("latin1")}`);
  }
}
