/** A chatroom in a few lines, at the other end of the sockets of a Network. */

export class ServerDouble {
  isUp = true;
  /** Whether its log takes nothing now. */
  isLogFull = false;
  /** Answers that do not come, by the type of the command. */
  silent = new Set();
  password = "";
  /** Whom it knows, by device; null: it knows nobody but names. */
  people = null;
  /** Who is not connected. */
  away = new Set(["nobody"]);
  log = [];
  said = []; // every say that came, repeats as well
  #epochs = [{ id: "epoch 0", start: 0 }];
  #nonces = new Map();
  #holders = new Map(); // name to socket
  #directs = new Map(); // private room to its two
  #held = [];
  #markers = new Map(); // person and room to seq

  constructor(network) {
    this.network = network;
    network.dialled = (socket) => (this.isUp ? socket.open() : socket.end());
    network.heard = (socket, command) => {
      if (socket.readyState === 1) this.#take(socket, command);
    };
  }

  /** All connections are cut, without a word. */
  crash() {
    this.isUp = false;
    for (const socket of this.network.sockets) socket.end();
    this.#holders.clear();
    this.#directs.clear();
  }

  start() {
    if (!this.isUp) this.#beginEpoch();
    this.isUp = true;
  }

  #beginEpoch() {
    this.#epochs.push({ id: `epoch ${Math.random()}`, start: this.log.at(-1)?.seq ?? 0 });
  }

  /** What a backup of its folder holds. */
  copy() {
    return { log: [...this.log], epochs: [...this.#epochs] };
  }

  /** Start again on a copy of the folder. */
  restore({ log, epochs }) {
    this.log = [...log];
    this.#epochs = [...epochs];
    this.start();
  }

  #isHistory(after, epoch) {
    const place = this.#epochs.findIndex(({ id }) => id === epoch);
    return place >= 0 && after <= (this.#epochs[place + 1]?.start ?? Infinity);
  }

  /** Do not answer the next command of a type until the function returned is called. */
  hold(type) {
    let answer = () => {};
    this.#held.push({ type, take: (run) => (answer = run) });
    return () => answer();
  }

  /** What was posted long ago is not known by its nonce any more. */
  forgetNonces() {
    this.#nonces.clear();
  }

  last(room) {
    return this.log.findLast((event) => event.room === room)?.seq ?? 0;
  }

  /** Something happens in a room. */
  add(from, room, event) {
    const seq = (this.log.at(-1)?.seq ?? 0) + 1;
    const whole = { ...event, room, seq, prev: this.last(room), from, at: seq };
    this.log.push(whole);
    this.tell(room, whole);
    return seq;
  }

  say(from, text, room = "lobby") {
    return this.add(from, room, { type: "message", text });
  }

  /** Tell all who are in a room. */
  tell(room, event) {
    for (const socket of this.network.sockets) {
      if (socket.readyState === 1 && socket.rooms?.has(room)) socket.say(event);
    }
  }

  page(room, { before = Infinity, after, around, limit = 50, count } = {}) {
    if (around !== undefined) return this.#pageAround(room, around, limit, count);
    const found = this.log.filter(
      (event) =>
        event.type === "message" && event.room === room && event.seq < before && event.seq > (after ?? 0),
    );
    const part = after === undefined ? found.slice(-limit) : found.slice(0, limit);
    const messages = part.map((message) => this.#asItReads(message));
    const page = {
      type: "page",
      room,
      messages,
      more: found.length > limit,
      last: this.log.at(-1)?.seq ?? 0,
    };
    return count ? { ...page, count: found.length } : page;
  }

  #pageAround(room, around, limit, count) {
    const older = this.page(room, { before: around + 1, limit: Math.floor(limit / 2) + 1 });
    const newer = this.page(room, { after: around, limit: Math.ceil(limit / 2) - 1, count });
    const messages = [...older.messages, ...newer.messages];
    return { ...older, messages, ...(newer.more && { newer: true }), ...(count && { count: newer.count }) };
  }

  #asItReads(message) {
    const changes = this.log.filter(({ target }) => target === message.seq);
    if (changes.some(({ type }) => type === "deleted")) return { ...message, text: "", deleted: true };
    const edits = changes.filter(({ type }) => type === "edited");
    if (!edits.length) return message;
    const { text, at: edited } = edits.at(-1);
    return { ...message, text, edited, ...(edits.length > 1 && { edits: edits.length }) };
  }

  /** Somebody who shares a private room. */
  open(room, one, other) {
    this.#directs.set(room, [one, other]);
  }

  enter(socket, room, more = {}) {
    socket.rooms.add(room);
    const direct = this.#directs.get(room);
    const members = [...this.#holders.keys(), "bob"].map((name) => ({ name }));
    const event = { type: "room", room, topic: "", members, last: this.last(room), first: 1, gap: false };
    const seen = socket.person && { seen: this.#markers.get(`${socket.person.id} ${room}`) ?? 0 };
    socket.say({ ...event, ...(direct && { direct }), ...seen, ...more });
  }

  #take(socket, command) {
    if (command.type === "say") this.said.push(command);
    const held = this.#held.findIndex(({ type }) => type === command.type);
    if (held >= 0) {
      const [{ take }] = this.#held.splice(held, 1);
      take(() => this.#take(socket, command));
      return;
    }
    if (!this.silent.has(command.type)) this.#answers[command.type]?.(socket, command);
  }

  #refuse(socket, { ref }, code) {
    socket.say({ type: "error", code, message: `${code}.`, ref });
  }

  #welcome(socket, { ref }, isHeld) {
    socket.secret = `secret ${this.network.sockets.indexOf(socket)}`;
    const limits = { text_bytes_max: 65_536 };
    const { name, secret: session, person } = socket;
    const features = this.people ? ["people"] : [];
    const known = person && { person: { id: person.id, kind: person.kind } };
    socket.say({ type: "welcome", name, session, held: isHeld, limits, features, ...known, ref });
  }

  #admit(socket, command) {
    const isHeld = this.#holders.get(socket.name)?.readyState === 1;
    if (!isHeld) this.#holders.set(socket.name, socket);
    this.#welcome(socket, command, isHeld);
  }

  #answers = {
    hello: (socket, command) => {
      socket.name = command.name.trim();
      socket.rooms = new Set();
      if (!this.password) return this.#admit(socket, command);
      const locked = { type: "welcome", name: socket.name, session: "", held: false, locked: true };
      return socket.say({ ...locked, limits: {}, features: [], ref: command.ref });
    },
    unlock: (socket, command) => {
      if (command.password === this.password) this.#admit(socket, command);
      else this.#refuse(socket, command, "wrong_password");
    },
    identify: (socket, command) => {
      const { device } = command;
      const fresh = { id: `person ${this.people.size}`, name: socket.name, kind: "guest" };
      if (!this.people.has(device)) this.people.set(device, fresh);
      socket.person = this.people.get(device);
      socket.name = socket.person.name;
      this.#welcome(socket, command, false);
    },
    seen: ({ person }, { room, seq, unread }) => {
      const key = `${person.id} ${room}`;
      this.#markers.set(key, unread ? seq : Math.max(seq, this.#markers.get(key) ?? 0));
      for (const socket of this.network.sockets) {
        if (socket.readyState === 1 && socket.person === person)
          socket.say({ type: "seen", room, seq: this.#markers.get(key), ...(unread && { unread }) });
      }
    },
    resume: (socket, command) => {
      const holder = this.#holders.get(socket.name);
      if (holder === socket) return socket.say({ type: "ok", ref: command.ref }); // it is ours
      if (command.session !== holder?.secret) return this.#refuse(socket, command, "name_taken");
      this.#holders.set(socket.name, socket);
      holder.say({ type: "bye", reason: "…", code: "resumed" });
      holder.end();
      return socket.say({ type: "ok", ref: command.ref });
    },
    join: (socket, { room: asked, after, epoch, ref }) => {
      const room = asked.toLowerCase();
      if (room.startsWith("@") && !this.#directs.has(room))
        return this.#refuse(socket, { ref }, "no_such_room");
      const replaced = after !== undefined && epoch !== "" && !this.#isHistory(after, epoch);
      this.enter(socket, room, { ref, epoch: this.#epochs.at(-1).id, ...(replaced && { replaced }) });
      if (after === undefined || replaced) return undefined;
      return socket.say(...this.log.filter((event) => event.room === room && event.seq > after));
    },
    direct: (socket, { name, ref }) => {
      if (this.away.has(name)) return this.#refuse(socket, { ref }, "not_here");
      const room = `@${[socket.name, name].sort().join("+")}`;
      this.open(room, socket.name, name);
      return this.enter(socket, room, { ref });
    },
    leave: (socket, { room, ref }) => {
      socket.rooms.delete(room);
      socket.say({ type: "ok", ref });
    },
    history: (socket, { room, ref, ...slice }) => socket.say({ ...this.page(room, slice), ref }),
    say: (socket, { room, text, nonce, reply_to, ref, behind }) => {
      if (!socket.rooms.has(room)) return this.#refuse(socket, { ref }, "not_a_member");
      socket.putOff ??= new Set();
      if (this.isLogFull || socket.putOff.has(behind)) {
        socket.putOff.add(ref);
        return this.#refuse(socket, { ref }, "log_unavailable");
      }
      if (text.includes("refuse this")) return this.#refuse(socket, { ref }, "too_long");
      const known = this.#nonces.get(nonce);
      const seq = known ?? (this.log.at(-1)?.seq ?? 0) + 1;
      this.#nonces.set(nonce, seq);
      socket.say({ type: "ok", seq, ref });
      const person = socket.person && { person: socket.person.id };
      const message = { type: "message", text, nonce, ...person, ...(reply_to && { reply_to }) };
      return known ?? this.add(socket.name, room, message);
    },
    logout: (socket, { ref }) => socket.say({ type: "ok", ref }),
    ping: (socket, { ref }) => socket.say({ type: "ok", ref }),
    rooms: (socket, { ref }) => socket.say({ type: "rooms", rooms: [], ref }),
    search: (socket, { ref }) => socket.say({ ...this.page("lobby"), ref }),
    edit: (socket, { room, seq, text, ref }) => {
      if (text.includes("refuse this")) return this.#refuse(socket, { ref }, "too_long");
      socket.say({ type: "ok", seq: (this.log.at(-1)?.seq ?? 0) + 1, ref });
      return this.add(socket.name, room, { type: "edited", target: seq, text });
    },
    delete: (socket, { room, seq, ref }) => {
      socket.say({ type: "ok", seq: (this.log.at(-1)?.seq ?? 0) + 1, ref });
      this.add(socket.name, room, { type: "deleted", target: seq });
    },
  };
}
