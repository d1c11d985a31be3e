// Words, answers and bodies that no browser sends, and that have broken programs before.

/** Signs that hide, turn around, end or begin something, or are none. */
const SIGNS = [
  "\0",
  "\u0007",
  "\u202e",
  "\u2066",
  "\u2069",
  "\ufeff",
  "\u200b",
  "\u0301",
  "\ufffd",
  "\ud83d\ude94",
  "\u2028",
  "\r\n",
  "\t",
  "%00",
  "%c0%af",
  "&#0;",
  "'",
  '"',
  "<",
  ">",
  "`",
  "\\",
  "{",
  "}",
];
const TEXTS = [
  "",
  " ",
  "unknown",
  "yes",
  "-1",
  "0",
  "1e309",
  "NaN",
  "99999999999999999999",
  "2026-02-30",
  "29",
  "25:61",
  "19000101-0000",
  "000000-0000",
  "010203-4567",
  "+46 0000000000000000",
  "a@b@c",
  "anna@example.org\r\nBcc: all@example.org",
  "../../../../etc/passwd",
  "C:\\Windows\\system32",
  "=cmd|' /C calc'!A0",
  "'; DROP TABLE matters; --",
  "${jndi:ldap://example.org/a}",
  "{{7*7}}",
  "{ $count }",
  "</textarea><script>alert(1)</script>",
  "<svg onload=alert(1)>",
  "\u202egnp.exe",
  "Z\u0351\u036b\u0343a\u0334l\u0336g\u0321o\u0322",
];
const BROKEN_BODIES = [
  "%",
  "a=%",
  "a=%zz",
  "=&=&=",
  "&&&&",
  "a=%ff%fe",
  "a=%C3%28",
  "a=%00",
  "a;b;c",
  "\0\0\0",
  "{}",
  "[",
  '{"a":',
  "<a>",
  "a=1&a=2&a=3",
  "a[b][c]=1",
  "a".repeat(4_000),
  "a=+".repeat(500),
];
const CONTENT_TYPES = [
  undefined,
  "",
  "application/x-www-form-urlencoded",
  "application/x-www-form-urlencoded; charset=utf-16",
  "multipart/form-data",
  "multipart/form-data; boundary=",
  `multipart/form-data; boundary=${"b".repeat(200)}`,
  "application/json",
  "text/plain",
  "application/octet-stream",
  "nonsense",
];

/** Bytes by chance. */
export const noise = (chance, length) => Buffer.from(Array.from({ length }, () => chance.whole(0, 256)));

/** A text that somebody means ill with, or that is only long. */
export function spoiltText(chance) {
  return chance.weighed([
    [() => chance.one(TEXTS), 6],
    [() => Array.from({ length: chance.whole(1, 30) }, () => chance.one(SIGNS)).join(chance.one(["", "a", " "])), 3],
    [() => chance.one(["a", "å", "\u202e", "\ud83d\ude94", "\n", "<"]).repeat(chance.whole(1, 6_000)), 2],
    [() => noise(chance, chance.whole(1, 60)).toString("latin1"), 1],
    [() => String(chance.whole(-2, 2 ** 31)), 1],
  ])();
}

/** The answers that a page asks for, some of them spoilt: other values, twice, left out, too many, with parts that none has. */
export function spoiltAnswers(chance, answers) {
  const spoilt = answers.filter(() => chance.is(0.85)).map(([name, value]) => [name, chance.is(0.5) ? spoiltText(chance) : value]);
  const names = answers.map(([name]) => name.split(".")[0]).concat("seen", "more", "remove", "code", "nobody-asked");
  const parts = ["", ".day", ".month", ".year", ".clock", ".street", ".municipality", ".more", ".unknown", ".", ".."];
  for (let n = chance.whole(0, 6); n > 0; n -= 1) spoilt.push([chance.one(names) + chance.one(parts), spoiltText(chance)]);
  if (chance.is(0.05)) for (let n = 0; n < 10_000; n += 1) spoilt.push([chance.is(0.5) ? chance.one(names) : `n${n}`, ""]);
  if (chance.is(0.05)) spoilt.push([chance.one(names), "x".repeat(chance.one([59_999, 60_001, 65_536, 200_000, 2_000_000]))]);
  return spoilt;
}

/** A body that is no form, and what it says that it is. */
export function spoiltBody(chance) {
  const body = chance.weighed([
    [() => chance.one(BROKEN_BODIES), 4],
    [() => noise(chance, chance.whole(0, 3_000)), 2],
    [() => Buffer.alloc(chance.one([65_535, 65_537, 1_000_000])), 1],
  ])();
  const type = chance.one(CONTENT_TYPES);
  return { method: "POST", body, headers: type === undefined ? {} : { "content-type": type } };
}

const BYTES_OF = {
  picture: Buffer.from("ffd8ffe000104a46494600010100000100010000ffda00027069637475726500ffd9", "hex"),
  "picture that is a page": Buffer.concat([Buffer.from("GIF89a/*"), Buffer.from("*/=1;<html><script>alert(1)</script></html>")]),
  "document that is locked": Buffer.from("%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R/Encrypt 2 0 R>>\n%%EOF"),
  "document that is an archive": Buffer.concat([
    Buffer.from("%PDF-1.4\n%%EOF\n"),
    Buffer.from("504b0304140000000800", "hex"),
    Buffer.alloc(40),
  ]),
  page: Buffer.from("<!doctype html><script>alert(document.cookie)</script>"),
  drawing: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
  program: Buffer.from("MZ\u0090\0this program cannot be run", "latin1"),
  "word of some text": Buffer.from("Det stod en blå bil där.\n"),
  "text that is none": Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0xf0, 0x28, 0x8c, 0x28, 0x00, 0x01]),
  "film that ends at once": Buffer.from("000000186674797069736f6d0000020069736f6d69736f32ffffffff6d6f6f76", "hex"),
  "picture of absurd size": Buffer.from("89504e470d0a1a0a0000000d49484452ffffffffffffffff0806000000", "hex"),
};

/** An archive whose one file is said to hold, and holds, a thousand times what the archive has. */
async function bomb() {
  const { deflateRawSync } = await import("node:zlib");
  const packed = deflateRawSync(Buffer.alloc(32 * 1024 * 1024), { level: 9 });
  const head = Buffer.from("504b03041400000008000000000000000000ffffffffffffffff05000000", "hex");
  return Buffer.concat([head, Buffer.from("a.txt"), packed]);
}
BYTES_OF["archive that fills a disk"] = await bomb();

/** A file by what it is, and its bytes, each with an end of its own so that no two are the same. */
export function spoiltFile(chance) {
  const what = chance.one(Object.keys(BYTES_OF));
  return { what, bytes: Buffer.concat([BYTES_OF[what], noise(chance, 8)]) };
}

const NAMES = [
  "bild.jpg",
  "../../../etc/passwd",
  "..\\..\\win.ini",
  "C:\\x\\y.exe",
  "a\0b.jpg",
  "\u202egpj.exe",
  "",
  ".",
  "..",
  "/",
  "con.jpg",
  "a".repeat(4_000),
  "\u0301".repeat(300),
  'a"; filename="b',
  "<b>x</b>.svg",
  "a%2fb",
  "\ud83d\ude94.mov",
  " . ",
];

export const spoiltName = (chance) => (chance.is(0.7) ? chance.one(NAMES) : spoiltText(chance));

/** A form with files, whole or broken. */
export function multipart(chance, files, { broken = false } = {}) {
  const boundary = `b${chance.whole(0, 2 ** 31)}`;
  const escaped = (name) => name.replace(/[\r\n"]/g, (sign) => encodeURIComponent(sign));
  const parts = files.map(({ name, bytes }) => {
    const told = broken && chance.is(0.4) ? name : escaped(name);
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${told}"\r\ncontent-type: image/jpeg\r\n\r\n`;
    return Buffer.concat([Buffer.from(broken && chance.is(0.3) ? head.replace("\r\n\r\n", "\r\n") : head), bytes, Buffer.from("\r\n")]);
  });
  const end = Buffer.from(broken && chance.is(0.5) ? "" : `--${boundary}--\r\n`);
  let body = Buffer.concat([...parts, end]);
  if (broken && chance.is(0.3)) body = body.subarray(0, chance.whole(0, body.length));
  if (broken && chance.is(0.2)) body = Buffer.concat([noise(chance, 200), body]);
  const said = broken && chance.is(0.2) ? "another" : boundary;
  return { method: "POST", body, headers: { "content-type": `multipart/form-data; boundary=${said}` } };
}
