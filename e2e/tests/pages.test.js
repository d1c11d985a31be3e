// Every page, in every language, wide and narrow, light and dark: accessible, without errors in the console,
// kept to itself.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessibilityFaults, tooWide } from "../helpers/browser.js";
import { Centre } from "../helpers/centre.js";

/** The first is how the page was opened. Each width in both schemes would look at the same colours twice. */
const LOOKS = [
  { width: 1280, height: 900, scheme: "light" },
  { width: 390, height: 844, scheme: "light" },
  { width: 390, height: 844, scheme: "dark" },
  { width: 1920, height: 1080, scheme: "dark" },
];
/** Four looks take longer than a desk rings, and than there is for the notes. */
const FIGURES = { '[offers]\nring = "20 s"': '[offers]\nring = "5 min"', 'wrap_up = "60 s"': 'wrap_up = "10 min"' };
const LOCALES = ["sv-SE", "en-GB", "da-DK"];
const OPEN_PAGES = ["/", "/login", "/board"];

for (const locale of LOCALES) {
  test(`pages are accessible (${locale})`, { timeout: 420_000 }, () =>
    Centre.during(
      async (centre) => {
        const phone = await centre.telephone();
        const desk = await centre.desk({ login: "lead", onDuty: false, locale });
        for (const address of OPEN_PAGES) await openPage(centre, address, locale);

        await check(desk.page, locale, "off duty");
        await desk.goOnDuty();
        await check(desk.page, locale, "idle");
        const id = await centre.ringIntoLine(phone);
        await desk.barIs("ringing");
        await check(desk.page, locale, "ringing");
        await desk.answer();
        await check(desk.page, locale, "talking");
        await desk.press("F6");
        await desk.shows("dialog#consult[open]");
        await check(desk.page, locale, "choosing whom to consult");
        await desk.press("Escape");
        await desk.press("Alt+i");
        await desk.page.keyboard.type("c");
        await desk.shows("#intents:not([hidden])");
        await check(desk.page, locale, "correcting what it is about");
        await desk.press("Control+k");
        const { reference } = await centre.contact(id);
        await desk.page.keyboard.type(reference);
        await desk.shows("#found [data-matter]");
        await check(desk.page, locale, "finding");
        await desk.press("Enter");
        await desk.shows("dialog#opened[open]");
        await check(desk.page, locale, "a matter beside the work");
        await desk.press("Escape");
        await phone.hangUp();
        await desk.barIs("wrap_up");
        await check(desk.page, locale, "wrap-up");
        await desk.concludes();
        await centre.reaches(id, "closed");

        const answer = await desk.page.goto("/lead");
        closedIn(answer, "/lead");
        await check(desk.page, locale, "lead");
        closedIn(await desk.page.goto("/surges"), "/surges");
        await check(desk.page, locale, "surges");
        closedIn(await desk.page.goto("/plan"), "/plan");
        await check(desk.page, locale, "the plan");
        closedIn(await desk.page.goto(`/matters/${reference}`), "a matter");
        await check(desk.page, locale, "a matter");
        await desk.page.goto("/nothing-here");
        await check(desk.page, locale, "an address that is not there");
        desk.told = desk.told.filter((text) => !text.includes("404"));
        assert.deepEqual(desk.told, [], "the console");
      },
      { figures: FIGURES },
    ),
  );
}

async function openPage(centre, address, locale) {
  const page = await (await centre.browser()).newPage({ locale });
  const told = [];
  page.on("console", (message) => message.type() === "error" && told.push(message.text()));
  page.on("pageerror", (fault) => told.push(String(fault)));
  closedIn(await page.goto(centre.server.origin + address), address);
  await check(page, locale, address);
  assert.deepEqual(told, [], `the console of ${address}`);
  await page.close();
}

/** The page may load and send nothing but its own. */
function closedIn(answer, address) {
  const policy = answer.headers()["content-security-policy"] ?? "";
  assert.equal(answer.status(), 200, address);
  assert.match(policy, /default-src 'none'/, address);
  assert.doesNotMatch(policy, /unsafe/, address);
}

async function check(page, locale, what) {
  assert.equal(await page.getAttribute("html", "lang"), locale.slice(0, 2), what);
  // The first look comes last, so that what follows is done in it.
  for (const { scheme, ...size } of [...LOOKS.slice(1), LOOKS[0]]) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize(size);
    const faults = await accessibilityFaults(page);
    assert.deepEqual(faults, [], `${what}, ${scheme}, ${size.width} pixels wide, ${locale}`);
    const wider = await tooWide(page);
    assert.ok(wider <= 0, `${what}: ${wider} pixels too wide at ${size.width}, ${locale}`);
  }
}
