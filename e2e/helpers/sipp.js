// sipp as a caller: one scripted call per run (`scenarios/`).

import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./ports.js";
import { Program } from "./program.js";
import { writeTone } from "./sound.js";

const scenarios = join(dirname(fileURLToPath(import.meta.url)), "../scenarios");
const CALL_SECONDS_MAX = 120;

export class Sipp {
  /**
   * Starts one call. `ended` is 0 when the scenario was followed to its last line.
   * @param {string} sip where to call, ADDRESS:PORT
   * @param {string} scenario name of a file in `scenarios/`, without its ending
   * @param {{ number?: string, caller?: string, hz?: number, talkMs?: number, keys?: Record<string, string>, transport?: "u1" | "t1", change?: (text: string) => string }} options
   *   `hz` is the tone sent, `talkMs` the pause without a time of its own, `keys` fill `[name]` in the scenario,
   *   `change` makes another scenario of it
   */
  static async call(sip, scenario, { number = "11414", caller = "+46701740605", hz = 800, talkMs = 2000, keys = {}, transport = "u1", change } = {}) {
    const sipp = new Sipp();
    sipp.folder = await mkdtemp(join(tmpdir(), "svar-sipp-"));
    // Scenarios name the tone by this name: sipp fills no keys there.
    await writeTone(join(sipp.folder, "tone.al"), { hz });
    const own = ["-i", "127.0.0.1", "-p", String(await freePort()), "-mi", "127.0.0.1", "-mp", String(await freePort())];
    const once = ["-m", "1", "-l", "1", "-r", "1", "-t", transport, "-timeout", `${CALL_SECONDS_MAX}s`, "-timeout_error"];
    const traces = ["-trace_err", "-trace_msg", "-nostdin", "-d", String(talkMs)];
    const filled = Object.entries({ caller, ...keys }).flatMap(([name, value]) => ["-key", name, value]);
    let played = join(scenarios, `${scenario}.xml`);
    if (change) {
      const [before, after] = [await readFile(played, "utf8"), join(sipp.folder, "changed.xml")];
      if (change(before) === before) throw new Error("the change changes nothing");
      await writeFile(after, change(before));
      played = after;
    }
    const args = ["-sf", played, "-s", number, ...own, ...once, ...traces, ...filled, sip];
    sipp.program = new Program("sipp", args, { cwd: sipp.folder, env: { ...process.env, TERM: "dumb" } });
    return sipp;
  }

  /** Waits for the end; fails with sipp's own account unless the scenario was followed. */
  async followed() {
    const how = await this.program.ended;
    const account = how === 0 ? "" : await this.account();
    await this.remove();
    if (how !== 0) throw new Error(`sipp ended with ${how}\n${account}`);
  }

  async account() {
    const names = (await readdir(this.folder)).filter((name) => name.endsWith(".log"));
    const texts = await Promise.all(names.sort().map((name) => readFile(join(this.folder, name), "utf8")));
    return texts.join("\n").slice(0, 8000);
  }

  async remove() {
    await this.program.stop("SIGTERM");
    await rm(this.folder, { recursive: true, force: true });
  }
}
