// It rings while the operator looks at another tab: sound, title, icon and a notification, until it is over.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Centre } from "../helpers/centre.js";
import { until } from "../helpers/wait.js";

/** Runs in the page before its own scripts: what it notifies and sounds is done, and written down. */
function writeDown() {
  const shown = [];
  window.ringing = { shown, closed: 0, tones: [] };
  window.Notification = class extends Notification {
    constructor(title, options) {
      super(title, options);
      shown.push({ title, body: options.body, behind: !document.hasFocus() });
    }
    close() {
      window.ringing.closed += 1;
      super.close();
    }
  };
  const { start } = OscillatorNode.prototype;
  OscillatorNode.prototype.start = function (...when) {
    window.ringing.tones.push(this.frequency.value);
    return start.apply(this, when);
  };
}

/** A desk behind another tab: a browser without a screen hides none, but it takes the focus away. */
async function behindAnotherTab(centre) {
  const desk = await centre.desk({ onDuty: false });
  await desk.context.grantPermissions(["microphone", "notifications"], { origin: centre.server.origin });
  await desk.page.addInitScript(writeDown);
  await desk.page.reload();
  await desk.goOnDuty();
  const other = await desk.context.newPage();
  await other.goto("/board");
  // The driver lets every page believe that it is in front, unless told otherwise.
  const driver = await desk.context.newCDPSession(desk.page);
  await driver.send("Emulation.setFocusEmulationEnabled", { enabled: false });
  await other.bringToFront();
  await until("the desk is behind", () => desk.page.evaluate(() => !document.hasFocus()));
  return desk;
}

function signs(desk) {
  return desk.page.evaluate(() => {
    const icon = document.getElementById("icon");
    return { title: document.title, rings: icon.getAttribute("href") === icon.dataset.ring, ...window.ringing };
  });
}

test("behind another tab a call is heard, and seen in title, icon and a notification, until it is over", { timeout: 120_000 }, () =>
  Centre.during(async (centre) => {
    const phone = await centre.telephone();
    const desk = await behindAnotherTab(centre);
    const quiet = await signs(desk);
    assert.deepEqual([quiet.rings, quiet.shown, quiet.tones], [false, [], []]);

    const id = await centre.ringIntoLine(phone);
    const ringing = await until("the desk rings", async () => {
      const now = await signs(desk);
      return now.rings && now.tones.length > 0 && now;
    });
    assert.equal(ringing.shown.length - ringing.closed, 1, "one notification stands");
    assert.match(ringing.title, /^[☎…] \S/, "the title");
    assert.notEqual(ringing.title, quiet.title);
    const notification = ringing.shown.at(-1);
    assert.equal(notification.behind, true, "the desk was not behind");
    assert.match(`${notification.title} ${notification.body}`, /samtal.*Anmälan/is);
    assert.doesNotMatch(JSON.stringify(ringing), /313900605/, "it says who rings");

    await phone.hangUp();
    await until("it rings no more", async () => !(await signs(desk)).rings);
    const after = await signs(desk);
    assert.deepEqual([after.title, after.shown.length - after.closed], [quiet.title, 0], "the title and the notifications left");
    assert.equal((await centre.reaches(id, "closed")).outcome, "abandoned");
    await centre.linesAreGone();
    assert.deepEqual(desk.told, [], "the page's console");
  }),
);
