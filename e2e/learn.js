// Learns what callers mean once for each deployment, before the tests: beside them it would take several times as long, for
// every test that is the first to need it.

import { Service } from "./helpers/service.js";

/** Nobody is heard meanwhile, so no recogniser has to be there. */
const NO_RECOGNISER = "http://127.0.0.1:9/";

await Promise.all(
  ["sweden", "denmark"].map(async (deployment) => {
    const service = await Service.start({ deployment, recogniser: NO_RECOGNISER });
    await service.remove();
  }),
);
