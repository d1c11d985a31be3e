// An administrator puts a studio's recording in place of the synthetic voice: the next caller hears it, in the very
// words of the form; taken back, the voice is heard again. What is no recording is refused in words.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Centre } from "../helpers/centre.js";
import { leadsTo, looksWell, signedIn } from "../helpers/forms.js";
import { writeTone } from "../helpers/sound.js";

/** A tone that no voice holds: whoever hears it hears the recording. */
const STUDIO_HZ = 1_740;
/** On a copy, so that the recording is put into no other's folder. */
const COPIED = { figures: {} };

test("a studio's recording is heard by the next caller, and no more once it is taken back", { timeout: 180_000 }, () =>
  Centre.during(async (centre) => {
    const folder = await mkdtemp(join(tmpdir(), "svar-studio-"));
    centre.endings.push(() => rm(folder, { recursive: true, force: true }));
    const studio = await writeTone(join(folder, "greeting.wav"), { hz: STUDIO_HZ, seconds: 6, rate: 48_000, volume: 0.1 });
    const text = join(folder, "greeting.txt");
    await writeFile(text, "Hej, det här är polisen.");

    const page = await signedIn(centre, "admin", "/prompts");
    await looksWell(page, "what callers hear");
    const greeting = page.locator("#greeting");
    await page.evaluate(() => document.querySelector("#greeting audio").load());
    await page.waitForFunction(() => document.querySelector("#greeting audio").duration > 2);

    const sends = async (file) => {
      if (!(await greeting.locator("details").evaluate((details) => details.open))) await greeting.locator("summary").click();
      await greeting.locator('input[type="file"]').setInputFiles(file);
      await greeting.locator('input[type="checkbox"]').check();
      return greeting.locator("form button").first();
    };
    await leadsTo(page, await sends(text), "/prompts/sv/greeting");
    assert.match(await page.textContent('[role="alert"]'), /ingen WAV-fil/);
    await looksWell(page, "a refused recording");
    await leadsTo(page, await sends(studio), "/prompts?language=sv&done=entered");
    assert.match(await greeting.textContent(), /Inspelad i studio, avlyssnad av/);
    await looksWell(page, "a recording in use");

    const first = await centre.telephone();
    await centre.ring(first);
    await first.hears(STUDIO_HZ);
    await first.hangUp();

    await leadsTo(page, greeting.locator('form[action$="/back"] button'), "/prompts?language=sv&done=taken-back");
    assert.match(await greeting.textContent(), /Syntetisk röst/);
    const second = await centre.telephone({ user: "+46313900606" });
    const since = await second.heardAnything().catch(() => 0);
    await centre.ring(second);
    await second.hearsSomething(since);
    await second.hearsNoMore(STUDIO_HZ, since);
    await second.hangUp();
    await centre.linesAreGone();
  }, COPIED),
);
