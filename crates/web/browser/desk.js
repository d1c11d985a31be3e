// @ts-check
// The operator's page: holds the live connection, lays in what changed, and asks the API to do what
// buttons and keys say.
import { now, tick } from "./ages.js";
import { act, Refused, tell, tellFault } from "./api.js";
import * as asking from "./asking.js";
import * as booking from "./booking.js";
import { listen as listenToKeys } from "./keys.js";
import * as intent from "./intent.js";
import { parts, stream } from "./live.js";
import * as report from "./report.js";
import * as rescue from "./rescue.js";
import * as ring from "./ring.js";
import * as search from "./search.js";
import * as sound from "./sound.js";

/** The contact whose record is being finished, "" for none. */
let concluding = "";
/** The report in writing that stands open, "" for none. */
let opened = "";
/** Those whose reports could be opened before the next was asked for. @type {Set<string> | undefined} */
let had;
/** What the parts in the page were asked for with. */
let askedFor = "";
/** What is focused once it is drawn. */
let focusThen = "";

const refresh = parts(address, holds, settled);

/** What the parts are to be drawn with. */
function asked() {
  const query = new URLSearchParams();
  if (concluding) query.set("conclude", concluding);
  if (opened) query.set("open", opened);
  return query.toString();
}

function address() {
  askedFor = asked();
  return `/desk/parts?${askedFor}`;
}

/** A part is kept when laying it in would take away what somebody writes or chooses.
 * @param {HTMLElement} old
 * @param {HTMLElement} fresh */
function holds(old, fresh) {
  if (old.dataset.part === "report") {
    // Another contact's form is always laid in: what is unsaved of this one is kept apart.
    return report.contact() !== "" && fresh.querySelector("form")?.dataset.contact === report.contact();
  }
  if (intent.isChoosing(old)) {
    document.getElementById("intent")?.addEventListener("blur", () => refresh(), { once: true });
    return true;
  }
  if (choosing && old.contains(choosing)) {
    choosing.addEventListener("blur", () => refresh(), { once: true });
    return true;
  }
  if (asking.isWriting(old, fresh)) {
    document.activeElement?.addEventListener("blur", () => refresh(), { once: true });
    return true;
  }
  const open = old.querySelector("dialog[open]");
  const same = old.querySelector(".call")?.getAttribute("data-kind") === fresh.querySelector(".call")?.getAttribute("data-kind");
  if (open && same) {
    open.addEventListener("close", () => refresh(), { once: true });
    return true;
  }
  return false;
}

/** The list that stands open and would close. @type {HTMLSelectElement | undefined} */
let choosing;
for (const [kind, opens] of [
  ["pointerdown", () => true],
  ["keydown", (/** @type {any} */ event) => event.key === " " || event.key === "Enter" || (event.altKey && event.key.startsWith("Arrow"))],
]) {
  document.addEventListener(String(kind), (event) => {
    if (event.target instanceof HTMLSelectElement && typeof opens === "function" && opens(event)) choosing = event.target;
  });
}
for (const kind of ["change", "focusout"]) {
  document.addEventListener(kind, (event) => {
    if (event.target === choosing) choosing = undefined;
  });
}

/** What was said last of the state, so that only a change is said. */
let heard = "";

/** Says a new state politely to those who listen.
 * The parts themselves are replaced, and what is replaced is not heard. */
function sayState() {
  const state = document.querySelector(".duty .state strong")?.textContent ?? "";
  const call = document.querySelector('.call:not([data-kind="quiet"]) .what p:last-child')?.firstChild?.textContent ?? "";
  const now = [state, call].filter(Boolean).join(". ");
  const line = document.getElementById("heard");
  if (line && heard && now !== heard) line.textContent = now;
  heard = now;
}

/** After parts were laid in: the report's form, the ring and the mute button follow. */
function settled() {
  const [of, drawnFor] = [document.getElementById("content"), document.querySelector(".duty")].map((part) => part?.getAttribute("data-operator"));
  // Somebody else has signed in in another tab: this page, and what was written in it, is not theirs.
  if (of && drawnFor && of !== drawnFor) return location.reload();
  if (askedFor === asked()) {
    if (!document.querySelector(".report[data-opened]")) opened = "";
    // Concluded, or another call was answered.
    if (!document.querySelector('.call[data-kind="conclude"], .call[data-kind="ringing"]')) concluding = "";
    document.getElementById(focusThen)?.focus();
    focusThen = "";
  }
  report.take();
  openNext();
  asking.take();
  intent.take(carryOut);
  sayState();
  const ringing = document.querySelector('.call[data-kind="ringing"]');
  const what = ringing?.querySelector(".what p:last-child")?.textContent ?? "";
  ring.show(ringing?.getAttribute("data-offer") ?? "", ringing?.getAttribute("data-ring-text") ?? "", what);
  const mute = document.getElementById("mute");
  mute?.setAttribute("aria-pressed", String(sound.isMuted()));
  if (!mute && !document.querySelector(".call[data-kind=connecting]")) sound.mute(false);
  if (isOnDuty()) sound.connect();
}

function isOnDuty() {
  const state = document.querySelector(".duty")?.getAttribute("data-state") ?? "signed_out";
  return state !== "signed_out";
}

/** What belongs to a conversation is written down before it goes to somebody else or is concluded. */
const WRITTEN_FIRST = ["outcome", "transfer", "consult", "sign_out", "decide_report", "ask_citizen", "settle_promise"];
/** After these nobody goes on writing the report. */
const ENDS_REPORT = ["outcome", "decide_report"];

/** Does what a button or a choice carries.
 * @param {string} carried JSON of the act
 * @param {HTMLElement} from */
async function carryOut(carried, from) {
  const wanted = JSON.parse(carried);
  if (from.getAttribute("aria-busy") === "true") return;
  from.setAttribute("aria-busy", "true");
  try {
    if (from.dataset.duty !== undefined) await sound.ready();
    if (WRITTEN_FIRST.includes(wanted.act)) await report.flush();
    const about = String(wanted.contact ?? from.closest(".matter")?.getAttribute("data-contact") ?? "");
    if (ENDS_REPORT.includes(wanted.act) && about === report.contact() && report.needsPerson()) return;
    if (wanted.act === "next_report") had = openable();
    await (from.dataset.duty === undefined ? act(wanted) : onceHeard(() => act(wanted)));
    const dialog = from.closest("dialog");
    if (dialog instanceof HTMLDialogElement) dialog.close();
    return true;
  } catch (fault) {
    // What comes to be openable now was not given by this.
    if (wanted.act === "next_report") had = undefined;
    tellFault(fault);
  } finally {
    from.removeAttribute("aria-busy");
    refresh();
  }
}

// A form that stands for an act: what is written in it goes with the act, and stays where it was when it fails.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.dataset.actWith) return;
  event.preventDefault();
  const wanted = { ...JSON.parse(form.dataset.actWith), ...Object.fromEntries(new FormData(form)) };
  carryOut(JSON.stringify(wanted), form).then((done) => done && asking.sent(form));
});

/** The server may hear the headset a moment later than the page does.
 * @param {() => Promise<any>} ask */
async function onceHeard(ask) {
  for (let tries = HEARD_TRIES; ; tries -= 1) {
    try {
      return await ask();
    } catch (fault) {
      if (!(fault instanceof Refused) || fault.body.error !== "sound" || tries <= 1) throw fault;
      await new Promise((done) => setTimeout(done, HEARD_AGAIN_MS));
    }
  }
}

/** @param {string} id */
function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!(dialog instanceof HTMLDialogElement) || dialog.open) return;
  dialog.showModal();
  const first = dialog.querySelector(".choices button, input");
  if (first instanceof HTMLElement) first.focus();
}

/** Shows a matter beside the work, which stays as it is.
 * @param {string} reference */
async function openMatter(reference) {
  const [dialog, into] = [document.getElementById("opened"), document.getElementById("opened-matter")];
  if (!(dialog instanceof HTMLDialogElement) || !into) return;
  const answer = await fetch(`/matters/${reference}/part`, { headers: { accept: "text/html" } }).catch(() => undefined);
  if (!answer?.ok) return tellFault(undefined);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  into.replaceChildren(...document.adoptNode(fresh.body).childNodes);
  tick();
  if (!dialog.open) dialog.showModal();
  document.getElementById("opened-title")?.focus();
}

/** Takes a municipality over into the report, unless somebody wrote one already.
 * @param {string} name */
function takeMunicipality(name) {
  const field = document.getElementById("r-municipality");
  if (!(field instanceof HTMLInputElement)) return;
  if (!field.value.trim() || field.closest("[data-suggested]")) {
    field.value = name;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  field.focus();
}

/** Opens the record of a conversation that is over, or leaves it for later.
 * @param {string} contact */
async function conclude(contact) {
  await report.flush();
  concluding = contact;
  focusThen = contact ? "report-title" : "promises-title";
  refresh();
}

/** The reports that can be opened. */
const openable = () => new Set([...document.querySelectorAll("[data-open-report]")].map((button) => button.getAttribute("data-open-report") ?? ""));

/** What was given to whoever asked for the next report is opened once it is theirs. */
function openNext() {
  const given = had && [...openable()].find((contact) => contact && !had?.has(contact));
  if (!given) return;
  had = undefined;
  openReport(given);
}

/** Opens a report in writing, or leaves it for later.
 * @param {string} contact */
async function openReport(contact) {
  await report.flush();
  opened = contact;
  focusThen = contact ? "report-title" : "promises-title";
  refresh();
}

/** Those that are ticked; one must stay.
 * @param {HTMLElement} among
 * @param {HTMLInputElement} changed */
function chooseLanguages(among, changed) {
  const languages = [...among.querySelectorAll("input")].filter((box) => box.checked).map((box) => box.value);
  if (languages.length === 0) {
    changed.checked = true;
    return tell(among.dataset.least ?? "");
  }
  act({ act: "languages", languages }).catch(tellFault).finally(refresh);
}

/** @param {HTMLElement} button */
function muteBy(button) {
  const on = button.getAttribute("aria-pressed") !== "true";
  sound.mute(on);
  button.setAttribute("aria-pressed", String(on));
  act({ act: "mute", on }).catch(tellFault);
}

const MEANT_MS = 500;
/** An offer whose end is not told is over this long after its time. */
const RING_OVER_MS = 2_000;
const HEARD_TRIES = 8;
const HEARD_AGAIN_MS = 250;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let meant;

/** @param {string} id */
const focus = (id) => () => {
  const found = document.getElementById(id);
  found?.scrollIntoView({ block: "nearest" });
  found?.focus({ preventScroll: true });
};

document.addEventListener("click", (event) => {
  ring.allow();
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  if (!button) return;
  if (button.dataset.act) carryOut(button.dataset.act, button);
  else if (button.dataset.matter) openMatter(button.dataset.matter);
  else if (button.dataset.conclude !== undefined) conclude(button.dataset.conclude);
  else if (button.dataset.openReport !== undefined) openReport(button.dataset.openReport);
  else if (button.id === "mute") muteBy(button);
  else if (button.id === "consult-open") openDialog("consult");
  else if (button.id === "digits-open") openDialog("digits");
  else if (button.id === "book-open") booking.open();
  else if (button.id === "headset-connect") sound.connect(true);
});

document.addEventListener("change", (event) => {
  const languages = event.target instanceof HTMLInputElement ? event.target.closest("[data-languages]") : null;
  if (languages instanceof HTMLElement) return chooseLanguages(languages, /** @type {HTMLInputElement} */ (event.target));
  const select = event.target;
  if (!(select instanceof HTMLSelectElement) || select.dataset.actEach === undefined || !select.value) return;
  // Arrow keys pass over choices: the one that stays is meant.
  clearTimeout(meant);
  meant = setTimeout(() => carryOut(select.value, select), MEANT_MS);
});

/** Keys go out one by one, each when the one before has arrived: 1, 2 and 3 are never heard as 2, 3, 1. */
let sent = Promise.resolve();

document.addEventListener("keydown", (event) => {
  ring.allow();
  if (event.target instanceof HTMLElement && event.target.id === "digits-sent" && /^[0-9*#]$/.test(event.key)) {
    sent = sent.then(() => act({ act: "keys", keys: event.key })).catch(tellFault);
  }
});

listenToKeys({
  F8: focus("r-what_happened"),
  // In wrap-up the key that ends leads to the outcomes; it never states one, because it has just ended the call.
  "Shift F2": focus("outcome-0"),
  "Ctrl K": search.focus,
  "?": () => openDialog("keys"),
  "Alt 1": focus("duty-title"),
  "Alt 2": focus("matter-title"),
  "Alt 3": focus("report-title"),
  "Alt I": focus("intent"),
});

stream("/desk/stream", "/desk/parts", {
  page: (data) => sound.belongsTo(data.page),
  ring: (data) => {
    ring.ring(String(data.offer), data.title, data.text, Math.max(0, data.until - now()) + RING_OVER_MS);
    refresh();
  },
  stop_ring: (data) => {
    ring.end(String(data.offer));
    refresh();
  },
  connected: refresh,
  ended: refresh,
  sound_lost: () => sound.lost(),
  sound_elsewhere: () => sound.yielded(),
  changed: refresh,
});
search.start({ act: carryOut, matter: openMatter, municipality: takeMunicipality });
booking.start(refresh);
settled();
rescue.start(report.contact());
