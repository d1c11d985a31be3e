// @ts-check
// Asking the server to do something, and saying what came of it.

/** A fault as the API words it. */
export class Refused extends Error {
  /** @param {number} status
   * @param {any} body */
  constructor(status, body) {
    super([body?.what, body?.mend].filter(Boolean).join(" "));
    this.status = status;
    this.body = body ?? {};
  }
}

/** Said to the page when a request was refused because nobody is signed in any more. */
export const SIGNED_OUT = "svar-signed-out";

/** @param {string} method
 * @param {string} address
 * @param {unknown} body
 * @param {RequestInit} [more]
 * @returns {Promise<any>} */
export async function ask(method, address, body, more = {}) {
  const headers = { "content-type": "application/json", accept: "application/json" };
  const answer = await fetch(address, { method, headers, body: JSON.stringify(body), ...more });
  const told = answer.status === 204 ? undefined : await answer.json().catch(() => undefined);
  if (answer.status === 401) dispatchEvent(new Event(SIGNED_OUT));
  if (!answer.ok) throw new Refused(answer.status, told);
  return told;
}

/** Asks for an act of the operator.
 * @param {object} act */
export function act(act) {
  return ask("POST", "/api/v1/desk/acts", act);
}

const SHOWN_MS = 8_000;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let clearing;

/** Says something at the foot of the page, politely.
 * @param {string} text */
export function tell(text) {
  const line = document.getElementById("told");
  if (!line) return;
  clearTimeout(clearing);
  line.textContent = text;
  clearing = setTimeout(() => (line.textContent = ""), SHOWN_MS);
}

/** @param {unknown} fault */
export function tellFault(fault) {
  const lost = document.getElementById("connection")?.dataset.lost ?? "";
  tell(fault instanceof Refused && fault.message ? fault.message : lost);
}
