// A transcription server that knows beforehand what it has heard: it stands in for an authority's own, whose language
// nothing on this machine makes out. What it is sent is real: the callers' sound, as the program sends it.

import { once } from "node:events";
import { createServer } from "node:http";

const PATH = "/v1/audio/transcriptions";

export class Recogniser {
  /** @typedef {{ text: string, language?: string } | { status: number } | "nothing"} Answer
   * @param {(number: number) => Answer | Promise<Answer>} [answer] what is said to the request of this number, from 0;
   *   "nothing" hangs up. Without, the sentences of `expects` in their order. */
  static async start(answer) {
    const recogniser = new Recogniser();
    recogniser.expected = [];
    recogniser.answering = answer ?? (() => recogniser.expected.shift() ?? { text: "" });
    /** What was asked: the form's fields, the sound's length and loudness, and what was answered. */
    recogniser.asked = [];
    recogniser.begun = 0;
    recogniser.server = createServer((request, response) => {
      recogniser.take(request, response).catch(() => response.destroy());
    });
    recogniser.server.listen(0, "127.0.0.1");
    await once(recogniser.server, "listening");
    recogniser.url = `http://127.0.0.1:${recogniser.server.address().port}${PATH}`;
    return recogniser;
  }

  /** These sentences are said next. @param {Answer[]} answers */
  expects(...answers) {
    this.expected.push(...answers);
  }

  async take(request, response) {
    const tell = (status, body) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (request.method !== "POST" || request.url !== PATH) return tell(404, { error: "nothing is here" });
    const form = await new Request("http://recogniser", { method: "POST", headers: request.headers, body: request, duplex: "half" }).formData();
    const sound = Buffer.from(await form.get("file").arrayBuffer());
    this.begun += 1;
    const answer = await this.answering(this.begun - 1);
    this.asked.push({ model: form.get("model"), language: form.get("language"), answer, ...formatOf(sound) });
    if (answer === "nothing") return response.destroy();
    return "status" in answer ? tell(answer.status, { error: "as wanted" }) : tell(200, answer);
  }

  /** Ends it as a machine that is switched off: nobody listens at its address any more. */
  async stop() {
    if (!this.server.listening) return;
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}

const WAV_HEADER_BYTES = 44;

function formatOf(wav) {
  let most = 0;
  for (let at = WAV_HEADER_BYTES; at + 2 <= wav.length; at += 2) most = Math.max(most, Math.abs(wav.readInt16LE(at)) / 32768);
  return { rate: wav.readUInt32LE(24), seconds: wav.readUInt32LE(40) / wav.readUInt32LE(28), loudest: most };
}
