// @ts-check
// Board and lead's page: fetch the figures when something changed, and at least twice a minute so
// that what depends on the clock alone stays true.
import { parts, stream } from "./live.js";

const ANYWAY_MS = 20_000;

/** A table that somebody has opened to read stays as it is until they close it.
 * @param {HTMLElement} old */
const holds = (old) => old.querySelector("details[data-read][open]") !== null;

const main = document.querySelector("main[data-stream]");
if (main instanceof HTMLElement) {
  const refresh = parts(() => main.dataset.parts ?? "", holds);
  stream(main.dataset.stream ?? "", main.dataset.parts ?? "", { changed: refresh });
  setInterval(refresh, ANYWAY_MS);
}
