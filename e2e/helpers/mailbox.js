// A mail server of others (aiosmtpd) that keeps what it takes in a folder, and Python's own reader of it.

import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./ports.js";
import { Program, run } from "./program.js";
import { until } from "./wait.js";

const READ = `
import email, email.policy, json, pathlib, sys
def part(p):
    return {"type": p.get_content_type(), "name": p.get_filename(), "text": p.get_content()}
mails = []
new = pathlib.Path(sys.argv[1], "new")
for path in sorted(new.iterdir(), key=lambda path: path.stat().st_mtime_ns) if new.is_dir() else []:
    m = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    mails.append({"to": str(m["To"]), "subject": str(m["Subject"]), "language": str(m["Content-Language"]), "parts": [part(p) for p in m.walk() if not p.is_multipart()]})
print(json.dumps(mails))
`;
const START_MS_MAX = 60_000;

export class Mailbox {
  static async start() {
    const mailbox = new Mailbox();
    mailbox.folder = await mkdtemp(join(tmpdir(), "svar-mails-"));
    mailbox.port = await freePort();
    const args = ["-n", "-l", `127.0.0.1:${mailbox.port}`, "-c", "aiosmtpd.handlers.Mailbox", join(mailbox.folder, "box")];
    mailbox.program = new Program("aiosmtpd", args);
    await until("the mail server answers", () => mailbox.answers(), START_MS_MAX);
    return mailbox;
  }

  async answers() {
    const socket = connect(this.port, "127.0.0.1");
    try {
      await once(socket, "connect");
      return true;
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }

  /** Every mail so far, oldest first: whom it is to, its subject and its parts. */
  async mails() {
    return JSON.parse(await run("python3", ["-c", READ, join(this.folder, "box")]));
  }

  async remove() {
    await this.program.stop("SIGKILL");
    await rm(this.folder, { recursive: true, force: true });
  }
}
