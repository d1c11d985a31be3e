// A transcription server with a real recogniser behind it: pocketsphinx with Debian's American English
// models, whole and unrestricted (a general language model of seventy thousand words and the whole
// dictionary). Nothing here knows which sentences a test says; whatever else is said comes out as other
// words.
//
// Two things help a model that was trained on wide-band sound with what a telephone lets through: the
// sound is brought to the model's 16 kHz, and the mean of each utterance is taken out as a whole
// (`-cmn batch`), which takes out the telephone's own colour.

import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./program.js";

const MODELS = "/usr/share/pocketsphinx/model/en-us";
const RECOGNISER = "pocketsphinx_batch";
const PATH = "/v1/audio/transcriptions";
const WAV_HEADER_BYTES = 44;

export class Recogniser {
  static async start() {
    const recogniser = new Recogniser();
    recogniser.folder = await mkdtemp(join(tmpdir(), "svar-recogniser-"));
    /** What was asked: the form's fields, the sound's length, the words found. */
    recogniser.asked = [];
    recogniser.server = createServer((request, response) => recogniser.answer(request, response));
    recogniser.server.listen(0, "127.0.0.1");
    await once(recogniser.server, "listening");
    recogniser.url = `http://127.0.0.1:${recogniser.server.address().port}${PATH}`;
    return recogniser;
  }

  async answer(request, response) {
    const tell = (status, body) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    try {
      if (request.method !== "POST" || request.url !== PATH) return tell(404, { error: "nothing is here" });
      const form = await new Request("http://recogniser", { method: "POST", headers: request.headers, body: request, duplex: "half" }).formData();
      const sound = Buffer.from(await form.get("file").arrayBuffer());
      const text = await this.recognise(sound);
      this.asked.push({ model: form.get("model"), language: form.get("language"), text, ...formatOf(sound) });
      // The engine knows English alone, so it can tell no language: none is told.
      return tell(200, { text });
    } catch (fault) {
      return tell(500, { error: fault.message });
    }
  }

  /** The likeliest words in a WAV. */
  async recognise(sound) {
    const folder = join(this.folder, String((this.count = (this.count ?? 0) + 1)));
    await mkdir(folder);
    await writeFile(join(folder, "call.wav"), sound);
    await run("sox", [join(folder, "call.wav"), "-r", "16000", "-c", "1", "-b", "16", "-e", "signed-integer", join(folder, "wide.wav")]);
    await writeFile(join(folder, "list"), "wide\n");
    const models = ["-hmm", join(MODELS, "en-us"), "-dict", join(MODELS, "cmudict-en-us.dict"), "-lm", join(MODELS, "en-us.lm.bin")];
    const sounds = ["-adcin", "yes", "-adchdr", String(WAV_HEADER_BYTES), "-cepdir", folder, "-cepext", ".wav", "-cmn", "batch"];
    await run(RECOGNISER, [...models, ...sounds, "-ctl", join(folder, "list"), "-hyp", join(folder, "words")]);
    // "the words (wide -1234)"
    return (await readFile(join(folder, "words"), "utf8")).replace(/\(wide -?\d+\)\s*$/, "").trim();
  }

  /** Ends it as a machine that is switched off: nobody listens at its address any more. */
  async stop() {
    if (!this.server.listening) return;
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  async remove() {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function formatOf(wav) {
  return { rate: wav.readUInt32LE(24), seconds: wav.readUInt32LE(40) / wav.readUInt32LE(28) };
}
