// @ts-check
// Written text that the server does not have yet, kept in this browser so that a page that crashes,
// is closed or offline loses nothing. Personal data: it is gone once it is saved, at sign-out, and
// when it is older than any session; another account of the same browser never sees it.

const BEGINS = "svar-unsaved-";
/** Words that stand for an act and are not sent yet, in this tab (`asking.js`). */
export const ASKING = "svar-asking-";
/** Stands in this tab from a sign-out that is asked for to the page that follows. */
const SIGNING_OUT = "svar-signing-out";
/** No session lasts longer. */
const KEPT_MS_MAX = 12 * 3_600_000;

/** @typedef {{ contact: string, reference: string, base: number, draft: any, tried?: any, lines: string, aside: boolean, at: number }} Kept */

export const account = () => document.getElementById("content")?.dataset.operator ?? "";
/** @param {string} contact
 * @param {boolean} aside */
const key = (contact, aside) => `${BEGINS}${account()}-${contact}${aside ? "-aside" : ""}`;

/** What the browser would not take: it stands as long as this page does. @type {Map<string, string>} */
const held = new Map();

/** Storage may be full, or forbidden.
 * @template T
 * @param {() => T} use
 * @returns {T | undefined} */
export function stored(use) {
  try {
    return use();
  } catch {
    return undefined;
  }
}

/** @param {Omit<Kept, "at">} text */
export function keep(text) {
  const [name, written] = [key(text.contact, text.aside), JSON.stringify({ ...text, at: Date.now() })];
  const isTaken = stored(() => {
    localStorage.setItem(name, written);
    return true;
  });
  if (isTaken) held.delete(name);
  else held.set(name, written);
}

/** Whether something would be lost with this page. */
export const isHeld = () => held.size > 0;

/** @param {string} contact
 * @param {boolean} [aside] what was put aside rather than what is to be saved */
export function drop(contact, aside = false) {
  held.delete(key(contact, aside));
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
  return stored(() => JSON.parse(held.get(name) ?? localStorage.getItem(name) ?? "null")) ?? undefined;
}

const names = () => stored(() => Object.keys(localStorage).filter((name) => name.startsWith(BEGINS))) ?? [];

/** Everything kept for this account; what is too old is forgotten, whoever's it is.
 * @returns {Kept[]} */
export function all() {
  forgetOld();
  return names().filter((name) => name.startsWith(`${BEGINS}${account()}-`)).map(read).filter((text) => text !== undefined);
}

function forgetOld() {
  for (const name of names()) {
    if (!((read(name)?.at ?? 0) > Date.now() - KEPT_MS_MAX)) stored(() => localStorage.removeItem(name));
  }
}

/** Whether signing out would delete anything; it deletes what is kept for any account.
 * @returns {boolean} */
export function isAny() {
  forgetOld();
  return names().length > 0;
}

/** Told each time a page is left: a sign-out that was thought better of deletes nothing later.
 * @param {boolean} bySignOut */
export function leave(bySignOut) {
  stored(() => (bySignOut ? sessionStorage.setItem(SIGNING_OUT, "1") : sessionStorage.removeItem(SIGNING_OUT)));
}

/** A page has come. After a sign-out that the server agreed to it is the one to sign in: everything is
 * deleted. That page also comes when a session is over: then what is kept waits for its account.
 * @param {string} path */
export function arrive(path) {
  const wasAsked = stored(() => sessionStorage.getItem(SIGNING_OUT)) != null;
  leave(false);
  if (!wasAsked || path !== "/login") return;
  for (const name of names()) stored(() => localStorage.removeItem(name));
  const asked = stored(() => Object.keys(sessionStorage).filter((name) => name.startsWith(ASKING))) ?? [];
  for (const name of asked) stored(() => sessionStorage.removeItem(name));
}
