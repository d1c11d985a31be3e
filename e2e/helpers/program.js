// Another program under the test's care: its output is kept for the failure message, and it is
// always ended, by its number.

import { spawn } from "node:child_process";
import { once } from "node:events";

const ENDING_MS_MAX = 90_000;
/** More than any test makes a program say; what is beyond it is cut off in front, and told. */
const OUTPUT_CHARACTERS_MAX = 4_000_000;

export class Program {
  /**
   * @param {string} path
   * @param {string[]} args
   * @param {import("node:child_process").SpawnOptions & { input?: string }} options `input` is all that it can read
   */
  constructor(path, args, { input, ...options } = {}) {
    this.name = path.split("/").pop();
    this.output = "";
    /** Of it, what went to standard error. */
    this.complaints = "";
    this.cut = false;
    this.child = spawn(path, args, { stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"], ...options });
    // Whoever ends without reading it is told by its own end.
    this.child.stdin?.on("error", () => {}).end(input);
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text) => {
        this.output += text;
        if (this.output.length <= OUTPUT_CHARACTERS_MAX) return;
        this.output = this.output.slice(-OUTPUT_CHARACTERS_MAX);
        this.cut = true;
      });
    }
    this.child.stderr.on("data", (text) => {
      this.complaints = (this.complaints + text).slice(-OUTPUT_CHARACTERS_MAX);
    });
    /** How it ended: its code, or the signal that ended it. */
    this.ended = once(this.child, "close").then(([code, signal]) => code ?? signal);
    // A failed start is told by whoever waits for the end, not as a stray rejection.
    this.ended.catch(() => {});
  }

  get running() {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Asks it to end (SIGINT unless told otherwise), insists after a while, and says how it ended. */
  async stop(signal = "SIGINT") {
    if (!this.running) return this.ended;
    this.child.kill(signal);
    const insist = setTimeout(() => this.child.kill("SIGKILL"), ENDING_MS_MAX);
    const how = await this.ended;
    clearTimeout(insist);
    return how;
  }
}

/** Runs a program to its end; fails with its output unless it succeeds. */
export async function run(path, args, options = {}) {
  const program = new Program(path, args, options);
  const how = await program.ended;
  if (how !== 0) throw new Error(`${program.name} ended with ${how}:\n${program.output}`);
  return program.output;
}
