// Pages of plain forms as leaders and administrators use them: signing in, pressing a button that leads on, and
// whether a page looks well at both widths.

import assert from "node:assert/strict";
import { accessibilityFaults, tooWide } from "./browser.js";

const SIZES = [
  { width: 1280, height: 900 },
  { width: 390, height: 844 },
];

/** The page at this path with somebody signed in, in Swedish. */
export async function signedIn(centre, name, path) {
  const context = await (await centre.browser()).newContext({ locale: "sv-SE", baseURL: centre.server.origin });
  const page = await context.newPage();
  await page.goto(`/login?next=${encodeURIComponent(path)}`);
  await page.fill("#name", name);
  await page.fill("#password", centre.server.password);
  await Promise.all([page.waitForURL((url) => url.pathname === path), page.press("#password", "Enter")]);
  return page;
}

/** Presses a button, and waits for the page that it leads to. */
export async function leadsTo(page, button, address) {
  await Promise.all([page.waitForURL((url) => url.pathname + url.search === address), button.click()]);
}

/** Nobody is shut out, and nothing has to be scrolled sideways. */
export async function looksWell(page, what) {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    assert.deepEqual(await accessibilityFaults(page), [], `${what}, ${size.width} pixels wide`);
    const wider = await tooWide(page);
    assert.ok(wider <= 0, `${what}: ${wider} pixels too wide at ${size.width}`);
  }
  await page.setViewportSize(SIZES[0]);
}
