// A Stockholm of a test's own, in which it is any time of day now: a clock cannot be set without setting everybody's, but what
// the clock shows on the wall follows from a zone, and a zone is a file.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const DAY_S = 86_400;
/** The zone of Sweden's plan. */
const NAME = "Europe/Stockholm";

/** Writes the zone. A program finds it by the environment, in the place of all others.
 * @param {{ hour: number, minute: number, second?: number }} wall what the clock on the wall shows now
 * @returns {Promise<{ env: Record<string, string>, local: (at: number) => Date, remove: () => Promise<void> }>}
 *   `local`: what the wall shows then, to be read as UTC */
export async function zoneWhereItIs({ hour, minute, second = 0 }) {
  const folder = await mkdtemp(join(tmpdir(), "svar-zone-"));
  const now_s = Math.floor(Date.now() / 1_000);
  const wanted = hour * 3_600 + minute * 60 + second;
  // Less than a day from UTC, either way.
  const offset = wanted - (now_s % DAY_S);
  await mkdir(join(folder, "Europe"));
  await writeFile(join(folder, NAME), tzif(offset));
  const local = (at) => new Date(at + offset * 1_000);
  return { env: { TZDIR: folder }, local, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** A file of one offset for ever, as RFC 9636 has it: version 2, its first part empty of what the second tells. */
function tzif(offset_s) {
  const part = (version) => {
    const head = Buffer.alloc(44);
    head.write("TZif", 0, "latin1");
    head.write(version, 4, "latin1");
    // No transitions; one type of local time, and four bytes for its name.
    head.writeUInt32BE(1, 36);
    head.writeUInt32BE(4, 40);
    const type = Buffer.alloc(6);
    type.writeInt32BE(offset_s, 0);
    return Buffer.concat([head, type, Buffer.from("TST\0", "latin1")]);
  };
  const size = Math.abs(offset_s);
  const two = (number) => String(Math.floor(number)).padStart(2, "0");
  // The sign is turned there: hours west of Greenwich.
  const written = `${offset_s > 0 ? "-" : "+"}${two(size / 3_600)}:${two((size / 60) % 60)}:${two(size % 60)}`;
  return Buffer.concat([part("2"), part("2"), Buffer.from(`\nTST${written}\n`, "latin1")]);
}
