// The mail of an authority: one server of others delivers to the program what citizens write, another takes what the program
// writes to them.

import { Mailbox } from "./mailbox.js";

/** By which name the server signs what it finds about senders. */
export const MAIL_SERVER = "mx.polisen.example";
export const OUR_ADDRESS = "svar@polisen.example";

/** What it found of a sender, as a server that checks DMARC writes it above the mail. */
export const vouched = (address) => `Authentication-Results: ${MAIL_SERVER}; dmarc=pass header.from=${address.split("@")[1]}\r\n`;

/** The authority's server, which delivers to the program, and the citizens' server, which the program hands its mails to. */
export class Mail {
  static async start() {
    const mail = new Mail();
    [mail.ours, mail.citizens] = await Promise.all([Mailbox.start(), Mailbox.start()]);
    return mail;
  }

  /** How the program is told of both. */
  get settings() {
    return { port: this.citizens.port, folder: this.ours.folder };
  }

  async remove() {
    await Promise.all([this.ours.remove(), this.citizens.remove()]);
  }
}
