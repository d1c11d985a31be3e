// Slow clients over HTTP: cut off, while others are served.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { Centre } from "../helpers/centre.js";
import { until } from "../helpers/wait.js";

/** How fast they send; it is what is tested, not a wait for anything. */
const BYTE_EVERY_MS = 300;
const CUT_OFF_MS_MAX = 60_000;
const CLIENTS_EACH = 8;
/** Long enough that no client would be through before it is cut off. */
const ENDLESS = "x-slow: ".padEnd(4_000, "a");
const HALF_LOGIN = "POST /login HTTP/1.1\r\nHost: here\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 400\r\n\r\nname=desk&pass";

class SlowClient {
  static async open(http) {
    const [host, port] = http.split(":");
    const client = new SlowClient();
    client.told = "";
    client.over = false;
    client.socket = connect(Number(port), host);
    client.socket.on("error", () => {});
    client.socket.on("data", (bytes) => (client.told += bytes.toString("latin1")));
    client.socket.on("close", () => (client.over = true));
    await once(client.socket, "connect");
    return client;
  }

  /** Sends this at once, then what follows a byte at a time for as long as it is listened to. */
  send(atOnce, slowly = "") {
    this.socket.write(atOnce);
    let sent = 0;
    const pace = setInterval(() => {
      if (this.over || sent >= slowly.length) return clearInterval(pace);
      this.socket.write(slowly[sent]);
      sent += 1;
    }, BYTE_EVERY_MS);
  }
}

test("slow clients are cut off, and others are served meanwhile", { timeout: 120_000 }, () =>
  Centre.during(async (centre) => {
    const open = async (...parts) => {
      const client = await SlowClient.open(centre.server.http);
      centre.endings.push(async () => client.socket.destroy());
      client.send(...parts);
      return client;
    };
    const many = (...parts) => Promise.all(Array.from({ length: CLIENTS_EACH }, () => open(...parts)));
    const headers = await many("GET /board HTTP/1.1\r\nHost: here\r\n", ENDLESS);
    const bodies = await many(HALF_LOGIN);

    // Gathered and judged afterwards: what fails within a wait is only tried again.
    const others = [];
    await until("all slow ones are cut off", async () => {
      const answer = await fetch(`${centre.server.origin}/board`).then(({ status }) => status, (fault) => fault.message);
      others.push(answer);
      const left = [...headers, ...bodies].filter((client) => !client.over).length;
      if (left === 0) return true;
      throw new Error(`${left} are still listened to`);
    }, CUT_OFF_MS_MAX);
    assert.ok(others.length > 1);
    assert.deepEqual(others.filter((answer) => answer !== 200), [], "others were not served meanwhile");
    for (const { told } of headers) assert.doesNotMatch(told, /^HTTP\/1\.1 200/, "half a head was answered");
    for (const { told } of bodies) assert.match(told, /^(HTTP\/1\.1 4|$)/, "half a body was taken");
  }),
);
