// @ts-check
// The field at the desk's foot: what can be done right now, and what the server finds. It never acts
// on what is only written; something must be chosen.
import { combobox, fits } from "./combobox.js";

const PAUSE_MS = 120;

const input = document.getElementById("find");
const list = document.getElementById("found");
/** The text that was asked for last: an older answer comes to nothing. */
let asked = "";
/** @type {ReturnType<typeof setTimeout> | undefined} */
let pause;

/** @param {{ act: (carried: string, from: HTMLElement) => void, matter: (reference: string) => void, municipality: (name: string) => void }} how */
export function start(how) {
  if (!(input instanceof HTMLInputElement) || !list) return;
  const box = combobox(input, list, (text) => {
    asked = text.trim();
    clearTimeout(pause);
    lay(actions(asked), []);
    box.settle();
    if (asked) pause = setTimeout(() => fetchRows(asked, box), PAUSE_MS);
  }, (option) => {
    input.value = "";
    const { presses, carries, matter, municipality } = option.dataset;
    if (presses !== undefined) document.getElementById(presses)?.click();
    else if (carries !== undefined) how.act(carries, option);
    else if (matter !== undefined) how.matter(matter);
    else if (municipality) how.municipality(municipality);
  });
  input.addEventListener("focus", () => input.dispatchEvent(new Event("input")));
}

export function focus() {
  input?.scrollIntoView({ block: "nearest" });
  input?.focus({ preventScroll: true });
  if (input instanceof HTMLInputElement) input.select();
}

/** @param {string} text
 * @param {import("./combobox.js").Combobox} box */
async function fetchRows(text, box) {
  const answer = await fetch(`/desk/search?q=${encodeURIComponent(text)}`, { headers: { accept: "text/html" } }).catch(() => undefined);
  if (!answer?.ok || text !== asked || document.activeElement !== input) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (text !== asked) return;
  lay(actions(text), [...page.querySelectorAll("li")].map((row) => document.adoptNode(row)));
  box.settle();
}

/** What the buttons in sight do, by their own words and keys. A call is not ended by what one looks for.
 * @param {string} text */
function actions(text) {
  const buttons = document.querySelectorAll("#part-call button[id]:not(#end), #part-duty button[id]");
  return [...buttons].flatMap((button) => {
    if (!(button instanceof HTMLElement) || button.closest("dialog, details:not([open])")) return [];
    const key = button.querySelector("kbd")?.textContent ?? "";
    const name = [...button.childNodes].filter((node) => node instanceof Text).map((node) => node.textContent).join("").trim();
    if (!name || !fits(text, name)) return [];
    const row = document.createElement("li");
    row.setAttribute("role", "option");
    row.dataset.presses = button.id;
    const kind = Object.assign(document.createElement("span"), { className: "kind", textContent: input?.dataset.action ?? "" });
    row.append(kind, " ", Object.assign(document.createElement("strong"), { textContent: name }));
    if (key) row.append(" ", Object.assign(document.createElement("kbd"), { textContent: key }));
    return [row];
  });
}

/** Lays rows in, and says in words when there are none.
 * @param {Element[]} own
 * @param {Element[]} fetched */
function lay(own, fetched) {
  const rows = [...own, ...fetched];
  for (const row of rows) row.setAttribute("aria-selected", "false");
  if (rows.length === 0 && asked) {
    const nothing = Object.assign(document.createElement("li"), { className: "note", textContent: input?.dataset.nothing ?? "" });
    nothing.setAttribute("role", "option");
    nothing.setAttribute("aria-disabled", "true");
    rows.push(nothing);
  }
  list?.replaceChildren(...rows);
}
