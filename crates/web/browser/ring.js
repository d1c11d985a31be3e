// @ts-check
// A ringing call cannot be missed, in a background tab neither: sound, title, icon, notification and
// the bar on top, until it is answered or over.
const BEAT_MS = 3_000;

/** Offers remembered as over; more never ring at one desk within the life of a page that is behind. */
const OVER_MAX = 50;

let offer = "";
/** A page is drawn from a snapshot that may be older than the end of a ring. @type {string[]} */
let over = [];
/** Whether the page has shown what rings: until then its not being shown means nothing. */
let shown = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let ending;
/** @type {AudioContext | undefined} */
let audio;
/** @type {ReturnType<typeof setInterval> | undefined} */
let beating;
/** @type {Notification | undefined} */
let notification;

/** Browsers let a page sound and notify only after the person has acted in it: called on the first act. */
export function allow() {
  audio ??= new AudioContext();
  if (audio.state === "suspended") audio.resume();
  if ("Notification" in window && Notification.permission === "default") Notification.requestPermission();
}

/** @param {string} id the offer that rings
 * @param {string} title
 * @param {string} text what rings, without the person
 * @param {number} [forMs] it is over by then, should nobody say so */
export function ring(id, title, text, forMs) {
  if (!id || id === offer || over.includes(id)) return;
  stop();
  [offer, shown] = [id, false];
  if (forMs !== undefined) ending = setTimeout(() => end(id), forMs);
  document.title = `☎ ${title}`;
  swapIcon(true);
  const urgent = document.getElementById("urgent");
  if (urgent) urgent.textContent = `${title}. ${text}`;
  notify(title, text);
  chime();
  beating = setInterval(() => {
    chime();
    document.title = document.title.startsWith("☎") ? `… ${title}` : `☎ ${title}`;
  }, BEAT_MS);
}

/** What the page shows as ringing, empty for nothing.
 * @param {string} id
 * @param {string} title
 * @param {string} text */
export function show(id, title, text) {
  if (id) {
    ring(id, title, text);
    shown ||= id === offer;
  } else if (shown) end(offer);
}

/** This offer is over and never rings again.
 * @param {string} id */
export function end(id) {
  over = [...over.slice(1 - OVER_MAX), id];
  if (id === offer) stop();
}

function stop() {
  if (!offer) return;
  offer = "";
  clearTimeout(ending);
  clearInterval(beating);
  notification?.close();
  notification = undefined;
  swapIcon(false);
  const main = document.getElementById("content");
  document.title = main?.dataset.deskTitle ?? document.title;
  const urgent = document.getElementById("urgent");
  if (urgent) urgent.textContent = "";
}

/** @param {boolean} ringing */
function swapIcon(ringing) {
  const icon = document.getElementById("icon");
  if (!(icon instanceof HTMLLinkElement)) return;
  icon.dataset.quiet ??= icon.getAttribute("href") ?? "";
  icon.href = (ringing ? icon.dataset.ring : icon.dataset.quiet) ?? "";
}

/** @param {string} title
 * @param {string} text */
function notify(title, text) {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  notification = new Notification(title, { body: text, tag: "svar-ring", requireInteraction: true });
  notification.onclick = () => {
    window.focus();
    document.getElementById("answer")?.focus();
  };
}

/** Two soft tones, a fifth apart. */
function chime() {
  if (audio?.state === "suspended") audio.resume();
  audio ??= new AudioContext();
  const start = audio.currentTime + 0.02;
  for (const [after, frequency] of [
    [0, 660],
    [0.22, 990],
  ]) {
    const [tone, volume] = [audio.createOscillator(), audio.createGain()];
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0, start + after);
    volume.gain.linearRampToValueAtTime(0.25, start + after + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, start + after + 0.5);
    tone.connect(volume).connect(audio.destination);
    tone.start(start + after);
    tone.stop(start + after + 0.55);
  }
}
