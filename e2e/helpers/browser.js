// Debian's Chromium as an operator's browser, with a tone instead of a microphone.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { until } from "./wait.js";

const PROGRAM = process.env.SVAR_CHROMIUM ?? "/usr/bin/chromium";
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** @param {{ tone?: string }} options a 48 kHz WAV that is heard instead of a microphone */
export async function openBrowser({ tone } = {}) {
  const args = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"];
  if (tone) args.push(`--use-file-for-fake-audio-capture=${tone}`);
  return chromium.launch({ executablePath: PROGRAM, args });
}

/** How many pixels a page is wider than its window, once it is there: between two pages there is none. */
export async function tooWide(page) {
  const { wider } = await until("the page is there", () =>
    page.evaluate(() => {
      const { documentElement: root } = document;
      return root && { wider: root.scrollWidth - root.clientWidth };
    }),
  );
  return wider;
}

/** From now on the page can keep nothing, as when the browser's storage is full. */
export async function fillStorage(page) {
  await page.evaluate(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  });
}

/** Rules of WCAG 2.2 AA that a program can check; returns what is broken, with the elements. */
export async function accessibilityFaults(page) {
  // Half a million characters: read by the page once, however often it is looked at.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  const result = await page.evaluate(() =>
    window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"] }),
  );
  return result.violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map((node) => node.target.join(" ")).join(", ")})`);
}

/** Levels (0 to 255) by frequency in what an audio element of the page plays now. */
async function spectrum(page, selector) {
  return page.evaluate(async (chosen) => {
    const stream = document.querySelector(chosen)?.srcObject;
    if (!stream) return { binHz: 1, levels: [0] };
    window.soundMeters ??= new Map();
    if (!window.soundMeters.has(stream.id)) {
      const context = new AudioContext();
      const meter = context.createAnalyser();
      meter.fftSize = 8192;
      context.createMediaStreamSource(stream).connect(meter);
      window.soundMeters.set(stream.id, { context, meter });
    }
    const { context, meter } = window.soundMeters.get(stream.id);
    await context.resume();
    const levels = new Uint8Array(meter.frequencyBinCount);
    meter.getByteFrequencyData(levels);
    return { binHz: context.sampleRate / meter.fftSize, levels: Array.from(levels) };
  }, selector);
}

/** The strongest frequency and its level in what an audio element of the page plays now. */
export async function loudestTone(page, selector = "audio") {
  const { binHz, levels } = await spectrum(page, selector);
  const level = Math.max(...levels);
  return { hz: levels.indexOf(level) * binHz, level };
}

/** The strongest level between two frequencies. */
export async function levelBetween(page, selector, from, to) {
  const { binHz, levels } = await spectrum(page, selector);
  return Math.max(...levels.slice(Math.floor(from / binHz), Math.ceil(to / binHz) + 1));
}
