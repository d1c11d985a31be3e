// Learns what callers mean once for each deployment, before the tests: beside them it would take several times as long, for
// every test that is the first to need it.
//
// SVAR_LEARNS: of which deployments. `tests/learning.test.js`, which looks on while Sweden's is learnt, keeps it for the others too.

import { Service } from "./helpers/service.js";

/** Nobody is heard meanwhile, so no recogniser has to be there. */
const NO_RECOGNISER = "http://127.0.0.1:9/";

await Promise.all(
  (process.env.SVAR_LEARNS ?? "sweden,denmark").split(",").map(async (deployment) => {
    const service = await Service.start({ deployment, recogniser: NO_RECOGNISER });
    await service.remove();
  }),
);
