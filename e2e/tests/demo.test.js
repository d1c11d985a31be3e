// `svar demo` as a visitor has it: invented callers ring, invented operators help them, the board shows it;
// the next start goes on.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessibilityFaults } from "../helpers/browser.js";
import { Centre } from "../helpers/centre.js";
import { until } from "../helpers/wait.js";

/** A call takes a minute: they think before each key, talk, and write. */
const HELPED_MS_MAX = 180_000;
/** Not everybody says what it is about, and has a number that takes messages. */
const TEXTED_MS_MAX = 180_000;
const HELPED = ["helped", "report_received"];

const closed = (centre) => centre.server.api("/contacts?state=closed&limit=1000");

/** Waiting and talking, over the nation, as the board on the wall shows them. */
async function shownOnTheBoard(page) {
  const [waiting, , , talking] = await page.locator(".nation dd").allTextContents();
  return Number(waiting) + Number(talking);
}

async function somebodyIsHelped(centre) {
  const page = await (await centre.browser()).newPage({ locale: "sv-SE" });
  await page.goto(`${centre.server.origin}/board`);
  await until("the board shows somebody", async () => (await shownOnTheBoard(page)) > 0, HELPED_MS_MAX);
  await page.close();
  const known = new Set((await closed(centre)).map((contact) => contact.id));
  return until("somebody was helped", async () => (await closed(centre)).find(({ id, outcome }) => !known.has(id) && HELPED.includes(outcome)), HELPED_MS_MAX);
}

test("invented callers are helped by invented operators, and the next start goes on", { timeout: 480_000 }, () =>
  Centre.during(
    async (centre) => {
      const helped = await somebodyIsHelped(centre);
      assert.equal(await centre.server.stop(), 0);
      const account = await centre.server.verify();
      assert.deepEqual(account.faults, []);
      assert.ok(account.contacts > 0);

      await centre.server.begin();
      assert.deepEqual(await centre.contact(helped.id), helped, "what was finished is not what it was");
      const next = await somebodyIsHelped(centre);
      assert.ok(next.id > helped.id);
      assert.equal(await centre.server.stop(), 0);
      assert.deepEqual((await centre.server.verify()).faults, []);
    },
    { args: ["--callers", "6", "--seed", "1"] },
  ),
);

test("whoever rings in reaches the demo's own 112, and hears it", { timeout: 120_000 }, () =>
  Centre.during(async (centre) => {
    // Without invented callers nothing is learnt, and nobody is sent anything.
    const { recogniser, learning_percent: learning } = await centre.server.health();
    assert.deepEqual([recogniser, learning], [false, null]);
    assert.equal((await fetch(`${centre.server.origin}/demo/messages`)).status, 404);
    assert.doesNotMatch(centre.server.program.output, /^ *Texts /m);
    const phone = await centre.telephone();
    const id = await centre.ring(phone);
    await phone.press("91");
    assert.equal((await centre.reaches(id, "with_party")).owner, "unit:112");
    await phone.hearsParty(await phone.now());
    await phone.hangUp();
    assert.equal((await centre.reaches(id, "closed")).outcome, "emergency");
    await centre.linesAreGone();
    assert.deepEqual((await centre.server.verify()).faults, []);
  }),
);

/** How the page of messages is looked at. */
const LOOKS = [
  { width: 1280, height: 900, colorScheme: "light" },
  { width: 390, height: 844, colorScheme: "dark" },
];

/** Opens it as somebody of this language, and says how many messages it shows. */
async function messagesShown(page, origin, locale, { width, height, colorScheme }) {
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme });
  await page.goto(`${origin}/demo/messages`);
  assert.equal(await page.locator("html").getAttribute("lang"), locale.slice(0, 2));
  assert.deepEqual(await accessibilityFaults(page), [], `${locale} ${width} ${colorScheme}`);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${locale} ${width}: it is wider than the page`);
  return page.locator("tr[data-id]").count();
}

test("callers who say what it is about are sent the address of its form", { timeout: 480_000 }, () =>
  Centre.during(
    async (centre) => {
      const { server } = centre;
      assert.match(server.program.output, new RegExp(`Messages +${server.origin}/demo/messages`));
      const message = await until(
        "a message stands on the page",
        async () => /<tr data-id="[0-9a-f]{32}">.*?<\/tr>/s.exec(await (await fetch(`${server.origin}/demo/messages?lang=sv`)).text())?.[0],
        TEXTED_MS_MAX,
      );
      assert.match(message, /https:\/\/polisen\.se\//);
      const chromium = await centre.browser();
      for (const locale of ["sv-SE", "en-GB", "da-DK"]) {
        const page = await chromium.newPage({ locale });
        for (const look of LOOKS) assert.ok((await messagesShown(page, server.origin, locale, look)) > 0, locale);
        await page.close();
      }
      assert.equal(await server.stop(), 0);
      assert.deepEqual((await server.verify()).faults, []);
    },
    // Nobody answers, so everybody waits: whoever has a form is offered it.
    { hears: true, args: ["--callers", "12", "--no-operators", "--seed", "1"] },
  ),
);
