// What stands in the database, read from outside with the database's own program while ours is not running.

import { join } from "node:path";
import { run } from "./program.js";

/** Rows of a question as objects.
 * @param {import("./service.js").Service} server
 * @param {string} question one SELECT, the same on both databases */
export async function rows(server, question) {
  const { database } = server.options;
  if (!database) {
    const told = await run("sqlite3", ["-json", join(server.data, "svar.db"), question]);
    return told.trim() === "" ? [] : JSON.parse(told);
  }
  const told = await run("psql", ["-XqAt", database, "-c", `SELECT COALESCE(json_agg(found), '[]') FROM (${question}) AS found`]);
  return JSON.parse(told);
}

/** Contacts, promises, callers, bookings and what was written to us, and every dialling of a citizen in the order of the journal. */
export async function everything(server) {
  const records = (await rows(server, "SELECT record FROM contacts ORDER BY contact")).map(({ record }) => JSON.parse(record));
  const contacts = new Map(records.map((record) => [record.contact, record]));
  const promises = await rows(server, "SELECT promise, matter, kind, due, settled, settlement FROM promises ORDER BY promise");
  const payloads = await rows(server, "SELECT contact, kind, body FROM payloads WHERE kind IN ('caller', 'booking', 'written') ORDER BY seq, place");
  const told = (kind) => payloads.filter((payload) => payload.kind === kind).map(({ contact, body }) => ({ contact, ...JSON.parse(body) }));
  const bookings = await rows(server, "SELECT booking, state, queue, desk, slot, contact, matter, record FROM bookings ORDER BY booking");
  const rings = await rows(server, "SELECT seq, at, body FROM journal WHERE body LIKE '%dial_citizen%' ORDER BY seq");
  return {
    contacts,
    promises: new Map(promises.map((promise) => [promise.promise, promise])),
    callers: told("caller").filter(({ contact }) => (contacts.get(contact)?.channel ?? "telephone") === "telephone"),
    booked: told("booking"),
    bookings: bookings.map(({ record, ...booking }) => ({ ...booking, moves: JSON.parse(record).moves ?? 0 })),
    written: told("written"),
    rings: rings.flatMap(({ at, body }) => dialled(at, JSON.parse(body))),
  };
}

function dialled(at, { event, commands }) {
  const ringing = commands.filter((command) => command.do === "dial_citizen");
  return ringing.map(({ contact, attempt }) => ({ at, contact, attempt, byHand: event.kind === "call_taken" }));
}
