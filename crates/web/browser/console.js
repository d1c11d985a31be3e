// @ts-check
// On every page: ages tick, a menu that was opened closes again, and signing out leaves nothing behind.
import { tick } from "./ages.js";
import { forget } from "./kept.js";

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
document.addEventListener("submit", (event) => {
  if (event.target instanceof HTMLFormElement && event.target.getAttribute("action") === "/logout") forget();
});
