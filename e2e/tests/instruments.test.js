// The instruments themselves: what the other tests measure with must be right first.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { accessibilityFaults, openBrowser } from "../helpers/browser.js";
import { Telephone } from "../helpers/baresip.js";
import { Centre } from "../helpers/centre.js";
import { Sipp } from "../helpers/sipp.js";
import { amplitude, loudest, readWav, writeTone } from "../helpers/sound.js";
import { until } from "../helpers/wait.js";

async function inFolder(work) {
  const folder = await mkdtemp(join(tmpdir(), "svar-instruments-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test("a tone is found at its own frequency and at no other", { timeout: 30_000 }, () =>
  inFolder(async (folder) => {
    const sound = await readWav(await writeTone(join(folder, "tone.wav"), { hz: 600, seconds: 2, volume: 0.3 }));
    for (const [hz, least, most] of [[600, 0.25, 0.35], [1000, 0, 0.01], [440, 0, 0.01]]) {
      const found = amplitude(sound, hz);
      assert.ok(found >= least && found <= most, `${hz} Hz: ${found}`);
    }
    const halfSilent = { rate: 8000, samples: [...new Array(8000).fill(0), ...sound.samples.slice(0, 8000)] };
    assert.ok(loudest(halfSilent, 600) > 0.25);
  }),
);

test("two telephones hear each other's tones, and sipp's", { timeout: 90_000 }, async () => {
  const [caller, callee] = [await Telephone.start({ hz: 600 }), await Telephone.start({ hz: 1000, user: "46701740606", answers: true })];
  try {
    await caller.dial(callee.address);
    await caller.happened("CALL_ESTABLISHED");
    await until("the caller hears 1000 Hz", async () => loudest(await caller.heard(), 1000) > 0.1);
    await until("the callee hears 600 Hz", async () => loudest(await callee.heard(), 600) > 0.1);
    assert.ok(loudest(await caller.heard(), 600) < 0.02, "the caller hears itself");
    await caller.tell("hangup");
    await callee.happened("CALL_CLOSED");

    const sipp = await Sipp.call(`127.0.0.1:${callee.port}`, "answered", { number: "46701740606", hz: 800, talkMs: 4000 });
    await sipp.followed();
    await until("the telephone hears sipp's 800 Hz", async () => loudest(await callee.heard(), 800) > 0.1);
  } finally {
    await Promise.all([caller.remove(), callee.remove()]);
  }
});

test("what a program tells of people is found, and so is that it told more than was kept", () => {
  const centre = new Centre();
  centre.confided = new Set();
  centre.confidesNumber("+46313900605");
  centre.confides("the bakery");
  for (const [output, cut, fault] of [
    ["a call came in contact=1", false, undefined],
    ["a call came in from=0313900605", false, /313900605/],
    ["a report was saved\nwritten=behind the bakery", false, /the bakery/],
    ["a call came in contact=1", true, /more than is kept/],
  ]) {
    centre.server = { programs: [{ output: "", cut: false }, { output, cut }] };
    if (fault) assert.throws(() => centre.nothingWasTold(), fault);
    else centre.nothingWasTold();
  }
});

test("the accessibility check finds what is broken", { timeout: 60_000 }, async () => {
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    for (const [body, rules] of [
      ["<main><h1>All is well</h1></main>", []],
      ["<main><h1>A picture</h1><img src='data:,'></main>", ["image-alt"]],
    ]) {
      await page.setContent(`<!doctype html><html lang="en"><title>A page</title>${body}`);
      assert.deepEqual((await accessibilityFaults(page)).map((fault) => fault.split(":")[0]), rules);
    }
  } finally {
    await browser.close();
  }
});
