// A citizen who fills in whatever form there is and knows next to nothing: "I do not know" wherever it is an answer, no
// where it is asked for yes or no, else what comes first. Led another way, they go back and answer otherwise.

import assert from "node:assert/strict";

export const TREES = {
  sv: { reports: "/sv/anmal", check: "granska", done: "klart", other: "annan-vag", more: "fler" },
  en: { reports: "/en/report", check: "check", done: "done", other: "other-way", more: "more" },
  da: { reports: "/da/anmeld", check: "gennemse", done: "faerdig", other: "anden-vej", more: "flere" },
};
const PAGES_MAX = 60;
/** How often one page is answered otherwise. */
const WAYS_MAX = 12;

/** The addresses of the forms, as the first page of a language has them. */
export async function forms(page, language) {
  await page.goto(`/${language}`);
  const links = await page.locator(`main a[href^="${TREES[language].reports}/"]`).evaluateAll((all) => all.map((one) => one.getAttribute("href")));
  return links.filter((link) => link.split("/").length === 4 && !/fortsa|go-on/.test(link));
}

/**
 * Fills in a form from its first page to the last but one.
 * @param {(what: string) => Promise<void>} seen called on every page
 * @param {string} municipality where it happened, if anybody knows
 */
export async function fillIn(page, form, language, seen = async () => {}, municipality = "") {
  const tree = TREES[language];
  await page.goto(form);
  await seen("begin");
  await page.locator("main a.govuk-button").first().click();
  const tried = new Map();
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const address = new URL(page.url()).pathname;
    await seen(address.slice(form.length + 1));
    if (address === `${form}/${tree.check}`) return;
    if (address === `${form}/${tree.other}`) {
      await page.locator("main p a.govuk-link").first().click();
      continue;
    }
    const times = tried.get(address) ?? 0;
    tried.set(address, times + 1);
    assert.ok(times < WAYS_MAX, `${address} leads nowhere`);
    await answer(page, times, municipality);
    await Promise.all([page.waitForLoadState("load"), page.locator("main form:not(.forget) button.govuk-button:not([name])").last().click()]);
  }
  assert.fail(`${form} has no end`);
}

/** Sends what was seen, and tells the reference. */
export async function file(page, form, language) {
  await Promise.all([page.waitForLoadState("load"), page.locator("main button.govuk-button").click()]);
  assert.equal(new URL(page.url()).pathname, `${form}/${TREES[language].done}`);
  return page.locator(".reference").first().innerText();
}

/** @param {number} times how often this page was answered already: then otherwise */
async function answer(page, times, municipality) {
  const names = await page.locator("main input[type=radio], main input[type=checkbox]").evaluateAll((all) => [...new Set(all.map((one) => one.name))]);
  let rest = times;
  for (const name of names.filter((name) => !name.endsWith(".unknown"))) {
    const inputs = page.locator(`main input[name="${name}"]`);
    const values = await inputs.evaluateAll((all) => all.map((one) => one.value));
    const order = [...["unknown", "no"].filter((value) => values.includes(value)), ...values.filter((value) => value !== "unknown" && value !== "no")];
    // Of several questions each answer of one meets each of the others.
    const value = order[rest % order.length];
    rest = Math.floor(rest / order.length);
    for (const other of await inputs.all()) if ((await other.getAttribute("type")) === "checkbox") await other.uncheck();
    await page.locator(`main input[name="${name}"][value="${value}"]`).check();
  }
  const places = municipality ? await page.locator('main input[name$=".municipality"]').all() : [];
  for (const place of places) await place.fill(municipality);
  const known = await Promise.all(places.map((place) => place.getAttribute("name")));
  for (const tick of await page.locator('main input[name$=".unknown"]').all()) {
    const of = (await tick.getAttribute("name")).replace(/unknown$/, "municipality");
    if (!known.includes(of)) await tick.check();
  }
  for (const field of await page.locator("main input[type=tel]").all()) await field.fill("070-174 06 05");
  for (const field of await page.locator("main input[type=email]").all()) await field.fill("anna@example.org");
}
