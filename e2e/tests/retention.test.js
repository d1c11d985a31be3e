// A leader holds a matter from erasing on its page, sees it among those that are held, and who read of it; all by plain forms
// and links.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Centre } from "../helpers/centre.js";
import { leadsTo, looksWell, signedIn } from "../helpers/forms.js";

const FIGURES = { "[emergency]\n": '[[retention]]\nclass = "tip"\nafter = "30 d"\n\n[emergency]\n' };
const REASON = "Ärendet är överklagat";

test("a matter is held, stands among those held, is let go, and who read of it is told", { timeout: 120_000 }, () =>
  Centre.serving(
    async (centre) => {
      const phone = await centre.telephone();
      const id = await centre.ring(phone);
      await phone.press("42");
      const { reference } = await centre.reaches(id, "queued");
      const path = `/matters/${reference}`;
      const page = await signedIn(centre, "lead", path);
      const section = page.locator('section[aria-labelledby="holding"]');
      assert.match(await section.textContent(), /Inget i ett öppet ärende gallras/);
      await looksWell(page, "a matter that nobody holds");

      const says = async (act) => {
        await page.fill("#hold-reason", REASON);
        await page.click(`button[value="${act}"]`);
        await page.locator(`button[value="${act === "set" ? "lift" : "set"}"]`).waitFor();
      };
      await says("set");
      assert.match(await section.textContent(), new RegExp(`Spärrat sedan \\d\\d:\\d\\d av .*${REASON}`));
      await looksWell(page, "a matter that is held");
      const { held, classes } = await centre.server.api("/retention");
      assert.deepEqual(held.map((one) => one.reference), [reference]);
      assert.equal(classes.find((one) => one.class === "tip").kept_ms, 30 * 24 * 3_600_000);

      await page.goto("/lead");
      await leadsTo(page, page.locator('a[href="/retention"]'), "/retention");
      assert.match(await page.textContent('section[aria-labelledby="retention-classes"]'), /30 dagar/);
      await looksWell(page, "what is kept how long");
      await leadsTo(page, page.locator(`a[href="${path}"]`), path);
      await says("lift");

      await leadsTo(page, page.locator('a[href^="/access"]'), `/access?matter=${reference}`);
      const rows = await page.textContent('section[aria-labelledby="accesses"]');
      for (const told of ["Spärrades", "Spärren hävdes", "Ärendets sida", "Den här loggen"]) {
        assert.ok(rows.includes(told), `${told}: ${rows}`);
      }
      assert.ok(!rows.includes(REASON), rows);
      await looksWell(page, "who read what");
      await page.fill("#access-who", "nobody");
      await page.press("#access-who", "Enter");
      await page.locator("#access-wrong").waitFor();
      await looksWell(page, "an account that is none");
      await phone.hangUp();
    },
    { figures: FIGURES },
  ),
);
