// What tests of call-backs have in common.

/** Hours in which nobody is rung are far from now, whenever this runs. */
export function hoursAway() {
  const hour = Number(new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Stockholm", hour: "2-digit", hourCycle: "h23" }).format(new Date()));
  const later = (hours) => `${String((hour + hours) % 24).padStart(2, "0")}:00`;
  return `${later(10)}-${later(11)}`;
}
