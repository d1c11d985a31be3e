// Loopback ports that nobody holds at this moment, and that nobody here is given twice: a port is only
// bound some time after it was asked for, a telephone's for sound only when it dials. So every process has
// a stretch of its own. All lie below those that a system gives to whoever asks for none in particular, so
// no connection takes one meanwhile.

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";

const FIRST = 20_000;
/** A telephone also takes the port above for SIP over TLS; sound takes its odd neighbour and the next even one. */
const TAKEN_TOGETHER = 4;
/** More than one test takes at once; when all were given, those of tests that are over are given again. */
const PLACES = 100;
const STRETCHES = 30;

/** First port of this process's stretch, which it holds until it ends: what says to others that it is taken. */
let claimed;
let place = 0;

/** A port, a multiple of four, that is free for both TCP and UDP, and so are the three above it. */
export async function freePort() {
  claimed ??= claim();
  const first = await claimed;
  for (let tries = 1; tries < PLACES; tries += 1) {
    place = (place % (PLACES - 1)) + 1;
    const port = first + place * TAKEN_TOGETHER;
    if (await allAreFree(port)) return port;
  }
  throw new Error("no loopback ports are free for both TCP and UDP");
}

async function claim() {
  for (let stretch = 0; stretch < STRETCHES; stretch += 1) {
    const first = FIRST + stretch * PLACES * TAKEN_TOGETHER;
    const holder = await listens(first);
    if (holder) {
      holder.unref();
      return first;
    }
  }
  throw new Error("every stretch of loopback ports is taken by another process");
}

async function allAreFree(first) {
  for (let port = first; port < first + TAKEN_TOGETHER; port += 1) {
    if (!((await tcpIsFree(port)) && (await udpIsFree(port)))) return false;
  }
  return true;
}

async function tcpIsFree(port) {
  const server = await listens(port);
  if (!server) return false;
  server.close();
  await once(server, "close");
  return true;
}

/** Who listens at a port from now on, unless somebody does already. */
async function listens(port) {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  } catch {
    return undefined;
  }
  return server;
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
