// A report on the web on its whole way: the operator asks back from the desk, the citizen is told by mail, follows the link
// without script and answers, the operator decides, and the citizen reads the decision, is asked how it was and says it. Killed in
// the middle, nothing is lost.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessibilityFaults, tooWide } from "../helpers/browser.js";
import { Centre } from "../helpers/centre.js";
import { Mail } from "../helpers/mail.js";
import { TREES, file, fillIn, forms } from "../helpers/reporter.js";
import { until } from "../helpers/wait.js";

const ANNA = "anna@example.org";
const QUESTION = "Vilket ramnummer har cykeln?";
const ANSWER = "Det står WTU 123 under ramen";
const OPINION = "Bra att jag fick svar så fort";
/** Everybody who was helped is asked, at once and at any hour. */
const ASKING = { 'share = "20 %"': 'share = "100 %"', 'after = "2 h"': 'after = "0 s"', 'between = "09:00-19:00"': 'between = "00:00-24:00"' };

function during(work) {
  return Centre.serving(work, async (centre) => {
    centre.mail = await Mail.start();
    centre.endings.push(() => centre.mail.remove());
    return { mail: centre.mail.settings, figures: ASKING };
  });
}

/** What the citizen is sent about this, once it has come. */
const told = (centre, subject) =>
  until(`a mail about ${subject}`, async () => (await centre.mail.citizens.mails()).find((mail) => mail.subject.startsWith(subject)));

const linkIn = (mail) => /http:\S+/.exec(mail.parts[0].text)[0];

async function opens(desk, reference) {
  await desk.press("Control+k");
  await desk.page.locator("#find").fill(reference);
  await desk.page.locator('#found [aria-selected="true"]', { hasText: "Ärende" }).waitFor();
  await desk.press("Enter");
  await desk.shows("dialog#opened[open]");
  return desk.page.locator("#opened");
}

test("a report is asked about, answered by its link, decided, and its citizen reads it", { timeout: 240_000 }, () =>
  during(async (centre) => {
    centre.confides(ANNA, QUESTION, ANSWER, OPINION, "+46701740605");
    const context = await (await centre.browser()).newContext({ javaScriptEnabled: false, baseURL: centre.server.origin });
    const page = await context.newPage();
    // What looks at pages for us needs script itself.
    const looking = await (await (await centre.browser()).newContext({ baseURL: centre.server.origin })).newPage();
    const isAccessible = async () => {
      await looking.goto(page.url());
      assert.deepEqual(await accessibilityFaults(looking), [], page.url());
    };
    const form = (await forms(page, "sv")).find((one) => one.endsWith("cykel-eller-fordonsdel"));
    await fillIn(page, form, "sv", undefined, "Göteborg");
    const reference = (await file(page, form, "sv")).replace(/\D/g, "");
    assert.equal(new URL(page.url()).pathname, `${form}/${TREES.sv.done}`);
    await page.getByRole("button", { name: "Följ din anmälan" }).click();
    const followed = page.url();
    centre.confides(followed.split("/").pop());
    assert.match(await page.locator("main").innerText(), /Väntar på att läsas.*Det ska vara gjort senast/s);
    await isAccessible();
    assert.equal(new URL(linkIn(await told(centre, "Vi har tagit emot"))).pathname, new URL(followed).pathname);

    // Asked from the desk, by the keyboard.
    const desk = await centre.desk({ onDuty: false });
    const opened = await opens(desk, reference);
    await opened.locator("textarea[name=question]").fill(QUESTION);
    await opened.getByRole("button", { name: "Ställ frågan" }).press("Enter");
    await until("it waits for the citizen", async () => (await centre.server.api("/promises")).some(({ kind, state }) => kind === "report" && state === "paused"));
    await centre.server.crash();
    await centre.server.begin();
    const asked = await told(centre, "Vi har en fråga");
    assert.ok(!asked.parts[0].text.includes(QUESTION), "what is asked stands behind the link alone");
    await page.goto(linkIn(asked));
    assert.match(await page.locator("main").innerText(), new RegExp(`Väntar på ditt svar.*${QUESTION.replace("?", "\\?")}`, "s"));
    await page.getByLabel("Ditt svar").fill(ANSWER);
    await page.getByRole("button", { name: "Skicka" }).click();
    assert.match(await page.locator("main").innerText(), /Vi har tagit emot det du skrev/);
    await isAccessible();
    const [answer] = await until("the answer is owed", async () => {
      const all = (await centre.server.api("/additions")).filter(({ channel, to_link }) => channel === "web" && !to_link);
      return all.length === 2 && all.filter(({ verified }) => verified);
    });
    assert.equal(answer.reference, reference);

    // Read and decided on the page of the matter, without the desk.
    await desk.page.goto(`/matters/${reference}`);
    const shown = await desk.page.locator("main").innerText();
    for (const words of [QUESTION, ANSWER]) assert.ok(shown.includes(words), `${words} in ${shown}`);
    await desk.page.locator("summary", { hasText: "Vi utreder inte vidare" }).click();
    await desk.page.locator("details[open]").getByRole("button", { name: "Besluta så" }).click();
    await page.goto(linkIn(await told(centre, "Beslut om ärende")));
    assert.match(await page.locator("main").innerText(), /Vi har beslutat.*Vi utreder inte vidare.*Om du inte håller med.*åklagare/s);
    await isAccessible();
    assert.equal(await tooWide(page), 0);

    // Asked how it was, they say it; a leader sees how many are satisfied, and reads what was written.
    const survey = linkIn(await told(centre, "Hur var det"));
    centre.confides(survey.split("/").pop());
    await page.goto(survey);
    await isAccessible();
    assert.equal(await tooWide(page), 0);
    for (const [question, rating] of [["Hur blev du bemött?", "Mycket bra"], ["Hur tog vi hand om ditt ärende?", "Dåligt"]]) {
      await page.getByRole("group", { name: question }).getByLabel(rating, { exact: true }).check();
    }
    await page.getByLabel("Vill du säga något mer?").fill(OPINION);
    await page.getByRole("button", { name: "Skicka" }).click();
    assert.match(await page.locator("h1").innerText(), /Tack för ditt svar/);
    const { whole } = await centre.server.api("/surveys");
    assert.deepEqual([whole.asked, whole.answered, whole.treatment.answers, whole.accessibility.answers], [1, 1, 1, 0]);
    const lead = await centre.desk({ login: "lead", onDuty: false });
    await lead.page.goto("/surveys");
    assert.deepEqual(await accessibilityFaults(lead.page), []);
    await lead.page.getByRole("link", { name: "Med egna ord" }).click();
    assert.ok((await lead.page.locator("main").innerText()).includes(OPINION));
    await context.close();
  }),
);
