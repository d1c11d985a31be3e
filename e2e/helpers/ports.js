// Loopback ports that nobody holds at this moment.

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";

const TRIES_MAX = 100;

/** A port that is free for both TCP and UDP, as SIP needs it. */
export async function freePort() {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address();
    const free = await udpIsFree(port);
    server.close();
    await once(server, "close");
    if (free) return port;
  }
  throw new Error("no loopback port is free for both TCP and UDP");
}

/** An even port with its odd neighbour, as RTP and RTCP need them. */
export async function freeMediaPort() {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const port = (await freePort()) & ~1;
    if ((await udpIsFree(port)) && (await udpIsFree(port + 1))) return port;
  }
  throw new Error("no pair of loopback ports is free for sound");
}

async function udpIsFree(port) {
  const socket = createSocket("udp4");
  try {
    socket.bind(port, "127.0.0.1");
    await once(socket, "listening");
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}
