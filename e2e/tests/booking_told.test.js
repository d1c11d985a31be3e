// A citizen books a time in Chromium without script, gets a mail at a mail server of others, follows its link in another
// browser and cancels; what a calendar makes of the files that came, read by another's reader.

import assert from "node:assert/strict";
import { test } from "node:test";
import ICAL from "ical.js";
import { Centre } from "../helpers/centre.js";
import { Citizen } from "../helpers/citizen.js";
import { Mailbox } from "../helpers/mailbox.js";
import { until } from "../helpers/wait.js";

const MAIL = "anna@example.org";
const TAKEN_MS_MAX = 30_000;

function calendarOf(mail) {
  const [text, file] = mail.parts;
  assert.deepEqual([text.type, file.type], ["text/plain", "text/calendar"]);
  const whole = new ICAL.Component(ICAL.parse(file.text));
  const [component] = whole.getAllSubcomponents("vevent");
  const event = new ICAL.Event(component);
  return { method: whole.getFirstPropertyValue("method"), uid: event.uid, sequence: event.sequence, begins: event.startDate.toJSDate().getTime() };
}

for (const language of ["sv", "da"]) {
  test(`whoever books gets a mail, follows its link and cancels (${language})`, { timeout: 240_000 }, () => {
    let mailbox;
    const parts = async (centre) => {
      mailbox = await Mailbox.start();
      centre.endings.push(() => mailbox.remove());
      return { mail: { port: mailbox.port } };
    };
    const nth = async (count) => {
      await until(`mail ${count} comes`, async () => (await mailbox.mails()).length >= count, TAKEN_MS_MAX);
      const mails = await mailbox.mails();
      assert.deepEqual(mails.map(({ to }) => to), Array(count).fill(MAIL));
      return mails[count - 1];
    };
    return Centre.serving(async (centre) => {
      centre.confidesNumber("+46701740605");
      centre.confides(MAIL);
      const citizen = await Citizen.open(centre.server, await centre.browser(), language);
      await citizen.untilTime();
      const [slot] = await citizen.day();
      await citizen.choose("slot", slot);
      await citizen.contact("070-174 06 05", MAIL);
      const shown = await citizen.books();
      centre.confides(shown.split("/").pop());
      const page = new URL(shown, centre.server.origin);

      const booked = await nth(1);
      // A mail is in the language that was chosen for the call.
      assert.equal(booked.language, "sv");
      const [link] = /http:\S+/.exec(booked.parts[0].text);
      assert.equal(link, new URL(`/sv/boka/${page.pathname.split("/").pop()}`, page).href);
      const made = calendarOf(booked);
      assert.deepEqual([made.method, made.sequence, made.begins], ["PUBLISH", 0, Number(slot)]);
      // The same appointment as the file on the page.
      const file = await (await citizen.context.request.get(`${shown}/${language === "en" ? "time" : "tid"}.ics`)).text();
      assert.ok(file.includes(`UID:${made.uid}\r\n`), file);
      await citizen.leave();

      const later = await Citizen.open(centre.server, await centre.browser(), "sv");
      await later.go(link);
      await later.page.locator(`main a[href$="/${later.tree.cancel}"]`).click();
      await later.send();
      assert.match(await later.page.locator("main").innerText(), new RegExp(later.tree.over));
      const cancelled = calendarOf(await nth(2));
      assert.deepEqual([cancelled.method, cancelled.sequence, cancelled.uid], ["CANCEL", 1, made.uid]);
      assert.ok([...citizen.answers, ...later.answers].every((status) => status < 400));
    }, parts);
  });
}
