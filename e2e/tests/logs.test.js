// The program at its most talkative (`SVAR_LOG=trace`): what it tells of its work holds nothing of people.
// Every other test looks through the program's output as well; here it has all there is to tell.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Centre } from "../helpers/centre.js";
import { Recogniser } from "../helpers/recogniser.js";
import { until } from "../helpers/wait.js";

const BORAS = { latitude: "57.7205", longitude: "12.9410", radius: "450", taken: new Date().toISOString() };
const SAID = "somebody stole my bicycle";
const RECOGNISED_MS_MAX = 30_000;
/** What is written in the report, found in the search and sent as keys. */
const WRITTEN = { "r-what_happened": "The lock was cut open behind the bakery", "r-place": "Granite steps by the water", "r-traces": "A cut chain" };
const SOUGHT = "bakery granite";
const KEYS = "86420975";
const LOGIN_MISTYPED = "somebodys-secret";

test("at its most talkative the program says nothing of who rang, from where, and what was said", { timeout: 240_000 }, () =>
  Centre.serving(
    async (centre) => {
      centre.confides(...Object.values(WRITTEN), SAID, SOUGHT, encodeURIComponent(SOUGHT), KEYS, LOGIN_MISTYPED, centre.server.password);
      await refusedAtTheDoor(centre);
      const desk = await centre.desk();
      await centre.countLines();

      // From a position, to the desk and on to 112, which is told the position.
      const sipp = await centre.sipp("placed", { caller: "+46701740605", hz: 700, keys: BORAS });
      await desk.answer();
      const { contact, caller } = await desk.state();
      assert.deepEqual([caller.number, caller.place.latitude_e6], ["+46701740605", 57_720_500]);
      for (const [field, text] of Object.entries(WRITTEN)) await desk.page.fill(`#${field}`, text);
      await desk.press("Control+k");
      await desk.page.keyboard.type(SOUGHT);
      // The telephone there takes no body of several parts, and refuses; what it was sent is what matters.
      assert.equal(await desk.act({ act: "consult", with: { party: "112" } }), 204);
      await desk.ends();
      await sipp.followed();
      await until("the report is kept", async () => {
        const { draft } = await (await desk.context.request.get(`/api/v1/desk/reports/${contact.id}`)).json();
        return draft.what_happened === WRITTEN["r-what_happened"];
      });
      await desk.concludes();

      // By voice, and sent keys by the operator.
      const phone = await centre.telephone({ quiet: true });
      await phone.prepares(SAID);
      const spoken = await centre.ring(phone);
      await phone.hearsSomething(0);
      centre.recogniser.expects({ text: SAID });
      await phone.say(SAID);
      await until("the words are recognised", () => centre.recogniser.asked.length > 0, RECOGNISED_MS_MAX);
      await until("it is about a bicycle", async () => (await centre.contact(spoken)).intent === "report_bicycle_theft");
      await phone.press("2");
      await desk.answer();
      assert.equal(await desk.act({ act: "keys", keys: KEYS }), 204);
      await until("the keys have arrived", () => phone.keysGot === KEYS);
      await phone.hangUp();
      await desk.concludes();
      await centre.reaches(spoken, "closed");
      await centre.linesAreGone();
      assert.match(centre.server.program.output, /TRACE|DEBUG/, "the program was not at its most talkative");
    },
    async (centre) => {
      centre.recogniser = await Recogniser.start();
      centre.endings.push(() => centre.recogniser.stop());
      return { recogniser: centre.recogniser.url, log: "trace" };
    },
  ),
);

/** Requests that are refused hold as much as those that are not. */
async function refusedAtTheDoor(centre) {
  const { origin } = centre.server;
  const asked = [
    fetch(`${origin}/desk/search?q=${encodeURIComponent(SOUGHT)}`, { redirect: "manual" }),
    fetch(`${origin}/login`, { method: "POST", body: new URLSearchParams({ name: "desk", password: LOGIN_MISTYPED, next: "/desk" }) }),
    fetch(`${origin}/api/v1/desk/acts`, { method: "POST", body: JSON.stringify({ act: "keys", keys: KEYS }), headers: { "content-type": "application/json" } }),
  ];
  for (const answer of await Promise.all(asked)) assert.ok(answer.status >= 300, `${answer.url}: ${answer.status}`);
}
