// Every citizen's page of every deployment with forms, in each language: no key, no blank, no word of another language. What
// is looked for is itself tried first, on pages that show it.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../helpers/built.js";
import { Centre } from "../helpers/centre.js";
import { TREES, formsOn } from "../helpers/reporter.js";
import { LANGUAGES, Tongues } from "../helpers/tongues.js";
import { Visitor, answersTo } from "../helpers/visitor.js";

const DEPLOYMENTS = ["sweden", "denmark"];
const tongues = await Tongues.of(DEPLOYMENTS.map((name) => join(root, "deployments", name)));
const STEPS_MAX = 60;

/** Pages that need nothing before them; what is not there in a language is told in it. */
const PLAIN = {
  sv: [
    "",
    "/anmal",
    "/anmal/fortsatt",
    "/anmal/ingen",
    "/boka",
    "/boka/fara",
    "/boka/ring-112",
    "/boka/arende",
    "/komplettera",
    "/komplettera/arende",
    "/arende/0",
  ],
  en: [
    "",
    "/report",
    "/report/go-on",
    "/report/none",
    "/book",
    "/book/danger",
    "/book/ring-112",
    "/book/matter",
    "/add",
    "/add/matter",
    "/matter/0",
  ],
  da: [
    "",
    "/anmeld",
    "/anmeld/fortsaet",
    "/anmeld/ingen",
    "/bestil-tid",
    "/bestil-tid/fare",
    "/bestil-tid/ring-112",
    "/bestil-tid/sag",
    "/tilfoej",
    "/tilfoej/sag",
    "/sag/0",
  ],
};

const page = (lang, main) => `<html lang="${lang}"><body><main>${main}</main></body></html>`;
const GIVES_ITSELF_AWAY = [
  { what: "nothing", html: page("en", "<h1>Make a report</h1><p>Give the police a tip</p>"), language: "en", told: [] },
  { what: "a key", html: page("en", "<h1>form-list</h1>"), language: "en", told: ["a key: form-list"] },
  { what: "a key that is spoken", html: page("en", '<nav aria-label="public-back"></nav>'), language: "en", told: ["a key: public-back"] },
  {
    what: "a blank",
    html: page("en", "<p>It takes about { $count } minutes.</p>"),
    language: "en",
    told: ["a blank: It takes about { $count } minutes."],
  },
  { what: "a message of the screens", html: page("da", "<h1>Make a report</h1>"), language: "da", told: ["not translated: Make a report"] },
  {
    what: "a label of a form",
    html: page("en", "<label>När hände det?</label>"),
    language: "en",
    told: ["not translated: När hände det?"],
  },
  {
    what: "a piece within a text",
    html: page("en", "<p>3. Någon annan har berättat det (1)</p>"),
    language: "en",
    told: ["not translated: Någon annan har berättat det"],
  },
  {
    what: "another language in its head",
    html: page("sv", "<h1>Make a report</h1>"),
    language: "en",
    told: ["it says that its language is sv"],
  },
];

test("words that do not belong on a page are found", () => {
  for (const { what, html, language, told } of GIVES_ITSELF_AWAY) assert.deepEqual(tongues.faults(html, language), told, what);
});

/** Looks at an address in every language: as the page itself links them. */
async function looked(visitor, path, seen) {
  const html = await visitor.see(path);
  const links = [...html.matchAll(/<a href="([^"]*)" hreflang="([a-z]+)"/g)].map(([, address, language]) => ({ address, language }));
  assert.equal(links.length, LANGUAGES.length - 1, path);
  const own = LANGUAGES.find((language) => !links.some((link) => link.language === language));
  for (const { address, language } of [{ address: path, language: own }, ...links]) {
    seen.add(address);
    assert.deepEqual(tongues.faults(address === path ? html : await visitor.see(address), language), [], address);
  }
  return html;
}

/** From the first page of a form to its reference: each page in every language, and told what is wrong with it in one. */
async function walk(visitor, form, language, seen) {
  const tree = TREES[language];
  const begin = await looked(visitor, form, seen);
  let path = /<a class="govuk-button" href="([^"]*)"/.exec(begin)[1];
  const tried = new Map();
  for (let steps = 0; steps < STEPS_MAX; steps++) {
    let html = await looked(visitor, path, seen);
    if (path === `${form}/${tree.done}`) return;
    if (path === `${form}/${tree.other}`) {
      [, path] = /<p class="govuk-body"><a class="govuk-link" href="([^"]*)"/.exec(html.split("<main")[1]);
      html = await visitor.see(path);
    }
    const unanswered = await visitor.ask(path, { form: [["nobody-asked", "1"]] });
    if (unanswered.status === 422) assert.deepEqual(tongues.faults(unanswered.text, language), [], `${path}, not answered`);
    const times = tried.get(path) ?? 0;
    tried.set(path, times + 1);
    const { status, to, text } = await visitor.ask(path, { form: answersTo(html, times) });
    assert.equal(status, 303, `${path}: ${text}`);
    path = to;
  }
  assert.fail(`${form} has no end`);
}

for (const deployment of DEPLOYMENTS) {
  test(`every page of every form of ${deployment} speaks one language at a time`, { timeout: 240_000 }, () =>
    Centre.during(
      async (centre) => {
        const seen = new Set();
        for (const [first, language] of LANGUAGES.entries()) {
          const visitor = new Visitor(centre.server.origin);
          for (const path of PLAIN[language]) {
            const { text } = await visitor.ask(`/${language}${path}`);
            assert.deepEqual(tongues.faults(text, language), [], `/${language}${path}`);
          }
          const forms = formsOn(await visitor.see(`/${language}`), language);
          for (const form of forms.filter((_, n) => n % LANGUAGES.length === first)) await walk(visitor, form, language, seen);
        }
        console.log(`${deployment}: ${seen.size} pages`);
      },
      { deployment },
    ),
  );
}
