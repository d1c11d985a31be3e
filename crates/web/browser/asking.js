// @ts-check
// Words in a form that stands for an act, such as a question to a citizen: they stay while the page is drawn anew, until they
// are sent. Kept in this tab alone, for the account that wrote them, and gone with it or with its sign-out (`kept.js`).
import { account, ASKING, stored } from "./kept.js";

/** @param {HTMLTextAreaElement} field */
const key = (field) => `${ASKING}${account()}-${field.id}`;
/** What the tab would not keep stands as long as the page does. @type {Map<string, string>} */
const held = new Map();

/** @param {ParentNode} within
 * @returns {HTMLTextAreaElement[]} */
const fields = (within) => [...within.querySelectorAll("form[data-act-with] textarea")].filter((field) => field instanceof HTMLTextAreaElement);

document.addEventListener("input", ({ target }) => {
  if (!(target instanceof HTMLTextAreaElement) || !target.closest("form[data-act-with]")) return;
  held.set(key(target), target.value);
  stored(() => sessionStorage.setItem(key(target), target.value));
});

/** Lays in what was written before the page was drawn anew. */
export function take() {
  for (const field of fields(document)) {
    field.value ||= held.get(key(field)) ?? stored(() => sessionStorage.getItem(key(field))) ?? "";
  }
}

/** It has arrived.
 * @param {HTMLFormElement} form */
export function sent(form) {
  for (const field of form.querySelectorAll("textarea")) {
    held.delete(key(field));
    stored(() => sessionStorage.removeItem(key(field)));
  }
  form.reset();
}

/** Somebody is writing, and what would be laid in is about the same.
 * @param {HTMLElement} old
 * @param {HTMLElement} fresh */
export function isWriting(old, fresh) {
  const focused = document.activeElement;
  return focused instanceof HTMLTextAreaElement && fields(old).includes(focused) && fresh.querySelector(`#${CSS.escape(focused.id)}`) !== null;
}
