// @ts-check
// On every page: ages tick, a menu that was opened closes again, and signing out leaves nothing behind,
// but asks before it deletes words that no server has.
import { tick } from "./ages.js";
import * as kept from "./kept.js";

tick();
setInterval(tick, 1000);

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.settings[open]")) {
    if (event.target instanceof Node && !menu.contains(event.target)) menu.removeAttribute("open");
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.settings[open]");
  if (!menu) return;
  menu.removeAttribute("open");
  menu.querySelector("summary")?.focus();
});

/** Whether the page is left next because somebody signs out. */
let signingOut = false;
document.addEventListener("submit", (event) => {
  signingOut = event.target instanceof HTMLFormElement && event.target.getAttribute("action") === "/logout";
});
addEventListener("beforeunload", (event) => {
  kept.leave(signingOut);
  // The browser asks in its own words; whoever stays signs out another time.
  if (signingOut && kept.isAny()) event.preventDefault();
  signingOut = false;
});
kept.arrive(location.pathname);
