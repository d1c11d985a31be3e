// The reckoning after a storm of kills is held to finding what it looks for: each case spoils a book in which all is well.

import assert from "node:assert/strict";
import { test } from "node:test";
import { reconcile } from "../helpers/reconcile.js";
import { reconcileAdditions } from "../helpers/reconcile_additions.js";
import { reconcileBookings } from "../helpers/reconcile_bookings.js";

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
      booked: [],
      bookings: [],
      written: [],
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

/** One who booked and saw it, one who moved and cancelled it, one who saw no answer but is booked, one who left before. */
function bookedBook() {
  const told = (name, fields) => ({ name, sent: true, booked: true, refused: false, cancelled: false, moves: 0, unsure: [], slot: 100, link: `/${name}`, ...fields });
  const booking = (number, fields) => ({ booking: number, state: "booked", queue: "vast.report", desk: null, slot: 100, contact: number, matter: number, moves: 0, ...fields });
  const promise = (number, fields) => ({ promise: number, matter: number, kind: "booked", due: 200, settled: null, ...fields });
  const seen = (fields) => ({ status: 200, cancelled: false, slot: 100, ...fields });
  const bookings = [booking(1), booking(2, { state: "cancelled", slot: 300, moves: 1 }), booking(3), { ...booking(4), state: "left", contact: null, matter: null }];
  return {
    told: [
      told("web 1", { seen: seen() }),
      told("web 2", { moves: 1, cancelled: true, slot: 300, seen: seen({ cancelled: true, slot: 300 }) }),
      told("web 3", { booked: false }),
      told("web 4", { sent: false, booked: false }),
    ],
    kept: {
      booked: [1, 2, 3].map((number) => ({ contact: number, name: `web ${number}` })),
      bookings,
      contacts: new Map([1, 2, 3].map((number) => [number, { contact: number, closed: number === 2 ? 9 : null }])),
      promises: new Map([promise(1), promise(2, { settled: 9 }), promise(3)].map((kept) => [kept.promise, kept])),
    },
    places: () => 2,
  };
}

const SPOILT_BOOKINGS = [
  ["a booking that was told of is gone", (book) => book.kept.booked.shift(), /web 1 was told that it is booked/],
  ["somebody is booked twice", (book) => book.kept.booked.push({ contact: 3, name: "web 1" }), /web 1 is booked twice/],
  ["a contact has two bookings", (book) => (book.kept.bookings[3].contact = 1), /contact 1 of web 1 has 2 bookings/],
  ["one is booked who was told that nothing is", (book) => (book.told[2].refused = true), /web 3 was told that nothing is booked/],
  ["one is booked who sent nothing", (book) => (book.told[2].sent = false), /web 3 was told that nothing is booked/],
  ["it is at another time", (book) => (book.kept.bookings[0].slot = 101), /was told of 100, and 101 is kept/],
  ["a cancelled one stands", (book) => (book.kept.bookings[1].state = "booked"), /was told that it is cancelled/],
  ["one is cancelled that nobody cancelled", (book) => (book.kept.bookings[0].state = "cancelled"), /cancelled nothing/],
  ["a move is done twice", (book) => (book.kept.bookings[1].moves = 2), /moved it 1 to 1 times, it was moved 2 times/],
  ["its link says something else", (book) => (book.told[0].seen.cancelled = true), /said something else/],
  ["its link leads nowhere", (book) => (book.told[0].seen.status = 404), /said something else/],
  ["nothing is owed for it", (book) => (book.kept.promises.get(3).settled = 9), /booking 3 is booked and owed 0 times/],
  ["it is owed twice", (book) => book.kept.promises.set(9, { ...book.kept.promises.get(3), promise: 9 }), /booking 3 is booked and owed 2 times/],
  ["its contact is over", (book) => (book.kept.contacts.get(3).closed = 9), /booking 3 is booked, its contact is not/],
  ["a hold became somebody's", (book) => (book.kept.bookings[2].state = "expired"), /booking 3 is expired and somebody's/],
  ["a time is given more often than it can be", (book) => (book.places = () => 1), /has 1 places and is given 2 times/],
  ["somebody booked who is not known", (book) => book.told.shift(), /web 1 never booked/],
];

test("bookings in which all is well are found well, also what was not seen", () => {
  const account = reconcileBookings(bookedBook());
  assert.deepEqual(account, { booked: 2, booked_unseen: 1, moved: 1, cancelled: 1, unseen: 0, visits: 0 });
  const moved = bookedBook();
  moved.told[0].unsure.push({ act: "move", slot: 500 });
  Object.assign(moved.kept.bookings[0], { slot: 500, moves: 1 });
  moved.kept.promises.get(1).due = 600;
  moved.told[0].seen.slot = 500;
  assert.equal(reconcileBookings(moved).unseen, 1);
});

/** One of a known matter, one that was linked to it, one that was read, one whose answer nobody saw. */
function writtenBook() {
  const told = (number, fields) => ({ name: `written ${number}`, verified: false, channel: "desk", status: 201, contact: number, unsure: [], ...fields });
  const record = (contact, matter, fields) => ({ contact, matter, channel: "desk", closed: null, addition: { promise: contact, to_link: false }, ...fields });
  const promise = (number, matter, fields) => ({ promise: number, matter, kind: "addition", settled: null, settlement: null, ...fields });
  return {
    told: [
      told(11, { verified: true, named: "A", reference: "A" }),
      told(12, { reference: "C", linked: "A" }),
      told(13, { reference: "B", settled: "read" }),
      told(14, { status: undefined, contact: undefined }),
    ],
    kept: {
      written: [11, 12, 13, 14].map((contact) => ({ contact, subject: `written ${contact}` })),
      contacts: new Map([[1, record(1, 1)], ...[record(11, 1), record(12, 1), record(13, 13, { closed: 9, outcome: "read" }), record(14, 14)].map((kept) => [kept.contact, kept])]),
      promises: new Map([promise(11, 1), promise(12, 1), promise(13, 13, { settled: 9, settlement: "kept" }), promise(14, 14)].map((kept) => [kept.promise, kept])),
    },
    references: [["A", 1]],
  };
}

const SPOILT_ADDITIONS = [
  ["one that was acknowledged is gone", (book) => book.kept.written.shift(), /written 11 was acknowledged, and is not kept/],
  ["one is kept twice", (book) => book.kept.written.push({ contact: 12, subject: "written 11" }), /written 11 is kept twice/],
  ["one was never handed in", (book) => book.told.pop(), /written 14 was never handed in/],
  ["one is kept that was refused", (book) => (book.told[3].status = 422), /written 14 was refused, and is kept/],
  ["it is of another matter than was told", (book) => (book.kept.contacts.get(11).matter = 7), /reference A leads to matters 1 and 7/],
  ["it is of a matter that others know by another reference", (book) => (book.told[2].reference = "D") && (book.kept.contacts.get(13).matter = 1), /matter 1 has two references/],
  ["a link is undone", (book) => (book.kept.contacts.get(12).addition.to_link = true), /written 12 was linked, and waits for it/],
  ["what was read is owed", (book) => (book.kept.promises.get(13).settled = null), /written 13 was settled as read/],
  ["it was read otherwise", (book) => (book.kept.contacts.get(13).outcome = "helped"), /written 13 was settled as read/],
  ["one is over that nobody read", (book) => (book.kept.contacts.get(11).closed = 9), /written 11 was settled by nobody, and is over/],
  ["nobody owes it", (book) => (book.kept.promises.get(14).settled = 9), /addition 14 is open and nobody owes it/],
  ["it is owed twice", (book) => book.kept.promises.set(20, { ...book.kept.promises.get(14), promise: 20 }), /readings owed are not additions open/],
];

test("additions in which all is well are found well", () => {
  assert.deepEqual(reconcileAdditions(writtenBook()), { handed_in: 3, handed_in_unseen: 1, linked: 1, read: 1 });
});

for (const [spoilt, book, reckon] of [[SPOILT_BOOKINGS, bookedBook, reconcileBookings], [SPOILT_ADDITIONS, writtenBook, reconcileAdditions]]) {
  for (const [what, spoil, fault] of spoilt) {
    test(`it is found when ${what}`, () => {
      const told = book();
      spoil(told);
      assert.throws(() => reckon(told), fault);
    });
  }
}
