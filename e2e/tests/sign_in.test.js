// A citizen signs in by a broker, in Chromium without script: says no there, goes on without, comes back and signs in, and
// sends a report whose name and number are the broker's word. The operator sees it; a broker that is gone holds up nobody.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Broker, PERSON } from "../helpers/broker.js";
import { accessibilityFaults, tooWide } from "../helpers/browser.js";
import { Centre } from "../helpers/centre.js";
import { file, fillIn } from "../helpers/reporter.js";

const FORM = "/sv/anmal/stold";
const DIGITS = PERSON.number.replace("-", "");
const SIGN_IN = "Logga in med BankID";
const SIGNED_IN = "Du är inloggad med BankID";

/** The provider wants a newer Node than all else here. */
const skip = Number(process.versions.node.split(".")[0]) < 20 && "oidc-provider wants Node 20";

function during(work) {
  return Centre.serving(work, async (centre) => {
    centre.broker = await Broker.start();
    centre.endings.push(() => centre.broker.remove());
    return { signIn: centre.broker.settings };
  });
}

test("a citizen signs in by a broker, or does not, and the operator sees who it was", { timeout: 240_000, skip }, () =>
  during(async (centre) => {
    centre.broker.serves(centre.server.origin);
    centre.confides(PERSON.name, PERSON.number, DIGITS, "+46701740605");
    const context = await (await centre.browser()).newContext({ javaScriptEnabled: false, viewport: { width: 320, height: 844 }, baseURL: centre.server.origin });
    const page = await context.newPage();
    const shown = () => page.locator("main").innerText();
    // What looks at pages for us needs script itself.
    const looking = await (await (await centre.browser()).newContext({ baseURL: centre.server.origin })).newPage();
    const isPlain = async () => {
      assert.equal(await tooWide(page), 0, page.url());
      await looking.goto(page.url());
      assert.deepEqual(await accessibilityFaults(looking), [], page.url());
    };
    await page.goto(FORM);
    await isPlain();

    // No, there: told so, and on without.
    await page.getByRole("button", { name: SIGN_IN }).click();
    await centre.broker.saysNo(page);
    assert.match(await shown(), /Du loggade inte in/);
    await isPlain();
    await page.getByRole("button", { name: "Gå vidare utan att logga in" }).click();
    assert.equal(new URL(page.url()).pathname, `${FORM}/fraga/now`);
    await page.locator('input[value="no"]').check();
    await page.getByRole("button", { name: "Fortsätt" }).click();
    const reached = page.url();

    // Yes after all: on where they were, under another cookie.
    const cookie = async () => (await context.cookies()).find(({ name }) => name === "svar_form_theft").value;
    const before = await cookie();
    await page.goto(FORM);
    await page.getByRole("button", { name: SIGN_IN }).click();
    await centre.broker.signsIn(page);
    assert.equal(page.url(), reached);
    assert.ok((await shown()).includes(SIGNED_IN));
    assert.notEqual(await cookie(), before);
    await page.goBack();
    await page.goto(FORM);
    assert.ok((await shown()).includes(SIGNED_IN));

    await fillIn(page, FORM, "sv", async (what) => {
      if (!what.endsWith("reporter") && what !== "granska") return;
      assert.ok((await shown()).includes(DIGITS), what);
      assert.equal(await page.locator("#reporter-identity, #reporter-name").count(), 0);
      assert.equal(await tooWide(page), 0, what);
    }, "Göteborg");
    const reference = (await file(page, FORM, "sv")).replace(/\D/g, "");
    assert.ok(!(await shown()).includes(SIGNED_IN), "it ends with what was sent");
    const desk = await centre.desk({ onDuty: false });
    await desk.press("Control+k");
    await desk.page.locator("#find").fill(reference);
    await desk.page.locator('#found [aria-selected="true"]', { hasText: "Ärende" }).waitFor();
    await desk.press("Enter");
    await desk.shows("dialog#opened[open]");
    const matter = await desk.page.locator("#opened").innerText();
    for (const words of [/Identifierad med BankID, \d\d:\d\d/, new RegExp(PERSON.name), new RegExp(DIGITS)]) assert.match(matter, words);
    assert.deepEqual(await accessibilityFaults(desk.page), []);

    // Nobody answers there any more.
    await centre.broker.remove();
    await page.goto("/en/report/vandalism");
    await page.getByRole("button", { name: "Sign in with BankID" }).click();
    assert.match(await shown(), /BankID does not answer right now/);
    await isPlain();
    await page.getByRole("button", { name: "Go on without signing in" }).click();
    assert.equal(new URL(page.url()).pathname, "/en/report/vandalism/question/now");
    await context.close();
  }),
);
