// A mail server that is not ours (aiosmtpd): it takes the program's mails into one Maildir, as a citizen's provider would, and
// the citizen's mails into another, from which the program takes them in.

import { mkdir, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./ports.js";
import { Program } from "./program.js";
import { until } from "./wait.js";

/** By which name the server signs what it finds about senders. */
export const MAIL_SERVER = "mx.polisen.example";
export const OUR_ADDRESS = "svar@polisen.example";

/** What it found of a sender, as a server that checks DMARC writes it above the mail. */
export const vouched = (address) => `Authentication-Results: ${MAIL_SERVER}; dmarc=pass header.from=${address.split("@")[1]}\r\n`;

/** One server with its Maildir. */
class Post {
  static async start(folder) {
    const post = new this();
    post.folder = folder;
    post.port = await freePort();
    const handler = ["-c", "aiosmtpd.handlers.Mailbox", folder];
    post.program = new Program("aiosmtpd", ["-n", "-l", `127.0.0.1:${post.port}`, ...handler], {});
    await until("the mail server listens", () => reached(post.port));
    return post;
  }

  /** Hands a mail over, by SMTP, as its sender's provider does. */
  async hands(from, to, mail) {
    const body = mail.replaceAll(/\r?\n/g, "\r\n").replaceAll(/^\./gm, "..");
    await talk(this.port, ["EHLO sender.example", `MAIL FROM:<${from}>`, `RCPT TO:<${to}>`, "DATA", `${body}\r\n.`, "QUIT"]);
  }

  /** The mails that came, as they stand in the Maildir. */
  async mails() {
    const names = (await readdir(join(this.folder, "new")).catch(() => [])).sort();
    return Promise.all(names.map((name) => readFile(join(this.folder, "new", name), "utf8")));
  }
}

/** The authority's server, which delivers to the program, and the citizens' server, which the program hands its mails to. */
export class Mail {
  static async start() {
    const mail = new Mail();
    mail.home = await mkdtemp(join(tmpdir(), "svar-mail-"));
    mail.ours = await Post.start(join(mail.home, "ours"));
    mail.citizens = await Post.start(join(mail.home, "citizens"));
    for (const name of ["new", "cur", "tmp"]) await mkdir(join(mail.ours.folder, name), { recursive: true });
    return mail;
  }

  /** How the program is told of both. */
  get settings() {
    return { port: this.citizens.port, folder: this.ours.folder };
  }

  /** How many mails the program has taken in. */
  async taken() {
    return (await readdir(join(this.ours.folder, "cur"))).length;
  }

  async stop() {
    await this.ours.program.stop("SIGTERM");
    await this.citizens.program.stop("SIGTERM");
    await rm(this.home, { recursive: true, force: true });
  }
}

/** The plain words of a mail that the program wrote: its subject and its one part. */
export function read(mail) {
  const [head, ...rest] = mail.split(/\r?\n\r?\n/);
  const body = rest.join("\n\n").replaceAll(/=\r?\n/g, "");
  const bytes = /^Content-Transfer-Encoding: base64/im.test(head)
    ? Buffer.from(body, "base64")
    : Buffer.from(body.replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), "latin1");
  const eight = /^Content-Transfer-Encoding: (8bit|7bit)/im.test(head);
  return { head, text: eight ? body : bytes.toString("utf8") };
}

function reached(port) {
  return new Promise((resolve) => {
    const socket = createConnection({ host: "127.0.0.1", port });
    socket.once("connect", () => (socket.destroy(), resolve(true)));
    socket.once("error", () => resolve(false));
  });
}

/** One command after each answer. */
function talk(port, commands) {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: "127.0.0.1", port });
    const left = [...commands];
    let heard = "";
    socket.setEncoding("utf8");
    socket.on("error", reject);
    socket.on("close", () => (left.length === 0 ? resolve() : reject(new Error(`the mail server hung up before ${left[0]}: ${heard}`))));
    socket.on("data", (piece) => {
      heard += piece;
      if (!/^\d{3} .*\r\n$/m.test(heard)) return;
      if (/^[45]\d\d/m.test(heard)) return reject(new Error(`the mail server refuses: ${heard}`));
      heard = "";
      if (left.length > 0) socket.write(`${left.shift()}\r\n`);
    });
  });
}
