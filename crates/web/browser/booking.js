// @ts-check
// The dialog in which a time is booked for the citizen on the line. The server draws it each time that it opens; digits choose
// a time unless somebody writes, Enter books, and what is refused is said in the dialog, which stays as it is.
import { act, Refused, tell, tellFault } from "./api.js";

const dialog = document.getElementById("book");
const inside = document.getElementById("book-inside");

/** Draws it, with what is asked for, and keeps number and address that somebody wrote.
 * @param {Record<string, string>} [asked] */
async function draw(asked = {}) {
  if (!(dialog instanceof HTMLDialogElement) || !inside) return;
  const written = new Map(["book-number", "book-mail"].map((id) => [id, field(id)?.value]));
  const answer = await fetch(`/desk/times?${new URLSearchParams(asked)}`, { headers: { accept: "text/html" } }).catch(() => undefined);
  if (!answer?.ok) return tellFault(undefined);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  inside.replaceChildren(...document.adoptNode(fresh.body).childNodes);
  for (const [id, value] of written) {
    const now = field(id);
    if (now && value !== undefined && dialog.open) now.value = value;
  }
  if (!dialog.open) dialog.showModal();
  const first = inside.querySelector("input[name=slot]") ?? inside.querySelector("select");
  if (first instanceof HTMLElement) first.focus();
}

/** @param {string} id */
function field(id) {
  const found = document.getElementById(id);
  return found instanceof HTMLInputElement ? found : undefined;
}

export function open() {
  if (dialog instanceof HTMLDialogElement && dialog.open) return;
  inside?.replaceChildren();
  draw();
}

/** Books, or does with a booked time what the button says that was pressed.
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} by
 * @param {() => void} done */
async function book(form, by, done) {
  const said = new FormData(form);
  const slot = said.get("slot");
  const wanted = by instanceof HTMLButtonElement && by.name ? by.name : "book";
  if ((slot === null && wanted !== "cancel_booking") || form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  const text = (/** @type {string} */ name) => String(said.get(name) ?? "").trim() || undefined;
  const when = form.querySelector("input[name=slot]:checked")?.closest("label")?.querySelector(".when")?.textContent ?? "";
  const booking = by instanceof HTMLButtonElement ? Number(by.value) : 0;
  try {
    if (wanted === "cancel_booking") await act({ act: wanted, booking });
    else if (wanted === "move_booking") await act({ act: wanted, booking, slot: Number(slot) });
    else await act({ act: "book", slot: Number(slot), desk: text("desk"), number: text("number"), mail: text("mail") });
    if (dialog instanceof HTMLDialogElement) dialog.close();
    tell(wanted === "cancel_booking" ? (dialog?.dataset.cancelled ?? "") : `${dialog?.dataset.booked ?? ""} ${when}`);
    done();
  } catch (fault) {
    const line = document.getElementById("book-fault");
    if (line && fault instanceof Refused) line.textContent = fault.message;
    else tellFault(fault);
  } finally {
    form.removeAttribute("aria-busy");
  }
}

/** @param {() => void} done after a time was booked */
export function start(done) {
  dialog?.addEventListener("submit", (event) => {
    if (!(event.target instanceof HTMLFormElement) || event.target.id !== "book-form") return;
    event.preventDefault();
    book(event.target, event.submitter, done);
  });
  dialog?.addEventListener("change", (event) => {
    if (event.target instanceof HTMLSelectElement) draw({ desk: event.target.value });
  });
  dialog?.addEventListener("click", (event) => {
    const later = event.target instanceof Element ? event.target.closest("#book-later") : null;
    const desk = inside?.querySelector("select")?.value ?? "";
    if (later instanceof HTMLElement) draw({ desk, after: later.dataset.after ?? "" });
  });
  dialog?.addEventListener("keydown", (event) => {
    const writes = event.target instanceof HTMLInputElement && event.target.type !== "radio";
    if (writes || event.target instanceof HTMLSelectElement || !/^[0-9]$/.test(event.key)) return;
    const chosen = inside?.querySelector(`[data-digit="${event.key}"]`);
    if (!(chosen instanceof HTMLElement)) return;
    event.preventDefault();
    chosen.click();
    if (chosen instanceof HTMLInputElement) chosen.focus();
  });
}
