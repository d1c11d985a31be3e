// Files as nobody sends them: uploads that go on at the wrong place, say another length than they have, break off, or are gone on
// with by several at once; forms that end in the middle; names, kinds and cookies of others. What was acknowledged is remembered by
// its hash, and held against what is kept.

import assert from "node:assert/strict";
import { sha256 } from "./files.js";
import { Fuzz } from "./fuzz.js";
import { multipart, noise, spoiltAnswers, spoiltBody, spoiltFile, spoiltName, spoiltText } from "./spoilt.js";
import { rows } from "./tables.js";
import { LANGUAGES } from "./tongues.js";
import { answersTo } from "./visitor.js";
import { until } from "./wait.js";
import { wire } from "./wire.js";

const TREES = {
  sv: { files: (token) => `/sv/arende/${token}/filer`, remove: "ta-bort", send: "skicka", done: "klart" },
  en: { files: (token) => `/en/matter/${token}/files`, remove: "remove", send: "send", done: "done" },
  da: { files: (token) => `/da/sag/${token}/filer`, remove: "fjern", send: "send", done: "faerdig" },
};
/** Bound to the host, as behind a proxy that speaks TLS. */
const COOKIE = "__Host-svar_files";
const BYTES = "application/offset+octet-stream";
const LENGTHS = ["0", "-1", "1e3", "", "99999999999999999999", "0x10", " 5", "5, 6", String(2 ** 31), String(2 ** 31 + 1)];
/** A matter takes so many files at most, and a storm fills it. */
const VISITS_KEPT = 12;
/** Matters whose files are sent to at once; the one that is longest there makes room. */
const MATTERS = 6;

const idOf = (upload) => upload.split("/").pop();

export class FilesFuzz extends Fuzz {
  /** @param {import("./fuzz_intake.js").IntakeFuzz} intake makes matters */
  async begins(intake) {
    this.intake = intake;
    this.tokens = [];
    for (let matter = 0; matter < MATTERS; matter += 1) await this.opensMatter();
    this.visits = [];
    /** By the id of an upload, or by its hash where nobody was told one: what was acknowledged. */
    this.kept = new Map();
    this.whole = new Set();
    this.removed = new Set();
    this.sent = 0;
  }

  async opensMatter() {
    const token = await this.intake.makesMatter();
    this.confides(token);
    this.tokens.push(token);
    if (this.tokens.length > MATTERS) this.tokens.shift();
  }

  round(chance) {
    return this.does(chance, [
      ["goesOn", 5],
      ["isGoneOnWithByMany", 2],
      ["beginsWrong", 3],
      ["sendsForm", 4],
      ["sendsBrokenForm", 3],
      ["breaksIn", 3],
      ["breaksOff", 2],
      ["handsIn", 2],
      ["opensMatter", 0.3],
    ]);
  }

  /** A browser at the files of a matter, perhaps one that was there before. */
  async visit(chance) {
    if (chance.is(0.6) && this.visits.length > 0) return chance.one(this.visits);
    const visit = await this.visitAnew(chance);
    this.visits.push(visit);
    if (this.visits.length > VISITS_KEPT) this.visits.shift();
    return visit;
  }

  /** One that no other round has. */
  async visitAnew(chance) {
    const [language, token] = [chance.one(LANGUAGES), chance.one(this.tokens)];
    const visitor = this.visitor(chance);
    const visit = { visitor, token, tree: TREES[language], path: TREES[language].files(token) };
    const { status } = await this.ask(visitor, visit.path);
    assert.equal(status, 200);
    this.confides(visitor.cookies.get(COOKIE));
    return visit;
  }

  tus({ visitor }, path, method, headers = {}, body = undefined) {
    return this.ask(visitor, path, { method, body, headers: { "tus-resumable": "1.0.0", ...headers } });
  }

  async opens(visit, chance, length) {
    const name = chance.is(0.5) ? spoiltName(chance).slice(0, 2_000) : `fil-${chance.whole(0, 2 ** 31)}.jpg`;
    const told = chance.is(0.1) ? "filename ???" : `filename ${Buffer.from(name).toString("base64")}`;
    const begun = await this.tus(visit, `${visit.path}/tus`, "POST", { "upload-length": String(length), "upload-metadata": told });
    assert.ok([201, 400, 403, 429].includes(begun.status), `an upload is begun: ${begun.status}`);
    return begun.status === 201 ? begun.to : undefined;
  }

  /** Piece by piece, wrong pieces in between; in the end it is whole. */
  async goesOn(chance) {
    const visit = await this.visit(chance);
    const { bytes } = spoiltFile(chance);
    const upload = await this.opens(visit, chance, bytes.length);
    if (!upload) return;
    const parts = chance.whole(1, 4);
    for (let part = 0, at = 0; part < parts && at < bytes.length; part += 1) {
      const end = part === parts - 1 ? bytes.length : Math.min(bytes.length, at + chance.whole(0, bytes.length));
      if (chance.is(0.5)) await this.patchesWrong(visit, upload, at, bytes, chance);
      const { status, headers } = await this.tus(
        visit,
        upload,
        "PATCH",
        { "upload-offset": String(at), "content-type": BYTES },
        bytes.subarray(at, end),
      );
      if (this.removed.has(idOf(upload))) return;
      assert.deepEqual([status, headers.get("upload-offset")], [204, String(end)], `bytes ${at} to ${end} of ${bytes.length}`);
      at = end;
    }
    this.isWhole(upload, bytes);
  }

  isWhole(upload, bytes) {
    this.kept.set(idOf(upload), sha256(bytes));
  }

  async patchesWrong(visit, upload, at, bytes, chance) {
    const right = { "upload-offset": String(at), "content-type": BYTES };
    const tail = bytes.subarray(at);
    const [headers, body] = chance.one([
      [{ ...right, "upload-offset": String(at + 1) }, tail],
      [{ ...right, "upload-offset": chance.one(LENGTHS.slice(1)) }, tail],
      [{ ...right, "content-type": "text/plain" }, tail],
      [right, Buffer.concat([tail, Buffer.from("x")])],
      [{ ...right, "upload-offset": String(2 ** 53) }, tail],
      [{ ...right, "tus-resumable": "0.2.2" }, tail],
      [{ ...right, "upload-offset": "18446744073709551615" }, tail],
      [{ "content-type": BYTES }, tail],
    ]);
    const { status } = await this.tus(visit, upload, "PATCH", headers, body);
    assert.ok([0, 400, 404, 409, 412, 413, 415].includes(status), `${JSON.stringify(headers)}: ${status}`);
  }

  /** The same bytes from several windows at once: each is answered, and what is kept is the file. */
  async isGoneOnWithByMany(chance) {
    const visit = await this.visit(chance);
    const bytes = noise(chance, 4_096);
    const upload = await this.opens(visit, chance, bytes.length);
    if (!upload) return;
    const headers = { "upload-offset": "0", "content-type": BYTES };
    const told = await Promise.all(Array.from({ length: 4 }, () => this.tus(visit, upload, "PATCH", headers, bytes)));
    for (const { status } of told) assert.ok([204, 404, 409].includes(status), `one of several: ${status}`);
    await this.comesWhole(visit, upload, bytes);
    this.isWhole(upload, bytes);
  }

  /** Parts of the protocol that are not spoken here, and lengths that are none. */
  async beginsWrong(chance) {
    const visit = await this.visit(chance);
    const headers = chance.one([
      { "upload-length": chance.one(LENGTHS) },
      { "upload-defer-length": "1" },
      { "upload-length": "5", "upload-concat": "partial" },
      { "upload-concat": `final;${visit.path}/tus/${"0".repeat(32)} ${visit.path}/tus/${"1".repeat(32)}` },
      {
        "upload-length": "5",
        "upload-metadata": chance.one([",,,", "filename", "filename ", `filename ${"A".repeat(9_000)}`, "=".repeat(100)]),
      },
      { "upload-length": "5", "tus-resumable": "" },
      { "upload-length": "5", "x-http-method-override": "DELETE" },
      { "upload-length": "5", "upload-checksum": "sha1 ???" },
    ]);
    const { status } = await this.tus(visit, `${visit.path}/tus`, "POST", headers);
    assert.ok([201, 400, 403, 412, 413, 429].includes(status), `${JSON.stringify(headers)}: ${status}`);
    const id = chance.one(["0".repeat(32), "..", "%2e%2e%2f", "%00", "A".repeat(32), "g".repeat(32), "0".repeat(33)]);
    for (const method of ["HEAD", "PATCH", "DELETE"])
      await this.tus(
        visit,
        `${visit.path}/tus/${id}`,
        method,
        { "upload-offset": "0", "content-type": BYTES },
        method === "PATCH" ? "x" : undefined,
      );
  }

  /** Files in one form; those that are listed afterwards have come. */
  async sendsForm(chance) {
    const visit = await this.visitAnew(chance);
    const files = Array.from({ length: chance.whole(0, 4) }, () => ({ ...spoiltFile(chance), name: spoiltName(chance) }));
    const { status } = await this.ask(visit.visitor, visit.path, multipart(chance, files));
    // 400: a name that no head of a part may have; what follows it is not read, so the line may be cut off before the answer comes.
    assert.ok([0, 303, 400, 409, 422].includes(status), `a form with ${files.length} files: ${status}`);
    if (status !== 303) return;
    const page = await this.ask(visit.visitor, visit.path);
    const listed = [...page.text.matchAll(/name="file" value="([0-9a-f]{32})"/g)].length;
    assert.equal(listed, files.length, "every file of a form that was taken is listed");
    for (const { what, bytes } of files) if (what !== "program") this.whole.add(sha256(bytes));
    this.visits.push(visit);
  }

  async sendsBrokenForm(chance) {
    const visit = await this.visit(chance);
    const files = Array.from({ length: chance.one([1, 2, 3, 40]) }, () => ({ ...spoiltFile(chance), name: spoiltName(chance) }));
    const small = files.map((file) => ({ ...file, bytes: file.bytes.subarray(0, 200) }));
    await this.ask(visit.visitor, visit.path, chance.is(0.8) ? multipart(chance, small, { broken: true }) : spoiltBody(chance));
  }

  /** The ids of one browser's uploads in the hands of another, at the same matter and at others. */
  async breaksIn(chance) {
    const owner = await this.visit(chance);
    const secret = `kanariefil-${chance.whole(0, 2 ** 31)}.jpg`;
    const metadata = `filename ${Buffer.from(secret).toString("base64")}`;
    const begun = await this.tus(owner, `${owner.path}/tus`, "POST", { "upload-length": "9", "upload-metadata": metadata });
    if (begun.status !== 201) return;
    const id = idOf(begun.to);
    const stranger = this.visitor(chance);
    if (chance.is(0.5)) stranger.cookies.set(COOKIE, chance.one(["0".repeat(64), "x", noise(chance, 32).toString("hex")]));
    const elsewhere = TREES[chance.one(LANGUAGES)].files(chance.one(this.tokens));
    for (const path of [owner.path, elsewhere]) {
      for (const method of ["HEAD", "PATCH", "DELETE"]) {
        const headers = { "upload-offset": "0", "content-type": BYTES };
        const { status } = await this.tus(
          { visitor: stranger },
          `${path}/tus/${id}`,
          method,
          headers,
          method === "PATCH" ? "stolen..." : undefined,
        );
        assert.equal(status, 404, `${method} of an upload of somebody else`);
      }
      const page = await this.ask(stranger, path);
      assert.equal(page.status, 200, path);
      assert.ok(!page.text.includes(secret), "somebody else's file is listed");
      await this.ask(stranger, `${path}/${owner.tree.remove}`, { form: [["file", id]] });
    }
    const stands = await this.tus(owner, begun.to, "HEAD");
    assert.deepEqual([stands.status, stands.headers.get("upload-offset")], [200, "0"], "it was touched by somebody else");
    assert.equal((await this.tus(owner, begun.to, "DELETE")).status, 204);
    this.removed.add(id);
  }

  /** A body that ends before it said, a head that lies; what came counts, and the rest may follow. */
  async breaksOff(chance) {
    const visit = await this.visit(chance);
    const bytes = noise(chance, 3_000);
    const upload = await this.opens(visit, chance, bytes.length);
    if (!upload) return;
    const said = chance.one([3_000, 2_999, 1, 0]);
    const lines = [
      "PATCH " + upload + " HTTP/1.1",
      `host: ${this.server.http}`,
      `cookie: ${visit.visitor.cookie}`,
      "tus-resumable: 1.0.0",
      "upload-offset: 0",
      `content-type: ${BYTES}`,
      `content-length: ${said}`,
    ];
    const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`);
    await wire(this.server.http, Buffer.concat([head, bytes.subarray(0, chance.whole(0, 1_500))]), { leaves: true });
    await this.comesWhole(visit, upload, bytes);
    this.isWhole(upload, bytes);
  }

  /** Goes on from where it stands: what was broken off may still be on its way to the disk, or overtake what follows. */
  async comesWhole(visit, upload, bytes) {
    await until("the rest has come", async () => {
      const stands = await this.tus(visit, upload, "HEAD");
      const at = Number(stands.headers.get("upload-offset"));
      // Another round may have taken it back.
      if (stands.status !== 200 || at === bytes.length) return true;
      const { status, headers } = await this.tus(
        visit,
        upload,
        "PATCH",
        { "upload-offset": String(at), "content-type": BYTES },
        bytes.subarray(at),
      );
      assert.ok([204, 409].includes(status), `the rest from ${at}: ${status}`);
      return headers.get("upload-offset") === String(bytes.length);
    });
  }

  /** Sends what has come, perhaps twice, with spoilt words; takes one back before. */
  async handsIn(chance) {
    const visit = chance.is(0.5) ? await this.visit(chance) : await this.visitAnew(chance);
    await this.ask(visit.visitor, visit.path, multipart(chance, [{ ...spoiltFile(chance), name: "bild.jpg" }]));
    const page = await this.ask(visit.visitor, visit.path);
    const ids = [...page.text.matchAll(/name="file" value="([0-9a-f]{32})"/g)].map(([, id]) => id);
    if (ids.length > 0 && chance.is(0.3)) {
      const id = chance.one(ids);
      this.removed.add(id);
      const { status } = await this.ask(visit.visitor, `${visit.path}/${visit.tree.remove}`, { form: [["file", id]] });
      assert.equal(status, 303);
    }
    const answers = [...answersTo(page.text), ["text", spoiltText(chance)]];
    const send = () =>
      this.ask(visit.visitor, `${visit.path}/${visit.tree.send}`, { form: chance.is(0.2) ? spoiltAnswers(chance, answers) : answers });
    for (const { status, to } of await Promise.all([send(), send()])) {
      assert.ok([0, 303, 413, 422].includes(status), `sending: ${status}`);
      if (status === 303 && to.endsWith(visit.tree.done)) this.sent += 1;
    }
  }

  /** What was acknowledged and not taken back is kept, as it came. */
  async reckons() {
    const kept = await rows(this.server, "SELECT evidence, state, sha256, received FROM evidence");
    const by = new Map(kept.map((row) => [row.evidence, row]));
    const hashes = new Set(kept.map(({ sha256: hash }) => hash));
    for (const [id, hash] of this.kept) {
      if (this.removed.has(id) || by.get(id)?.state === "refused") continue;
      assert.equal(by.get(id)?.sha256, hash, `upload ${id} was acknowledged; kept is ${JSON.stringify(by.get(id))}`);
    }
    const gone = kept.filter(({ state }) => state === "removed").length;
    const lost = [...this.whole].filter((hash) => !hashes.has(hash));
    assert.ok(lost.length <= gone + this.removed.size, `${lost.length} files of forms are lost, ${gone} were taken back`);
    return { whole: this.kept.size + this.whole.size, sent: this.sent };
  }
}
