// Loopback ports that nobody holds at this moment, and that nobody here is given twice: a port is only
// bound some time after it was asked for. They lie below those that a system gives to whoever asks for
// none in particular, so no connection takes one meanwhile.

import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";

const FIRST = 20_000;
/** A telephone also takes the port above for SIP over TLS; sound takes its odd neighbour and the next even one. */
const TAKEN_TOGETHER = 4;
const PLACES = 3_000;

/** Tests of other files begin elsewhere. */
let place = randomInt(PLACES);

/** A port, a multiple of four, that is free for both TCP and UDP, and so are the three above it. */
export async function freePort() {
  for (let tries = 0; tries < PLACES; tries += 1) {
    place = (place + 1) % PLACES;
    const port = FIRST + place * TAKEN_TOGETHER;
    if (await allAreFree(port)) return port;
  }
  throw new Error("no loopback ports are free for both TCP and UDP");
}

async function allAreFree(first) {
  for (let port = first; port < first + TAKEN_TOGETHER; port += 1) {
    if (!((await tcpIsFree(port)) && (await udpIsFree(port)))) return false;
  }
  return true;
}

async function tcpIsFree(port) {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}

async function udpIsFree(port) {
  const socket = createSocket("udp4");
  try {
    socket.bind(port, "127.0.0.1");
    await once(socket, "listening");
  } catch {
    return false;
  } finally {
    socket.close();
  }
  return true;
}
