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

/** Contacts, promises and callers, and every dialling of a citizen in the order of the journal. */
export async function everything(server) {
  const records = (await rows(server, "SELECT record FROM contacts ORDER BY contact")).map(({ record }) => JSON.parse(record));
  const promises = await rows(server, "SELECT promise, matter, kind, settled, settlement FROM promises ORDER BY promise");
  const callers = await rows(server, "SELECT contact, body FROM payloads WHERE kind = 'caller' ORDER BY seq, place");
  const rings = await rows(server, "SELECT seq, at, body FROM journal WHERE body LIKE '%dial_citizen%' ORDER BY seq");
  return {
    contacts: new Map(records.map((record) => [record.contact, record])),
    promises: new Map(promises.map((promise) => [promise.promise, promise])),
    callers: callers.map(({ contact, body }) => ({ contact, ...JSON.parse(body) })),
    rings: rings.flatMap(({ at, body }) => dialled(at, JSON.parse(body))),
  };
}

function dialled(at, { event, commands }) {
  const ringing = commands.filter((command) => command.do === "dial_citizen");
  return ringing.map(({ contact, attempt }) => ({ at, contact, attempt, byHand: event.kind === "call_taken" }));
}
