// What each language has to say: the words of the screens, and those of a deployment's forms. A page gives itself away when it
// shows a key, a blank that nobody filled, or words that only another language has.

import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./built.js";
import { decoded } from "./visitor.js";

export const LANGUAGES = ["sv", "en", "da"];
/** Shorter ones are words of several languages, or names. */
const SIGNS_MIN = 4;
/** A piece of this length is looked for within others' texts too. */
const PIECE_SIGNS_MIN = 20;

/** Key and text of every message of a catalogue, the lines of one text together. */
export function messagesOf(catalogue) {
  const messages = [];
  for (const line of catalogue.split("\n")) {
    const [, key, text] = /^([a-z][a-z0-9-]*) =\s?(.*)$/.exec(line) ?? [];
    if (key) messages.push([key, text]);
    else if (/^[ }]/.test(line) && messages.length > 0) messages[messages.length - 1][1] += `\n${line}`;
  }
  return messages;
}

/** Texts of a form's file, by language; its addresses are none. */
export function textsOf(form) {
  const lines = form
    .split("\n")
    .filter((line) => !/^(?:path|source)\b/.test(line))
    .join("\n");
  const texts = Object.fromEntries(LANGUAGES.map((language) => [language, []]));
  for (const [, language, text] of lines.matchAll(/\b(sv|en|da) = "((?:[^"\\]|\\.)*)"/g)) texts[language].push(JSON.parse(`"${text}"`));
  return texts;
}

/** Files of a folder with this ending, whole. */
export async function filesOf(folder, ending) {
  const names = (await readdir(folder)).filter((name) => name.endsWith(ending)).sort();
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(join(folder, name), "utf8") })));
}

/** What a reader of the page sees or hears: texts, and what stands in place of one. */
export function saidOn(page) {
  const texts = page.replace(/<(script|style)\b[\s\S]*?<\/\1>/g, "").split(/<[^>]*>/);
  const named = [...page.matchAll(/\s(?:aria-label|title|alt|placeholder|data-[a-z-]+)="([^"]*)"/g)].map(([, text]) => text);
  return [...texts, ...named].map((text) => decoded(text).trim()).filter(Boolean);
}

export class Tongues {
  /** @param {string[]} deployments folders with forms */
  static async of(deployments) {
    const tongues = new Tongues();
    tongues.keys = new Set();
    const texts = Object.fromEntries(LANGUAGES.map((language) => [language, new Set()]));
    const pieces = Object.fromEntries(LANGUAGES.map((language) => [language, new Set()]));
    for (const language of LANGUAGES) {
      for (const { text } of await filesOf(join(root, "locales", language), ".ftl")) {
        for (const [key, message] of messagesOf(text)) {
          if (key.includes("-")) tongues.keys.add(key);
          if (!message.includes("{")) texts[language].add(message);
          for (const piece of message.split(/\{[^}]*\}|\n/)) pieces[language].add(piece.trim());
        }
      }
    }
    for (const deployment of deployments) {
      for (const { text } of await filesOf(join(deployment, "forms"), ".toml")) {
        for (const [language, all] of Object.entries(textsOf(text)))
          for (const one of all) (texts[language].add(one), pieces[language].add(one));
      }
    }
    tongues.foreign = new Map(LANGUAGES.map((language) => [language, foreignTo(language, texts, pieces)]));
    return tongues;
  }

  /** What a page in this language shows and should not. */
  faults(page, language) {
    const said = saidOn(page);
    const { texts, pieces } = this.foreign.get(language);
    const keys = said.flatMap((text) => text.match(/[a-z]+(?:-[a-z0-9]+)+/g) ?? []).filter((word) => this.keys.has(word));
    const blanks = said.filter((text) => /[{}]/.test(text));
    const others = said.filter((text) => texts.has(text));
    const whole = said.join("\n");
    const within = pieces.filter((piece) => whole.includes(piece));
    const lang = /<html lang="([a-z]+)"/.exec(page)?.[1];
    const tell = (what, all) => [...new Set(all)].map((text) => `${what}: ${text}`);
    const wrong = [...tell("a key", keys), ...tell("a blank", blanks), ...tell("not translated", [...others, ...within])];
    return lang === language ? wrong : [`it says that its language is ${lang}`, ...wrong];
  }
}

function foreignTo(language, texts, pieces) {
  const others = LANGUAGES.filter((other) => other !== language);
  const only = (all, signs) =>
    [...new Set(others.flatMap((other) => [...all[other]]))].filter((text) => text.length >= signs && !all[language].has(text));
  const own = [...texts[language], ...pieces[language]].join("\n");
  return { texts: new Set(only(texts, SIGNS_MIN)), pieces: only(pieces, PIECE_SIGNS_MIN).filter((piece) => !own.includes(piece)) };
}
