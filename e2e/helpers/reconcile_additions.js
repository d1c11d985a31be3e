// What a clerk was told of additions that were handed in, and what was kept of it, held against each other.

import assert from "node:assert/strict";

/**
 * @param {{ told: import("./clerk.js").Clerk["told"], kept: Awaited<ReturnType<typeof import("./tables.js").everything>>, references: [string, number][] }} book
 *   `references`: those that others were told, each with the contact that it was told of
 * @returns what it came to, in figures
 */
export function reconcileAdditions({ told, kept, references }) {
  const found = additionsByName(told, kept);
  for (const tale of told) {
    const record = found.get(tale.name);
    if (tale.contact !== undefined) assert.equal(record?.contact, tale.contact, `${tale.name} was acknowledged, and is not kept`);
    if (tale.status >= 400 && tale.status < 500) assert.ok(!record, `${tale.name} was refused, and is kept`);
  }
  const acknowledged = told.filter(({ contact }) => contact !== undefined);
  for (const tale of acknowledged) standsAsTold(tale, found.get(tale.name), kept);
  referencesLeadToOneMatter([...references, ...acknowledged.filter(({ unsure }) => !unsure.includes("link")).map((tale) => [tale.linked ?? tale.reference, tale.contact])], kept);
  areOwedOnce([...found.values()], kept);
  return {
    handed_in: acknowledged.length,
    handed_in_unseen: found.size - acknowledged.length,
    linked: acknowledged.filter(({ linked }) => linked !== undefined).length,
    read: acknowledged.filter(({ settled }) => settled !== undefined).length,
  };
}

/** What was handed in is kept at most once. */
function additionsByName(told, kept) {
  const known = new Set(told.map(({ name }) => name));
  const found = new Map();
  for (const { contact, subject } of kept.written) {
    assert.ok(known.has(subject), `${subject} was never handed in`);
    assert.ok(!found.has(subject), `${subject} is kept twice: contacts ${found.get(subject)?.contact} and ${contact}`);
    const record = kept.contacts.get(contact);
    assert.ok(record?.addition, `contact ${contact} of ${subject} adds nothing`);
    found.set(subject, record);
  }
  return found;
}

function standsAsTold(tale, record, kept) {
  assert.equal(record.channel, tale.channel, tale.name);
  if (tale.verified) assert.equal(tale.reference, tale.named, `${tale.name} was told another reference than it named`);
  const isUnsure = (what) => tale.unsure.includes(what);
  if (tale.linked !== undefined) assert.equal(record.addition.to_link, false, `${tale.name} was linked, and waits for it`);
  if (tale.settled !== undefined) {
    const { settled, settlement } = kept.promises.get(record.addition.promise);
    const isKept = settled !== null && settlement === "kept" && record.closed !== null;
    assert.ok(isKept && record.outcome === tale.settled, `${tale.name} was settled as ${tale.settled}; it is ${settlement}, ${JSON.stringify(record.outcome)}`);
  } else if (!isUnsure("settle")) {
    assert.equal(record.closed, null, `${tale.name} was settled by nobody, and is over`);
  }
}

/** One reference is one matter, whoever was told of it, and two are two. */
function referencesLeadToOneMatter(told, kept) {
  const [matters, references] = [new Map(), new Map()];
  for (const [reference, contact] of told) {
    const { matter } = kept.contacts.get(contact);
    assert.equal(matters.get(reference) ?? matter, matter, `reference ${reference} leads to matters ${matters.get(reference)} and ${matter}`);
    assert.equal(references.get(matter) ?? reference, reference, `matter ${matter} has two references`);
    matters.set(reference, matter);
    references.set(matter, reference);
  }
}

/** Each that is open is owed by one open promise of its matter, and nothing else is owed a reading. */
function areOwedOnce(records, kept) {
  const open = records.filter(({ closed }) => closed === null);
  for (const { contact, matter, addition } of open) {
    const promise = kept.promises.get(addition.promise);
    assert.ok(promise && promise.settled === null && promise.matter === matter, `addition ${contact} is open and nobody owes it`);
  }
  const owed = [...kept.promises.values()].filter(({ kind, settled }) => kind === "addition" && settled === null);
  assert.equal(owed.length, open.length, "readings owed are not additions open");
}
