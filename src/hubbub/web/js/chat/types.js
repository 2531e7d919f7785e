/**
 * The shapes that the parts of the page share. Those of the wire are in docs/protocol.md.
 *
 * A message, a command or an event is never changed; what changed is a new object.
 *
 * @typedef {object} Message
 * @property {string} room
 * @property {number} seq
 * @property {number} prev
 * @property {string} from
 * @property {string} [person] their id, if the server knows them
 * @property {number} at milliseconds since the Unix epoch
 * @property {string} text
 * @property {string} [nonce]
 * @property {number} [reply_to]
 * @property {boolean} [me] the text says what they do: "waves" is shown as "ann waves"
 * @property {number} [edited] when, in milliseconds since the epoch
 * @property {number} [edits] how often, if more than once
 * @property {boolean} [deleted]
 * @property {Record<string, string[]>} [reactions] emoji to the names that gave it
 * @property {[number, number][]} [found] where in the text, in code points, a search found its words
 * @property {number} [replies] how many messages answer it
 * @property {boolean} [pinned]
 * @property {FileSummary[]} [files]
 * @property {string} [imported] where it was said instead, such as "slack"
 * @property {boolean} [notice] no program is to answer it
 * @property {Record<string, string>} [tags] what its sender's program adds for others of its kind
 *
 * @typedef {object} FileSummary what a message tells of a file; its bytes are at /files/ID/NAME
 * @property {string} id
 * @property {string} name
 * @property {number} size in bytes
 * @property {string} type told by its bytes, such as "image/png"
 * @property {string} sha256
 * @property {number} [width] of a picture
 * @property {number} [height]
 * @property {boolean} [preview] a smaller picture is at /files/ID/preview
 *
 * @typedef {{type: string, [field: string]: unknown}} Command
 * @typedef {{type: string, ref?: string, [field: string]: any}} WireEvent as the server sent it
 *
 * @typedef {object} Page
 * @property {string | null} room
 * @property {Message[]} messages ascending by seq
 * @property {boolean} more
 * @property {number} last
 * @property {boolean} [newer] whether there is more after a page around a message
 * @property {Stretch[]} [missing] what of these the server cannot read any more
 * @property {number} [count] how many messages there are after the seq that was asked for, up to 1,000
 * @property {boolean} [dropped] whether there were older messages, which are kept no longer
 * @property {number} [reached] from which seq on a search looked that was broken off
 *
 * @typedef {{after: number, upto: number}} Stretch of a room's log
 *
 * @typedef {object} RoomSummary
 * @property {string} room
 * @property {string} topic
 * @property {string} [title] what people call it, if that is not its name
 * @property {boolean} [private]
 * @property {number} members how many
 * @property {number} last
 *
 * @typedef {object} Post an own message on its way
 * @property {string} nonce
 * @property {string} room
 * @property {string} text
 * @property {number} at
 * @property {number} [replyTo]
 * @property {boolean} [me] it says what the user does
 * @property {FileSummary[]} [files] whose uploads are finished
 * @property {string} [failure] why the server refused it
 *
 * @typedef {"out" | "connecting" | "online" | "waiting" | "locked" | "refused" | "elsewhere"} Phase
 *   out: nobody yet · waiting: lost, tries again at `retryAt` · locked: wants the password ·
 *   refused: `sentence` says why, another name is needed · elsewhere: goes on in another tab
 *
 * @typedef {object} Connection
 * @property {Phase} phase
 * @property {string} sentence
 * @property {string} [code] of the refusal
 * @property {number} retryAt milliseconds since the epoch
 * @property {number | null} latency in milliseconds
 *
 * @typedef {"connection" | "rooms" | "log" | "members" | "typing" | "topic" | "unread" | "replaced" | "parcels"
 *   | "delayed" | "told"} Change
 *   replaced: the server has another history of the rooms named, and what was held of them is dropped ·
 *   delayed: something waits until the server can do it, or does not any more ·
 *   told: there are sentences for the user
 *
 * @typedef {{text: string, names: readonly string[], room?: string}} Sentence for the user; the names in
 *   it, in order; where to go
 *
 * @typedef {import("./room.js").RoomState} RoomState
 *
 * @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">} KeyValues
 *
 * @typedef {object} Clock
 * @property {() => number} now milliseconds since the epoch
 * @property {(run: () => void, ms: number) => number} setTimeout
 * @property {(timer: number | undefined) => void} clearTimeout
 */

export {};
