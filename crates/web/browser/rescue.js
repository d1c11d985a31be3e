// @ts-check
// Text that left its form before the server had it: shown above the report in a box that says whose
// report it belongs to, and offered to the server again until it is taken or a person lets it go.
import { ask, Refused } from "./api.js";
import { isSame } from "./form.js";
import * as kept from "./kept.js";

const AGAIN_MS = 3_000;

/** `trying` goes on by itself; the others wait for a person.
 * @typedef {"trying" | "faulty" | "conflict" | "refused" | "aside"} State */
/** @typedef {import("./kept.js").Kept} Kept */
/** @typedef {{ text: Omit<Kept, "at">, state: State, box: HTMLElement }} Rescued */

/** By contact, and apart what was put aside. @type {Map<string, Rescued>} */
const rescued = new Map();
/** By contact, what is not shown before a save of fewer words has come back. @type {Map<string, Omit<Kept, "at">>} */
const awaited = new Map();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let again;

/** @param {Omit<Kept, "at">} text */
const name = (text) => (text.aside ? `${text.contact} aside` : text.contact);

/** What was kept when this page was closed last, but for the report that stands open.
 * @param {string} open */
export function start(open) {
  for (const text of kept.all()) if (text.aside || text.contact !== open) show(text);
}

/** Keeps a text, shows it, and goes on offering it to the server.
 * @param {Omit<Kept, "at">} text
 * @param {Promise<void>} [first] a save of the same report that is still under way */
export function put(text, first) {
  kept.keep(text);
  if (!first) return show(text);
  awaited.set(text.contact, text);
  first.finally(() => {
    // Saved as it stands, or its form stands in the page again.
    if (awaited.get(text.contact) !== text) return;
    awaited.delete(text.contact);
    show(text);
  });
}

/** A save that was begun in the form came through after the form was gone.
 * @param {string} contact
 * @param {any} draft
 * @param {number} version */
export function saved(contact, draft, version) {
  const text = awaited.get(contact) ?? kept.of(contact);
  if (!text) return;
  // What was typed since was typed upon this save: it is no quarrel with oneself.
  text.base = version;
  if (!isSame(text.draft, draft)) return kept.keep(text);
  awaited.delete(contact);
  kept.drop(contact);
}

/** The report stands in the page again: what is unsaved of it goes on there.
 * @param {string} contact
 * @returns {Kept | undefined} */
export function reopen(contact) {
  rescued.get(contact)?.box.remove();
  rescued.delete(contact);
  awaited.delete(contact);
  return kept.of(contact);
}

/** @param {Omit<Kept, "at">} text */
function show(text) {
  rescued.get(name(text))?.box.remove();
  const area = Object.assign(document.createElement("textarea"), { readOnly: true, value: text.lines, rows: 5, id: `rescued-${name(text).replace(" ", "-")}` });
  const label = Object.assign(document.createElement("label"), { htmlFor: area.id });
  const line = Object.assign(document.createElement("p"), { className: "rescued-state" });
  const words = document.getElementById("rescue")?.dataset ?? {};
  const discard = Object.assign(document.createElement("button"), { type: "button", textContent: words.discard ?? "" });
  label.append(`${words.title ?? ""} `, Object.assign(document.createElement("strong"), { className: "reference", textContent: text.reference }));
  const box = Object.assign(document.createElement("section"), { className: "fault rescued" });
  box.dataset.contact = text.contact;
  box.append(label, area, line, discard);
  const one = { text, state: /** @type {State} */ (text.aside ? "aside" : "trying"), box };
  rescued.set(name(text), one);
  discard.addEventListener("click", () => done(one));
  document.getElementById("rescue")?.append(box);
  say(one, one.state);
  if (one.state === "trying") offer(one);
}

/** @param {Rescued} one
 * @param {State} state */
function say(one, state) {
  one.state = state;
  one.box.dataset.state = state;
  const line = one.box.querySelector(".rescued-state");
  if (line) line.textContent = document.getElementById("rescue")?.dataset[state] ?? "";
}

/** Taken by the server, or let go by a person.
 * @param {Rescued} one */
function done(one) {
  if (rescued.get(name(one.text)) === one) rescued.delete(name(one.text));
  kept.drop(one.text.contact, one.text.aside);
  one.box.remove();
}

/** @param {Rescued} one */
async function offer(one) {
  const { contact, base, draft } = one.text;
  const state = await send(one, contact, base, draft);
  // Opened again meanwhile: its form goes on with it.
  if (rescued.get(name(one.text)) !== one) return;
  if (state === "saved") return done(one);
  say(one, state);
  if (state === "trying") {
    clearTimeout(again);
    again = setTimeout(() => [...rescued.values()].filter((other) => other.state === "trying").forEach(offer), AGAIN_MS);
  }
}

/** @param {Rescued} one
 * @param {string} contact
 * @param {number} base
 * @param {any} draft
 * @returns {Promise<State | "saved">} */
async function send(one, contact, base, draft) {
  const before = one.text.tried;
  // Should the answer never come, whoever goes on with it knows these words again.
  one.text.tried = draft;
  kept.keep(one.text);
  try {
    await ask("PUT", `/api/v1/desk/reports/${contact}`, { base, draft });
    return "saved";
  } catch (fault) {
    if (!(fault instanceof Refused)) return "trying";
    if (fault.body.error === "conflict") return quarrel(one, fault.body.newer, before);
    if (fault.body.error === "fields") return sendRest(one, fault.body.fields);
    return [403, 404, 409, 422].includes(fault.status) ? "refused" : "trying";
  }
}

/** Somebody else has written since; or it is our own save whose answer never came.
 * @param {Rescued} one
 * @param {any} newer
 * @param {any} before what was sent before this, if anything
 * @returns {State | "saved"} */
function quarrel(one, newer, before) {
  if (isSame(newer.draft, one.text.draft)) return "saved";
  if (!before || !isSame(newer.draft, before)) return "conflict";
  one.text.base = newer.version;
  return "trying";
}

/** What can be kept is kept; what cannot stays in the box.
 * @param {Rescued} one
 * @param {{field: string}[]} faults
 * @returns {Promise<State>} */
async function sendRest(one, faults) {
  const rest = structuredClone(one.text.draft);
  for (const { field } of faults) if (typeof rest[field] === "string") rest[field] = "";
  try {
    const answer = await ask("PUT", `/api/v1/desk/reports/${one.text.contact}`, { base: one.text.base, draft: rest });
    one.text.base = answer.version;
    if (kept.of(one.text.contact)) kept.keep(one.text);
  } catch (fault) {
    if (!(fault instanceof Refused) || fault.status >= 500 || fault.status === 401) return "trying";
  }
  return "faulty";
}
