// What somebody means ill with, in every field that a citizen has, and where it comes out again.

import assert from "node:assert/strict";
import { TREES } from "./reporter.js";
import { answersTo, fieldsOf } from "./visitor.js";

/** Leaves text, attribute, script and comment, were it not escaped; the element is none, so that a page that has it is known. */
export const EVIL = `"'></textarea></script>--><x-evil onclick=alert(1)>{{7*7}}&lt;`;
/** The same as it must stand in a page. */
export const ESCAPED = "&lt;/textarea&gt;&lt;/script&gt;--&gt;&lt;x-evil onclick=alert(1)&gt;{{7*7}}&amp;lt;";
const STEPS_MAX = 60;
const WRITTEN = ["text", "tel", "email", "search"];

export function isEscaped(html, where) {
  assert.ok(!html.includes("<x-evil"), `${where}: it came out as it was written`);
  // In an attribute the quotes must not end it either.
  assert.ok(!html.includes(`"'>&lt;/textarea`), `${where}: it left its attribute`);
}

/** Goes through a form of the deployment and writes the same evil wherever words are taken.
 * @returns {Promise<{ reference: string, link: string, shown: number }>} how many times it is shown before it is sent */
export async function fillsInEvil(visitor, form, language) {
  const tree = TREES[language];
  let path = /<a class="govuk-button" href="([^"]*)"/.exec(await visitor.see(form))[1];
  const tried = new Map();
  let [fields, shown] = [0, 0];
  for (let steps = 0; steps < STEPS_MAX; steps += 1) {
    const html = await visitor.see(path);
    isEscaped(html, path);
    if (path === `${form}/${tree.done}`) return { ...doneOf(html), shown };
    if (path === `${form}/${tree.check}`) {
      // What depends on another answer is not asked of everybody.
      shown = html.split(ESCAPED).length - 1;
      assert.ok(shown > 0 && shown <= fields, `${path}: ${shown} of ${fields} are shown`);
      path = (await visitor.ask(path, { form: answersTo(html) })).to;
      continue;
    }
    if (path === `${form}/${tree.other}`) {
      [, path] = /<p class="govuk-body"><a class="govuk-link" href="([^"]*)"/.exec(html.split("<main")[1]);
      continue;
    }
    const times = tried.get(path) ?? 0;
    tried.set(path, times + 1);
    const answered = await answersWithEvil(visitor, path, html, times);
    fields += answered.fields;
    path = answered.to;
  }
  assert.fail(`${form} has no end`);
}

/** What refuses it says so, escaped, and is answered as one who does not know. */
async function answersWithEvil(visitor, path, html, times) {
  const names = fieldsOf(html)
    .filter(({ kind, name }) => WRITTEN.includes(kind) && !/\.(?:day|month|year|clock|municipality)$/.test(name))
    .map(({ name }) => name);
  let takes = names;
  for (let tries = 0; tries < 3; tries += 1) {
    const plain = answersTo(html, times, "Göteborg").filter(
      ([name]) => !takes.some((one) => one === name || name === `${one.split(".")[0]}.unknown`),
    );
    const { status, text, to } = await visitor.ask(path, { form: [...takes.map((name) => [name, EVIL]), ...plain] });
    isEscaped(text, `${path}, refused`);
    if (status === 303) return { to, fields: takes.length };
    assert.equal(status, 422, path);
    const wrong = [...text.matchAll(/<li><a href="#([^"]*)"/g)].map(([, name]) => name);
    takes = takes.filter((name) => !wrong.includes(name) && !wrong.includes(name.split(".")[0]));
  }
  assert.fail(`${path} takes no answer`);
}

/** What the last page of a form says. */
export function doneOf(html) {
  const [, reference] = /class="reference"[^>]*>([\d ]+)</.exec(html) ?? assert.fail(html);
  const [, link] = /href="(\/(?:sv|en|da)\/[a-z]+\/[0-9a-f]{36})"/.exec(html) ?? assert.fail(html);
  return { reference: reference.replaceAll(" ", ""), link };
}
