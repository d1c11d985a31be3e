// A mail server of others (aiosmtpd) that keeps what it takes in a Maildir, and Python's own reader of it.

import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
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
    mails.append({"to": str(m["To"]), "subject": str(m["Subject"]), "language": str(m["Content-Language"]), "automatic": m["Auto-Submitted"], "parts": [part(p) for p in m.walk() if not p.is_multipart()]})
print(json.dumps(mails))
`;
const HAND = `
import smtplib, sys
with smtplib.SMTP("127.0.0.1", int(sys.argv[1])) as server:
    server.sendmail(sys.argv[2], sys.argv[3], sys.stdin.buffer.read())
`;
const START_MS_MAX = 60_000;

export class Mailbox {
  static async start() {
    const mailbox = new Mailbox();
    mailbox.home = await mkdtemp(join(tmpdir(), "svar-mails-"));
    mailbox.folder = join(mailbox.home, "box");
    for (const name of ["new", "cur", "tmp"]) await mkdir(join(mailbox.folder, name), { recursive: true });
    mailbox.port = await freePort();
    const handler = ["-c", "aiosmtpd.handlers.Mailbox", mailbox.folder];
    mailbox.program = new Program("aiosmtpd", ["-n", "-l", `127.0.0.1:${mailbox.port}`, ...handler]);
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

  /** Hands a mail over as its sender's provider does: Python's own client, the mail byte by byte. */
  async hands(from, to, mail) {
    await run("python3", ["-c", HAND, String(this.port), from, to], { input: mail.replaceAll(/\r?\n/g, "\r\n") });
  }

  /** Every mail that nobody has taken, oldest first: whom it is to, its subject, whether a machine wrote it, and its parts. */
  async mails() {
    return JSON.parse(await run("python3", ["-c", READ, this.folder]));
  }

  /** How many mails somebody has taken out. */
  async taken() {
    return (await readdir(join(this.folder, "cur"))).length;
  }

  async remove() {
    await this.program.stop("SIGKILL");
    await rm(this.home, { recursive: true, force: true });
  }
}
