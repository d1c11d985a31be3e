// On duty: what rings stops ringing when it is answered, and languages are taken as chosen.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Centre } from "../helpers/centre.js";
import { until } from "../helpers/wait.js";

test("a page that is drawn from before the answer does not ring again", { timeout: 90_000 }, () =>
  Centre.during(async (centre) => {
    const phone = await centre.telephone();
    const desk = await centre.desk();
    const { page } = desk;
    const id = await centre.ringIntoLine(phone);
    await desk.barIs("ringing");
    assert.match(await page.title(), /^[☎…]/);
    const before = await (await desk.context.request.get("/desk/parts", { headers: { accept: "text/html" } })).text();
    assert.match(before, /data-kind="ringing"/);
    await desk.press("F2");
    await desk.barIs("talking");
    await until("it rings no more", async () => !/^[☎…]/.test(await page.title()));

    await page.route("**/desk/parts*", (route) => route.fulfill({ body: before, contentType: "text/html" }));
    assert.equal(await desk.act({ act: "hold" }), 204);
    await desk.barIs("ringing");
    assert.doesNotMatch(await page.title(), /^[☎…]/, "it rang over the conversation");
    await page.unroute("**/desk/parts*");
    assert.equal(await desk.act({ act: "resume" }), 204);
    await desk.barIs("talking");
    await phone.hangUp();
    await desk.concludes();
    await centre.reaches(id, "closed");
  }),
);

test("a click counts though the page is drawn anew between press and release", { timeout: 90_000 }, () =>
  Centre.during(async (centre) => {
    const desk = await centre.desk({ onDuty: false });
    const { page } = desk;
    let goOn;
    const gate = new Promise((open) => (goOn = open));
    await page.route("**/desk/parts*", (route) => gate.then(() => route.continue()));
    // A page that has just come lays in its parts once, the same or not.
    await page.reload();
    await page.evaluate(() => (window.before = document.getElementById("act-ready")));
    await page.hover("#act-ready");
    await page.mouse.down();
    const drawn = page.waitForResponse((answer) => answer.url().includes("/desk/parts"));
    goOn();
    await (await drawn).finished();
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
    await page.mouse.up();
    await desk.is("idle");
    assert.equal(await page.evaluate(() => window.before.isConnected), false, "nothing was drawn anew");
  }),
);

test("languages are chosen by the keyboard, and one stays", { timeout: 180_000 }, () =>
  Centre.during(async (centre) => {
    const desk = await centre.desk();
    const taking = async () => (await desk.state()).operator.taking;
    const all = await taking();
    assert.ok(all.length > 1, "the demo's desk speaks several languages");
    for (const language of all.slice(1)) {
      await desk.page.focus(`#takes-${language}`);
      await desk.press("Space");
      await until(`${language} is not taken`, async () => !(await taking()).includes(language));
      assert.equal(await desk.page.evaluate(() => document.activeElement?.id), `takes-${language}`);
    }
    await desk.page.focus(`#takes-${all[0]}`);
    await desk.press("Space");
    await until("it says why not", async () => (await desk.page.textContent("#told")).length > 0);
    assert.equal(await desk.page.isChecked(`#takes-${all[0]}`), true);
    assert.deepEqual(await taking(), [all[0]]);
    assert.equal(await desk.act({ act: "languages", languages: [] }), 409);
    assert.equal(await desk.act({ act: "languages", languages: ["xx"] }), 422);
  }),
);
