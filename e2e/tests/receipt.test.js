// Whoever reported saves a receipt, without script, and another program reads it: with the answers from the page after the form,
// without them by the link; of a tip never.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { Centre } from "../helpers/centre.js";
import { TREES, file, fillIn, forms } from "../helpers/reporter.js";

/** A form with answers, and what its receipt says in each language. */
const SAID = {
  sv: { form: "cykel-eller-fordonsdel", title: "Kvitto", answers: "Det här svarade du", without: "står inte i det här kvittot", name: "kvitto.pdf" },
  en: { form: "bicycle-or-vehicle-part", title: "Receipt", answers: "What you answered", without: "is not in this receipt", name: "receipt.pdf" },
  da: { form: "cykel-eller-koeretoejsdel", title: "Kvittering", answers: "Det svarede du", without: "står ikke i denne kvittering", name: "kvittering.pdf" },
};
const UNKNOWN = { sv: "Jag vet inte", en: "I do not know", da: "Det ved jeg ikke" };

/** A PDF as another program reads it. */
const by = (program, ...options) => (pdf) =>
  execFileSync(program, options, { input: pdf, encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] });
const read = by("pdftotext", "-", "-");
const infoOf = by("pdfinfo", "-");
const plain = (text) => text.replace(/\s+/g, " ");

async function save(page, address) {
  const answer = await page.request.get(address);
  assert.equal(answer.status(), 200, address);
  const headers = answer.headers();
  assert.equal(headers["content-type"], "application/pdf");
  assert.match(headers["content-disposition"], /^attachment; filename="[a-z]+\.pdf"$/);
  assert.deepEqual([headers["cache-control"], headers["x-content-type-options"]], ["no-store", "nosniff"]);
  return answer.body();
}

/** The address behind a link that saves a file; clicked, it is saved under its plain name. */
async function link(page, name) {
  const found = page.locator(`main a[href$="${name}"]`);
  const [download] = await Promise.all([page.waitForEvent("download"), found.click()]);
  assert.equal(download.suggestedFilename(), name);
  return found.getAttribute("href");
}

function isSafe(pdf) {
  const info = infoOf(pdf);
  assert.match(info, /Tagged:\s+yes/);
  assert.match(info, /JavaScript:\s+no/);
  assert.match(info, /Form:\s+none/);
}

async function browse(centre) {
  const context = await (await centre.browser()).newContext({ javaScriptEnabled: false, baseURL: centre.server.origin });
  return context.newPage();
}

test("a receipt is saved and read in every language", { timeout: 240_000 }, () =>
  Centre.serving(async (centre) => {
    for (const [language, said] of Object.entries(SAID)) {
      const page = await browse(centre);
      const form = (await forms(page, language)).find((one) => one.includes(said.form)) ?? (await forms(page, language))[1];
      await fillIn(page, form, language, undefined, "Göteborg");
      const reference = await file(page, form, language);

      const whole = await save(page, await link(page, said.name));
      isSafe(whole);
      const text = plain(read(whole));
      for (const told of [said.title, reference, said.answers, UNKNOWN[language], "1 ("]) assert.ok(text.includes(told), `${told}: ${text}`);
      assert.match(infoOf(whole), new RegExp(`Title:\\s+${said.title} `));

      await page.locator("main a.govuk-button").click();
      const token = page.url().split("/").pop();
      centre.confides(token);
      const plainer = await save(page, await link(page, said.name));
      isSafe(plainer);
      const less = plain(read(plainer));
      for (const told of [said.title, reference, said.without, "1 (1)"]) assert.ok(less.includes(told), `${told}: ${less}`);
      assert.ok(!less.includes(said.answers) && !less.includes(UNKNOWN[language]), less);
      for (const one of [text, less]) assert.ok(!one.includes(token), "the link is in no receipt");

      // Without the cookie nobody has the answers, nor once the page is removed from the browser.
      const stranger = await browse(centre);
      assert.equal((await stranger.request.get(`${form}/${said.name}`)).status(), 410);
      await page.goto(`${form}/${TREES[language].done}`);
      await page.locator("form.forget button").click();
      assert.equal((await page.request.get(`${form}/${said.name}`)).status(), 410);
    }
  }));

test("a tip's receipt says nothing of it", { timeout: 120_000 }, () =>
  Centre.serving(async (centre) => {
    const page = await browse(centre);
    const form = (await forms(page, "sv")).find((one) => one.includes("tips"));
    await fillIn(page, form, "sv", undefined, "Göteborg");
    const reference = await file(page, form, "sv");
    const name = (await page.locator("h1").innerText()).trim();
    assert.ok(name);
    for (const address of [`${form}/kvitto.pdf`, await page.locator('main a[href$="kvitto.pdf"]').getAttribute("href")]) {
      const text = plain(read(await save(page, address)));
      assert.ok(text.includes(reference) && text.includes("står inte i det här kvittot"), text);
      assert.ok(!text.includes("Det här svarade du") && !/tips/i.test(text), text);
    }
  }));
