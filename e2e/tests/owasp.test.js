// What the OWASP Top Ten (2021) asks of a site, and where it is looked after. Here stands what nothing else tries:
//
// A01 access: below (links, uploads, drafts, bookings and pages of others; what another site sends); every address and role in
//     crates/web/tests/surface.rs; files in evidence.rs, links in following.rs and booking.rs; guesses by chance in fuzz.test.js
// A02 secrets: cookies below; what the program says in logs.test.js and Centre.nothingWasTold
// A03 injection: below, every field of every form, additions, bookings, names of files; staff's pages in crates/web/tests/words.rs
// A04 limits: crates/web/tests (booking.rs, adding.rs, evidence.rs), fuzz.test.js
// A05 headers: below and in surface.rs (every_answer_protects_itself); the browser refuses what is not ours in pages.test.js
// A07 sign-in: below (sessions and drafts are never those that a stranger chose); guesses in surface.rs and interface.rs
// A08 what is kept: `svar journal verify` at the end of every storm; custody in crates/storage
// A09 who read what: crates/web/tests/interface.rs
// A10 requests to elsewhere: the program fetches no address that anybody gives it

import assert from "node:assert/strict";
import { test } from "node:test";
import { Centre } from "../helpers/centre.js";
import { signIn } from "../helpers/files.js";
import { ESCAPED, EVIL, fillsInEvil, isEscaped } from "../helpers/owasp.js";
import { formsOn } from "../helpers/reporter.js";
import { Service } from "../helpers/service.js";
import { multipart } from "../helpers/spoilt.js";
import { Chance } from "../helpers/chance.js";
import { Visitor, answersTo } from "../helpers/visitor.js";

const ELSEWHERE = [{ "sec-fetch-site": "cross-site" }, { origin: "https://elsewhere.example" }];
const chance = new Chance(1);
const EVIL_NAME = 'x"><x-evil>.svg';

/** Through the pages of another flow with these answers, as far as it leads. */
async function walks(visitor, path, answers) {
  const base = path.slice(0, path.lastIndexOf("/"));
  for (let steps = 0; steps < 15; steps += 1) {
    const html = await visitor.see(path);
    isEscaped(html, path);
    if (/\/done$/.test(path)) return html;
    const day = /<a [^>]*href="([^"]*\?day=[^"]*)"/.exec(html.split("<main")[1])?.[1];
    const asked =
      day && !html.includes('name="slot"')
        ? await visitor.see(new URL(day, visitor.origin + path).href.slice(visitor.origin.length))
        : html;
    const { status, to, text } = await visitor.ask(path, { form: [...answers, ...answersTo(asked)] });
    isEscaped(text, path);
    assert.equal(status, 303, `${path}: ${text}`);
    assert.ok(to.startsWith(base), to);
    path = to;
  }
  return assert.fail(`${path} has no end`);
}

test("A03: whatever is written in any field comes out as words, at the citizen's and at the operator's", { timeout: 240_000 }, () =>
  Centre.during(async (centre) => {
    const visitor = new Visitor(centre.server.origin);
    const sent = [];
    for (const form of formsOn(await visitor.see("/en"), "en")) sent.push({ form, ...(await fillsInEvil(visitor, form, "en")) });
    const { link } = sent[0];
    const followed = await visitor.see(link);
    const [once] = answersTo(followed).filter(([name]) => name === "once");
    assert.equal((await visitor.ask(link, { form: [once, ["text", EVIL]] })).status, 303);
    isEscaped(await visitor.see(link), link);
    const files = [{ name: EVIL_NAME, bytes: Buffer.from("<svg/>") }];
    assert.equal((await visitor.ask(`${link}/files`, multipart(chance, files))).status, 303);
    const came = await visitor.see(`${link}/files`);
    isEscaped(came, "files");
    const first = /name="first" value="([0-9a-f]+)"/.exec(came)[1];
    assert.equal(
      (
        await visitor.ask(`${link}/files/send`, {
          form: [
            ["first", first],
            ["text", EVIL],
          ],
        })
      ).status,
      303,
    );
    await walks(visitor, "/en/add/matter", [
      ["matter", sent[0].reference],
      ["unknown", ""],
      ["text", EVIL],
    ]);
    await walks(visitor, "/en/book/danger", [
      ["danger", "no"],
      ["matter", "report"],
      ["about", EVIL],
      ["municipality", "Göteborg"],
      ["tongue", "sv"],
      ["needs", EVIL],
      ["way", "call"],
      ["name", EVIL],
    ]);

    const desk = await centre.desk({ onDuty: false });
    for (const { form, reference, shown } of sent) {
      await desk.page.goto(`/matters/${reference}`);
      const html = await (await desk.context.request.get(`/matters/${reference}`)).text();
      isEscaped(html, form);
      assert.ok(html.split(ESCAPED).length - 1 >= shown, `${form}: of ${shown} the operator sees ${html.split(ESCAPED).length - 1}`);
      assert.equal(await desk.page.locator("x-evil").count(), 0, form);
    }
    for (const path of ["/lead", "/bookings", "/desk"]) isEscaped(await (await desk.context.request.get(path)).text(), path);
    assert.deepEqual(desk.told, [], "the console");
  }),
);

test("A01: what is somebody else's is not there, and signing in is asked for what is the staff's", { timeout: 120_000 }, () =>
  Centre.during(async (centre) => {
    const owner = new Visitor(centre.server.origin);
    const { reference, link } = await fillsInEvil(owner, "/en/report/tip", "en");
    await owner.ask(`${link}/files`, multipart(chance, [{ name: "mine.txt", bytes: Buffer.from("mine") }]));
    const [, upload] = /name="file" value="([0-9a-f]{32})"/.exec(await owner.see(`${link}/files`));
    const booked = await walks(new Visitor(centre.server.origin), "/en/book/danger", [
      ["danger", "no"],
      ["matter", "report"],
      ["municipality", "Kiruna"],
      ["tongue", "sv"],
      ["way", "call"],
    ]);
    const [, booking] = /href="(\/en\/book\/[0-9a-f]{36})"/.exec(booked);
    const next = (address) => address.slice(0, -1) + (address.endsWith("0") ? "1" : "0");
    const tus = { "tus-resumable": "1.0.0" };
    const stranger = new Visitor(centre.server.origin);
    for (const { path, method = "GET", headers, status, body } of [
      { path: next(link), status: 404 },
      { path: `${next(link)}/files`, status: 404 },
      { path: next(booking), status: 404 },
      { path: `${next(booking)}/time.ics`, status: 404 },
      { path: link.replace("matter", "book"), status: 404 },
      { path: booking.replace("book", "matter"), status: 404 },
      { path: `${link}/files/tus/${upload}`, method: "HEAD", headers: tus, status: 404 },
      { path: `${link}/files/tus/${upload}`, method: "DELETE", headers: tus, status: 404 },
      { path: `${link}/files/tus/${next(upload)}`, method: "HEAD", headers: tus, status: 404 },
      { path: "/en/report/tip/check", status: 410 },
      { path: "/en/report/tip/done", status: 410 },
      { path: "/en/add/check", status: 410 },
      { path: "/en/book/check", status: 410 },
      { path: `/evidence/${upload}`, status: 303 },
      { path: `/evidence/${upload}/file`, status: 303 },
      { path: `/matters/${reference}`, status: 303 },
      { path: "/api/v1/contacts/1", status: 401 },
      { path: `/api/v1/matters/${reference}`, status: 401 },
      {
        path: "/contacts/1/decide",
        method: "POST",
        body: "decision=noted",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        status: 401,
      },
    ]) {
      const answer = await stranger.ask(path, { method, headers, body });
      assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`);
      if (status === 303) assert.match(answer.to, /^\/login/, path);
      assert.ok(!answer.text.includes("mine.txt"), path);
    }
    assert.ok(!(await stranger.see(`${link}/files`)).includes("mine.txt"), "who has the link sees no file of another browser");
    assert.ok((await owner.see(`${link}/files`)).includes("mine.txt"));
  }),
);

test("A01: what another site sends in somebody's name is refused, whatever it is", { timeout: 120_000 }, () =>
  Centre.during(async (centre) => {
    const visitor = new Visitor(centre.server.origin);
    const { link } = await fillsInEvil(visitor, "/en/report/tip", "en");
    const cookie = await signIn(centre.server);
    const citizens = [
      "/en/report/theft/question/now",
      "/en/report/tip/check",
      "/en/report/tip/forget",
      "/en/report/go-on",
      "/en/add/matter",
      "/en/book/danger",
      link,
      `${link}/files`,
      `${link}/files/send`,
      `${link}/files/remove`,
      `${link}/files/tus`,
    ];
    const staff = [
      "/login",
      "/logout",
      "/settings",
      "/api/v1/session",
      "/api/v1/desk/acts",
      "/contacts/1/ask",
      "/contacts/1/decide",
      "/contacts/1/link",
      "/matters/10000007/hold",
      "/api/v1/matters/10000007/hold",
      "/surges",
      "/plan/adopt",
      "/api/v1/additions",
    ];
    for (const elsewhere of ELSEWHERE) {
      for (const [paths, own] of [
        [citizens, {}],
        [staff, { cookie }],
      ]) {
        for (const path of paths) {
          const { status } = await visitor.ask(path, { form: [["now", "no"]], headers: { ...own, ...elsewhere } });
          assert.equal(status, 403, `${path} from ${JSON.stringify(elsewhere)}`);
        }
      }
      for (const method of ["PATCH", "DELETE"]) {
        const { status } = await visitor.ask(`${link}/files/tus/${"0".repeat(32)}`, {
          method,
          headers: { "tus-resumable": "1.0.0", ...elsewhere },
        });
        assert.equal(status, 403, method);
      }
    }
    assert.equal(
      (await visitor.ask("/en/report/theft/question/now", { form: [["now", "no"]], headers: { "sec-fetch-site": "same-origin" } })).status,
      303,
    );
  }),
);

/** What a stranger puts into a browser before somebody uses it; each is the name of a cookie without its prefix. */
const CHOSEN = [
  { name: "svar_form_tip", value: "0123456789ABCDEF", path: "/en/report/tip/question/now", form: [["now", "no"]] },
  { name: "svar_adding", value: "a".repeat(64), path: "/en/add/matter", form: [["unknown", "yes"]] },
  { name: "svar_booking", value: "b".repeat(64), path: "/en/book/danger", form: [["danger", "no"]] },
];

test("A02, A07: sessions and drafts are never those that a stranger chose, and no cookie leaves its place", { timeout: 120_000 }, () =>
  Centre.during(
    async (centre) => {
      const { server } = centre;
      for (const { name, value, path, form } of CHOSEN) {
        const visitor = new Visitor(server.origin, { from: "198.18.0.1" });
        visitor.cookies.set(`__Host-${name}`, value);
        const { status, headers } = await visitor.ask(path, { form });
        assert.equal(status, 303, path);
        const [set] = headers.getSetCookie();
        assert.match(set, new RegExp(`^__Host-${name}=`), path);
        assert.notEqual(visitor.cookies.get(`__Host-${name}`), value, `${path} goes on with what a stranger chose`);
        for (const flag of ["HttpOnly", "Secure", "Path=/", "SameSite=Lax"]) assert.ok(set.split("; ").includes(flag), `${set}: ${flag}`);
        assert.doesNotMatch(set, /Domain|Max-Age/);
      }
      await staysOneSession(server);
    },
    {},
    () => Service.start({ proxied: true, log: "debug" }),
  ),
);

/** A session is new at every sign-in, and over when it is signed out of. */
async function staysOneSession(server) {
  const signs = async (cookie) => {
    const body = new URLSearchParams({ name: "desk", password: server.password, next: "/desk" });
    return fetch(`${server.origin}/login`, { method: "POST", body, redirect: "manual", headers: cookie ? { cookie } : {} });
  };
  const chosen = "__Host-svar_session=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  const [first] = (await signs(chosen)).headers.getSetCookie();
  const [second] = (await signs(first.split(";")[0])).headers.getSetCookie();
  for (const set of [first, second]) {
    for (const flag of ["HttpOnly", "Secure", "Path=/", "SameSite=Strict"]) assert.ok(set.split("; ").includes(flag), `${set}: ${flag}`);
  }
  const [one, other] = [first, second].map((set) => set.split(";")[0]);
  assert.ok(one !== other && one !== chosen);
  const desk = async (cookie) => (await fetch(`${server.origin}/desk`, { redirect: "manual", headers: { cookie } })).status;
  assert.deepEqual([await desk(chosen), await desk(other)], [303, 200]);
  const out = await fetch(`${server.origin}/logout`, { method: "POST", redirect: "manual", headers: { cookie: other } });
  assert.match(out.headers.getSetCookie()[0], /Max-Age=0/);
  assert.equal(await desk(other), 303, "signed out of, it is over also for whoever kept it");
}

test("A05: what is personal is kept by no cache and shown in no frame, and a file is never drawn", { timeout: 120_000 }, () =>
  Centre.during(async (centre) => {
    const { server } = centre;
    const visitor = new Visitor(server.origin);
    const { link, reference } = await fillsInEvil(visitor, "/en/report/lost-item", "en");
    const desk = await centre.desk({ onDuty: false });
    const files = [
      { name: "page.html", bytes: Buffer.from("<!doctype html><script>document.title='drawn'</script>") },
      { name: "drawing.svg", bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>') },
      { name: "picture.jpg", bytes: Buffer.from("GIF89a/*<script>alert(1)</script>*/") },
    ];
    assert.equal((await visitor.ask(`${link}/files`, multipart(chance, files))).status, 303);
    const first = /name="first" value="([0-9a-f]+)"/.exec(await visitor.see(`${link}/files`))[1];
    assert.equal(
      (
        await visitor.ask(`${link}/files/send`, {
          form: [
            ["first", first],
            ["text", ""],
          ],
        })
      ).status,
      303,
    );
    const matter = await (await desk.context.request.get(`/matters/${reference}`)).text();
    const ids = [...matter.matchAll(/href="\/evidence\/([0-9a-f]{32})"/g)].map(([, id]) => id);
    assert.equal(ids.length, files.length);

    for (const path of [
      "/en/report/theft/question/now",
      "/en/report/lost-item/done",
      link,
      `${link}/files`,
      `${link}/files/done`,
      `/matters/${reference}`,
      `/evidence/${ids[0]}`,
      `/evidence/${ids[0]}/file`,
      "/desk",
      "/lead",
    ]) {
      const { headers, status } = path.startsWith("/en") ? await visitor.ask(path) : await fetched(desk, path);
      assert.ok(status === 200 || path === "/lead", `${path}: ${status}`);
      assert.match(headers.get("cache-control"), /no-store/, path);
      assert.equal(headers.get("x-frame-options"), "DENY", path);
      assert.match(headers.get("content-security-policy"), /default-src 'none'.*frame-ancestors 'none'/, path);
      assert.equal(headers.get("x-content-type-options"), "nosniff", path);
      assert.equal(headers.get("referrer-policy"), "no-referrer", path);
    }
    for (const id of ids) {
      const { headers } = await fetched(desk, `/evidence/${id}/file`);
      assert.match(headers.get("content-disposition"), /^attachment; /, id);
      const [, name] = /filename="([^"]*)"/.exec(headers.get("content-disposition"));
      if (!name.endsWith(".gif"))
        assert.deepEqual([headers.get("content-type"), name.slice(-4)], ["application/octet-stream", ".bin"], name);
      const saved = desk.page.waitForEvent("download");
      await desk.page.goto(`/evidence/${id}/file`).catch((fault) => assert.match(fault.message, /Download is starting/));
      await (await saved).cancel();
      assert.notEqual(await desk.page.title(), "drawn");
    }
  }),
);

async function fetched(desk, path) {
  const answer = await desk.context.request.get(path);
  return { status: answer.status(), headers: new Headers(answer.headers()) };
}
