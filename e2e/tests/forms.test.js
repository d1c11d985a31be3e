// Citizens report on the web, in Chromium: every form of the deployment is filled in and sent, without script and with it,
// each page accessible and as narrow as a telephone; what is filed stands among what operators owe, once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessibilityFaults, tooWide } from "../helpers/browser.js";
import { Centre } from "../helpers/centre.js";
import { TREES, file, fillIn, forms } from "../helpers/reporter.js";

const LANGUAGES = Object.keys(TREES);
const WIDTHS = [320, 1280];

async function open(centre, script) {
  const options = { javaScriptEnabled: script, viewport: { width: 390, height: 844 }, baseURL: centre.server.origin };
  const context = await (await centre.browser()).newContext(options);
  return context.newPage();
}

async function fits(page, what) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 844 });
    const wider = await tooWide(page);
    assert.ok(wider <= 0, `${what}: ${wider} pixels too wide at ${width}`);
  }
}

/** Every language has a third of the forms; which, changes with script. */
async function all(centre, script, seen) {
  const references = [];
  for (const [first, language] of LANGUAGES.entries()) {
    const page = await open(centre, script);
    const known = await forms(page, language);
    assert.equal(known.length, 11);
    for (const [n, form] of known.entries()) {
      if ((n + first + Number(script)) % LANGUAGES.length !== 0) continue;
      await fillIn(page, form, language, (what) => seen(page, `${form} ${what}`));
      references.push(await file(page, form, language));
      await seen(page, `${form} done`);
    }
    await page.context().close();
  }
  assert.equal(new Set(references).size, 11);
  return references;
}

test("every form is filled in and sent without script, and is owed by the operators once", { timeout: 300_000 }, () =>
  Centre.during(async (centre) => {
    const references = await all(centre, false, async () => {});
    const owed = (await centre.server.api("/promises")).filter((promise) => promise.kind === "report");
    const digits = (all) => all.map((reference) => reference.replace(/\D/g, "")).sort();
    assert.deepEqual(digits(owed.map((promise) => promise.reference)), digits(references));
  }),
);

test("every page of every form is accessible, at every width", { timeout: 420_000 }, () =>
  Centre.during(async (centre) => {
    await all(centre, true, async (page, what) => {
      await fits(page, what);
      assert.deepEqual(await accessibilityFaults(page), [], what);
    });
  }),
);
