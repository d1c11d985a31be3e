// A browser without any script, without a screen either: it keeps cookies, reads fields out of pages and sends forms. Who looks
// at words alone, or sends what no browser would, needs no more.

const ANSWER_MS_MAX = 30_000;
const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };

export const decoded = (text) => text.replace(/&(?:amp|lt|gt|quot|#39);/g, (sign) => ENTITIES[sign]);

/** The attributes of an opening tag; one without a value has an empty one. */
export function attributes(tag) {
  const found = [...tag.matchAll(/([a-z][a-z0-9-]*)(?:="([^"]*)")?/gi)].slice(1);
  return Object.fromEntries(found.map(([, name, value]) => [name, decoded(value ?? "")]));
}

/** Every field of the page's main part, in order: name, kind, value, and whether it was chosen before. */
export function fieldsOf(page) {
  const main = /<main[\s\S]*<\/main>/.exec(page)?.[0] ?? "";
  return [...main.matchAll(/<(?:input|textarea|select)\b[^>]*>/g)].map(([tag]) => {
    const { name = "", type = "", value = "", checked } = attributes(tag);
    return { name, value, kind: tag.startsWith("<input") ? type || "text" : "text", chosen: checked !== undefined };
  });
}

/** What somebody answers who knows next to nothing: "I do not know" wherever it is an answer, no where it is asked for yes or no,
 * else what comes first.
 * @param {number} times how often this page was answered already: then otherwise
 * @param {string} municipality where it happened, if anybody knows */
export function answersTo(page, times = 0, municipality = "") {
  const fields = fieldsOf(page);
  const asked = new Map();
  for (const { name, kind, value } of fields) {
    if (!["radio", "checkbox"].includes(kind) || name.endsWith(".unknown")) continue;
    asked.set(name, [...(asked.get(name) ?? []), value]);
  }
  const answers = fields.filter(({ kind }) => kind === "hidden").map(({ name, value }) => [name, value]);
  let rest = times;
  for (const [name, values] of asked) {
    const order = [
      ...["unknown", "no"].filter((value) => values.includes(value)),
      ...values.filter((value) => !["unknown", "no"].includes(value)),
    ];
    // Of several questions each answer of one meets each of the others.
    answers.push([name, order[rest % order.length]]);
    rest = Math.floor(rest / order.length);
  }
  const places = municipality ? fields.filter(({ name }) => name.endsWith(".municipality")).map(({ name }) => name) : [];
  answers.push(...places.map((name) => [name, municipality]));
  for (const { name, kind, value } of fields) {
    if (name.endsWith(".unknown") && !places.includes(name.replace(/unknown$/, "municipality"))) answers.push([name, value]);
    if (kind === "tel") answers.push([name, "070-174 06 05"]);
    if (kind === "email") answers.push([name, "anna@example.org"]);
  }
  return answers;
}

export class Visitor {
  /** @param {string} origin
   * @param {{ from?: string }} options the address that a proxy in front says it comes from */
  constructor(origin, { from } = {}) {
    Object.assign(this, { origin, from, cookies: new Map() });
  }

  get cookie() {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  /** Asks once; where it leads to is not followed. */
  async ask(path, { method, form, body, headers = {} } = {}) {
    const sent = form ? new URLSearchParams(form) : body;
    const own = { ...(this.from && { "x-forwarded-for": this.from }), ...(this.cookies.size > 0 && { cookie: this.cookie }) };
    const answer = await fetch(this.origin + path, {
      method: method ?? (sent === undefined ? "GET" : "POST"),
      body: sent,
      headers: { ...own, ...headers },
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    for (const set of answer.headers.getSetCookie()) {
      const [name, value] = set.split(";")[0].split(/=(.*)/s);
      if (/Max-Age=0/.test(set)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return { status: answer.status, headers: answer.headers, text: await answer.text(), to: answer.headers.get("location") ?? "" };
  }

  /** The page at an address, which must be there. */
  async see(path) {
    const answer = await this.ask(path);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status}, leads to ${answer.to}`);
    return answer.text;
  }
}
