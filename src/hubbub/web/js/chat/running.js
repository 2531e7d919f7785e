/** Running the server (docs/protocol.md, section 4.9): how it does, who is here, who is connected. */

/**
 * @typedef {object} Status
 * @property {string} server
 * @property {string} address
 * @property {number} started
 * @property {number} at
 * @property {number} people
 * @property {number} sessions
 * @property {number} connections
 * @property {number} rooms
 * @property {number} last the newest seq
 * @property {number} [log_bytes]
 * @property {number} [wal_bytes]
 * @property {number} [file_bytes]
 * @property {number} [log_free_bytes]
 * @property {number} [disk_free_bytes]
 * @property {number} [damaged]
 * @property {string[]} [complaints]
 * @property {string[]} [failing]
 * @property {number} [faults]
 * @property {boolean} [locked]
 * @property {number} [backup]
 *
 * @typedef {{name: string, kind: string, sessions: number, rooms: number, person?: string, role?: string, away?: boolean}} PersonHere
 * @typedef {{id: string, name: string, address: string, by: string, since: number, heard: number, label?: string, rooms?: number, lagging?: number, behind?: number, unsent?: number}} SessionSummary
 * @typedef {{id: string, name: string, scopes: string[], since: number, by: string, label?: string, seen?: number}} Token
 */

export class Running {
  #ask;

  /** @param {(command: import("./types.js").Command) => Promise<any>} ask */
  constructor(ask) {
    this.#ask = ask;
  }

  /** @returns {Promise<Status>} */
  status = () => this.#ask({ type: "status" });

  /** @returns {Promise<{people: PersonHere[], more?: boolean}>} everybody who is here */
  people = () => this.#ask({ type: "people" });

  /** @returns {Promise<{sessions: SessionSummary[], more?: boolean}>} the newest last */
  sessions = () => this.#ask({ type: "sessions" });

  /** @returns {Promise<{applied: string[], restart: string[]}>} which settings changed */
  reload = () => this.#ask({ type: "reload" });

  /** @returns {Promise<{room: string, topic: string, members: number, last: number, title?: string}[]>} */
  rooms = async () => (await this.#ask({ type: "rooms" })).rooms;

  /** Put somebody out of the chatroom for a minute. @param {string} name */
  kick = (name) => this.#ask({ type: "kick", name });

  /** @returns {Promise<Token[]>} those of bots */
  tokens = async () => (await this.#ask({ type: "tokens" })).tokens;

  /** @type {(name: string, scopes: string[]) => Promise<string>} a new token, which is shown once */
  token = async (name, scopes) => (await this.#ask({ type: "token", name, scopes })).token;

  /** Let a token count no longer. @param {string} token its id */
  revokeToken = (token) => this.#ask({ type: "revoke_token", token });

  /** @returns {Promise<import("./types.js").Message[]>} the newest acts of power, oldest first */
  audit = async () => (await this.#ask({ type: "history", room: "$audit", limit: 100 })).messages;
}
