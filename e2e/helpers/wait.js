// Waiting for what must come, with a deadline; never for a time to pass.

const LOOK_EVERY_MS = 50;

/**
 * Asks until the answer is truthy, and returns it.
 * @template T
 * @param {string} what what is waited for, for the message when it does not come
 * @param {() => T | Promise<T>} ask
 * @param {number} withinMs
 * @returns {Promise<T>}
 */
export async function until(what, ask, withinMs = 15_000) {
  const deadline = Date.now() + withinMs;
  let last;
  for (;;) {
    try {
      const answer = await ask();
      if (answer) return answer;
      last = answer;
    } catch (fault) {
      last = fault;
    }
    if (Date.now() > deadline) throw new Error(`${what}: not within ${withinMs} ms (last: ${last?.message ?? JSON.stringify(last)})`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
