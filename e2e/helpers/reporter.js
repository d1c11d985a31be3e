// A citizen who fills in whatever form there is and knows next to nothing. Led another way, they go back and answer otherwise.

import assert from "node:assert/strict";
import { answersTo, fieldsOf } from "./visitor.js";

export const TREES = {
  sv: { reports: "/sv/anmal", question: "fraga", check: "granska", done: "klart", other: "annan-vag", more: "fler" },
  en: { reports: "/en/report", question: "question", check: "check", done: "done", other: "other-way", more: "more" },
  da: { reports: "/da/anmeld", question: "spoergsmaal", check: "gennemse", done: "faerdig", other: "anden-vej", more: "flere" },
};
const PAGES_MAX = 60;
/** How often one page is answered otherwise. */
const WAYS_MAX = 12;

/** The addresses of the forms on the first page of a language. */
export function formsOn(html, language) {
  const links = html.matchAll(new RegExp(`<a class="govuk-link" href="(${TREES[language].reports}/[^"/]+)"`, "g"));
  return [...links].map(([, path]) => path).filter((link) => !/fortsa|go-on/.test(link));
}

/** The same, by a browser. */
export async function forms(page, language) {
  await page.goto(`/${language}`);
  return formsOn(await page.content(), language);
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
    const button = page.locator("main form:not(.forget) button.govuk-button:not([name])").last();
    await Promise.all([page.waitForLoadState("load"), button.click()]);
  }
  assert.fail(`${form} has no end`);
}

/** Sends what was seen, and tells the reference. */
export async function file(page, form, language) {
  await Promise.all([page.waitForLoadState("load"), page.locator("main button.govuk-button").click()]);
  assert.equal(new URL(page.url()).pathname, `${form}/${TREES[language].done}`);
  return page.locator(".reference").first().innerText();
}

/** What `answersTo` says, by hand. */
async function answer(page, times, municipality) {
  const html = await page.content();
  const kinds = new Map(fieldsOf(html).map(({ name, kind }) => [name, kind]));
  const chosen = fieldsOf(html).filter(({ kind, chosen }) => kind === "checkbox" && chosen);
  for (const { name, value } of chosen) await page.locator(`main input[name="${name}"][value="${value}"]`).uncheck();
  for (const [name, value] of answersTo(html, times, municipality)) {
    const kind = kinds.get(name);
    if (["radio", "checkbox"].includes(kind)) await page.locator(`main input[name="${name}"][value="${value}"]`).check();
    else if (kind !== "hidden") await page.locator(`main [name="${name}"]`).fill(value);
  }
}
