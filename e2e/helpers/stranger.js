// Somebody who speaks SIP by hand, well or badly: bytes go out as they are, answers come in by Call-ID.

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { until } from "./wait.js";

const ANSWER_MS_MAX = 20_000;
/** T1 of the standard: what is lost on the way is sent again. */
const AGAIN_EVERY_MS = 500;
/** Its number. */
export const STRANGER = "+46313900609";

export const SDP = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0", "m=audio 40000 RTP/AVP 8", "a=rtpmap:8 PCMA/8000", ""].join("\r\n");

export class Stranger {
  static async open(sip) {
    const stranger = new Stranger();
    [stranger.host, stranger.port] = [sip.split(":")[0], Number(sip.split(":")[1])];
    stranger.socket = createSocket("udp4").bind(0, "127.0.0.1");
    await once(stranger.socket, "listening");
    stranger.answers = [];
    stranger.calls = 0;
    stranger.socket.on("message", (bytes) => stranger.answers.push(bytes.toString("latin1")));
    return stranger;
  }

  /** A request with its usual lines; `lines` replaces some by name, null leaves one out. */
  request(method, { user = "11414", lines = {}, body = SDP, type = "application/sdp", call = `stranger-${(this.calls += 1)}` } = {}) {
    const own = `127.0.0.1:${this.socket.address().port}`;
    const usual = {
      Via: `SIP/2.0/UDP ${own};branch=z9hG4bK-${call}-${method}`,
      From: `<sip:${STRANGER}@${own}>;tag=${call}`,
      To: `<sip:${user}@${this.host}:${this.port}>`,
      "Call-ID": call,
      CSeq: `1 ${method}`,
      Contact: `<sip:${STRANGER}@${own}>`,
      "Max-Forwards": "70",
      "Content-Type": type,
      "Content-Length": String(Buffer.byteLength(body)),
    };
    const kept = Object.entries({ ...usual, ...lines }).filter(([, value]) => value !== null);
    const head = [`${method} sip:${user}@${this.host}:${this.port} SIP/2.0`, ...kept.map(([name, value]) => `${name}: ${value}`)];
    return { call, text: `${head.join("\r\n")}\r\n\r\n${body}` };
  }

  async send(bytes) {
    await new Promise((resolve) => this.socket.send(bytes, this.port, this.host, () => resolve()));
  }

  /** Sends a request, again as long as nobody answers, and waits for its final answer: the status. */
  async ask({ call, text }) {
    await this.send(text);
    const again = setInterval(() => this.send(text), AGAIN_EVERY_MS);
    try {
      return await until(`an answer to ${call}`, () => this.final(call), ANSWER_MS_MAX);
    } finally {
      clearInterval(again);
    }
  }

  /** The status of the final answer in a call, undefined before it came. */
  final(call) {
    const found = this.answers.find((answer) => answer.includes(call) && /^SIP\/2\.0 [2-6]/.test(answer));
    return found && Number(found.slice(8, 11));
  }

  /** Bytes over a connection of their own, which the other side may end. */
  async over(bytes) {
    const socket = connect(this.port, this.host);
    socket.on("error", () => {});
    await once(socket, "connect");
    socket.write(bytes);
    return socket;
  }

  close() {
    this.socket.close();
  }
}
