// Tones: made with sox, found again with the Goertzel filter. Speech: spoken by flite.

import { readFile } from "node:fs/promises";
import { run } from "./program.js";

/** Writes a sine as WAV (16 bit) or, with the ending `.al`, as raw G.711 A-law for sipp. */
export async function writeTone(path, { hz, seconds = 30, rate = 8000, volume = 0.3 }) {
  const format = path.endsWith(".al") ? ["-t", "al"] : ["-t", "wav", "-b", "16", "-e", "signed-integer"];
  await run("sox", ["-n", "-r", String(rate), "-c", "1", ...format, path, "synth", String(seconds), "sine", String(hz), "vol", String(volume)]);
  return path;
}

/**
 * Beeps as 48 kHz WAV for a browser's microphone, to be played again and again. An even tone would
 * be taken away by noise suppression, which is on at the desk as it is for people.
 */
export async function writeBeeps(path, { hz, volume = 0.5 }) {
  const format = ["-r", "48000", "-c", "1", "-b", "16", "-e", "signed-integer"];
  await run("sox", ["-n", ...format, path, "synth", "0.6", "sine", String(hz), "fade", "0.02", "0.6", "0.02", "vol", String(volume), "pad", "0.15", "0.25"]);
  return path;
}

/** A voice built from a person's recordings: formant synthesis (espeak) is less well understood by a recogniser trained on people. */
const VOICE = "rms";

/** Writes a sentence as telephone sound (8 kHz WAV), with quiet after it. */
export async function writeSpeech(path, text, { language = "en", quietSeconds = 1 } = {}) {
  const wide = `${path}.wide.wav`;
  if (language === "en") await run("flite", ["-voice", VOICE, "-t", text, "-o", wide]);
  else await run("espeak-ng", ["-v", language, "-w", wide, text]);
  await run("sox", [wide, "-r", "8000", "-c", "1", "-b", "16", "-e", "signed-integer", path, "pad", "0.2", String(quietSeconds)]);
  return path;
}

/** Writes an answering machine as telephone sound: a greeting, one beep, and quiet after it. */
export async function writeMachine(path, greeting, { beepHz, quietSeconds }) {
  const [said, beep] = [`${path}.said.wav`, `${path}.beep.wav`];
  await writeSpeech(said, greeting);
  await writeTone(beep, { hz: beepHz, seconds: 2 });
  await run("sox", [said, beep, path, "pad", "0", String(quietSeconds)]);
  return path;
}

/**
 * Samples between -1 and 1 from a 16-bit WAV, first channel. A file whose writer was ended early (sizes
 * left at zero) is read as far as it goes.
 */
export async function readWav(path) {
  const bytes = await readFile(path);
  if (bytes.toString("latin1", 0, 4) !== "RIFF") throw new Error(`${path} is not a WAV file`);
  let channels = 1;
  let rate = 8000;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = bytes.toString("latin1", at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    if (name === "fmt ") {
      channels = bytes.readUInt16LE(at + 10);
      rate = bytes.readUInt32LE(at + 12);
    } else if (name === "data") {
      const end = size === 0 ? bytes.length : Math.min(bytes.length, at + 8 + size);
      const samples = [];
      for (let sample = at + 8; sample + 2 <= end; sample += 2 * channels) samples.push(bytes.readInt16LE(sample) / 32768);
      return { rate, samples };
    }
    at += 8 + size + (size % 2);
  }
  throw new Error(`${path} holds no sound`);
}

/** The amplitude (0 to 1) of a frequency in these samples. */
export function amplitude({ rate, samples }, hz) {
  const turn = 2 * Math.cos((2 * Math.PI * hz) / rate);
  let [one, two] = [0, 0];
  for (const sample of samples) [one, two] = [sample + turn * one - two, one];
  const power = one * one + two * two - turn * one * two;
  return (2 * Math.sqrt(Math.max(power, 0))) / Math.max(samples.length, 1);
}

/** The loudest amplitude of a frequency in any whole half second: a tone that came and went counts. */
export function loudest({ rate, samples }, hz) {
  const window = rate / 2;
  let most = 0;
  for (let at = 0; at + window <= samples.length; at += window) {
    most = Math.max(most, amplitude({ rate, samples: samples.slice(at, at + window) }, hz));
  }
  return most;
}

/** Pitches of the murmur that the demo's parties (112, command centres, switchboard) speak with; all below our music. */
const MURMUR_HZ = [110, 122, 134];
const SYLLABLE_SECONDS = 0.2;

/** How loud a party's murmur is in its loudest syllable. */
export function murmur({ rate, samples }) {
  const window = rate * SYLLABLE_SECONDS;
  let most = 0;
  for (let at = 0; at + window <= samples.length; at += window / 2) {
    const syllable = { rate, samples: samples.slice(at, at + window) };
    most = Math.max(most, ...MURMUR_HZ.map((hz) => amplitude(syllable, hz)));
  }
  return most;
}

/** The effective value: how loud it is, whatever it is. */
export function level({ samples }) {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(samples.length, 1));
}
