// A citizen writes a mail that names a matter: the operator finds it at the desk, and the citizen is told that it has come. Real
// mail servers on both sides, a real browser at the desk; also a citizen who adds on the page, and one whom nobody knows.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Centre } from "../helpers/centre.js";
import { Citizen } from "../helpers/citizen.js";
import { Mail, OUR_ADDRESS, vouched } from "../helpers/mail.js";
import { until } from "../helpers/wait.js";

const ANNA = "anna@example.org";
const WORDS = "Han heter Kim Exempel och bor i närheten";

function during(work) {
  return Centre.serving(work, async (centre) => {
    centre.mail = await Mail.start();
    centre.endings.push(() => centre.mail.remove());
    return { mail: centre.mail.settings };
  });
}

const mail = (head, { from = ANNA, id, subject, text }) =>
  `${head}From: ${from}\r\nTo: ${OUR_ADDRESS}\r\nMessage-ID: <${id}>\r\nSubject: ${subject}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n`;

/** What came, once there is so much of it. */
const came = (centre, count) =>
  until(`${count} came`, async () => {
    const all = await centre.server.api("/additions");
    return all.length >= count && all;
  });

/** What citizens were written, once there is so much of it. */
async function told(centre, count) {
  const mails = await until(`the citizen has ${count} mails`, async () => {
    const mails = await centre.mail.citizens.mails();
    return mails.length >= count && mails;
  });
  assert.equal(mails.length, count);
  return mails;
}

const spaced = (reference) => `${reference.slice(0, 4)} ${reference.slice(4)}`;

test("a mail with the reference stands at the desk under its matter, and its citizen is told", { timeout: 240_000 }, () =>
  during(async (centre) => {
    const { mail: post, server } = centre;
    centre.confides(ANNA, "Kim Exempel");
    const desk = await centre.desk({ onDuty: false });
    // The first mail is of no matter yet: it gets one of its own, and its sender the reference.
    await post.ours.hands(ANNA, OUR_ADDRESS, mail(vouched(ANNA), { id: "a@example.org", subject: "Min cykel", text: "Någon har tagit den" }));
    const [first] = await came(centre, 1);
    assert.deepEqual([first.channel, first.to_link, first.region], ["mail", true, "vast"]);
    const [receipt] = await told(centre, 1);
    assert.ok(receipt.parts[0].text.includes(spaced(first.reference)), receipt.parts[0].text);
    assert.match(receipt.automatic, /^auto-/);
    assert.equal(receipt.to, ANNA);
    // A person says that it is a matter of its own.
    await desk.page.goto(`/matters/${first.reference}`);
    await desk.page.getByRole("button", { name: "Det är ett eget ärende" }).click();
    await until("it is linked", async () => !(await server.api("/additions"))[0].to_link);

    // The second names it, from the address that it knows.
    const subject = `Fler uppgifter i ${spaced(first.reference)}`;
    await post.ours.hands(ANNA, OUR_ADDRESS, mail(vouched(ANNA), { id: "b@example.org", subject, text: WORDS }));
    const second = (await came(centre, 2)).find(({ contact }) => contact !== first.contact);
    assert.deepEqual([second.reference, second.to_link, second.verified], [first.reference, false, true]);
    await desk.page.goto(`/matters/${first.reference}`);
    const shown = await desk.page.locator("main").innerText();
    for (const words of [WORDS, subject, "Adressen är styrkt av vår e-postserver", ANNA]) assert.ok(shown.includes(words), `${words} in ${shown}`);
    await told(centre, 2);

    // A stranger who names it joins nothing, and so does a machine; that one is told nothing.
    const stranger = mail("", { from: "kim@example.net", id: "c@example.net", subject, text: "<b>jag</b>" });
    await post.ours.hands("kim@example.net", OUR_ADDRESS, stranger);
    const third = (await came(centre, 3)).find(({ proposed }) => proposed === first.reference);
    assert.deepEqual([third.to_link, third.verified, third.reference !== first.reference], [true, false, true]);
    await told(centre, 3);
    await post.ours.hands(ANNA, OUR_ADDRESS, mail("Auto-Submitted: auto-replied\r\n", { id: "e@example.org", subject, text: "Jag är borta" }));
    await until("nothing is new", async () => (await post.ours.mails()).length === 0);
    assert.equal(await post.ours.taken(), 3);

    // The same mail once more, after the program was killed, is the same mail.
    await server.crash();
    await post.ours.hands(ANNA, OUR_ADDRESS, mail(vouched(ANNA), { id: "b@example.org", subject, text: WORDS }));
    await server.begin();
    await until("nothing is new", async () => (await post.ours.mails()).length === 0);
    assert.equal((await server.api("/additions")).length, 3);
    await told(centre, 3);
    const { mail_in, messages } = await until("it says how mail in stands", async () => {
      const health = await server.health();
      return health.mail_in && health;
    });
    assert.deepEqual([mail_in.works, mail_in.waiting, mail_in.unreadable], [true, 0, 0]);
    assert.deepEqual(messages.map(({ medium, owed, given_up }) => [medium, owed, given_up]), [["text", 0, 0], ["mail", 0, 0]]);
    assert.deepEqual((await server.verify()).faults, []);
  }),
);

test("whoever adds on the page without script is told, and waits for a person", { timeout: 240_000 }, () =>
  during(async (centre) => {
    centre.confides(ANNA, "Kim Exempel");
    const citizen = await Citizen.open(centre.server, await centre.browser(), "sv");
    const { page } = citizen;
    await citizen.go("/sv");
    await page.locator('main a[href="/sv/komplettera"]').click();
    await page.locator("main a.govuk-button").click();
    await page.fill("#matter", "1234 5678");
    await citizen.send();
    assert.match(await page.locator(".govuk-error-summary").innerText(), /En siffra är fel/);
    await page.fill("#matter", "");
    await page.check("#unknown");
    await citizen.send();
    await page.fill("#text", WORDS);
    await citizen.send();
    await page.fill("#mail", ANNA);
    await citizen.send();
    assert.ok((await page.locator("main").innerText()).includes(WORDS));
    await citizen.send();
    assert.equal(await citizen.heading(), "Vi har tagit emot det du skickade");
    const [added] = await came(centre, 1);
    assert.deepEqual([added.channel, added.to_link], ["web", true]);
    assert.ok((await page.locator("main").innerText()).includes(spaced(added.reference)));
    const [receipt] = await told(centre, 1);
    assert.ok(receipt.parts[0].text.includes(spaced(added.reference)), receipt.parts[0].text);
    const desk = await centre.desk({ onDuty: false });
    await desk.page.goto(`/matters/${added.reference}`);
    assert.ok((await desk.page.locator("main").innerText()).includes(WORDS));
  }),
);
