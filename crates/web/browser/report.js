// @ts-check
// The report saves itself: 800 ms after the last key, when a field is left, when the page is hidden.
// What is typed is never replaced, and never written into another contact's report: a form that goes
// away unsaved leaves its text in a box of its own (`rescue.js`).
import { ask, Refused, tell } from "./api.js";
import * as fields from "./form.js";
import * as kept from "./kept.js";
import * as rescue from "./rescue.js";

const PAUSE_MS = 800;
const AGAIN_MS = 3_000;
/** Browsers send no more than this after a page is gone. */
const KEEPALIVE_BYTES_MAX = 60_000;
/** How long an act waits for the words that belong before it; they go on being saved after it. */
const FLUSH_MS_MAX = 4_000;

/** @type {HTMLFormElement | undefined} */
let form;
let version = 0;
/** What the server has. @type {any} */
let saved;
/** @type {Promise<void> | undefined} */
let saving;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let pause;
/** The newer draft of somebody else, until the operator chooses. @type {any} */
let newer;
/** Whether a field cannot be kept as it stands. */
let faulty = false;
/** What the newest known version said; undefined when somebody may have written between. @type {any} */
let seen;
/** What was sent last: its answer may never have come. @type {any} */
let tried;

/** Takes over the form that stands in the page, if it is another than before. */
export function take() {
  const found = document.getElementById("report");
  if (found === form) return;
  leave();
  form = found instanceof HTMLFormElement ? found : undefined;
  if (form) open(form);
}

function leave() {
  clearTimeout(pause);
  if (form && (isUnsaved() || isTakenBack(form))) rescue.put(text(form), saving);
  [newer, faulty, form, seen, tried] = [undefined, false, undefined, undefined, undefined];
}

/** @param {HTMLFormElement} opened */
function open(opened) {
  version = Number(opened.dataset.version);
  saved = seen = fields.draft(opened);
  opened.addEventListener("input", typed);
  opened.addEventListener("change", soon);
  opened.addEventListener("focusout", soon);
  opened.addEventListener("submit", (event) => event.preventDefault());
  opened.addEventListener("click", clicked);
  fields.remark(opened, JSON.parse(opened.dataset.remarks || "[]"));
  const before = rescue.reopen(contact());
  if (!before) return;
  if (fields.isSame(before.draft, saved)) return kept.drop(contact());
  fields.fill(opened, before.draft);
  tried = before.tried;
  if (before.base !== version) seen = undefined;
  version = before.base;
  soon();
}

/** The contact that is written about, "" for none. */
export function contact() {
  return form?.dataset.contact ?? "";
}

export function isUnsaved() {
  return form !== undefined && (!fields.isSame(fields.draft(form), saved) || fields.begun(form).length > 0);
}

/** What is being saved stands there no more: what the server had before is to be saved again.
 * @param {HTMLFormElement} of */
function isTakenBack(of) {
  return saving !== undefined && tried !== undefined && !fields.isSame(fields.draft(of), tried);
}

/** Saves what is not saved; resolves when there is nothing left, it could not be, or it takes too long. */
export function flush() {
  return Promise.race([flushAll(), new Promise((done) => setTimeout(done, FLUSH_MS_MAX))]);
}

async function flushAll(leaving = false) {
  clearTimeout(pause);
  // Another flush may have begun a save of its own while this one waited.
  while (saving && !leaving) await saving;
  if (isUnsaved()) await (saving = save(leaving).finally(() => (saving = undefined)));
  else if (document.getElementById("report-state")?.dataset.kind === "unsaved") {
    // Written and taken back again: the server has it as it stands.
    kept.drop(contact());
    say("saved");
  }
}

/** Shows what only the operator can put right before the report is done with, and says so.
 * @returns {boolean} whether there is something */
export function needsPerson() {
  const at = newer ? document.getElementById("conflict-title") : faulty ? form?.querySelector("[aria-invalid]") : null;
  if (!(at instanceof HTMLElement)) return false;
  at.scrollIntoView({ block: "center" });
  at.focus({ preventScroll: true });
  tell(form?.dataset[newer ? "unanswered" : "faulty"] ?? "");
  return true;
}

/** @param {Event} event */
function typed(event) {
  if (form && event.target instanceof Element) {
    fields.accept(form, event.target);
    fields.called(event.target);
  }
  later();
}

function later() {
  if (!form) return;
  say("unsaved");
  kept.keep(text(form));
  if (newer) showConflict();
  clearTimeout(pause);
  pause = setTimeout(flushAll, PAUSE_MS);
}

function soon() {
  if (isUnsaved()) flushAll();
}

/** @param {HTMLFormElement} of
 * @param {boolean} [aside] */
function text(of, aside = false) {
  const draft = fields.draft(of);
  return { contact: of.dataset.contact ?? "", reference: of.dataset.reference ?? "", base: version, draft, tried, lines: fields.lines(of, draft), aside };
}

/** @param {boolean} leaving the page is going away: the request is to outlive it */
async function save(leaving) {
  if (!form || newer) return;
  const [mine, now] = [form, fields.draft(form)];
  const [of, ours] = [contact(), [now, tried, seen]];
  tried = now;
  // Typing has kept it already; whoever signs out leaves nothing behind.
  if (!leaving) kept.keep(text(mine));
  say("saving");
  try {
    const body = { base: version, draft: now };
    const keepalive = leaving && new Blob([JSON.stringify(body)]).size < KEEPALIVE_BYTES_MAX;
    const answer = await ask("PUT", `/api/v1/desk/reports/${of}`, body, { keepalive });
    if (mine !== form) return rescue.saved(of, now, answer.version);
    taken(mine, now, answer.version);
    fields.remark(mine, answer.remarks);
    if (!faulty) say("saved", new Date(answer.saved).toLocaleTimeString("sv", { timeZone: form.dataset.zone }));
  } catch (fault) {
    if (mine === form) failed(fault, ours);
  }
}

/** The server has this draft now.
 * @param {HTMLFormElement} mine
 * @param {any} draft
 * @param {number} as */
function taken(mine, draft, as) {
  [version, saved, seen] = [as, draft, draft];
  const problems = fields.begun(mine, document.activeElement);
  faulty = problems.length > 0;
  fields.mark(mine, problems);
  if (!fields.isSame(fields.draft(mine), saved)) later();
  else if (faulty) say("faulty");
  else kept.drop(contact());
}

/** @param {unknown} fault
 * @param {any[]} ours drafts that are no news to us */
function failed(fault, ours) {
  if (!form) return;
  const word = fault instanceof Refused ? fault.body.error : "";
  if (fault instanceof Refused && word === "conflict") return conflict(form, fault.body.newer, ours);
  if (fault instanceof Refused && word === "fields") {
    faulty = true;
    fields.mark(form, [...fault.body.fields, ...fields.begun(form)]);
    return say("faulty");
  }
  // Not ours any more, or closed: trying again would change nothing.
  if (fault instanceof Refused && [403, 404, 409].includes(fault.status)) return say("refused");
  say("failed");
  // Typed text stays where it is; the next try comes by itself.
  clearTimeout(pause);
  pause = setTimeout(flushAll, AGAIN_MS);
}

/** Somebody else has written since; or it is our own save whose answer never came.
 * @param {HTMLFormElement} mine
 * @param {any} theirs
 * @param {any[]} ours */
function conflict(mine, theirs, ours) {
  if (ours.some((draft) => draft && fields.isSame(theirs.draft, draft))) {
    taken(mine, theirs.draft, theirs.version);
    if (!faulty && !isUnsaved()) say("saved");
    return;
  }
  newer = theirs;
  showConflict();
  say("unanswered");
}

/** Both texts side by side, for every field in which they differ. */
function showConflict() {
  const box = document.getElementById("report-conflict");
  const rows = document.getElementById("conflict-fields");
  if (!box || !rows || !form) return;
  const of = form;
  rows.replaceChildren(
    ...fields.differences(fields.draft(of), newer.draft).map(([path, mine, theirs]) => {
      const row = document.createElement("tr");
      const name = Object.assign(document.createElement("th"), { scope: "row", textContent: fields.label(of, path) });
      const cell = (/** @type {string} */ value) => Object.assign(document.createElement("td"), { textContent: fields.shown(of, path, value) || "–" });
      row.append(name, cell(mine), cell(theirs));
      return row;
    }),
  );
  box.hidden = false;
}

/** @param {Event} event */
function clicked(event) {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  if (!button || !form) return;
  if (button.dataset.add) added(fields.add(form, button.dataset.add));
  if (button.dataset.remove !== undefined) remove(button);
  if (button.dataset.accept !== undefined) {
    button.closest("[data-suggested]")?.querySelector("[data-field]")?.dispatchEvent(new Event("input", { bubbles: true }));
    soon();
  }
  if (button.id === "conflict-mine") settle(false);
  if (button.id === "conflict-newer") settle(true);
}

/** @param {boolean} takeTheirs */
function settle(takeTheirs) {
  if (!newer || !form) return;
  const theirs = newer;
  const box = document.getElementById("report-conflict");
  if (takeTheirs) {
    rescue.put(text(form, true));
    fields.fill(form, theirs.draft);
  }
  [newer, version, saved, seen] = [undefined, theirs.version, theirs.draft, theirs.draft];
  if (takeTheirs) taken(form, fields.draft(form), theirs.version);
  if (takeTheirs && !faulty) say("saved");
  if (box) box.hidden = true;
  // Leaving a field saves: only now, when it is settled whose text that is.
  document.getElementById("report-title")?.focus();
  flushAll();
}

/** @param {Element | null} row */
function added(row) {
  const first = row?.querySelector("select, input");
  if (first instanceof HTMLElement) first.focus();
  later();
}

/** @param {HTMLElement} button */
function remove(button) {
  const row = button.closest("[data-row]");
  if (!(row instanceof HTMLElement) || !form) return;
  const name = row.dataset.row ?? "";
  row.remove();
  fields.number(form, name);
  const back = form.querySelector(`[data-add="${name}"]`);
  if (back instanceof HTMLElement) back.focus();
  later();
}

const LOUD = ["failed", "faulty", "refused", "unanswered"];

/** @param {"saved" | "saving" | "unsaved" | "failed" | "faulty" | "refused" | "unanswered"} kind
 * @param {string} [at] */
function say(kind, at = "") {
  const line = document.getElementById("report-state");
  if (!line || !form) return;
  line.dataset.kind = LOUD.includes(kind) ? "failed" : kind;
  const words = `${form.dataset[kind] ?? ""} ${at}`.trim();
  if (line.textContent === words) return;
  line.textContent = words;
  // Each saving is shown quietly; only what needs a person is said aloud.
  if (line.dataset.kind === "failed") tell(words);
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") flushAll(true);
});
addEventListener("beforeunload", (event) => {
  if (isUnsaved()) flushAll(true);
  else if (!kept.isHeld()) return;
  event.preventDefault();
});
