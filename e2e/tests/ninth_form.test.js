// An authority adds a form by adding a file: `svar check` judges it, and pages in three languages, the check of the answers, the
// receipt, what operators read and what programs are told follow from it.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { root, svar } from "../helpers/built.js";
import { Centre } from "../helpers/centre.js";
import { copyDeployment } from "../helpers/deployment.js";
import { Program } from "../helpers/program.js";
import { TREES, file, fillIn, formsOn } from "../helpers/reporter.js";
import { Visitor } from "../helpers/visitor.js";
import { until } from "../helpers/wait.js";

const FILE = "boat_engine_theft.toml";
const form = await readFile(join(root, "e2e/scenarios", FILE), "utf8");
const PAGES = {
  sv: { path: "/sv/anmal/batmotor", name: "Anmäl stulen båtmotor", asked: "Hur satt motorn fast?", chosen: "Med ett lås" },
  en: { path: "/en/report/boat-engine", name: "Report a stolen boat engine", asked: "How was the engine held?", chosen: "By a lock" },
  da: { path: "/da/anmeld/baadmotor", name: "Anmeld stjålet bådmotor", asked: "Hvordan sad motoren fast?", chosen: "Med en lås" },
};

/** What is wrong in the file, and what is said of it: where, what, and how to mend it. */
const FAULTS = [
  {
    found: 'kind = "choice"',
    instead: 'kind = "choise"',
    at: 'kind = "choise"',
    what: /kind does not know "choise"/,
    mend: /did you mean "choice"\?/,
  },
  { found: 'use = "place"', instead: 'use = "plaice"', at: 'use = "plaice"', what: /"plaice"/, mend: /"place"/ },
  { found: 'da = "Om motoren"', instead: 'de = "Om motoren"', at: "title = {", what: /"de"/, mend: /"da"/ },
];

/** Sweden with one form more, for one test. */
async function during(work) {
  const folder = await mkdtemp(join(tmpdir(), "svar-ninth-"));
  try {
    const deployment = join(folder, "sweden");
    await copyDeployment(join(root, "deployments/sweden"), deployment, {});
    await writeFile(join(deployment, "forms", FILE), form);
    await work(deployment);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function checked(deployment) {
  const program = new Program(svar, ["check", deployment], { cwd: root });
  return { how: await program.ended, said: program.output };
}

test("a form that was added is judged with line and mend", { timeout: 60_000 }, () =>
  during(async (deployment) => {
    const good = await checked(deployment);
    assert.equal(good.how, 0, good.said);
    assert.match(good.said, /^form {4}boat_engine_theft \(proposed\), 4 pages/m);
    for (const { found, instead, at, what, mend } of FAULTS) {
      const faulty = form.replace(found, instead);
      assert.notEqual(faulty, form, found);
      await writeFile(join(deployment, "forms", FILE), faulty);
      const { how, said } = await checked(deployment);
      assert.notEqual(how, 0, instead);
      const [, line, told, mended] = new RegExp(`${FILE}:(\\d+): (.*)\\n\\s*Mend: (.*)`).exec(said) ?? assert.fail(said);
      const lines = faulty.split("\n");
      assert.ok(lines[line - 1].startsWith(at), `line ${line} is ${lines[line - 1]}`);
      assert.match(told, what);
      assert.match(mended, mend);
    }
  }),
);

test("pages, receipt and the operator's view follow from the file, and the API tells of it", { timeout: 180_000 }, () =>
  during((deployment) =>
    Centre.during(
      async (centre) => {
        centre.confides("anna@example.org");
        const visitor = new Visitor(centre.server.origin);
        for (const [language, { path, name, asked }] of Object.entries(PAGES)) {
          const start = await visitor.see(`/${language}`);
          assert.equal(formsOn(start, language).filter((one) => one === path).length, 1);
          assert.ok(start.includes(`href="${path}">${name}<`), name);
          assert.match(await visitor.see(path), new RegExp(`<h1[^>]*>${name}</h1>`));
          const first = await visitor.ask(`${path}/${TREES[language].question}/now`, { form: [["now", "no"]] });
          assert.ok((await visitor.see(first.to)).includes(asked), `${asked} at ${first.to}`);
        }

        const { path, asked, chosen } = PAGES.en;
        const options = { javaScriptEnabled: false, baseURL: centre.server.origin, viewport: { width: 390, height: 844 } };
        const page = await (await (await centre.browser()).newContext(options)).newPage();
        await fillIn(page, path, "en", undefined, "Göteborg");
        await page.locator(".govuk-summary-list__row", { hasText: asked }).getByRole("link").click();
        await page.getByLabel(chosen).check();
        await page.locator("main form:not(.forget) button.govuk-button").click();
        await page.waitForURL((url) => url.pathname === `${path}/${TREES.en.check}`);
        assert.match(await page.locator("main").innerText(), new RegExp(`${asked.replace("?", "\\?")}\\s+${chosen}`));
        const reference = (await file(page, path, "en")).replace(/\D/g, "");

        const owed = (await centre.server.api("/promises")).map((promise) => [promise.reference, promise.kind, promise.owner]);
        assert.deepEqual(owed, [[reference, "report", "unit:operators.vast"]]);
        const { contacts } = await centre.server.api(`/matters/${reference}`);
        assert.deepEqual(
          contacts.map(({ channel, intent }) => [channel, intent]),
          [["web", "report_theft"]],
        );
        const desk = await centre.desk({ onDuty: false });
        // Who answers for it is shown the answers, from when the desk is known to be there.
        await until("the operator reads the answers", async () => {
          await desk.page.goto(`/matters/${reference}`);
          const shown = await desk.page.locator("main").innerText();
          const missing = [PAGES.sv.name, PAGES.sv.asked, PAGES.sv.chosen].filter((words) => !shown.includes(words));
          if (missing.length > 0) throw new Error(`${missing} not in ${shown}`);
          return true;
        });
      },
      { deployment },
    ),
  ),
);
