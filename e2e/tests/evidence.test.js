// Citizens send files to their matter in Chromium: through a line that is broken off and a program that is killed, with a reload
// in between, and without script. What the operator fetches has the hash of what was sent.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { accessibilityFaults, tooWide } from "../helpers/browser.js";
import { Centre } from "../helpers/centre.js";
import { Line, matterOf, sha256, signIn } from "../helpers/files.js";
import { until } from "../helpers/wait.js";

const MIB = 1024 * 1024;
const WIDTHS = [320, 1280];
const TREES = { sv: "/sv/arende/TOKEN/filer", en: "/en/matter/TOKEN/files", da: "/da/sag/TOKEN/filer" };
const JPEG = Buffer.concat([Buffer.from("ffd8ffe000104a46494600010100000100010000ffda0002", "hex"), Buffer.from("picture"), Buffer.from("ffd9", "hex")]);

async function sound(page, what) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 844 });
    const wider = await tooWide(page);
    assert.ok(wider <= 0, `${what}: ${wider} pixels too wide at ${width}`);
  }
}

async function fetched(server, cookie, reference, name) {
  const page = await (await fetch(`${server.origin}/matters/${reference.replace(/\D/g, "")}`, { headers: { cookie } })).text();
  const row = page.split("<li>").find((part) => part.includes(name));
  const [, id] = /href="\/evidence\/([0-9a-f]{32})"/.exec(row) ?? assert.fail(`${name} is not listed: ${page}`);
  const answer = await fetch(`${server.origin}/evidence/${id}/file`, { headers: { cookie } });
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("content-disposition"), /^attachment; /);
  return { row, bytes: Buffer.from(await answer.arrayBuffer()), id };
}

test("a file goes on through a line that breaks, a program that dies and a page that is loaded anew", { timeout: 240_000 }, () =>
  Centre.during(async (centre) => {
    const { server } = centre;
    const cookie = await signIn(server);
    const { token, reference } = await matterOf(server, cookie);
    centre.confides(token, "cykel i skog");
    const line = await Line.to(server.http);
    centre.endings.push(() => line.end());
    const context = await (await centre.browser()).newContext({ viewport: { width: 390, height: 844 }, baseURL: line.origin });
    const page = await context.newPage();
    const told = [];
    page.on("pageerror", (fault) => told.push(String(fault)));
    const offsets = [];
    page.on("request", (request) => request.method() === "PATCH" && offsets.push(Number(request.headers()["upload-offset"])));

    const bytes = randomBytes(40 * MIB);
    const path = join(server.data, "cykel i skog.mov");
    await writeFile(path, bytes);
    await page.goto(TREES.sv.replace("TOKEN", token));
    const dies = line.breaksAfter(11 * MIB);
    await page.setInputFiles("#file", path);

    await dies;
    await server.crash();
    await server.begin();
    const breaks = line.breaksAfter(9 * MIB);
    line.mend();
    await breaks;
    const stays = line.breaksAfter(9 * MIB);
    line.mend();
    await stays;
    line.mend();
    page.on("dialog", (dialog) => dialog.accept());
    await page.reload();
    const before = offsets.length;
    await page.setInputFiles("#file", path);
    await until("the file has come", async () => (await page.locator("#came form#send").count()) > 0, 60_000);
    assert.ok(offsets[before] >= 16 * MIB, `it went on at ${offsets[before]} after the reload`);
    await page.fill("#text", "Så här såg den ut.");
    await sound(page, "with a file");
    assert.deepEqual(await accessibilityFaults(page), []);
    await page.click("#send button.govuk-button");
    await page.waitForURL((url) => url.pathname.endsWith("/klart"));
    await sound(page, "done");
    assert.deepEqual(await accessibilityFaults(page), []);
    assert.deepEqual(told, []);

    const mine = await signIn(server);
    const copy = await fetched(server, mine, reference, "cykel i skog.mov");
    assert.equal(sha256(copy.bytes), sha256(bytes));
    assert.ok(copy.row.includes(sha256(bytes)), "the whole hash is told");
    await server.stop();
    assert.deepEqual((await server.verify()).faults, []);
  }),
);

test("without script a form sends files in every language, and the page is accessible", { timeout: 180_000 }, () =>
  Centre.during(async (centre) => {
    const { server } = centre;
    const cookie = await signIn(server);
    for (const [language, path] of Object.entries(TREES)) {
      const { token, reference } = await matterOf(server, cookie);
      const options = { javaScriptEnabled: false, viewport: { width: 390, height: 844 }, baseURL: server.origin };
      const context = await (await centre.browser()).newContext(options);
      const page = await context.newPage();
      await page.goto(path.replace("TOKEN", token));
      const files = [
        { name: "bild.jpg", mimeType: "image/jpeg", buffer: JPEG },
        { name: "run.exe", mimeType: "image/jpeg", buffer: Buffer.from("MZ not a picture") },
      ];
      await page.setInputFiles("#file", files);
      await page.click("#choose button");
      assert.equal(await page.locator("#came .files li").count(), 2, language);
      await sound(page, language);
      await page.click("#send button.govuk-button");
      assert.equal(await page.locator(".govuk-panel--confirmation").count(), 1);
      await context.close();
      const copy = await fetched(server, cookie, reference, "bild.jpg");
      assert.equal(sha256(copy.bytes), sha256(JPEG));

      // What the same page looks like where scripts run, for whoever cannot see it.
      const scripted = await (await centre.browser()).newContext({ baseURL: server.origin });
      const looked = await scripted.newPage();
      await looked.goto(path.replace("TOKEN", token));
      assert.deepEqual(await accessibilityFaults(looked), [], language);
      await scripted.addCookies([{ name: "svar_session", value: cookie.split("=")[1], url: server.origin }]);
      await looked.goto(`/evidence/${copy.id}`);
      assert.deepEqual(await accessibilityFaults(looked), [], `${language}: the chain of custody`);
      await scripted.close();
    }
  }),
);
