// @ts-check
// The headset: microphone and loudspeaker over WebRTC, connected when going on duty and kept for the
// life of the page; made anew when it is lost.
import { ask, Refused } from "./api.js";

/** A browser that has just started takes its time with the first microphone. */
const READY_MS_MAX = 20_000;
const GATHER_MS_MAX = 2_000;
/** A connection that only stutters often heals by itself. */
const HEAL_MS = 4_000;
const AGAIN_MS = [500, 1_000, 2_000, 5_000, 10_000];

/** @type {RTCPeerConnection | undefined} */
let connection;
/** @type {MediaStream | undefined} */
let microphone;
let page = 0;
let wanted = false;
let muted = false;
let failures = 0;
/** The number of this page under which it had the sound, for as long as it has lost it against its will. */
let had = 0;
/** Another page of this operator has the sound: it is taken back only when somebody asks. */
let elsewhere = false;
/** @type {Promise<void> | undefined} */
let connecting;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let again;

/** The page's number has changed: sound belongs to it.
 * @param {number} id */
export function belongsTo(id) {
  if (page === id) return;
  page = id;
  if (wanted) reconnect();
}

/** Resolves when sound flows both ways, or after a while whether it does or not. */
export async function ready() {
  const until = Date.now() + READY_MS_MAX;
  // The browser may ask the person for the microphone, and the person may not have seen it.
  await Promise.race([connect(true), later(READY_MS_MAX)]);
  while (connection?.connectionState !== "connected" && microphone && Date.now() < until) await later(100);
}

/** @param {number} ms */
function later(ms) {
  return new Promise((done) => setTimeout(done, ms));
}

/** Connects unless it is connected already. Asks for the microphone the first time.
 * @param {boolean} [asked] somebody wants it here */
export function connect(asked = false) {
  if (elsewhere && !asked) return Promise.resolve();
  if (elsewhere) had = 0;
  elsewhere = false;
  wanted = true;
  if (connection?.connectionState === "connected") return Promise.resolve();
  connecting ??= make().finally(() => (connecting = undefined));
  return connecting;
}

/** Another page has taken the sound. */
export function yielded() {
  [elsewhere, wanted, had] = [true, false, 0];
  clearTimeout(again);
  drop();
  show("elsewhere");
}

/** This page has lost it, or nobody has it any more and whoever is open takes it. */
export function lost() {
  if (elsewhere) wanted = true;
  elsewhere = false;
  reconnect();
}

export function reconnect() {
  if (!wanted) return;
  drop();
  show("lost");
  clearTimeout(again);
  again = setTimeout(connect, AGAIN_MS[Math.min(failures, AGAIN_MS.length - 1)]);
  failures += 1;
}

/** @param {boolean} on */
export function mute(on) {
  muted = on;
  for (const track of microphone?.getAudioTracks() ?? []) track.enabled = !on;
}

export function isMuted() {
  return muted;
}

function drop() {
  const old = connection;
  connection = undefined;
  old?.close();
}

async function make() {
  drop();
  clearTimeout(again);
  if (!navigator.mediaDevices) return show("refused");
  try {
    if (!microphone?.getAudioTracks().some((track) => track.readyState === "live")) {
      show("asking");
      microphone = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
      mute(muted);
    }
  } catch {
    return show("refused");
  }
  if (!page) return;
  show("connecting");
  const made = new RTCPeerConnection();
  connection = made;
  for (const track of microphone.getAudioTracks()) made.addTrack(track, microphone);
  made.addEventListener("track", (event) => listen(event.streams[0] ?? new MediaStream([event.track])));
  made.addEventListener("connectionstatechange", () => watch(made));
  try {
    await made.setLocalDescription(await made.createOffer());
    await gathered(made);
    const answer = await ask("POST", "/api/v1/desk/sound", { page, had: had || null, sdp: made.localDescription?.sdp ?? "" });
    had = page;
    if (connection === made) await made.setRemoteDescription({ type: "answer", sdp: answer.sdp });
  } catch (fault) {
    if (connection !== made) return;
    if (fault instanceof Refused && fault.status === 403) return show("refused");
    // Another page has taken it, before this one was told.
    if (fault instanceof Refused && fault.status === 409) return yielded();
    reconnect();
  }
}

/** @param {RTCPeerConnection} made */
function gathered(made) {
  if (made.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((done) => {
    const limit = setTimeout(done, GATHER_MS_MAX);
    made.addEventListener("icegatheringstatechange", () => {
      if (made.iceGatheringState !== "complete") return;
      clearTimeout(limit);
      done(undefined);
    });
  });
}

/** @param {RTCPeerConnection} made */
function watch(made) {
  if (made !== connection) return;
  switch (made.connectionState) {
    case "connected":
      failures = 0;
      show("on");
      break;
    case "disconnected":
      show("connecting");
      setTimeout(() => {
        if (made === connection && made.connectionState === "disconnected") reconnect();
      }, HEAL_MS);
      break;
    case "failed":
    case "closed":
      reconnect();
      break;
  }
}

/** @param {MediaStream} stream */
function listen(stream) {
  const far = document.getElementById("far-sound");
  if (!(far instanceof HTMLAudioElement)) return;
  far.srcObject = stream;
  // Refused until somebody has acted in the page; the next act plays it.
  far.play().catch(() => document.addEventListener("pointerdown", () => far.play(), { once: true }));
}

/** @param {"off" | "asking" | "connecting" | "on" | "refused" | "lost" | "elsewhere"} state */
function show(state) {
  const line = document.getElementById("headset");
  if (!line || line.dataset.state === state) return;
  line.dataset.state = state;
  line.textContent = line.dataset[state] ?? "";
  const button = document.getElementById("headset-connect");
  if (button) button.hidden = state === "on" || state === "connecting" || state === "asking";
}
