/** A network on which all takes time, and connections are lost, between pages and one server. */

import { Network } from "./doubles.js";

/** The end of a connection that the server sees. */
class Peer {
  readyState = 1;

  constructor(line) {
    this.line = line;
  }

  open() {
    this.line.down.push((socket) => socket.open());
  }

  say(...events) {
    for (const event of events) this.line.down.push((socket) => socket.say(event));
  }

  end() {
    this.readyState = 3;
    this.line.down.push((socket) => socket.end());
  }
}

/** One connection, with what is under way on it in either direction, in order. */
class Line {
  up = [];
  down = [];
  /** Whether what the page sends goes nowhere. */
  isCut = false;

  constructor(socket, server) {
    this.socket = socket;
    this.peer = new Peer(this);
    this.up.push(() => {
      server.sockets.push(this.peer);
      server.dialled(this.peer);
    });
  }

  /** The server hears the end some time after all that was sent. */
  #hangUp() {
    this.isCut = true;
    this.down = [];
    this.up.push(() => (this.peer.readyState = 3));
  }

  /** The page is not there any more. */
  leave() {
    this.#hangUp();
    this.socket = { open() {}, say() {}, end() {} };
  }

  /** The connection is lost. @param {boolean} isUnnoticed by the server, for a while */
  cut(isUnnoticed) {
    this.#hangUp();
    if (!isUnnoticed) for (const arrive of this.up.splice(0).slice(-1)) arrive();
    this.socket.end();
  }

  /** One thing arrives. @param {"up" | "down"} way */
  deliver(way) {
    if (this.socket.readyState === 2 && !this.isCut) this.#hangUp();
    const arrive = this[way].shift();
    arrive?.(this.socket);
    return arrive !== undefined;
  }
}

/** What a ServerDouble takes for its network. Pages connect by one `Network` each. */
export class LossyNetwork {
  sockets = [];
  dialled = () => {};
  heard = () => {};
  #lines = new Map();

  /** @returns {Network} of one browser */
  browser() {
    const network = new Network();
    network.dialled = (socket) => this.#lines.set(socket, new Line(socket, this));
    network.heard = (socket, command) => {
      const line = this.#lines.get(socket);
      if (line && !line.isCut) line.up.push(() => this.heard(line.peer, command));
    };
    return network;
  }

  /** The connection that a browser has now. */
  line(network) {
    return this.#lines.get(network.latest);
  }

  /** Something arrives somewhere. @returns {boolean} whether anything was under way */
  deliver({ shuffled }) {
    const ways = [...this.#lines.values()].flatMap((line) => [
      [line, "up"],
      [line, "down"],
    ]);
    return shuffled(ways).some(([line, way]) => line.deliver(way));
  }
}
