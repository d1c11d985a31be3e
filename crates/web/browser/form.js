// @ts-check
// The report's form as data: read into the shape of the API, written from it, its rows numbered, its
// faulty fields marked. Knows nothing of saving.

/** What a report has several of. */
const ROWS = ["crimes", "parties", "property"];

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field */
/** @typedef {{field: string, what: string}} Problem */

/** @param {ParentNode} form
 * @returns {Field[]} */
function fields(form) {
  return [...form.querySelectorAll("[data-field]")].filter((field) => isField(field));
}

/** @param {unknown} element
 * @returns {element is Field} */
function isField(element) {
  return element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement;
}

/** What a call suggests is no fact: it counts only once somebody has looked at it.
 * @param {Field} field */
const isSuggested = (field) => field.closest("[data-suggested]") !== null;

/** Everything in the form, in the shape of the API.
 * @param {HTMLFormElement} form
 * @returns {any} */
export function draft(form) {
  /** @type {any} */
  const made = { kind: null, number: "", crimes: [], what_happened: "", place: "", municipality: null, from: "", to: "", parties: [], property: [], traces: "", damage: "", measures: "" };
  for (const field of fields(form)) {
    const [name, row, column] = (field.dataset.field ?? "").split(".");
    const written = isSuggested(field) ? "" : field.value;
    if (column !== undefined) {
      if (!field.closest("[data-row][data-suggested]")) (made[name][Number(row)] ??= {})[column] = written;
    } else if (field.dataset.half === "clock") made[name] = written ? `${made[name]}T${written}` : made[name];
    else made[name] = written || (made[name] === null ? null : "");
  }
  for (const name of ROWS) made[name] = made[name].filter(Boolean);
  return made;
}

/** Writes a draft into the form.
 * @param {HTMLFormElement} form
 * @param {any} from */
export function fill(form, from) {
  accept(form, form);
  for (const name of ROWS) {
    const have = form.querySelectorAll(`[data-row="${name}"]`);
    for (let count = have.length; count < from[name].length; count += 1) add(form, name);
    for (let count = have.length; count > from[name].length; count -= 1) have[count - 1].remove();
  }
  for (const field of fields(form)) {
    const [name, row, column] = (field.dataset.field ?? "").split(".");
    const text = (column === undefined ? from[name] : from[name][Number(row)]?.[column]) ?? "";
    const [date, clock] = text.split("T");
    field.value = field.dataset.half === "date" ? date : field.dataset.half === "clock" ? (clock ?? "") : text;
    called(field);
  }
}

/** What was suggested within `part` holds from now on.
 * @param {HTMLFormElement} form
 * @param {Element} part a field, what stands around one, or the form */
export function accept(form, part) {
  const around = part.closest("[data-suggested]");
  const row = around?.closest("[data-row]");
  const found = part === form ? [...form.querySelectorAll("[data-suggested]")] : [around, row].filter((one) => one instanceof HTMLElement);
  for (const one of found) {
    one?.removeAttribute("data-suggested");
    one?.querySelector(":scope > .suggestion")?.remove();
  }
  return found.length > 0;
}

/** @param {HTMLFormElement} form
 * @param {string} name
 * @returns {Element | null} the new row */
export function add(form, name) {
  const template = form.querySelector(`[data-rows="${name}"] template`);
  if (!(template instanceof HTMLTemplateElement)) return null;
  const row = document.importNode(template.content, true).firstElementChild;
  if (row) template.before(row);
  number(form, name);
  return row;
}

/** Numbers the rows of one kind anew, in names, ids and labels.
 * @param {HTMLFormElement} form
 * @param {string} name */
export function number(form, name) {
  [...form.querySelectorAll(`[data-row="${name}"]`)].forEach((row, place) => {
    for (const field of fields(row)) {
      field.dataset.field = field.dataset.field?.replace(/\.\d+\./, `.${place}.`);
      const label = row.querySelector(`label[for="${CSS.escape(field.id)}"]`);
      field.id = field.id.replace(/-\d+-/, `-${place}-`);
      label?.setAttribute("for", field.id);
    }
  });
}

/** The fields of a path of a draft, which numbers its rows without those that are only suggested.
 * @param {HTMLFormElement} form
 * @param {string} path */
function at(form, path) {
  const [name, row, column] = path.split(".");
  if (column === undefined) return fields(form).filter((field) => field.dataset.field === path);
  const of = form.querySelectorAll(`[data-row="${CSS.escape(name)}"]:not([data-suggested])`)[Number(row)];
  return of ? fields(of).filter((field) => field.dataset.field?.endsWith(`.${column}`)) : [];
}

/** Marks the fields that cannot be kept and says why beside each.
 * @param {HTMLFormElement} form
 * @param {Problem[]} problems */
export function mark(form, problems) {
  for (const old of form.querySelectorAll(".problem")) old.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
  for (const { field: name, what } of problems) {
    const found = at(form, name);
    const field = found.find((one) => one.validity.badInput) ?? found[0];
    if (!field) continue;
    const line = Object.assign(document.createElement("p"), { className: "problem", id: `${field.id}-problem`, textContent: what });
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", line.id);
    (field.closest(".halves") ?? field).after(line);
  }
}

/** Says beside each field what somebody should look at once more; it is kept all the same.
 * @param {HTMLFormElement} form
 * @param {Problem[]} remarks */
export function remark(form, remarks) {
  for (const old of form.querySelectorAll(".remark")) old.remove();
  for (const field of form.querySelectorAll("[data-remarked]")) {
    field.removeAttribute("data-remarked");
    if (!field.hasAttribute("aria-invalid")) field.removeAttribute("aria-describedby");
  }
  for (const { field: name, what } of remarks) {
    const [field] = at(form, name);
    if (!field || field.hasAttribute("aria-invalid")) continue;
    const line = Object.assign(document.createElement("p"), { className: "remark", id: `${field.id}-remark`, textContent: what });
    field.dataset.remarked = "";
    field.setAttribute("aria-describedby", line.id);
    (field.closest(".halves") ?? field).after(line);
  }
}

/** Beside a code stands what it is called.
 * @param {Element} field */
export function called(field) {
  if (!(field instanceof HTMLInputElement) || !field.dataset.names) return;
  const option = [...(field.list?.options ?? [])].find((one) => one.value === field.value.trim());
  const line = field.parentElement?.querySelector("[data-name]");
  if (line) line.textContent = option?.label.replace(`${option.value} `, "") ?? "";
}

/** Dates and clocks that are begun: the browser gives nothing for them, so that they would be lost unseen.
 * @param {HTMLFormElement} form
 * @param {Element | null} [writing] where somebody is still writing
 * @returns {Problem[]} */
export function begun(form, writing) {
  const what = form.dataset.begun ?? "";
  return fields(form).filter((field) => field.validity.badInput && field !== writing).map((field) => ({ field: field.dataset.field ?? "", what }));
}

/** Path and text of every field of a draft.
 * @param {any} of
 * @returns {Map<string, string>} */
function flat(of) {
  const found = new Map();
  for (const [name, value] of Object.entries(of)) {
    if (!Array.isArray(value)) found.set(name, value ?? "");
    else value.forEach((row, place) => Object.entries(row).forEach(([column, text]) => found.set(`${name}.${place}.${column}`, text ?? "")));
  }
  return found;
}

/** Whether two drafts say the same.
 * @param {any} one
 * @param {any} other */
export function isSame(one, other) {
  return differences(one, other).length === 0;
}

/** The paths at which two drafts differ, with both texts.
 * @param {any} one
 * @param {any} other
 * @returns {[string, string, string][]} */
export function differences(one, other) {
  const [ours, theirs] = [flat(one), flat(other)];
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .map((path) => /** @type {[string, string, string]} */ ([path, ours.get(path) ?? "", theirs.get(path) ?? ""]))
    .filter(([, mine, newer]) => mine !== newer);
}

/** Where a path stands: a field of the form, or of the row that a new one would be made of.
 * @param {HTMLFormElement} form
 * @param {string} path */
function stand(form, path) {
  const [name, , column] = path.split(".");
  const template = form.querySelector(`[data-rows="${name}"] template`);
  const root = template instanceof HTMLTemplateElement ? template.content : form;
  const field = fields(root).find((one) => (column === undefined ? one.dataset.field === path : one.dataset.field?.endsWith(`.${column}`)));
  return { root, field };
}

/** What the form calls a field.
 * @param {HTMLFormElement} form
 * @param {string} path */
export function label(form, path) {
  const [name, row, column] = path.split(".");
  const { root, field } = stand(form, path);
  const own = field ? (root.querySelector(`label[for="${CSS.escape(field.id)}"]`)?.textContent ?? path) : path;
  if (column === undefined) return own;
  return `${form.querySelector(`[data-rows="${name}"] legend`)?.textContent ?? name} ${Number(row) + 1}: ${own}`;
}

/** A field's value as people read it.
 * @param {HTMLFormElement} form
 * @param {string} path
 * @param {string} value */
export function shown(form, path, value) {
  const { field } = stand(form, path);
  if (field instanceof HTMLSelectElement) return [...field.options].find((option) => option.value === value)?.textContent ?? value;
  return field?.dataset.half ? value.replace("T", " ").trim() : value;
}

/** A draft as lines to read and copy.
 * @param {HTMLFormElement} form
 * @param {any} of */
export function lines(form, of) {
  return [...flat(of)]
    .filter(([, text]) => text.trim())
    .map(([path, text]) => `${label(form, path)}: ${shown(form, path, text)}`)
    .join("\n");
}
