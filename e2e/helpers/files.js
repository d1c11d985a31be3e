// A citizen's files on their way: the link of a matter, a line that can be broken off, and the operator who fetches them.

import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { rows } from "./tables.js";

export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** What the link of a contact holds: made of its number and the deployment's secret, as the program makes it. */
export async function tokenOf(server, contact) {
  const [{ value }] = await rows(server, "SELECT value FROM settings WHERE name = 'deployment.secret'");
  const keyed = (text) => createHmac("sha256", Buffer.from(value, "hex")).update(text).digest();
  const seal = keyed(`svar link contact 1 ${contact}`).subarray(0, 12);
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(contact));
  const veil = keyed(`svar link veil ${seal.toString("hex")}`);
  return seal.toString("hex") + Buffer.from(number.map((byte, place) => byte ^ veil[place])).subarray(2).toString("hex");
}

/** A session of the demo's operator. */
export async function signIn(server, name = "desk") {
  const body = new URLSearchParams({ name, password: server.password, next: "/" });
  const answer = await fetch(`${server.origin}/login`, { method: "POST", body, redirect: "manual" });
  return answer.headers.get("set-cookie").split(";")[0];
}

/** A matter that nobody has linked yet, which every operator may read: its number, reference and token. */
export async function matterOf(server, cookie) {
  const headers = { cookie, "content-type": "application/json" };
  const body = JSON.stringify({ channel: "desk", language: "sv", region: "vast", subject: "bicycle", text: "It was red.", verified: false });
  const answer = await fetch(`${server.origin}/api/v1/additions`, { method: "POST", headers, body });
  assert.equal(answer.status, 201);
  const { reference } = await answer.json();
  const of = `SELECT matter FROM matters WHERE reference = '${reference.replace(/\D/g, "")}'`;
  const [{ contact, matter }] = await rows(server, `SELECT contact, matter FROM contacts WHERE matter = (${of})`);
  return { matter, reference, token: await tokenOf(server, contact) };
}

/** A line to the program that the test can break off. */
export class Line {
  static async to(address) {
    const line = new Line();
    const [host, port] = address.split(":");
    Object.assign(line, { host, port: Number(port), sockets: new Set(), sent: 0, breaks: [], broken: false });
    line.server = createServer((socket) => line.join(socket));
    line.server.listen(0, "127.0.0.1");
    await once(line.server, "listening");
    line.origin = `http://127.0.0.1:${line.server.address().port}`;
    return line;
  }

  join(socket) {
    if (this.broken) return void socket.destroy();
    const far = connect(this.port, this.host);
    for (const end of [socket, far]) {
      this.sockets.add(end);
      end.on("error", () => {}).on("close", () => {
        this.sockets.delete(end);
        (end === socket ? far : socket).destroy();
      });
    }
    socket.on("data", (bytes) => {
      this.sent += bytes.length;
      if (this.breaks.length > 0 && this.sent >= this.breaks[0].after) this.breaks.shift().act();
    });
    socket.pipe(far);
    far.pipe(socket);
  }

  /** Resolves when so many bytes more were sent; by then nothing goes through, until `mend`. */
  breaksAfter(bytes) {
    return new Promise((resolve) => {
      const act = () => {
        this.broken = true;
        for (const end of this.sockets) end.destroy();
        resolve();
      };
      this.breaks.push({ after: this.sent + bytes, act });
    });
  }

  mend() {
    this.broken = false;
  }

  async end() {
    for (const end of this.sockets) end.destroy();
    this.server.close();
  }
}
