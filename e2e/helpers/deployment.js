// Sweden's deployment with other figures in its plan, for a test that needs more time than those give.

import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Copies a deployment, and replaces texts in the copy's plan.
 * @param {string} from
 * @param {string} folder
 * @param {Record<string, string>} figures what stands in the plan, exactly once, and what takes its place
 */
export async function copyDeployment(from, folder, figures) {
  await cp(from, folder, { recursive: true });
  const path = join(folder, "plan.toml");
  let plan = await readFile(path, "utf8");
  for (const [found, instead] of Object.entries(figures)) {
    const parts = plan.split(found);
    if (parts.length !== 2) throw new Error(`${JSON.stringify(found)} stands ${parts.length - 1} times in the plan of ${from}, not once`);
    plan = parts.join(instead);
  }
  await writeFile(path, plan);
}
