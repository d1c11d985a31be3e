// @ts-check
// A field with a list that follows what is written (ARIA combobox): arrows move, Enter or a click
// chooses, Escape closes the list and leaves the text.

let lists = 0;

/** The same for every way of spelling: "Anmäl" and "anmal".
 * @param {string} text */
export function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

const INSIDE_LETTERS_MIN = 3;

/** Whether every word of `text` begins a word of `name`, or stands inside it when it is long enough.
 * @param {string} text
 * @param {string} name */
export function fits(text, name) {
  const words = plain(name).split(/[\s-]+/);
  const begins = (/** @type {string} */ part) => words.some((word) => word.startsWith(part) || (part.length >= INSIDE_LETTERS_MIN && word.includes(part)));
  return plain(text).split(/[\s-]+/).filter(Boolean).every(begins);
}

/** @typedef {object} Combobox
 * @property {() => void} settle to be called when the list has changed
 * @property {() => void} close */

/** @param {HTMLInputElement} input
 * @param {HTMLElement} list
 * @param {(text: string) => void} write what follows each change of the text; calls `settle`
 * @param {(option: HTMLElement) => void} choose
 * @returns {Combobox} */
export function combobox(input, list, write, choose) {
  lists += 1;
  const prefix = `option-${lists}`;
  /** @type {HTMLElement | undefined} */
  let active;

  const options = () => [...list.querySelectorAll('[role="option"]:not([aria-disabled])')].filter((option) => option instanceof HTMLElement && !option.hidden);

  /** @param {Element | undefined} option */
  const point = (option) => {
    active?.setAttribute("aria-selected", "false");
    active = option instanceof HTMLElement ? option : undefined;
    if (!active) return input.removeAttribute("aria-activedescendant");
    active.id ||= `${prefix}-${options().indexOf(active)}`;
    active.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", active.id);
    active.scrollIntoView({ block: "nearest" });
  };
  const open = () => {
    list.hidden = !list.firstElementChild;
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (!list.hidden) list.scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    point(undefined);
  };
  const settle = () => {
    open();
    // As long as nothing is written Enter means nothing.
    point(input.value.trim() ? options()[0] : undefined);
  };
  /** @param {number} step */
  const move = (step) => {
    if (list.hidden) return write(input.value);
    const found = options();
    if (found.length === 0) return;
    const at = active ? found.indexOf(active) : -1;
    point(found[(at + step + found.length) % found.length]);
  };
  /** @param {HTMLElement} option */
  const take = (option) => {
    close();
    choose(option);
  };

  input.addEventListener("input", () => write(input.value));
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!list.hidden && active) take(active);
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      close();
    }
  });
  // A press must not take the focus away before it has chosen.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target instanceof Element ? event.target.closest('[role="option"]:not([aria-disabled])') : null;
    if (option instanceof HTMLElement) take(option);
  });
  return { settle, close };
}
