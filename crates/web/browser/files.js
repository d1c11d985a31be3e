// @ts-check
// Sends a citizen's files piece by piece (tus 1.0.0), one after the other, and goes on where the server has them after a lost
// connection or when the same file is chosen again. Without it the form does the same in one go.

const PIECE_BYTES = 8 * 1024 * 1024;
const VERSION = { "tus-resumable": "1.0.0" };
/** Waits after one failure more and more; so many in a row, and a person is asked. */
const WAITS_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 30_000, 30_000, 60_000, 60_000, 60_000];
const BEGUN = "svar-upload-";

const form = document.getElementById("choose");
const going = document.getElementById("going");
const chooser = document.getElementById("file");

/** What the server will not take, however often it is asked. */
class Refused extends Error {}

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
/** @param {string} key */
const said = (key) => form?.dataset[key] ?? "";

/** @param {string} text */
function tell(text) {
  const line = document.getElementById("progress");
  if (line && line.textContent !== text) line.textContent = text;
}

/** @param {string} text */
function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** Names this very file in this tab, so that another of the same name is not sent on in its place.
 * @param {File} file */
const mark = (file) => `${file.name}|${file.size}|${file.lastModified}`;

/** @param {string} address
 * @param {string} [file] */
function remember(address, file) {
  try {
    if (file === undefined) sessionStorage.removeItem(BEGUN + address);
    else sessionStorage.setItem(BEGUN + address, file);
  } catch {
    // Then a file that is chosen again begins anew.
  }
}

/** The upload that was begun of this file and not ended.
 * @param {File} file */
function begunBefore(file) {
  const open = [...document.querySelectorAll("[data-upload]")].map((row) => row.getAttribute("data-upload") ?? "");
  try {
    return open.find((address) => sessionStorage.getItem(BEGUN + address) === mark(file));
  } catch {
    return undefined;
  }
}

/** @param {File} file
 * @param {AbortSignal} signal */
async function begin(file, signal) {
  const headers = { ...VERSION, "upload-length": String(file.size), "upload-metadata": `filename ${base64(file.name)}` };
  const answer = await fetch(said("tus"), { method: "POST", headers, signal });
  if (answer.status === 413) throw new Refused(said("tooLarge"));
  if (answer.status === 403 || answer.status === 429) throw new Refused(said("full"));
  const address = answer.headers.get("location");
  if (!answer.ok || !address) throw new Error(String(answer.status));
  remember(address, mark(file));
  return address;
}

/** Where the server has it up to.
 * @param {string} address
 * @param {AbortSignal} signal */
async function stand(address, signal) {
  const answer = await fetch(address, { method: "HEAD", headers: VERSION, signal });
  if (answer.status === 404) throw new Refused(said("failed"));
  const offset = Number(answer.headers.get("upload-offset") ?? Number.NaN);
  if (!answer.ok || Number.isNaN(offset)) throw new Error(String(answer.status));
  return offset;
}

/** @param {string} address
 * @param {Blob} piece
 * @param {number} offset
 * @param {AbortSignal} signal */
async function patch(address, piece, offset, signal) {
  const headers = { ...VERSION, "upload-offset": String(offset), "content-type": "application/offset+octet-stream" };
  const answer = await fetch(address, { method: "PATCH", headers, body: piece, signal });
  if (answer.status === 404 || answer.status === 413) throw new Refused(said("failed"));
  const next = Number(answer.headers.get("upload-offset") ?? Number.NaN);
  if (!answer.ok || Number.isNaN(next)) throw new Error(String(answer.status));
  return next;
}

/** A line of the list of what is on its way.
 * @param {File} file
 * @param {() => void} stop */
function row(file, stop) {
  const [item, text, name, line, bar, button] = ["li", "div", "bdi", "div", "progress", "button"].map((tag) => document.createElement(tag));
  name.textContent = file.name;
  line.className = "govuk-hint";
  bar.setAttribute("max", String(file.size));
  bar.setAttribute("aria-label", file.name);
  button.setAttribute("type", "button");
  button.className = "link";
  button.textContent = said("stop");
  button.addEventListener("click", stop);
  text.append(name, bar, line);
  item.append(text, button);
  going?.append(item);
  return {
    /** @param {number} offset
     * @param {string} words */
    show(offset, words) {
      bar.setAttribute("value", String(offset));
      const percent = `${Math.floor((100 * offset) / Math.max(file.size, 1))} %`;
      line.textContent = `${words} ${percent}`;
    },
    /** @param {string} words */
    fail(words) {
      bar.remove();
      button.remove();
      line.textContent = words;
    },
    gone: () => item.remove(),
  };
}

/** Sends one file, however often the connection is lost; false when it was stopped or refused.
 * @param {File} file
 * @returns {Promise<boolean>} */
async function send(file) {
  const stopping = new AbortController();
  const shown = row(file, () => stopping.abort());
  const { signal } = stopping;
  if (file.size === 0) return (shown.fail(said("empty")), tell(said("empty")), false);
  if (file.size > Number(said("bytesMax"))) return (shown.fail(said("tooLarge")), tell(said("tooLarge")), false);
  let address = begunBefore(file);
  let failures = 0;
  let offset = 0;
  let isKnown = address === undefined;
  while (offset < file.size) {
    try {
      address ??= await begin(file, signal);
      if (!isKnown) [offset, isKnown] = [await stand(address, signal), true];
      shown.show(offset, said("going"));
      if (offset >= file.size) break;
      const next = await patch(address, file.slice(offset, offset + PIECE_BYTES), offset, signal);
      if (next > offset) failures = 0;
      offset = next;
    } catch (fault) {
      if (signal.aborted) {
        if (address) await fetch(address, { method: "DELETE", headers: VERSION }).catch(() => undefined);
        if (address) remember(address);
        shown.gone();
        tell(said("stopped"));
        return false;
      }
      const wait = WAITS_MS[failures];
      if (fault instanceof Refused || wait === undefined) {
        shown.fail(fault instanceof Refused ? fault.message : said("failed"));
        tell(said("failed"));
        return false;
      }
      failures += 1;
      isKnown = address === undefined;
      shown.show(offset, said("waiting"));
      await pause(wait);
    }
  }
  if (address) remember(address);
  shown.gone();
  tell(said("whole"));
  return true;
}

/** Draws what has come anew, and keeps the words that somebody wrote. */
async function redraw() {
  const came = document.getElementById("came");
  const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => undefined);
  if (!came || !answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("came");
  if (!fresh) return;
  const words = textOf(came)?.value ?? "";
  came.replaceChildren(...document.adoptNode(fresh).childNodes);
  const field = textOf(came);
  if (field && words) field.value = words;
}

/** @param {HTMLElement} within */
function textOf(within) {
  const field = within.querySelector("textarea");
  return field instanceof HTMLTextAreaElement ? field : undefined;
}

/** One after the other: each has the whole line. */
let queue = Promise.resolve();
let underWay = 0;

/** @param {File[]} files */
function sendAll(files) {
  for (const file of files) {
    underWay += 1;
    queue = queue
      .then(() => send(file))
      .then((isWhole) => (isWhole ? redraw() : undefined))
      .catch(() => tell(said("failed")))
      .finally(() => (underWay -= 1));
  }
}

if (form instanceof HTMLFormElement && chooser instanceof HTMLInputElement) {
  form.querySelector("button")?.remove();
  chooser.addEventListener("change", () => {
    const files = [...(chooser.files ?? [])];
    chooser.value = "";
    sendAll(files);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("beforeunload", (event) => {
    if (underWay > 0) event.preventDefault();
  });
}
