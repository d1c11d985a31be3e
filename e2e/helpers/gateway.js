// Two servers that stand in for those of others: a gateway that takes text messages, and a transcription server that
// hears the same sentence in whatever is said.

import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

async function listening(answer) {
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function origin(server) {
  return `http://127.0.0.1:${server.address().port}`;
}

async function close(server) {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
}

export class Gateway {
  /** Refuses so many attempts with 503, then takes each message. */
  static async start({ refusals = 0 } = {}) {
    const gateway = new Gateway();
    gateway.refusals = refusals;
    /** Every attempt: the order, its Idempotency-Key, and whether it was taken. */
    gateway.attempts = [];
    gateway.server = await listening((request, response) => gateway.answer(request, response));
    gateway.url = `${origin(gateway.server)}/messages`;
    return gateway;
  }

  async answer(request, response) {
    const order = JSON.parse(await text(request));
    const taken = this.refusals <= 0;
    this.refusals -= 1;
    this.attempts.push({ order, key: request.headers["idempotency-key"], taken });
    response.writeHead(taken ? 202 : 503).end();
  }

  get taken() {
    return this.attempts.filter(({ taken }) => taken);
  }

  async stop() {
    await close(this.server);
  }
}

export class Transcriber {
  /** @param {string} sentence what it hears */
  static async start(sentence) {
    const transcriber = new Transcriber();
    transcriber.server = await listening(async (request, response) => {
      await text(request);
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ text: sentence, language: "sv" }));
    });
    transcriber.url = `${origin(transcriber.server)}/v1/audio/transcriptions`;
    return transcriber;
  }

  async stop() {
    await close(this.server);
  }
}
