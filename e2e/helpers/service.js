// `svar serve` by a configuration file, as an authority runs it: staff accounts made with `svar user`,
// parties behind a trunk, and what a test adds (a recogniser, PostgreSQL).

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root, svar } from "./built.js";
import { freePort } from "./ports.js";
import { run } from "./program.js";
import { Server } from "./server.js";
import { MAIL_SERVER, OUR_ADDRESS } from "./mail.js";
import { until } from "./wait.js";

/** Whoever has a site answers everything there, in both languages. */
const SKILLS = ["urgent", "violence", "report", "tip", "service"].map((skill) => `${skill}=5`).join(",");
/** What pocketsphinx is to hear. */
const GRAMMAR = join(root, "deployments/sweden/understanding/en.jsgf");
/** A dead program's lease runs out after ten seconds of the database's clock. */
const LEASE_OVER_MS_MAX = 60_000;
const ACCOUNTS = [
  { login: "desk", name: "Desk", role: "operator", site: "goteborg" },
  { login: "lead", name: "Lead", role: "leader", site: "goteborg" },
];

export class Service extends Server {
  /**
   * @typedef {{ login: string, name: string, role: string, site?: string, telephone?: string }} Person
   * @typedef {{ recogniser?: string, concurrent?: number, pocketsphinx?: boolean, texts?: string, mail?: { port: number, folder?: string }, signIn?: { issuer: string, client: string, secret: string }, deployment?: string, database?: string, trunk?: string, log?: string, figures?: Record<string, string>, people?: Person[], unlearnt?: boolean, proxied?: boolean, env?: Record<string, string> }} Parts
   *   the recogniser's address and how many it takes at once, or the one within the program; that of a gateway for text messages; the port of the mail server that takes what the program writes, and the Maildir that citizens' mails are delivered into; the broker by which citizens sign in; another deployment than Sweden; a PostgreSQL database instead of the folder, where parties are rung, how much it tells,
   *   what of Sweden's plan is replaced, by what, who has an account beside desk and lead, and whether it is ready
   *   before it has learnt what callers mean; whether a proxy in front says who asks
   * @param {Parts & { data?: string }} parts
   */
  static async start(parts = {}) {
    return super.start(parts);
  }

  async prepare() {
    await super.prepare();
    this.secret = randomBytes(9).toString("base64url");
    this.config = join(this.data, "svar.toml");
    this.metrics = `127.0.0.1:${await freePort()}`;
    const trunk = this.options.trunk ?? `127.0.0.1:${await freePort()}`;
    const { deployment, http, sip, data, metrics } = this;
    if (this.options.signIn) await writeFile(join(data, "sign-in.secret"), this.options.signIn.secret);
    await writeFile(this.config, configuration({ ...this.options, deployment, trunk, http, sip, data, metrics }));
    await run(svar, ["migrate", ...this.place], { cwd: root, env: this.env });
    for (const { login, name, role, site, telephone } of [...ACCOUNTS, ...(this.options.people ?? [])]) {
      const person = ["--name", name, "--role", role, ...(site ? ["--site", site, "--skills", SKILLS] : []), ...(telephone ? ["--telephone", telephone] : [])];
      await run(svar, ["user", "add", ...this.place, login, ...person], { cwd: root, env: this.env, input: `${this.secret}\n` });
    }
  }

  get command() {
    return ["serve", "--config", this.config];
  }

  /** How the other commands are told where everything is remembered. */
  get place() {
    return this.options.database ? ["--database", this.options.database] : ["--data", this.data];
  }

  /** Starts it again as a service manager does: on PostgreSQL until the lease of the one that died has run out. */
  async beginAgain() {
    await until("the program has the lease", async () => {
      await this.begin().catch((fault) => {
        assert.match(fault.message, /svar-1/, "it does not say who holds the lease");
        throw fault;
      });
      return true;
    }, LEASE_OVER_MS_MAX);
  }

  get hears() {
    return Boolean(this.options.recogniser ?? this.options.pocketsphinx);
  }

  async ready() {
    return (await this.healthy()) && (await this.understands());
  }

  /** One figure of those for machines by its name and labels, as they are written there; 0 before there is any. */
  async figure(name) {
    const lines = (await (await fetch(`http://${this.metrics}/metrics`)).text()).split("\n");
    return Number(lines.find((line) => line.startsWith(`${name} `))?.split(" ").pop() ?? 0);
  }

  get password() {
    return this.secret;
  }

  /** The leader's own session: there is no token in a configuration. */
  async credentials() {
    this.cookie ??= await this.signIn("lead");
    return { cookie: this.cookie };
  }

  async signIn(login) {
    const body = new URLSearchParams({ name: login, password: this.secret, next: "/lead" });
    const answer = await fetch(`${this.origin}/login`, { method: "POST", body, redirect: "manual" });
    const [cookie] = answer.headers.getSetCookie();
    if (!cookie) throw new Error(`${login} could not sign in: ${answer.status}`);
    return cookie.split(";")[0];
  }
}

function configuration({ deployment, recogniser, concurrent, pocketsphinx, texts, mail, signIn, database, trunk, http, sip, data, metrics, proxied }) {
  const lines = [`deployment = "${deployment}"`, "", "[storage]", `data = "${data}"`];
  if (database) lines.push(`database = "${database}"`);
  lines.push("", "[web]", `listen = "${http}"`, "board_public = true", `public_address = "http://${http}"`, ...(proxied ? ["behind_proxy = true"] : []), "", "[sip]", `listen = "${sip}"`, `trunk = "${trunk}"`);
  lines.push("", "[metrics]", `listen = "${metrics}"`);
  // A machine that also runs all else of a test is given the longest time there is.
  const patient = "answer_ms_max = 10000";
  if (recogniser) lines.push("", "[recogniser]", `url = "${recogniser}"`, `model = "stand-in"`, patient);
  if (concurrent) lines.push(`concurrent_max = ${concurrent}`);
  if (pocketsphinx) lines.push("", "[pocketsphinx]", `grammar = "${GRAMMAR}"`, patient);
  if (mail) lines.push("", "[mail]", 'server = "127.0.0.1"', 'tls = "none"', `port = ${mail.port}`, `from = "Polisen <${OUR_ADDRESS}>"`);
  if (mail?.folder) lines.push("", "[mail_in]", `folder = "${mail.folder}"`, `authserv_id = "${MAIL_SERVER}"`, 'region = "vast"', "look_ms = 200");
  if (signIn) {
    lines.push("", "[sign_in]", `issuer = "${signIn.issuer}"`, `client_id = "${signIn.client}"`, `client_secret_file = "${join(data, "sign-in.secret")}"`, 'name = "BankID"', patient);
  }
  if (texts) lines.push("", "[texts]", `url = "${texts}"`, 'sender = "Polisen"');
  return `${lines.join("\n")}\n`;
}
