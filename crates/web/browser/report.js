// @ts-check
// The report saves itself: 800 ms after the last key, when a field is left, when the page is hidden.
// What is typed is never replaced; nothing is kept in the browser but what is not yet saved.
import { ask, Refused, tell } from "./api.js";

const PAUSE_MS = 800;
const AGAIN_MS = 3_000;

/** @type {HTMLFormElement | undefined} */
let form;
let version = 0;
/** What the server has, as JSON. */
let saved = "";
/** @type {Promise<void> | undefined} */
let saving;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let pause;
let givenUp = false;
/** The newer draft of somebody else, until the operator chooses. @type {any} */
let newer;

/** Takes over the form that stands in the page, if it is another than before. */
export function take() {
  const found = document.getElementById("report");
  if (found === form) return;
  clearTimeout(pause);
  newer = undefined;
  const lost = givenUp && isUnsaved() ? written() : "";
  givenUp = false;
  form = found instanceof HTMLFormElement ? found : undefined;
  if (lost) rescue(lost);
  if (!form) return;
  version = Number(form.dataset.version);
  saved = JSON.stringify(draft());
  form.addEventListener("input", later);
  form.addEventListener("change", soon);
  form.addEventListener("focusout", soon);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("click", clicked);
}

/** The contact that is written about, "" for none. */
export function contact() {
  return form?.dataset.contact ?? "";
}

export function isUnsaved() {
  return form !== undefined && JSON.stringify(draft()) !== saved;
}

/** What was written cannot be kept any more: the contact is closed or somebody else's. */
export function isGivenUp() {
  return givenUp;
}

/** Saves what is not saved; resolves when there is nothing left or it could not be. */
export async function flush() {
  clearTimeout(pause);
  // Another flush may have begun a save of its own while this one waited.
  while (saving) await saving;
  if (isUnsaved()) await (saving = save().finally(() => (saving = undefined)));
}

function later() {
  say("unsaved");
  clearTimeout(pause);
  pause = setTimeout(flush, PAUSE_MS);
}

function soon() {
  if (isUnsaved()) flush();
}

async function save() {
  if (!form || newer) return;
  const [mine, now] = [form, draft()];
  const text = JSON.stringify(now);
  say("saving");
  try {
    const body = { base: version, draft: now };
    const answer = await ask("PUT", `/api/v1/desk/reports/${mine.dataset.contact}`, body);
    if (mine !== form) return;
    version = answer.version;
    saved = text;
    faulty([]);
    say("saved", new Date(answer.saved).toLocaleTimeString("sv"));
    if (isUnsaved()) later();
  } catch (fault) {
    if (mine === form) failed(fault);
  }
}

/** @param {unknown} fault */
function failed(fault) {
  if (fault instanceof Refused && fault.body.error === "conflict") return conflict(fault.body.newer);
  if (fault instanceof Refused && fault.body.error === "fields") {
    faulty(fault.body.fields);
    return say("faulty");
  }
  givenUp = fault instanceof Refused && [403, 404, 409].includes(fault.status);
  say("failed");
  if (givenUp) return;
  // Typed text stays where it is; the next try comes by itself.
  clearTimeout(pause);
  pause = setTimeout(flush, AGAIN_MS);
}

/** @param {any} theirs */
function conflict(theirs) {
  newer = theirs;
  const line = document.getElementById("report-conflict");
  if (line) line.hidden = false;
  say("unsaved");
}

/** @param {Event} event */
function clicked(event) {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  if (!button || !form) return;
  if (button.dataset.add) add(button.dataset.add);
  if (button.dataset.remove !== undefined) remove(button);
  if (button.id === "conflict-mine") settle(false);
  if (button.id === "conflict-newer") settle(true);
}

/** @param {boolean} takeTheirs */
function settle(takeTheirs) {
  if (!newer || !form) return;
  version = newer.version;
  if (takeTheirs) fill(newer.draft);
  saved = takeTheirs ? JSON.stringify(draft()) : "";
  newer = undefined;
  const line = document.getElementById("report-conflict");
  if (line) line.hidden = true;
  if (takeTheirs) say("saved", "");
  else flush();
}

/** @param {string} name */
function add(name) {
  const group = form?.querySelector(`[data-rows="${name}"]`);
  const template = group?.querySelector("template");
  if (!group || !template) return;
  const row = document.importNode(template.content, true).firstElementChild;
  if (!row) return;
  template.before(row);
  number(name);
  const first = row.querySelector("select, input");
  if (first instanceof HTMLElement) first.focus();
  later();
}

/** @param {HTMLElement} button */
function remove(button) {
  const row = button.closest("[data-row]");
  if (!(row instanceof HTMLElement)) return;
  const name = row.dataset.row ?? "";
  row.remove();
  number(name);
  const back = form?.querySelector(`[data-add="${name}"]`);
  if (back instanceof HTMLElement) back.focus();
  later();
}

/** Numbers the rows of one kind anew, in names, ids and labels.
 * @param {string} name */
function number(name) {
  const rows = [...(form?.querySelectorAll(`[data-row="${name}"]`) ?? [])];
  rows.forEach((row, place) => {
    for (const field of row.querySelectorAll("[data-field]")) {
      if (!(field instanceof HTMLElement)) continue;
      field.dataset.field = field.dataset.field?.replace(/\.\d+\./, `.${place}.`);
      const label = row.querySelector(`label[for="${CSS.escape(field.id)}"]`);
      field.id = field.id.replace(/-\d+-/, `-${place}-`);
      label?.setAttribute("for", field.id);
    }
  });
}

/** What stands in the form, as lines to copy. */
function written() {
  const fields = [...(form?.querySelectorAll("[data-field]") ?? [])];
  return fields
    .map((field) => (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement ? field.value.trim() : ""))
    .filter(Boolean)
    .join("\n");
}

/** Shows text that could not be saved above the next report, to be copied. Text is never lost silently.
 * @param {string} text */
function rescue(text) {
  const about = document.getElementById("content")?.dataset.rescued ?? "";
  const box = Object.assign(document.createElement("div"), { className: "fault" });
  const label = Object.assign(document.createElement("label"), { htmlFor: "rescued", textContent: about });
  const area = Object.assign(document.createElement("textarea"), { id: "rescued", readOnly: true, value: text, rows: 6 });
  box.append(label, area);
  document.getElementById("column-report")?.prepend(box);
}

/** Everything in the form, in the shape of the API. */
function draft() {
  /** @type {any} */
  const made = { kind: null, what_happened: "", place: "", municipality: null, from: "", to: "", parties: [], property: [], traces: "", measures: "" };
  for (const field of form?.querySelectorAll("[data-field]") ?? []) {
    if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement || field instanceof HTMLTextAreaElement)) continue;
    const [name, row, column] = (field.dataset.field ?? "").split(".");
    if (column === undefined) made[name] = field.value || (made[name] === null ? null : "");
    else (made[name][Number(row)] ??= {})[column] = field.value;
  }
  return made;
}

/** Writes a draft into the form.
 * @param {any} from */
function fill(from) {
  for (const name of ["parties", "property"]) {
    const have = form?.querySelectorAll(`[data-row="${name}"]`) ?? [];
    for (let count = have.length; count < from[name].length; count += 1) add(name);
    for (let count = have.length; count > from[name].length; count -= 1) have[count - 1].remove();
  }
  clearTimeout(pause);
  for (const field of form?.querySelectorAll("[data-field]") ?? []) {
    if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement || field instanceof HTMLTextAreaElement)) continue;
    const [name, row, column] = (field.dataset.field ?? "").split(".");
    field.value = (column === undefined ? from[name] : from[name][Number(row)]?.[column]) ?? "";
  }
}

/** Marks the fields that cannot be kept and says why beside each.
 * @param {{field: string, what: string}[]} problems */
function faulty(problems) {
  for (const old of form?.querySelectorAll(".problem") ?? []) old.remove();
  for (const field of form?.querySelectorAll("[aria-invalid]") ?? []) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
  for (const { field: name, what } of problems) {
    const field = form?.querySelector(`[data-field="${CSS.escape(name)}"]`);
    if (!field) continue;
    const line = Object.assign(document.createElement("p"), { className: "problem", id: `${field.id}-problem`, textContent: what });
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", line.id);
    field.after(line);
  }
}

/** @param {"saved" | "saving" | "unsaved" | "failed" | "faulty"} kind
 * @param {string} [at] */
function say(kind, at = "") {
  const line = document.getElementById("report-state");
  if (!line || !form) return;
  line.dataset.kind = kind === "faulty" ? "failed" : kind;
  const text = `${form.dataset[kind] ?? ""} ${at}`.trim();
  if (line.textContent !== text) line.textContent = text;
  // Each saving is shown quietly; only what needs a person is said aloud.
  if (line.dataset.kind === "failed") tell(text);
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") flush();
});
addEventListener("beforeunload", (event) => {
  if (!isUnsaved()) return;
  flush();
  event.preventDefault();
});
