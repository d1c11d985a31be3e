// Bytes on a connection of their own, which need not be HTTP: heads that lie about what follows, and bodies that break off.

import { connect } from "node:net";

/** Nobody is answered later; whoever is not is cut off by the program before that. */
const ANSWER_MS_MAX = 60_000;

/** Sends these bytes; `leaves` closes at once, without an answer. The status of the first answer, 0 where there was none.
 * @param {string} address host and port
 * @param {Buffer} bytes */
export function wire(address, bytes, { leaves = false } = {}) {
  const [host, port] = address.split(":");
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), host);
    let told = "";
    const ends = () => {
      socket.destroy();
      resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(told)?.[1] ?? 0));
    };
    socket.setTimeout(
      ANSWER_MS_MAX,
      () => socket.destroy() && reject(new Error(`nobody answered ${JSON.stringify(bytes.subarray(0, 200).toString("latin1"))}`)),
    );
    socket.on("data", (data) => {
      told += data.toString("latin1");
      if (told.includes("\r\n\r\n")) ends();
    });
    socket.on("error", ends).on("close", ends);
    socket.write(bytes, () => leaves && ends());
  });
}
