// @ts-check
// The live connection of a page: an event stream that is watched for signs of life, opened anew when
// it is lost, also in a background tab; and parts of the page that are fetched and laid in when
// something changed. What stands in focus keeps it.
import { age, follow, tick } from "./ages.js";
import { SIGNED_OUT } from "./api.js";

/** The server gives a sign of life every 5 seconds; after this long without one it is lost. */
const SILENCE_MS_MAX = 13_000;
const AGAIN_MS_MIN = 500;
const AGAIN_MS_MAX = 10_000;
/** How often a page whose session is over asks whether somebody has signed in again elsewhere. */
const SIGNED_IN_ASKED_MS = 3_000;
/** What a page asks for again a little later, each in its own time. */
const BUSY = [429, 503];
const REFUSED_AGAIN_MS = 2_000;
/** Changes that come close together are fetched once. */
const GATHER_MS = 60;

/** Says that the connection is lost and for how long, without hiding anything. */
class Notice {
  constructor() {
    this.line = document.getElementById("connection");
    this.lostAt = 0;
    setInterval(() => this.draw(), 1000);
  }
  lost() {
    // The way to sign in again stands until it is not needed: it may be being pressed.
    if (this.line?.querySelector("a")) return;
    this.lostAt ||= Date.now();
    this.draw();
  }
  back() {
    this.lostAt = 0;
    this.line?.setAttribute("hidden", "");
    this.line?.replaceChildren();
  }
  signedOut() {
    if (!this.line) return;
    this.lostAt = 0;
    this.line.hidden = false;
    if (this.line.querySelector("a")) return;
    // In a tab of its own: what stands unsaved in this one is not led away from.
    const link = Object.assign(document.createElement("a"), { href: `/login?next=${encodeURIComponent(location.pathname)}`, target: "_blank", rel: "noopener" });
    link.textContent = this.line.dataset.signedOut ?? "";
    this.line.replaceChildren(link);
  }
  draw() {
    if (!this.line || !this.lostAt) return;
    this.line.hidden = false;
    const since = (this.line.dataset.since ?? "").replace("0:00", age(Date.now() - this.lostAt));
    // The age ticks for the eye only: a live region that changes each second would never be silent.
    if (!this.line.firstChild) {
      const words = document.createElement("span");
      const ticking = Object.assign(document.createElement("span"), { className: "number" });
      ticking.setAttribute("aria-hidden", "true");
      words.textContent = `${this.line.dataset.lost ?? ""} `;
      this.line.append(words, ticking);
    }
    if (this.line.lastElementChild) this.line.lastElementChild.textContent = since;
  }
}

/** What ails the program itself, in words, for as long as it lasts; null when it is well.
 * @param {string | null} words */
function showTrouble(words) {
  const line = document.getElementById("trouble");
  if (!line) return;
  line.textContent = words ?? "";
  line.hidden = !words;
}

/** @typedef {(data: any) => void} Handler */

/** Opens the stream at `address` and keeps it open.
 * @param {string} address
 * @param {string} probe an address that is refused when the stream is, for telling why
 * @param {Record<string, Handler>} handlers by event name; `changed` also after each new opening */
export function stream(address, probe, handlers) {
  const notice = new Notice();
  let again = AGAIN_MS_MIN;
  let lastSign = Date.now();
  /** @type {EventSource | undefined} */
  let source;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;

  const sign = () => {
    lastSign = Date.now();
    again = AGAIN_MS_MIN;
  };
  const open = () => {
    waiting = undefined;
    lastSign = Date.now();
    source = new EventSource(address);
    source.addEventListener("error", lost);
    for (const name of ["page", "beat", "trouble", ...Object.keys(handlers)]) {
      source.addEventListener(name, (event) => {
        sign();
        const data = event instanceof MessageEvent && event.data ? JSON.parse(event.data) : {};
        if (name === "beat") follow(data.now);
        if (name === "trouble") showTrouble(data.words);
        if (name === "page") {
          notice.back();
          handlers.changed?.({});
        }
        handlers[name]?.(data);
      });
    }
  };
  const lost = async () => {
    if (waiting) return;
    source?.close();
    notice.lost();
    waiting = setTimeout(open, again);
    again = Math.min(again * 2, AGAIN_MS_MAX);
    // A stream that is refused looks like one that broke; only an answer tells them apart.
    const answer = await fetch(probe).catch(() => undefined);
    if (answer?.status === 401) {
      clearTimeout(waiting);
      notice.signedOut();
      waiting = setTimeout(askAgain, SIGNED_IN_ASKED_MS);
    }
  };
  /** Signed in again in another tab: this one goes on by itself. */
  const askAgain = async () => {
    const answer = await fetch(probe).catch(() => undefined);
    if (answer?.status === 401) waiting = setTimeout(askAgain, SIGNED_IN_ASKED_MS);
    else open();
  };
  setInterval(() => {
    if (Date.now() - lastSign > SILENCE_MS_MAX) lost();
  }, 1000);
  // A request of the page was refused because nobody is signed in: no need to wait for the stream to end.
  addEventListener(SIGNED_OUT, lost);
  // Back on the network, or back from the tab where somebody signed in: no need to wait.
  for (const back of ["online", "focus"]) {
    addEventListener(back, () => {
      if (!waiting) return;
      clearTimeout(waiting);
      open();
    });
  }
  open();
}

/** What finger, mouse or space bar are on: a button that is replaced before they let go was not clicked.
 * @type {Node | undefined} */
let pressed;
/** A release that is never told does not hold the page for longer. */
const PRESS_MS_MAX = 3_000;
const LET_GO = "svar-let-go";
/** @type {ReturnType<typeof setTimeout> | undefined} */
let lettingGo;

/** The click comes with the release, so what was pressed stays until after it.
 * @param {number} after_ms */
function letGo(after_ms) {
  clearTimeout(lettingGo);
  lettingGo = setTimeout(() => {
    pressed = undefined;
    dispatchEvent(new Event(LET_GO));
  }, after_ms);
}

/** @param {Event} event */
function press(event) {
  pressed = event.target instanceof Node ? event.target : undefined;
  letGo(PRESS_MS_MAX);
}

addEventListener("pointerdown", press, true);
addEventListener("keydown", (event) => event.key === " " && press(event), true);
for (const kind of ["pointerup", "pointercancel", "keyup"]) addEventListener(kind, () => pressed && letGo(0), true);

/** Fetches parts and lays those in that differ.
 * @param {() => string} address
 * @param {(part: HTMLElement, fresh: HTMLElement) => boolean} [holds] true keeps the old part
 * @param {() => void} [after] */
export function parts(address, holds = () => false, after = () => {}) {
  let running = false;
  let wanted = false;
  /** @param {HTMLElement} old
   * @param {HTMLElement} fresh */
  const stays = (old, fresh) => {
    if (!pressed || !old.contains(pressed)) return holds(old, fresh);
    addEventListener(LET_GO, () => refresh(), { once: true });
    return true;
  };
  const fetchOnce = async () => {
    const answer = await fetch(address(), { headers: { accept: "text/html" } });
    if (!answer.ok) {
      // Too many ask at once, or something is away for a moment: without a next change the page would stay as it is.
      if (BUSY.includes(answer.status)) setTimeout(refresh, REFUSED_AGAIN_MS * (1 + Math.random()));
      return;
    }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of fresh.querySelectorAll("[data-part]")) {
      if (part instanceof HTMLElement) layIn(part, stays);
    }
    tick();
    after();
  };
  async function refresh() {
    wanted = true;
    if (running) return;
    running = true;
    while (wanted) {
      await new Promise((done) => setTimeout(done, GATHER_MS));
      wanted = false;
      // Gone for the moment: the next change or the next opening of the stream fetches again.
      await fetchOnce().catch(() => {});
    }
    running = false;
  }
  return refresh;
}

/** What was laid in last, by part, as the server wrote it. @type {Map<string, string>} */
const laid = new Map();

/** Ages are written by the browser: they make no difference. @param {string} html */
const plain = (html) => html.replace(/>[\d:]+<\/time>/g, "></time>");

/** Whose form stands in a part. @param {HTMLElement} part */
const whose = (part) => part.querySelector("form")?.dataset.contact ?? "";

/** How to find an element again in a part that was drawn anew.
 * @param {Element | null} element */
function known(element) {
  if (element?.id) return `#${CSS.escape(element.id)}`;
  for (const name of ["href", "data-matter", "data-act"]) {
    const value = element?.getAttribute(name);
    if (value) return `[${name}="${CSS.escape(value)}"]`;
  }
  return "";
}

/** @param {HTMLElement} fresh
 * @param {(part: HTMLElement, fresh: HTMLElement) => boolean} holds */
function layIn(fresh, holds) {
  const name = fresh.dataset.part ?? "";
  const old = document.querySelector(`[data-part="${CSS.escape(name)}"]`);
  if (!(old instanceof HTMLElement)) return;
  const html = plain(fresh.innerHTML);
  if (laid.get(name) === html) return;
  if (holds(old, fresh)) return;
  laid.set(name, html);
  // Whoever wrote about one citizen does not go on writing about the next without having looked.
  const stays = whose(old) === whose(fresh);
  const focused = stays && old.contains(document.activeElement) ? known(document.activeElement) : "";
  const open = [...old.querySelectorAll("details[open] > summary")].map((summary) => summary.id || summary.textContent);
  old.replaceChildren(...document.adoptNode(fresh).childNodes);
  for (const summary of old.querySelectorAll("details > summary")) {
    if (open.includes(summary.id || summary.textContent)) summary.parentElement?.setAttribute("open", "");
  }
  const again = focused ? old.querySelector(focused) : null;
  if (again instanceof HTMLElement) again.focus({ preventScroll: true });
}
