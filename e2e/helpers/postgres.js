// A private PostgreSQL: on a socket in its own folder, without a port, and ended with the test. As root
// it runs as the system's user `postgres`, since it refuses to run as root.

import { chown, mkdtemp, readdir, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Program, run } from "./program.js";
import { until } from "./wait.js";

const VERSIONS = "/usr/lib/postgresql";
const READY_MS_MAX = 60_000;

export class Postgres {
  static async start() {
    const postgres = new Postgres();
    postgres.folder = await mkdtemp(join(tmpdir(), "svar-postgres-"));
    try {
      await postgres.prepare();
      await postgres.begin();
      return postgres;
    } catch (fault) {
      await postgres.remove();
      throw fault;
    }
  }

  async prepare() {
    this.programs = await newestPrograms();
    this.user = process.getuid() === 0 ? await systemUser() : {};
    if (this.user.uid !== undefined) await chown(this.folder, this.user.uid, this.user.gid);
    this.data = join(this.folder, "data");
    await run(join(this.programs, "initdb"), ["-D", this.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"], this.options);
  }

  get options() {
    return { cwd: this.folder, ...this.user };
  }

  /** What `svar` is told. */
  get url() {
    return `postgres://postgres@localhost/postgres?host=${this.folder}`;
  }

  async begin() {
    const settings = ["listen_addresses=", `unix_socket_directories=${this.folder}`, "shared_buffers=32MB"];
    this.program = new Program(join(this.programs, "postgres"), ["-D", this.data, ...settings.flatMap((setting) => ["-c", setting])], this.options);
    await until("PostgreSQL takes connections", async () => {
      if (!this.program.running) throw new Error(`it has ended: ${this.program.output}`);
      await run(join(this.programs, "pg_isready"), ["-q", "-h", this.folder]);
      return true;
    }, READY_MS_MAX);
  }

  /** Shuts down fast: connections are cut, what was committed is safe. The data stays. */
  async stop() {
    return this.program?.stop("SIGINT");
  }

  /** Ends at once, as `pg_ctl stop -m immediate` does: what was committed is found again by its own recovery. */
  async cut() {
    await this.program?.stop("SIGQUIT");
  }

  async remove() {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function systemUser() {
  const number = async (which) => Number(await run("id", [which, "postgres"]));
  return { uid: await number("-u"), gid: await number("-g") };
}

/** The programs of the highest version that has a server. */
async function newestPrograms() {
  const versions = (await readdir(VERSIONS)).filter((version) => /^\d+$/.test(version) && existsSync(join(VERSIONS, version, "bin/initdb")));
  const newest = versions.sort((one, other) => Number(other) - Number(one))[0];
  if (!newest) throw new Error(`no server of PostgreSQL stands in ${VERSIONS}`);
  return join(VERSIONS, newest, "bin");
}
