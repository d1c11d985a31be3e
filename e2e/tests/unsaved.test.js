// Text that the server does not have yet outlives a lost network, a closed page and a session that is over.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Centre } from "../helpers/centre.js";
import { until } from "../helpers/wait.js";

const WRITTEN = "Det här skrevs utan nät.";

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

test("signing out leaves no words behind in the browser", { timeout: 60_000 }, () =>
  Centre.during(async (centre) => {
    const desk = await centre.desk();
    await desk.page.evaluate(() => localStorage.setItem("svar-unsaved-1-1", JSON.stringify({ at: Date.now(), lines: "x" })));
    await desk.page.click(".who button");
    await desk.page.waitForURL((url) => url.pathname !== "/desk");
    assert.equal(await unsaved(desk.page), 0);
  }),
);
