// `svar demo` on free loopback ports with a data folder of its own.

import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, svar } from "./built.js";
import { copyDeployment } from "./deployment.js";
import { keepModels, lendModels } from "./models.js";
import { freePort } from "./ports.js";
import { Program, run } from "./program.js";
import { until } from "./wait.js";

/** The first start with a recogniser also trains the model; whoever is to be understood waits for it. */
const READY_MS_MAX = 600_000;
const TOKEN = "end-to-end-token-of-no-worth";

export class Server {
  /**
   * Starts a server with no invented people and waits until it is healthy.
   * @param {{ args?: string[], data?: string, log?: string, deployment?: string, figures?: Record<string, string>, hears?: boolean, unlearnt?: boolean, env?: Record<string, string> }} options
   *   further arguments; a data folder to go on with; how much it tells; another deployment than Sweden; what of Sweden's plan is replaced, by what;
   *   whether callers are heard, and whether it is begun without any model, and ready before it has one; what it finds
   *   in its environment
   */
  static async start(options = {}) {
    const server = new this();
    /** Every program that was begun, also those that have ended: what they said is looked through. */
    server.programs = [];
    server.options = options;
    server.data = options.data ?? (await mkdtemp(join(tmpdir(), "svar-e2e-")));
    server.http = `127.0.0.1:${await freePort()}`;
    server.sip = `127.0.0.1:${await freePort()}`;
    server.origin = `http://${server.http}`;
    try {
      server.deployment = await server.deploy();
      await server.prepare();
      await server.begin();
      return server;
    } catch (fault) {
      await server.remove();
      throw fault;
    }
  }

  /** The one that is named, Sweden, or a copy of it with other figures beside what is remembered. */
  async deploy() {
    const { deployment, figures } = this.options;
    if (deployment || !figures) return deployment ?? "sweden";
    const copy = join(this.data, "deployment");
    await copyDeployment(join(root, "deployments/sweden"), copy, figures);
    return copy;
  }

  /** What must be there before the first start. */
  async prepare() {
    if (this.hears && !this.options.unlearnt) await lendModels(this.data);
  }

  get hears() {
    return this.options.hears ?? false;
  }

  get command() {
    const places = ["--deployment", this.deployment, "--data", this.data, "--http", this.http, "--sip", this.sip];
    return ["demo", ...places, "--token", TOKEN, ...(this.options.args ?? ["--callers", "0", "--no-operators"])];
  }

  /** What every program of ours finds around it. */
  get env() {
    return { ...process.env, ...this.options.env };
  }

  async begin() {
    this.program = new Program(svar, this.command, { cwd: root, env: { ...this.env, SVAR_LOG: this.options.log ?? "debug" } });
    this.programs.push(this.program);
    const ended = this.program.ended.then((how) => Promise.reject(new Error(`it ended with ${how}`)));
    ended.catch(() => {});
    await Promise.race([ended, until("the server is ready", () => this.ready(), READY_MS_MAX)]).catch((fault) => {
      throw new Error(`${fault.message}\n${this.program.output}`);
    });
  }

  /** The password that the demo printed for its accounts. */
  get password() {
    return /password: (\S+)/.exec(this.program.output)?.[1] ?? "";
  }

  /** Healthy, and everybody may sign in: the demo says so last. */
  async ready() {
    return (await this.healthy()) && this.program.output.includes("Ctrl-C ends.") && (await this.understands());
  }

  async healthy() {
    if (!this.program.running) throw new Error("it has ended");
    return (await fetch(`${this.origin}/api/v1/health`)).ok;
  }

  /** Whoever is to be heard is understood. */
  async understands() {
    if (!this.hears || this.options.unlearnt) return true;
    const { recogniser } = await this.health();
    if (recogniser) await keepModels(this.data);
    return recogniser;
  }

  /** What it says of itself. */
  async health() {
    return (await fetch(`${this.origin}/api/v1/health`)).json();
  }

  /** What a script shows to be let in. */
  async credentials() {
    return { authorization: `Bearer ${TOKEN}` };
  }

  /** GET from the API as a script would. */
  async api(path) {
    const answer = await fetch(`${this.origin}/api/v1${path}`, { headers: await this.credentials() });
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  /** How many UDP sockets the program holds: one for SIP, one for each line whose sound it carries. */
  async lines() {
    const own = `/proc/${this.program.child.pid}`;
    const names = await readdir(`${own}/fd`);
    const links = await Promise.all(names.map((name) => readlink(`${own}/fd/${name}`).catch(() => "")));
    const held = new Set(links.map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1]));
    const rows = (await readFile(`${own}/net/udp`, "utf8")).trim().split("\n").slice(1);
    return rows.filter((row) => held.has(row.trim().split(/\s+/)[9])).length;
  }

  /** How the other commands are told where everything is remembered. */
  get place() {
    return ["--data", this.data];
  }

  /** `svar journal verify`, running or not: the accounts as an object. All of it is decided alike once more. */
  async verify() {
    const replayed = await run(svar, ["journal", "replay", "--deployment", this.deployment, ...this.place], { cwd: root, env: this.env });
    assert.equal(JSON.parse(replayed).differs_at, null);
    return JSON.parse(await run(svar, ["journal", "verify", ...this.place], { cwd: root, env: this.env }));
  }

  /** Ends it as Ctrl-C does. The data folder stays until `remove`. */
  async stop() {
    return this.program.stop("SIGINT");
  }

  /** Ends it as a power cut does. */
  async crash() {
    return this.program.stop("SIGKILL");
  }

  async remove() {
    await this.program?.stop("SIGINT");
    await rm(this.data, { recursive: true, force: true });
  }
}
