// @ts-check
// The desk's keys. Each presses the button that shows it, so that mouse and keyboard never differ;
// a key whose button is not there does nothing.

/** @param {Record<string, () => void>} local what the page itself does, by the key as printed */
export function listen(local) {
  document.addEventListener("keydown", (event) => {
    const key = printed(event);
    if (!key || event.isComposing) return;
    if (key === "?" && isWriting(event.target)) return;
    // What is said of one among many is said of the one that is looked at.
    const here = event.target instanceof Element ? event.target.closest("li") : null;
    const button = here?.querySelector(`button[data-key-here="${CSS.escape(key)}"]`) ?? document.querySelector(`button[data-key="${CSS.escape(key)}"]`);
    const inDialog = document.querySelector("dialog[open]");
    if (button instanceof HTMLButtonElement && !(inDialog && !inDialog.contains(button) && key !== "F2")) {
      event.preventDefault();
      if (!event.repeat) button.click();
    } else if (local[key]) {
      event.preventDefault();
      if (!event.repeat) local[key]();
    } else if (/^(Shift )?F([2-46-9])$/.test(key)) {
      // Browsers have their own ideas about these keys; at the desk they are ours.
      event.preventDefault();
    }
  });
}

/** The key as the map prints it, empty for keys that are not ours.
 * @param {KeyboardEvent} event */
function printed(event) {
  if (event.ctrlKey || event.metaKey) return !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k" ? "Ctrl K" : "";
  if (event.altKey) return /^(Digit[1-3]|Key[BILNOU])$/.test(event.code) ? `Alt ${event.code.replace(/Digit|Key/, "")}` : "";
  if (/^F\d+$/.test(event.key)) return event.shiftKey ? `Shift ${event.key}` : event.key;
  return event.key === "?" ? "?" : "";
}

/** @param {EventTarget | null} target */
function isWriting(target) {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
