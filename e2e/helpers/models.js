// The models that centres of this build have trained, kept for the next one with the same sentences: their names tell what
// they were trained with.

import { copyFile, mkdir, readdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { root, svar } from "./built.js";

const kept = async () => join(root, `target/tmp/e2e-models-${Math.round((await stat(svar)).mtimeMs)}`);

export async function modelsIn(folder) {
  return (await readdir(folder)).filter((name) => name.endsWith(".model"));
}

/** Puts all that are kept into a data folder. */
export async function lendModels(data) {
  const from = await kept();
  await mkdir(from, { recursive: true });
  for (const name of await modelsIn(from)) await copyFile(join(from, name), join(data, name));
}

/** Keeps what was trained in a data folder. */
export async function keepModels(data) {
  const to = await kept();
  await mkdir(to, { recursive: true });
  for (const name of await modelsIn(data)) {
    // Moved into place, so that a file that runs beside this one never finds half of it.
    await copyFile(join(data, name), join(to, `${name}.${process.pid}`));
    await rename(join(to, `${name}.${process.pid}`), join(to, name));
  }
}
