// How a citizen's page looks to whoever sees it in small, and to whoever does not see it. What looks for faults takes longer than
// all else, and many pages of forms are built alike: each structure is looked at once in a language, and again where a word is
// longer than any was in it, unless every page is.

import assert from "node:assert/strict";
import { accessibilityFaults, tooWide } from "./browser.js";
import { attributes } from "./visitor.js";

const WIDTHS = [320, 1280];
const VOID = ["meta", "link", "input", "br", "!doctype"];
/** Lead to an element of the page by its id. */
const LEADING = ["for", "href", "aria-describedby", "aria-labelledby", "list"];
/** Differ from page to page, and look alike. */
const NAMING = ["id", "name", "value", "action", "hreflang", "lang", "aria-label", "content"];

/** How a page is built: words are told apart by being there, names by whether what they lead to is there; how often the same comes
 * after itself says nothing. */
export function structureOf(html) {
  const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
  const leads = (name, value) => {
    if (name === "href" && !value.startsWith("#")) return "away";
    return value
      .replace(/^#/, "")
      .split(/\s+/)
      .every((id) => ids.includes(id))
      ? "found"
      : "lost";
  };
  const told = ([name, value]) => {
    if (LEADING.includes(name)) return `${name}=${leads(name, value)}`;
    return `${name}=${NAMING.includes(name) ? value !== "" : value}`;
  };
  const open = [{ head: "", children: [] }];
  const adds = (text) => open.at(-1).children.at(-1) !== text && open.at(-1).children.push(text);
  const closes = () => {
    const { head, children } = open.pop();
    adds(`<${head}>${children.join("")}</>`);
  };
  for (const [, close, tag, given, words] of html.matchAll(/<(\/?)([a-z!][a-z0-9]*)([^>]*)>([^<]*)/gi)) {
    const name = tag.toLowerCase();
    if (close) closes();
    else open.push({ head: `${name} ${Object.entries(attributes(`${tag} ${given}`)).map(told).sort().join(" ")}`, children: [] });
    if (!close && VOID.includes(name)) closes();
    if (words.trim()) adds("words");
  }
  return `${ids.length - new Set(ids).size} ids twice, ${open.length} open: ${open[0].children.join("")}`;
}

/** Signs of the longest word that is shown, for it alone makes a page wider than its window. */
const longestWord = (html) =>
  Math.max(
    ...html
      .replace(/<(script|style|head)\b[\s\S]*?<\/\1>|<option[^>]*>/g, "")
      .split(/<[^>]*>|[\s-]+/)
      .map((word) => word.length),
  );

export class Looks {
  /** @param {{ everything?: boolean }} options whether each page is looked at, however it is built */
  constructor({ everything = false } = {}) {
    Object.assign(this, { everything, known: new Map(), pages: 0, looked: 0 });
  }

  /** What of this page was not looked at before in its language: how it is built, how long its words are. */
  news(html, language) {
    const built = `${language} ${structureOf(html)}`;
    const [before, longest] = [this.known.get(built) ?? -1, longestWord(html)];
    this.known.set(built, Math.max(before, longest));
    this.pages += 1;
    return { built: this.everything || before < 0, wider: this.everything || longest > before };
  }

  /** No page is wider than its window, and nobody is shut out of it; of what is not new neither is asked. */
  async at(page, { built, wider }, what) {
    for (const width of wider ? WIDTHS : []) {
      await page.setViewportSize({ width, height: 844 });
      const beyond = await tooWide(page);
      assert.ok(beyond <= 0, `${what}: ${beyond} pixels too wide at ${width}`);
    }
    if (!built) return;
    this.looked += 1;
    assert.deepEqual(await accessibilityFaults(page), [], what);
  }
}
