// @ts-check
// Written text that the server does not have yet, kept in this browser so that a page that crashes,
// is closed or offline loses nothing. Personal data: it is gone once it is saved, at sign-out, and
// when it is older than any session; another account of the same browser never sees it.

const BEGINS = "svar-unsaved-";
/** No session lasts longer. */
const KEPT_MS_MAX = 12 * 3_600_000;

/** @typedef {{ contact: string, reference: string, base: number, draft: any, tried?: any, lines: string, aside: boolean, at: number }} Kept */

const account = () => document.getElementById("content")?.dataset.operator ?? "";
/** @param {string} contact
 * @param {boolean} aside */
const key = (contact, aside) => `${BEGINS}${account()}-${contact}${aside ? "-aside" : ""}`;

/** Storage may be full, or forbidden: the text then still stands in the page.
 * @template T
 * @param {() => T} use
 * @returns {T | undefined} */
function stored(use) {
  try {
    return use();
  } catch {
    return undefined;
  }
}

/** @param {Omit<Kept, "at">} text */
export function keep(text) {
  stored(() => localStorage.setItem(key(text.contact, text.aside), JSON.stringify({ ...text, at: Date.now() })));
}

/** @param {string} contact
 * @param {boolean} [aside] what was put aside rather than what is to be saved */
export function drop(contact, aside = false) {
  stored(() => localStorage.removeItem(key(contact, aside)));
}

/** @param {string} contact
 * @returns {Kept | undefined} what is still to be saved of one report */
export function of(contact) {
  return read(key(contact, false));
}

/** @param {string} name
 * @returns {Kept | undefined} */
function read(name) {
  return stored(() => JSON.parse(localStorage.getItem(name) ?? "null")) ?? undefined;
}

const names = () => stored(() => Object.keys(localStorage).filter((name) => name.startsWith(BEGINS))) ?? [];

/** Everything kept for this account; what is too old is forgotten, whoever's it is.
 * @returns {Kept[]} */
export function all() {
  for (const name of names()) {
    if (!((read(name)?.at ?? 0) > Date.now() - KEPT_MS_MAX)) stored(() => localStorage.removeItem(name));
  }
  return names().filter((name) => name.startsWith(`${BEGINS}${account()}-`)).map(read).filter((text) => text !== undefined);
}

/** Nobody is signed in any more. */
export function forget() {
  for (const name of names()) stored(() => localStorage.removeItem(name));
}
