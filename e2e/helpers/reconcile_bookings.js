// What citizens were told of times that they booked on the web, and what was kept of it, held against each other.

import assert from "node:assert/strict";

const OPEN = "booked";
/** A hold without anything of the citizen: nothing came of it, or not yet. */
const HOLDS = new Set(["held", "left", "expired"]);

/**
 * @param {{ told: import("./web_citizens.js").WebCitizen["told"][], kept: Awaited<ReturnType<typeof import("./tables.js").everything>>, places: (booking: { queue: string, desk: string | null }) => number }} book
 *   `places`: how many there are of a time
 * @returns what it came to, in figures
 */
export function reconcileBookings({ told, kept, places }) {
  const found = bookingsByName(told, kept);
  for (const tale of told) {
    const booking = found.get(tale.name);
    if (tale.booked) assert.ok(booking, `${tale.name} was told that it is booked, and it is not kept`);
    if (tale.refused || !tale.sent) assert.ok(!booking, `${tale.name} was told that nothing is booked; it is booking ${booking?.booking}`);
    if (tale.booked) standsAsTold(tale, booking);
  }
  for (const booking of kept.bookings) isOwedOnce(booking, kept);
  noTimeIsGivenTwice(kept, places);
  const count = (found) => found.length;
  const booked = told.filter((tale) => tale.booked);
  return {
    booked: count(booked),
    booked_unseen: found.size - count(booked),
    moved: booked.reduce((sum, { moves }) => sum + moves, 0),
    cancelled: count(booked.filter(({ cancelled }) => cancelled)),
    unseen: booked.reduce((sum, { unsure }) => sum + count(unsure), 0),
    visits: count([...found.values()].filter(({ desk }) => desk !== null)),
  };
}

/** Whoever booked is kept at most once, and nobody is kept who never sent the last form. */
function bookingsByName(told, kept) {
  const known = new Set(told.map(({ name }) => name));
  const found = new Map();
  for (const { contact, name } of kept.booked) {
    assert.ok(known.has(name), `${name} never booked`);
    assert.ok(!found.has(name), `${name} is booked twice: contacts ${found.get(name)?.contact} and ${contact}`);
    const rows = kept.bookings.filter((booking) => booking.contact === contact);
    assert.equal(rows.length, 1, `contact ${contact} of ${name} has ${rows.length} bookings`);
    found.set(name, rows[0]);
  }
  return found;
}

/** What was acknowledged stands, and so does what the link said last. What was not seen may be, once. */
function standsAsTold(tale, booking) {
  const unsure = (act) => tale.unsure.filter((what) => what.act === act);
  const mayBe = { slots: [tale.slot, ...unsure("move").map(({ slot }) => slot)], cancelled: tale.cancelled || unsure("cancel").length > 0 };
  assert.ok(mayBe.slots.includes(booking.slot), `${tale.name} was told of ${tale.slot}, and ${booking.slot} is kept`);
  if (tale.cancelled) assert.equal(booking.state, "cancelled", `${tale.name} was told that it is cancelled`);
  if (!mayBe.cancelled) assert.equal(booking.state, OPEN, `${tale.name} cancelled nothing`);
  const [least, most] = [tale.moves, tale.moves + unsure("move").length];
  assert.ok(booking.moves >= least && booking.moves <= most, `${tale.name} moved it ${least} to ${most} times, it was moved ${booking.moves} times`);
  if (!tale.link) return;
  const seen = { status: 200, cancelled: booking.state === "cancelled", slot: booking.slot };
  assert.deepEqual(tale.seen, seen, `the link of ${tale.name} said something else than what is kept`);
}

/** A booking has one contact and is owed by one promise, open as long as it is; a hold has none. */
function isOwedOnce({ booking, state, contact, matter, slot }, kept) {
  if (contact === null) return assert.ok(HOLDS.has(state), `booking ${booking} is ${state} and nobody's`);
  assert.ok(!HOLDS.has(state), `booking ${booking} is ${state} and somebody's`);
  const record = kept.contacts.get(contact);
  assert.ok(record, `booking ${booking} has no contact ${contact}`);
  const promises = [...kept.promises.values()].filter((promise) => promise.kind === "booked" && promise.matter === matter);
  const open = promises.filter(({ settled }) => settled === null);
  const isOpen = state === OPEN;
  assert.equal(open.length, isOpen ? 1 : 0, `booking ${booking} is ${state} and owed ${open.length} times`);
  assert.equal(record.closed === null, isOpen, `booking ${booking} is ${state}, its contact is not`);
  if (isOpen) assert.ok(open[0].due > slot, `booking ${booking} is owed before its time`);
}

function noTimeIsGivenTwice(kept, places) {
  const given = new Map();
  for (const booking of kept.bookings.filter(({ state }) => state === OPEN)) {
    const time = `${booking.queue} ${booking.desk} ${booking.slot}`;
    given.set(time, (given.get(time) ?? 0) + 1);
    assert.ok(given.get(time) <= places(booking), `${time} has ${places(booking)} places and is given ${given.get(time)} times`);
  }
}
