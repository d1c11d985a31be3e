// A broker of OpenID Connect on loopback: the certified `oidc-provider`, with its own pages for signing in, and one person
// who is told by whatever name is written there. As many brokers do, it tells name and number beside the ID token alone.

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import Provider from "oidc-provider";
import { freePort } from "./ports.js";

const CLIENT = "svar";
const WAYS_BACK = ["/sv/inloggad", "/en/signed-in", "/da/logget-ind"];

/** Who signs in there. Nobody has the number. */
export const PERSON = { name: "Anna Exempel", number: "19640823-3234" };

export class Broker {
  static async start() {
    const broker = new Broker();
    broker.secret = randomBytes(16).toString("base64url");
    const port = await freePort();
    broker.issuer = `http://127.0.0.1:${port}`;
    // Nobody is let in before it is known where they come from.
    broker.answer = (_request, response) => response.writeHead(503).end();
    broker.server = createServer((request, response) => broker.answer(request, response));
    broker.server.listen(port, "127.0.0.1");
    await once(broker.server, "listening");
    return broker;
  }

  /** What our side is told of it. */
  get settings() {
    return { issuer: this.issuer, client: CLIENT, secret: this.secret };
  }

  /** From now on citizens come from these pages and are led back to them. */
  serves(origin) {
    const client = { client_id: CLIENT, client_secret: this.secret, redirect_uris: WAYS_BACK.map((way) => origin + way) };
    const provider = new Provider(this.issuer, {
      clients: [client],
      claims: { openid: ["sub"], profile: ["name", "personal_identity_number"] },
      cookies: { keys: [randomBytes(16).toString("hex")] },
      findAccount: (_context, id) => ({
        accountId: id,
        claims: () => ({ sub: id, name: PERSON.name, personal_identity_number: PERSON.number }),
      }),
      pkce: { methods: ["S256"], required: () => true },
    });
    this.answer = provider.callback();
  }

  /** Signs in on its pages, where the browser is. */
  async signsIn(page) {
    await page.locator("input[name=login]").fill("anna");
    await page.locator("input[name=password]").fill("of no worth");
    await page.locator("button[type=submit]").click();
    // What is told of them is asked once more.
    await page.locator("button[type=submit]").click();
  }

  /** Says no on its pages. */
  async saysNo(page) {
    await page.locator('a[href$="/abort"]').click();
  }

  async remove() {
    this.server.closeAllConnections();
    this.server.close();
  }
}
