// What tests of call-backs have in common.

/** Hours in which nobody is rung are far from now, whenever this runs. */
export function hoursAway() {
  const hour = Number(new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Stockholm", hour: "2-digit", hourCycle: "h23" }).format(new Date()));
  // Outside the hours in which times are booked, which the plan is checked for.
  return hour >= 4 && hour < 12 ? "22:00-23:00" : "06:00-07:00";
}
