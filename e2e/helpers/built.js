// What is tried.

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
/** The built program; `cargo xtask test` names it. */
export const svar = process.env.SVAR_PROGRAM ?? join(root, "target/debug/svar");
