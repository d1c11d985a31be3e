// Text that the server does not have yet outlives a lost network, a closed page and a session that is over.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fillStorage } from "../helpers/browser.js";
import { Centre } from "../helpers/centre.js";
import { until } from "../helpers/wait.js";

const WRITTEN = "Det här skrevs utan nät.";
const SAVES = "**/api/v1/desk/reports/*";

/** @param {import("../helpers/desk.js").Desk} desk */
const kept = (desk, id) => until("it is saved", async () => (await (await desk.context.request.get(`/api/v1/desk/reports/${id}`)).json()).draft?.what_happened === WRITTEN);
const unsaved = (page) => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("svar-unsaved-")).length);

test("what was written offline in a page that is gone is there again, and saved", { timeout: 120_000 }, () =>
  Centre.during(async (centre) => {
    const phone = await centre.telephone();
    const desk = await centre.desk();
    const id = await centre.ringIntoLine(phone);
    await desk.answer();
    await desk.context.setOffline(true);
    await desk.page.fill("#r-what_happened", WRITTEN);
    await desk.page.close({ runBeforeUnload: false });
    await desk.context.setOffline(false);

    await desk.takePage();
    await desk.page.goto("/desk");
    await desk.shows(`#report[data-contact="${id}"]`);
    assert.equal(await desk.page.inputValue("#r-what_happened"), WRITTEN);
    await kept(desk, id);
    await until("nothing is left in the browser", async () => (await unsaved(desk.page)) === 0);
    await centre.reaches(id, "talking");
    await phone.hangUp();
    await desk.concludes();
    await centre.reaches(id, "closed");
  }),
);

test("a session that is over leads to another tab, and the desk goes on when somebody has signed in there", { timeout: 120_000 }, () =>
  Centre.during(async (centre) => {
    const phone = await centre.telephone();
    const desk = await centre.desk();
    const id = await centre.ringIntoLine(phone);
    await desk.answer();
    // Cookies are gone, the page is not: as when a session is over.
    await desk.context.clearCookies();
    await desk.context.setOffline(true);
    await desk.page.fill("#r-what_happened", WRITTEN);
    await desk.context.setOffline(false);
    await desk.shows("#connection a");
    assert.equal(await desk.page.getAttribute("#connection a", "target"), "_blank");

    const [tab] = await Promise.all([desk.context.waitForEvent("page"), desk.page.click("#connection a")]);
    await tab.fill("#name", desk.login);
    await tab.fill("#password", centre.server.password);
    await Promise.all([tab.waitForURL((url) => url.pathname === "/desk"), tab.press("#password", "Enter")]);
    await tab.close();
    await until("the desk is connected again", async () => !(await desk.page.isVisible("#connection")));
    assert.equal(await desk.page.inputValue("#r-what_happened"), WRITTEN);
    await kept(desk, id);
    await centre.reaches(id, "talking");
    await phone.hangUp();
    await desk.concludes();
    await centre.reaches(id, "closed");
  }),
);

/** Writes in wrap-up what no save takes to the server, and is ready: the words stand in a box. */
async function leavesUnsaved(centre, before = async () => {}) {
  const phone = await centre.telephone();
  const desk = await centre.desk();
  const id = await centre.ringIntoLine(phone);
  await desk.answer();
  await before(desk.page);
  await desk.page.route(SAVES, (route) => route.abort());
  await phone.hangUp();
  await desk.barIs("wrap_up");
  await desk.page.fill("#r-what_happened", WRITTEN);
  assert.equal(await desk.act({ act: "ready" }), 204);
  await desk.is("idle");
  const box = `#rescue .rescued[data-contact="${id}"][data-state="trying"]`;
  await desk.shows(box);
  return { desk, id, box };
}

/** Answers when the browser asks whether the page is to be left. */
function answerLeaving(page) {
  const leaving = { asked: [], answer: false };
  page.on("dialog", (dialog) => {
    leaving.asked.push(dialog.type());
    return leaving.answer ? dialog.accept() : dialog.dismiss();
  });
  return leaving;
}

const comesTo = (page, path) => Promise.all([page.waitForURL((url) => url.pathname === path), page.click(".who button")]);

test("signing out asks first, and deletes words only when the server has agreed", { timeout: 120_000 }, () =>
  Centre.during(async (centre) => {
    const { desk, box } = await leavesUnsaved(centre);
    const { page } = desk;
    const leaving = answerLeaving(page);
    await page.click(".who button");
    await until("it is asked", () => leaving.asked.length === 1);
    await desk.shows(box);
    assert.equal(new URL(page.url()).pathname, "/desk");
    assert.equal(await unsaved(page), 1, "whoever stays has lost the words");

    // The session is over by itself: that is no sign-out, though one was thought of before.
    const cookies = await desk.context.cookies();
    await desk.context.clearCookies();
    await page.goto("/desk");
    assert.equal(new URL(page.url()).pathname, "/login");
    assert.equal(await unsaved(page), 1, "the end of a session deletes words");
    await desk.context.addCookies(cookies);
    await page.goto("/desk");
    await desk.shows(box);

    leaving.answer = true;
    await page.route("**/logout", (route) => route.fulfill({ status: 503, contentType: "text/html", body: "<title>503</title>" }));
    await comesTo(page, "/logout");
    assert.equal(await unsaved(page), 1, "the server did not agree");
    await page.unroute("**/logout");
    await page.goto("/desk");
    await desk.shows(box);

    await comesTo(page, "/login");
    await until("nothing is left in the browser", async () => (await unsaved(page)) === 0);
    assert.deepEqual(leaving.asked, ["beforeunload", "beforeunload", "beforeunload"]);
  }),
);

test("words that neither server nor browser takes stand in the page, which asks before it is left", { timeout: 120_000 }, () =>
  Centre.during(async (centre) => {
    const { desk, id, box } = await leavesUnsaved(centre, fillStorage);
    const { page } = desk;
    assert.equal(await unsaved(page), 0);
    const leaving = answerLeaving(page);
    await page.click('nav a[href="/board"]');
    await until("it is asked", () => leaving.asked.length === 1);
    await desk.shows(box);

    await page.click(`#conclude-${id}`);
    await desk.shows(`#report[data-contact="${id}"]`);
    assert.equal(await page.inputValue("#r-what_happened"), WRITTEN);
    assert.equal(await page.locator("#rescue .rescued").count(), 0);
    await page.unroute(SAVES);
    await kept(desk, id);
    await page.click("#outcome-0");
    await centre.reaches(id, "closed");
    // Now that it is saved nothing holds the page back.
    await page.click('nav a[href="/board"]');
    await page.waitForURL((url) => url.pathname === "/board");
    assert.deepEqual(leaving.asked, ["beforeunload"]);
  }),
);

test("signing out leaves no words behind in the browser", { timeout: 180_000 }, () =>
  Centre.during(async (centre) => {
    const desk = await centre.desk();
    await desk.page.evaluate(() => localStorage.setItem("svar-unsaved-1-1", JSON.stringify({ at: Date.now(), lines: "x" })));
    await desk.page.evaluate(() => sessionStorage.setItem("svar-asking-1-ask-1", "x"));
    await desk.page.click(".who button");
    await desk.page.waitForURL((url) => url.pathname !== "/desk");
    assert.equal(await unsaved(desk.page), 0);
    assert.equal(await desk.page.evaluate(() => sessionStorage.getItem("svar-asking-1-ask-1")), null);
  }),
);
