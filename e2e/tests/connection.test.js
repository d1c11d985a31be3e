// The page loses the program, or its session: it says so, keeps what is being written, and goes on.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Centre, OPERATOR_HZ } from "../helpers/centre.js";
import { until } from "../helpers/wait.js";

const WRITTEN = "Cykeln stod vid stationen.";
const MORE = " Den var röd.";
/** The stream asks every half minute whether its session still holds. */
const NOTICED_MS_MAX = 90_000;

async function writing(centre) {
  const phone = await centre.telephone();
  const desk = await centre.desk();
  const id = await centre.ringIntoLine(phone);
  await desk.answer();
  await phone.hears(OPERATOR_HZ, await phone.now());
  centre.confides(WRITTEN);
  await desk.page.locator("#r-what_happened").pressSequentially(WRITTEN);
  return { phone, desk, id };
}

const field = (desk) => desk.page.inputValue("#r-what_happened");

async function kept(desk, id) {
  const answer = await desk.context.request.get(`/api/v1/desk/reports/${id}`);
  return answer.ok() ? (await answer.json()).draft.what_happened : "";
}

/** Everything that stands in the page, in fields and outside of them. */
function allThatStands(desk) {
  return desk.page.evaluate(() => [document.body.innerText, ...[...document.querySelectorAll("textarea, input")].map((one) => one.value)].join("\n"));
}

test("without the program the desk says so and hides nothing, and goes on when it is back", { timeout: 180_000 }, () =>
  Centre.serving(async (centre) => {
    const { phone, desk, id } = await writing(centre);
    await until("the report is kept", async () => (await kept(desk, id)) === WRITTEN);

    const sound = desk.soundAnew();
    await centre.server.crash();
    await desk.shows("#connection");
    assert.match(await desk.page.textContent("#connection"), /Direktförbindelsen är bruten/);
    for (const shown of [".call", ".duty", ".matter", "#r-what_happened"]) assert.ok(await desk.page.isVisible(shown), `${shown} is hidden`);
    await desk.page.locator("#r-what_happened").pressSequentially(MORE);
    assert.equal(await field(desk), WRITTEN + MORE);

    await centre.server.begin();
    await until("the line is gone", async () => !(await desk.page.isVisible("#connection")), 30_000);
    assert.equal((await centre.reaches(id, "closed")).outcome, "system_terminated:restart");
    await until("what was written meanwhile is somewhere", async () =>
      `${await allThatStands(desk)}\n${await kept(desk, id)}`.includes(WRITTEN + MORE),
    );
    await phone.hangUp();
    await sound;
    await desk.goOnDuty();
    await centre.wholeCall(phone, desk);
    assert.deepEqual((await centre.server.verify()).faults, []);
  }),
);

test("a session that was ended elsewhere is told, and what is being written stays", { timeout: 240_000 }, () =>
  Centre.during(async (centre) => {
    const { phone, desk } = await writing(centre);
    const answer = await desk.context.request.post("/logout", { maxRedirects: 0 });
    assert.equal(answer.status(), 303);
    await desk.page.locator("#r-what_happened").pressSequentially(MORE);
    await until("the page says so", () => desk.page.isVisible('#connection a[href^="/login"]'), NOTICED_MS_MAX);
    assert.match(await desk.page.textContent("#connection"), /utloggad/);
    assert.equal(await field(desk), WRITTEN + MORE);
    assert.ok(await desk.page.isVisible(".matter"), "the work is hidden");
    assert.equal(phone.count("CALL_CLOSED"), 0, "the caller was hung up on");
    await phone.hangUp();
    assert.deepEqual((await centre.server.verify()).faults, []);
  }),
);
