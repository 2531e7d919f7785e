/** Where the user stopped in a room: how far they have seen it, what is unread, and the line above it. */

/**
 * @typedef {import("./types.js").Message} Message
 *
 * @typedef {object} News
 * @property {readonly Message[]} messages the newest ones, ascending by seq
 * @property {number} start they are all that there are after this seq
 * @property {number} last the newest seq that the room is known to have
 * @property {boolean} isAllNew whether at the first visit all is new, and not nothing
 * @property {boolean} attentive whether the user looks at the room
 * @property {(message: Message) => boolean} isNew whether it is by others, and shown
 * @property {(message: Message) => boolean} isCall whether it calls the user
 */

export class Bookmark {
  /** @type {number | null} the newest seq that the user saw; null: nothing is known */
  seen;
  /** Whether what follows shall stay unread, though the user looks at it. */
  isHeld = false;
  /** @type {(line: number | null) => void} keeps the line for the next visit */
  keepLine = () => {};
  /** @type {number | null} the unread line stands after this seq */
  #line;
  /** @type {number[]} what is unread, as far as it is here */
  #fresh = [];
  /** @type {number[]} what of it calls the user */
  #calls = [];
  #further = 0; // how many are unread further back
  /** @type {number | null} up to which seq messages are counted as read or unread */
  #counted = null;
  #announced = 0; // the newest seq that the user was told of, if it called them
  #interrupted = true;

  /** @param {{seen: number | null, line?: number | null}} kept from an earlier visit */
  constructor({ seen, line = null }) {
    this.seen = seen;
    this.#line = line;
  }

  get unread() {
    return this.#further + this.#fresh.length;
  }

  get mentions() {
    return this.#calls.length;
  }

  get line() {
    return this.#line;
  }

  /** @param {number | null} seq */
  #draw(seq) {
    if (seq === this.#line) return;
    this.#line = seq;
    this.keepLine(seq);
  }

  /** What comes next stands under an unread line, even if the user is looking. */
  interrupt() {
    this.#interrupted = true;
  }

  /**
   * Count what is new since the last time.
   *
   * @param {News} news
   * @returns {{fresh: Message[], news: Message[], calls: Message[]}} others' new messages; those of which
   *   the user was not told before; and those of these that call them
   */
  follow({ messages, start, last, isAllNew, attentive, isNew, isCall }) {
    // On the first visit nothing of the past is new, but in a private room all is.
    this.seen ??= isAllNew ? 0 : last;
    this.seen = Math.min(this.seen, last); // the log may have been emptied meanwhile
    const since = Math.min(this.#counted ?? this.seen, last);
    let at = messages.length;
    while (at > 0 && messages[at - 1].seq > since) at -= 1;
    const newer = messages.slice(at);
    const fresh = newer.filter(isNew);
    if (fresh.length && !this.unread && (this.#interrupted || !attentive)) {
      // Own messages just above are seen: the user wrote them.
      const above = messages[at + newer.indexOf(fresh[0]) - 1]?.seq ?? this.seen;
      this.#draw(this.seen < start ? this.seen : above);
    }
    if (fresh.length || this.#counted === null) this.#interrupted = false;
    this.#counted = Math.max(since, messages.at(-1)?.seq ?? 0);
    const calls = fresh.filter(isCall);
    this.#fresh.push(...fresh.map(({ seq }) => seq));
    this.#calls.push(...calls.map(({ seq }) => seq));
    const news = fresh.filter(({ seq }) => seq > this.#announced);
    this.#announced = Math.max(this.#announced, this.#counted);
    return { fresh, news, calls: news.filter((one) => calls.includes(one)) };
  }

  /** So many messages follow what the user saw. @param {number} total */
  count(total) {
    this.#further = Math.max(0, total - this.#fresh.length);
  }

  /**
   * @param {number} seq up to which the user has seen all
   * @param {number} [others] how many messages of others that is; more than all if it is not known
   */
  readTo(seq, others = Infinity) {
    if (seq <= (this.seen ?? 0)) return;
    const before = this.#fresh.length;
    this.seen = seq;
    this.#fresh = this.#fresh.filter((one) => one > seq);
    this.#calls = this.#calls.filter((one) => one > seq);
    this.#further = Math.max(0, this.#further - (others - (before - this.#fresh.length)));
  }

  /** The user has seen the room's end. @param {number} newest */
  read(newest) {
    this.seen = Math.max(this.seen ?? 0, newest);
    this.#fresh = [];
    this.#calls = [];
    this.#further = 0;
  }

  /** Count anew what follows a seq, which is where the user stopped. @param {number | null} seen null: nothing is known */
  begin(seen) {
    this.seen = seen;
    this.#counted = null;
    this.#draw(null);
    this.#fresh = [];
    this.#calls = [];
    this.#further = 0;
    this.#interrupted = true;
  }

  /** The server has another history. */
  forget() {
    this.begin(null);
    this.#announced = 0;
  }

  /** The user has seen the unread line and goes on; what is still unread begins where they stopped. */
  goOn() {
    this.isHeld = false;
    this.#draw(this.unread ? this.seen : null);
  }
}
