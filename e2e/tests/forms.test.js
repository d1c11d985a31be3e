// Citizens report on the web, in Chromium: every form of the deployment is filled in and sent, without script and with it, each
// page in every language accessible and as narrow as a telephone; what is filed stands among what operators owe, once.
//
// SVAR_FORMS: `all` has every form of every deployment sent in every language, without script and with it, each step looked at.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Centre } from "../helpers/centre.js";
import { Looks, structureOf } from "../helpers/looks.js";
import { TREES, file, fillIn, forms } from "../helpers/reporter.js";

const LANGUAGES = Object.keys(TREES);
const ALL = process.env.SVAR_FORMS === "all";
/** How many forms each has. */
const DEPLOYMENTS = { sweden: 11, denmark: 5 };
const TEST_MS_MAX = ALL ? 3_600_000 : 420_000;

async function open(centre, script) {
  const options = { javaScriptEnabled: script, viewport: { width: 390, height: 844 }, baseURL: centre.server.origin };
  const context = await (await centre.browser()).newContext(options);
  return context.newPage();
}

/** Every language has a third of the forms, unless it has all; which, changes with script.
 * @param {(page: object, language: string, what: string) => Promise<void>} seen called on every page */
async function send(centre, { script, each }, seen) {
  const references = [];
  for (const [first, language] of LANGUAGES.entries()) {
    const page = await open(centre, script);
    const known = await forms(page, language);
    assert.equal(known.length, DEPLOYMENTS[centre.server.deployment]);
    for (const [n, form] of known.entries()) {
      if (!each && (n + first + Number(script)) % LANGUAGES.length !== 0) continue;
      await fillIn(page, form, language, (what) => seen(page, language, `${form} ${what}`));
      references.push(await file(page, form, language));
      await seen(page, language, `${form} done`);
    }
    await page.context().close();
  }
  return references;
}

async function areOwedOnce(centre, references, count) {
  const owed = (await centre.server.api("/promises?limit=1000")).filter((promise) => promise.kind === "report");
  const digits = (all) => all.map((reference) => reference.replace(/\D/g, "")).sort();
  assert.equal(new Set(references).size, count);
  assert.deepEqual(digits(owed.map((promise) => promise.reference)), digits(references));
}

/** Another window of the same browser, where scripts run: what looks at pages for us needs them. */
async function beside(centre, looking, page) {
  looking.page ??= await open(centre, true);
  await looking.page.context().clearCookies();
  await looking.page.context().addCookies(await page.context().cookies());
  return looking.page;
}

const BUILT = '<main><label for="a">Name</label><input id="a" name="a"><ul><li>one</li><li>two</li></ul></main>';
/** Another page, and whether it is built as that one is. */
const OTHERS = [
  { html: BUILT.replaceAll('"a"', '"b"').replace("Name", "Navn"), alike: true },
  { html: BUILT.replace("<li>two</li>", "<li>two</li><li>three</li>"), alike: true },
  { html: BUILT.replace('for="a"', 'for="b"'), alike: false },
  { html: BUILT.replace("Name", ""), alike: false },
  { html: BUILT.replace('id="a"', 'id="a" aria-describedby="a-hint"'), alike: false },
  { html: BUILT.replace("<li>two</li>", '<li id="a">two</li>'), alike: false },
  { html: BUILT.replace("<main>", '<main class="wide">'), alike: false },
];

test("a page that is built otherwise is told from those that were looked at", () => {
  for (const { html, alike } of OTHERS) assert.equal(structureOf(html) === structureOf(BUILT), alike, html);
});

test("every form is filled in and sent without script, and is owed by the operators once", { timeout: TEST_MS_MAX, skip: ALL }, () =>
  Centre.during(async (centre) => {
    const references = await send(centre, { script: false }, async () => {});
    await areOwedOnce(centre, references, DEPLOYMENTS.sweden);
  }),
);

test("every page of every form is accessible, at every width, in every language", { timeout: TEST_MS_MAX, skip: ALL }, () =>
  Centre.during(async (centre) => {
    const [looks, looking] = [new Looks(), {}];
    const references = await send(centre, { script: true }, async (page, language, what) => {
      // Under load the page may be there only in part.
      await page.locator("footer").waitFor();
      await page.waitForLoadState();
      const html = await page.content();
      await looks.at(page, looks.news(html, language), what);
      const links = [...html.matchAll(/<a href="([^"]*)" hreflang="([a-z]+)"/g)];
      assert.equal(links.length, LANGUAGES.length - 1, what);
      for (const [, address, another] of links) {
        const answer = await page.context().request.get(address);
        assert.equal(answer.status(), 200, address);
        const news = looks.news(await answer.text(), another);
        if (!news.wider) continue;
        const other = await beside(centre, looking, page);
        await other.goto(address);
        await looks.at(other, news, address);
      }
    });
    await areOwedOnce(centre, references, DEPLOYMENTS.sweden);
    console.log(`${looks.looked} of ${looks.pages} pages were looked at`);
  }),
);

for (const [deployment, count] of Object.entries(DEPLOYMENTS)) {
  for (const script of [false, true]) {
    test(`every form of ${deployment} in every language ${script ? "with" : "without"} script`, { timeout: TEST_MS_MAX, skip: !ALL }, () =>
      Centre.during(
        async (centre) => {
          const [looks, looking] = [new Looks({ everything: true }), {}];
          const references = await send(centre, { script, each: true }, async (page, language, what) => {
            const seen = script ? page : await beside(centre, looking, page);
            if (!script) await seen.goto(page.url());
            await looks.at(seen, looks.news(await page.content(), language), what);
          });
          await areOwedOnce(centre, references, count * LANGUAGES.length);
          console.log(`${deployment}, ${script ? "with" : "without"} script: ${references.length} reports, ${looks.pages} pages`);
        },
        { deployment },
      ),
    );
  }
}
