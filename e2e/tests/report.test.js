// The report saves itself while it is written, in whatever haste.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Centre } from "../helpers/centre.js";
import { until } from "../helpers/wait.js";

const FIELDS = { "r-what_happened": "Låset är uppklippt.", "r-place": "Vid stationen", "r-municipality": "Göteborg", "r-traces": "Ett klippt lås", "r-measures": "Inga" };

test("fields filled in faster than they are saved are all kept, without a quarrel with oneself", { timeout: 60_000 }, () =>
  Centre.during(async (centre) => {
    const phone = await centre.telephone();
    const desk = await centre.desk();
    const id = await centre.ringIntoLine(phone);
    await desk.answer();
    // A slow network: each save takes longer than the next field.
    await desk.page.route("**/api/v1/desk/reports/*", async (route) => {
      const answer = await route.fetch();
      await new Promise((resolve) => setTimeout(resolve, 400));
      await route.fulfill({ response: answer });
    });
    for (const [field, text] of Object.entries(FIELDS)) await desk.page.fill(`#${field}`, text);
    await desk.page.selectOption("#r-kind", "theft");
    await desk.page.focus("#report-title");

    await until("everything is saved", async () => {
      const { draft } = await (await desk.context.request.get(`/api/v1/desk/reports/${id}`)).json();
      const kept = [draft.kind, draft.what_happened, draft.place, draft.municipality, draft.traces, draft.measures];
      if (JSON.stringify(kept) === JSON.stringify(["theft", ...Object.values(FIELDS)])) return true;
      throw new Error(`kept: ${kept.filter(Boolean).length} of ${kept.length} fields; asked whose text is right: ${await desk.page.isVisible("#report-conflict")}`);
    });
    assert.equal(await desk.page.isVisible("#report-conflict"), false);
    await phone.hangUp();
    await desk.concludes();
    await centre.reaches(id, "closed");
  }),
);
