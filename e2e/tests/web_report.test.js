// What a citizen reported on the web at the desk: taken with one key by whoever has time, completed in the report's form with
// its crime, kept over a call and a reload, and decided. And a caller who is sent a link while they talk sends a film by it, once.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { accessibilityFaults, tooWide } from "../helpers/browser.js";
import { Centre } from "../helpers/centre.js";
import { Gateway, Transcriber } from "../helpers/gateway.js";
import { file, fillIn, forms } from "../helpers/reporter.js";
import { until } from "../helpers/wait.js";

const MOBILE = "+46701740605";
/** Names its place, so that nothing more is asked of a mobile telephone. */
const SENTENCE = "min cykel blev stulen i göteborg förra veckan";
const TRACES = "Ett avklippt kedjelås ligger kvar";
const QUESTION = "Vilken färg har cykeln?";
/** As a telephone begins a film: enough to be known as one. */
const FILM = Buffer.concat([Buffer.from("00000018667479706d703432000000006d70343269736f6d", "hex"), Buffer.alloc(4_096, 7)]);
const TEXT_MS_MAX = 45_000;

async function reported(centre, name, municipality) {
  const context = await (await centre.browser()).newContext({ javaScriptEnabled: false, baseURL: centre.server.origin });
  const page = await context.newPage();
  const form = (await forms(page, "sv")).find((one) => one.endsWith(name));
  await fillIn(page, form, "sv", undefined, municipality);
  const reference = (await file(page, form, "sv")).replace(/\D/g, "");
  await context.close();
  return reference;
}

test("a report on the web is taken with one key, completed, left for a call, found again and decided", { timeout: 240_000 }, () =>
  Centre.during(async (centre) => {
    centre.confides(TRACES, QUESTION);
    const reference = await reported(centre, "cykel-eller-fordonsdel", "Göteborg");
    const phone = await centre.telephone();
    const desk = await centre.desk();
    const { page } = desk;
    await desk.shows("#next-report");
    await desk.press("Alt+n");
    await desk.shows("#report");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "report-title");
    assert.ok((await page.locator("#report-title").innerText()).replace(/\D/g, "").endsWith(reference));
    assert.match(await page.locator("#report-state").innerText(), /Det här har medborgaren skrivit/);
    const id = await page.locator("#report").getAttribute("data-contact");
    const draft = async () => (await (await desk.context.request.get(`/api/v1/desk/reports/${id}`)).json()).draft;
    assert.equal((await draft()).municipality, "Göteborg");
    assert.deepEqual((await draft()).crimes, [], "a suggestion is no fact");

    // The first crime that the form is about is looked at and kept; one of another time is remarked on.
    const code = page.locator("#r-crimes-0-code");
    assert.equal(await code.inputValue(), "9830");
    await page.locator(".field", { has: code }).locator("[data-accept]").click();
    await until("the crime is kept", async () => (await draft()).crimes.length === 1);
    assert.deepEqual((await draft()).crimes, [{ code: "9830", degree: "completed" }]);
    assert.match(await page.locator("[data-name]").first().innerText(), /cykel/i);
    // Rows that are only suggested count for nothing: the third row is the second crime of the draft.
    await page.fill("#r-crimes-2-code", "1234");
    await page.focus("#report-title");
    await desk.shows("#r-crimes-2-code-remark");
    assert.match(await page.locator("#r-crimes-2-code-remark").innerText(), /finns inte i listan/);
    assert.deepEqual((await draft()).crimes.map((crime) => crime.code), ["9830", "1234"]);
    await page.locator('[data-row="crimes"]').nth(2).locator("[data-remove]").click();
    await page.fill("#r-traces", TRACES);
    await page.focus("#report-title");
    await until("the remark is gone", async () => (await page.locator(".remark").count()) === 0);
    await page.fill("#r-parties-0-identity_number", "640823-3235");
    await page.focus("#report-title");
    await desk.shows("#r-parties-0-identity_number-remark");
    assert.deepEqual(await accessibilityFaults(page), []);

    // Half a question is written when somebody rings: the call goes before, and both come back.
    const asks = page.locator(`#ask-${id}`);
    await asks.fill(QUESTION);
    const call = await centre.ringIntoLine(phone);
    await desk.answer();
    await until("the form is the call's", async () => (await page.locator("#report").getAttribute("data-contact")) === String(call));
    assert.equal(await page.inputValue("#r-traces"), "");
    await phone.hangUp();
    await desk.concludes();
    await until("the report is back", async () => (await page.locator("#report").getAttribute("data-contact")) === id);
    assert.equal(await page.inputValue("#r-traces"), TRACES);
    assert.equal(await asks.inputValue(), QUESTION);
    await page.getByRole("button", { name: "Ställ frågan" }).click();
    await until("it waits for the citizen", async () => (await centre.server.api("/promises")).some(({ kind, state }) => kind === "report" && state === "paused"));
    await until("what was sent stands there no more", async () => (await asks.inputValue()) === "");

    await page.reload();
    await page.locator(`#open-${id}`).click();
    await desk.shows("#report");
    assert.equal(await page.inputValue("#r-traces"), TRACES);
    assert.equal(await page.locator("#report-state").innerText(), "Hämtad. Sparas medan du skriver.");
    assert.match(await page.locator("#r-parties-0-identity_number-remark").innerText(), /Sista siffran/, "what is to be looked at is said again");
    await page.locator("summary", { hasText: "Vi utreder inte vidare" }).click();
    await page.locator("details[open]").getByRole("button", { name: "Besluta så" }).click();
    await until("it is decided", async () => (await centre.contact(id)).state === "closed");
    await until("nothing is open any more", async () => (await page.locator("#report").count()) === 0);
    assert.deepEqual(desk.told, []);
    assert.deepEqual((await centre.server.verify()).faults, []);
  }),
);

test("a caller is sent a link while they talk, sends a film by it without script, and it works once", { timeout: 240_000 }, () =>
  Centre.serving(
    async (centre) => {
      const phone = await centre.telephone({ quiet: true, user: MOBILE });
      centre.confides(SENTENCE);
      await phone.prepares(SENTENCE);
      const desk = await centre.desk();
      const id = await centre.ring(phone);
      await phone.hearsSomething(0);
      await phone.say(SENTENCE);
      await desk.answer();
      await desk.press("Alt+l");
      await until("the gateway takes the message", () => centre.gateway.taken.length > 0, TEXT_MS_MAX);
      const [{ order }] = centre.gateway.taken;
      assert.deepEqual([order.to, centre.gateway.taken.length], [MOBILE, 1]);
      const link = new URL(/http:\S+/.exec(order.text)[0]);
      const token = link.pathname.split("/").at(-2);
      centre.confides(token, "inbrott.mp4");
      await desk.page.locator(".matter .written").waitFor();
      assert.match(await desk.page.locator(".matter .written").innerText(), /Skickat i sms/);

      const context = await (await centre.browser()).newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 }, baseURL: centre.server.origin });
      const citizen = await context.newPage();
      await citizen.goto(link.pathname);
      assert.equal(await tooWide(citizen), 0);
      assert.equal((await citizen.goto(link.pathname.replace("/filer", ""))).status(), 404, "the link leads to the files alone");
      await citizen.goto(link.pathname);
      await citizen.setInputFiles("#file", { name: "inbrott.mp4", mimeType: "video/mp4", buffer: FILM });
      await citizen.getByRole("button", { name: "Ladda upp" }).click();
      await citizen.getByRole("button", { name: "Skicka till ditt ärende" }).click();
      await citizen.waitForLoadState("load");
      assert.match(await citizen.locator("main").innerText(), /En fil/);
      // Still on the line, the operator sees what has come and fetches it, byte for byte.
      const row = desk.page.locator(".matter .evidence li", { hasText: "inbrott.mp4" });
      await row.waitFor();
      const fetching = desk.page.waitForEvent("download");
      await row.locator("a[download]").click();
      assert.deepEqual(await readFile(await (await fetching).path()), FILM);

      assert.equal((await citizen.goto(link.pathname)).status(), 410);
      assert.match(await citizen.locator("main").innerText(), /Länken är redan använd/);
      const looking = await (await (await centre.browser()).newContext({ baseURL: centre.server.origin })).newPage();
      assert.equal((await looking.goto(link.pathname)).status(), 410, "nor does it for anybody else who has it");
      assert.deepEqual(await accessibilityFaults(looking), []);
      const tus = await fetch(`${centre.server.origin}${link.pathname}/tus`, { method: "POST", headers: { "tus-resumable": "1.0.0", "upload-length": "4" } });
      assert.equal(tus.status, 404);

      // Asked once more, it works once more.
      await desk.press("Alt+l");
      await until("the gateway takes the second message", () => centre.gateway.taken.length > 1, TEXT_MS_MAX);
      assert.equal((await citizen.goto(link.pathname)).status(), 200);
      await phone.hangUp();
      await desk.concludes();
      const { reference } = await centre.reaches(id, "closed");
      const added = (await centre.server.api("/additions")).filter((addition) => addition.reference === reference);
      assert.deepEqual(added.map(({ channel, verified }) => [channel, verified]), [["web", true]]);
      assert.deepEqual((await centre.server.verify()).faults, []);
      await context.close();
    },
    async (centre) => {
      centre.gateway = await Gateway.start({ refusals: 0 });
      centre.endings.push(() => centre.gateway.stop());
      const transcriber = await Transcriber.start(SENTENCE);
      centre.endings.push(() => transcriber.stop());
      return { recogniser: transcriber.url, texts: centre.gateway.url };
    },
  ),
);
