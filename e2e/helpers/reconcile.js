// The citizens' view, the operators' and what was kept, held against each other after a storm of kills.

import assert from "node:assert/strict";

/** How a call that was owed may have ended: kept, passed to a person, or overtaken by the citizen ringing in. */
const CALL_ENDED = new Set(["helped", "report_received", "not_reached", "joined_other", "abandoned"]);
/** A call of this kind is of a booked time, and reckoned with those (`reconcile_bookings.js`). */
const BOOKED = "booked";

/**
 * @param {{ tales: { number: string, name: string, answered: boolean, answeredAt: number, tookCallBack: boolean }[], kept: Awaited<ReturnType<typeof import("./tables.js").everything>>,
 *   rung: Map<string, number>, lifted: Map<string, number>, stated: Map<number, string>[], verified: { contacts: number, open: number }, gapMs: number,
 *   away?: { from: number, to: number } }} told `away`: while nothing could be saved, in milliseconds
 * @returns what it came to, in figures
 */
export function reconcile({ tales, kept, rung, lifted, stated, verified, gapMs, away }) {
  const toldOfFault = tales.filter(({ answered, answeredAt }) => answered && away && answeredAt + 1_000 > away.from && answeredAt < away.to);
  const excused = new Set(toldOfFault);
  const calls = callsAreKeptOnce(tales, kept, excused);
  const owed = callBacksAreOwedOnce(tales.filter((tale) => !excused.has(tale)), kept, calls);
  nobodyIsRungTwice(kept, rung, gapMs);
  acknowledgedOutcomesStand(kept, stated);
  accountsAddUp(kept, verified, begunBy(kept, owed));
  const count = (found) => found.length;
  const contacts = [...kept.contacts.values()];
  return {
    rang: tales.length,
    answered: count(tales.filter(({ answered }) => answered)),
    contacts: contacts.length,
    told_of_call_back: count(tales.filter(({ tookCallBack }) => tookCallBack)),
    call_backs: count(owed),
    call_backs_over: count(owed.filter(({ closed }) => closed)),
    rung: [...rung.keys()].filter((user) => user.startsWith("+")).reduce((all, user) => all + rung.get(user), 0),
    reached: [...lifted.keys()].filter((user) => user.startsWith("+")).reduce((all, user) => all + lifted.get(user), 0),
    interrupted: count(contacts.filter(({ outcome }) => word(outcome) === "system_terminated")),
    told_of_fault: count(toldOfFault),
    stated: stated.reduce((all, of) => all + of.size, 0),
  };
}

/** An outcome is a word, or a word with its cause. */
function word(outcome) {
  return typeof outcome === "object" && outcome !== null ? (outcome.outcome ?? Object.keys(outcome)[0]) : outcome;
}

/** Whoever was answered is in the journal exactly once; whoever was not is there at most once, and so is whoever was
 * answered while nothing could be saved: they heard of the fault, and nothing was promised. */
function callsAreKeptOnce(tales, kept, excused) {
  const found = new Map();
  for (const { contact, display } of kept.callers) {
    assert.ok(!found.has(display), `${display} is kept twice: contacts ${found.get(display)} and ${contact}`);
    assert.ok(kept.contacts.has(contact), `contact ${contact} of ${display} has no record`);
    found.set(display, contact);
  }
  for (const tale of tales.filter(({ answered }) => answered)) {
    assert.ok(found.has(tale.name) || excused.has(tale), `${tale.name} was answered and is not in the journal`);
  }
  const known = new Set(tales.map(({ name }) => name));
  for (const name of found.keys()) assert.ok(known.has(name), `${name} never rang`);
  return found;
}

/** Every call-back that a citizen was told of is owed or was kept, exactly once, and so is each that the journal tells of. */
function callBacksAreOwedOnce(tales, kept, calls) {
  const owed = [...kept.contacts.values()].filter((record) => record.channel === "call_back" && record.call.kind !== BOOKED);
  const from = (contact) => owed.filter((record) => record.call.from === contact && record.call.kind === "keep_place");
  for (const record of kept.contacts.values()) {
    const expected = word(record.outcome) === "callback_accepted" ? 1 : 0;
    assert.equal(from(record.contact).length, expected, `contact ${record.contact} (${word(record.outcome)}) is owed ${from(record.contact).length} calls`);
  }
  for (const { name } of tales.filter(({ tookCallBack }) => tookCallBack)) {
    const record = kept.contacts.get(calls.get(name));
    const spoken = record.segments.some(({ state }) => state === "talking");
    assert.ok(word(record.outcome) === "callback_accepted" || spoken, `${name} was told of a call-back; contact ${record.contact} is ${word(record.outcome)}`);
  }
  for (const record of owed) {
    const promise = kept.promises.get(record.call.promise);
    assert.ok(promise, `the promise of call-back ${record.contact} is gone`);
    if (record.closed === null) {
      const open = [...kept.promises.values()].filter(({ matter, settled }) => matter === record.matter && settled === null);
      assert.ok(open.length > 0, `call-back ${record.contact} is open and nothing is owed`);
    } else {
      assert.ok(promise.settled !== null, `call-back ${record.contact} is over and its promise is open`);
      const restarted = word(record.outcome) === "system_terminated" && record.segments.some(({ state }) => state === "talking");
      assert.ok(restarted || CALL_ENDED.has(word(record.outcome)), `call-back ${record.contact} ended as ${JSON.stringify(record.outcome)}`);
    }
  }
  return owed;
}

/** The journal lets a gap pass between two attempts, and no telephone rang more often than the journal says. */
function nobodyIsRungTwice(kept, rung, gapMs) {
  const last = new Map();
  const attempts = new Map();
  const number = new Map(kept.callers.map((caller) => [caller.contact, caller.number]));
  for (const { at, contact, attempt, byHand } of kept.rings) {
    const before = last.get(contact);
    assert.ok(before === undefined || byHand || at - before >= gapMs, `contact ${contact} was rung again after ${at - before} ms (attempt ${attempt})`);
    last.set(contact, at);
    const whose = number.get(kept.contacts.get(contact).call.from);
    attempts.set(whose, (attempts.get(whose) ?? 0) + 1);
  }
  for (const [user, times] of rung) {
    if (user.startsWith("+")) assert.ok(times <= (attempts.get(user) ?? 0), `a citizen was rung ${times} times, the journal tells of ${attempts.get(user) ?? 0}`);
  }
}

/** What an operator was told is done, is done: of a contact that was talked with the outcome is the one that was stated. */
function acknowledgedOutcomesStand(kept, stated) {
  for (const [contact, outcome] of stated.flatMap((of) => [...of])) {
    const record = kept.contacts.get(contact);
    assert.equal(word(record?.outcome), outcome, `contact ${contact}: an operator was told that ${outcome} is kept`);
  }
}

/** How many of each channel have somebody who began them. */
function begunBy(kept, owed) {
  const begun = { telephone: kept.callers.length, call_back: owed.length };
  const more = (channel) => (begun[channel] = (begun[channel] ?? 0) + 1);
  for (const { contact, desk } of kept.bookings) if (contact !== null) more(desk === null ? "call_back" : "desk");
  for (const { contact } of kept.written) more(kept.contacts.get(contact)?.channel);
  return begun;
}

/** Arrived is closed by outcome and open together, and of each channel there are as many as were begun. */
function accountsAddUp(kept, verified, begun) {
  const contacts = [...kept.contacts.values()];
  const open = contacts.filter(({ closed }) => closed === null).length;
  const closed = contacts.filter(({ closed, outcome }) => closed !== null && outcome !== null).length;
  assert.deepEqual([contacts.length, open], [verified.contacts, verified.open]);
  assert.equal(open + closed, contacts.length, "open and closed are not all");
  const came = {};
  for (const { channel } of contacts) came[channel] = (came[channel] ?? 0) + 1;
  for (const channel of Object.keys(came)) assert.equal(came[channel], begun[channel] ?? 0, `contacts of channel ${channel} that nobody began`);
}
