// Two hundred callers who speak at the same time, to a transcription server that is slow, fails and is switched off in
// the middle: everybody comes into a line or to a person, nobody is dropped, and the sound goes on evenly.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Centre } from "../helpers/centre.js";
import { Crowd } from "../helpers/crowd.js";
import { Recogniser } from "../helpers/recogniser.js";
import { until } from "../helpers/wait.js";

const CALLS = 200;
const CALLS_A_SECOND = 20;
/** How long each caller stays: longer than the dialogue may take, so that all are there at once. */
const STAY_SECONDS = 65;
const TEXT = "jag vill anmäla att min cykel blev stulen i förra veckan";
/** So many utterances are answered before the server is switched off. */
const ANSWERED = 150;
const SLOW_MS = 3_000;
const PACKETS_A_SECOND = 50;

/** In turn: words, slowly words, a failure, and a connection that ends without an answer. */
async function answer(number) {
  if (number % 4 === 1) await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
  return number % 4 === 2 ? { status: 500 } : number % 4 === 3 ? "nothing" : { text: TEXT };
}

test("two hundred callers speak at once, and none is lost", { timeout: 240_000 }, () =>
  Centre.serving(
    async (centre) => {
      centre.confides(TEXT);
      const { server, recogniser } = centre;
      const speech = { text: TEXT, language: "sv", pauseSeconds: 3 };
      const crowd = await Crowd.call(server.sip, { calls: CALLS, perSecond: CALLS_A_SECOND, seconds: STAY_SECONDS, ...speech });
      centre.endings.push(() => crowd.remove());
      await until("the server was asked often enough", () => recogniser.asked.length >= ANSWERED, 40_000);
      await recogniser.stop();
      const contacts = async () => server.api("/contacts?limit=1000");
      const placed = new Set(["queued", "offered", "connected", "with_party"]);
      const led = await until("everybody is in a line or with a person", async () => {
        const all = await contacts();
        if (all.length === CALLS && all.every(({ state }) => placed.has(state))) return all;
        const count = (state) => all.filter((contact) => contact.state === state).length;
        throw new Error([...new Set(all.map(({ state }) => state))].map((state) => `${count(state)} ${state}`).join(", "));
      }, 55_000);
      const packets = await server.figure("svar_sound_packets_total");
      const late = await server.figure("svar_sound_packets_late_total");
      const understood = led.filter(({ intent }) => intent === "report_bicycle_theft").length;
      console.log(`${understood} of ${CALLS} understood; ${recogniser.begun} utterances asked about`);
      console.log(`${late} of ${packets} packets were sent more than 5 ms late`);
      // Some were understood, some were not, and the way led on for all.
      assert.ok(understood > 0 && understood < CALLS, `${understood} understood`);
      assert.equal(await crowd.ended(), 0, "somebody was hung up on");
      const heard = crowd.heard;
      console.log(`heard: ${JSON.stringify(heard)}`);
      assert.equal(heard.lines, CALLS);
      // The sound's clock ran as the callers' own: so many packets were sent, each with the next twenty milliseconds.
      assert.equal(heard.askew, 0, "twenty milliseconds of sound in each packet");
      const sent = heard.packets + heard.lost;
      assert.ok(sent >= CALLS * STAY_SECONDS * PACKETS_A_SECOND * 0.98, `${sent} packets were sent`);
      await until("all calls are closed", async () => (await contacts()).every(({ state }) => state === "closed"), 15_000);
      for (const { outcome } of await contacts()) assert.equal(outcome, "abandoned");
      assert.deepEqual((await server.verify()).faults, []);
    },
    async (centre) => {
      centre.recogniser = await Recogniser.start(answer);
      centre.endings.push(() => centre.recogniser.stop());
      const figures = { 'total_max = "120 s"': 'total_max = "45 s"' };
      return { recogniser: centre.recogniser.url, concurrent: CALLS, log: "info", figures };
    },
  ),
);
