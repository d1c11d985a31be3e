// The reckoning after a storm of kills is held to finding what it looks for: each case spoils a book in which all is well.

import assert from "node:assert/strict";
import { test } from "node:test";
import { reconcile } from "../helpers/reconcile.js";

const NUMBER = "+46313900605";

/** One caller who was spoken with, one who took a call-back that was tried once, and one whom nobody answered. */
function book() {
  const segment = (state) => ({ state });
  const contact = (fields) => ({ channel: "telephone", closed: 9, outcome: "helped", segments: [segment("dialogue")], ...fields });
  const call = { from: 2, kind: "keep_place", promise: 3 };
  const contacts = [
    contact({ contact: 1, matter: 1, segments: [segment("dialogue"), segment("talking")] }),
    contact({ contact: 2, matter: 2, outcome: "callback_accepted" }),
    contact({ contact: 3, matter: 2, channel: "call_back", closed: null, outcome: null, segments: [segment("resting")], call }),
  ];
  const promises = [
    { promise: 1, matter: 1, settled: 9 },
    { promise: 2, matter: 2, settled: 9 },
    { promise: 3, matter: 2, settled: null },
  ];
  const tale = (name, fields) => ({ name, number: NUMBER, answered: true, answeredAt: 5_000, tookCallBack: false, ...fields });
  return {
    tales: [tale("call 1"), tale("call 2", { tookCallBack: true }), tale("call 3", { answered: false })],
    kept: {
      contacts: new Map(contacts.map((record) => [record.contact, record])),
      promises: new Map(promises.map((promise) => [promise.promise, promise])),
      callers: [{ contact: 1, display: "call 1", number: NUMBER }, { contact: 2, display: "call 2", number: NUMBER }],
      rings: [{ at: 1_000, contact: 3, attempt: 1, byHand: false }],
    },
    rung: new Map([[NUMBER, 1], ["phone-0", 4]]),
    lifted: new Map(),
    stated: [new Map([[1, "helped"]])],
    verified: { contacts: 3, open: 1 },
    gapMs: 3_000,
  };
}

const SPOILT = [
  ["an answered call is in no journal", (told) => told.kept.callers.shift(), /call 1 was answered and is not in the journal/],
  ["a call is kept twice", (told) => told.kept.callers.push({ contact: 3, display: "call 1", number: NUMBER }), /call 1 is kept twice/],
  ["somebody never rang", (told) => told.tales.shift(), /call 1 never rang/],
  ["a call-back is not owed", (told) => told.kept.contacts.delete(3), /is owed 0 calls/],
  ["a call-back is owed twice", (told) => told.kept.contacts.set(4, { ...told.kept.contacts.get(3), contact: 4 }), /is owed 2 calls/],
  ["one that was told of is none", (told) => Object.assign(told.tales[1], { tookCallBack: false }) && Object.assign(told.tales[0], { tookCallBack: true }) && (told.kept.contacts.get(1).segments = []), /call 1 was told of a call-back/],
  ["its promise is gone", (told) => told.kept.promises.delete(3), /the promise of call-back 3 is gone/],
  ["nothing is owed", (told) => (told.kept.promises.get(3).settled = 9), /call-back 3 is open and nothing is owed/],
  ["it is over and its promise is open", (told) => Object.assign(told.kept.contacts.get(3), { closed: 9, outcome: "helped" }), /its promise is open/],
  ["rung twice without a gap", (told) => told.kept.rings.push({ at: 3_999, contact: 3, attempt: 2, byHand: false }), /rung again after 2999 ms/],
  ["rung more often than the journal says", (told) => told.rung.set(NUMBER, 2), /rung 2 times, the journal tells of 1/],
  ["what an operator was told is not kept", (told) => told.stated[0].set(1, "report_received"), /an operator was told that report_received is kept/],
  ["the accounts do not add up", (told) => (told.verified.open = 2), /deep/],
  ["a contact came from nowhere", (told) => told.kept.contacts.set(4, { ...told.kept.contacts.get(1), contact: 4 }) && (told.verified.contacts = 4), /contacts of channel telephone that nobody began/],
];

test("a book in which all is well is found well", () => {
  const account = reconcile(book());
  assert.deepEqual([account.rang, account.answered, account.contacts, account.call_backs, account.rung], [3, 2, 3, 1, 1]);
  const byHand = book();
  byHand.kept.rings.push({ at: 2_000, contact: 3, attempt: 2, byHand: true });
  reconcile(byHand);
  const faulty = book();
  faulty.tales[2] = { ...faulty.tales[2], answered: true, answeredAt: 70_000, tookCallBack: true };
  assert.equal(reconcile({ ...faulty, away: { from: 60_500, to: 80_000 } }).told_of_fault, 1);
  assert.throws(() => reconcile({ ...faulty, away: { from: 20_000, to: 60_000 } }), /call 3 was answered and is not in the journal/);
});

for (const [what, spoil, fault] of SPOILT) {
  test(`it is found when ${what}`, () => {
    const told = book();
    spoil(told);
    assert.throws(() => reconcile(told), fault);
  });
}
