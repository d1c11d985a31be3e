// @ts-check
// Correcting what was understood: write the beginning of a word, choose with Enter.
import { combobox, fits } from "./combobox.js";

/** @type {WeakSet<Element>} */
const known = new WeakSet();

/** Makes the field of the matter that is shown now work.
 * @param {(carried: string, from: HTMLElement) => void} act */
export function take(act) {
  const [input, list] = [document.getElementById("intent"), document.getElementById("intents")];
  if (!(input instanceof HTMLInputElement) || !list || known.has(input)) return;
  known.add(input);
  const box = combobox(input, list, (text) => {
    for (const option of list.children) {
      if (option instanceof HTMLElement) option.hidden = !fits(text, option.textContent ?? "");
    }
    box.settle();
  }, (option) => {
    input.value = option.textContent?.trim() ?? "";
    input.defaultValue = input.value;
    act(option.dataset.carries ?? "", input);
  });
  input.addEventListener("focus", () => input.select());
  // What was begun and not chosen is no answer: the field says what holds.
  input.addEventListener("blur", () => (input.value = input.defaultValue));
}

/** Whether somebody is choosing: the list may not be taken away.
 * @param {HTMLElement} part */
export function isChoosing(part) {
  const input = document.getElementById("intent");
  return input instanceof HTMLInputElement && part.contains(input) && document.activeElement === input && input.getAttribute("aria-expanded") === "true";
}
