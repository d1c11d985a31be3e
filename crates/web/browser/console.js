// @ts-check
// On every page: ages tick, and a menu that was opened closes again.
import { tick } from "./ages.js";

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
