// @ts-check
// Ages that count on: every <time data-since> and <time data-until> once a second, from one clock
// that follows the server's.

/** How far the server's clock is ahead of ours, in milliseconds. */
let ahead = Number(document.body.dataset.now ?? Date.now()) - Date.now();

/** Milliseconds since 1970 by the server's clock. */
export function now() {
  return Date.now() + ahead;
}

/** @param {number} server what the server's clock says right now */
export function follow(server) {
  if (Number.isFinite(server)) ahead = server - Date.now();
}

/** The same digits as `clock::age` writes on the server.
 * @param {number} ms */
export function age(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Writes every age below `root` anew.
 * @param {ParentNode} [root] */
export function tick(root = document) {
  const at = now();
  for (const time of root.querySelectorAll("time[data-since], time[data-until]")) {
    if (!(time instanceof HTMLElement)) continue;
    const { since, until } = time.dataset;
    const text = age(since === undefined ? Number(until) - at : at - Number(since));
    if (time.textContent !== text) time.textContent = text;
  }
}
