/**
 * holdfast.js: a client of a Holdfast gateway that comes back by itself, for browsers and Node. It depends on nothing.
 * Types are in holdfast.d.ts.
 */

/** Commands that only ask: where one comes too fast it is asked again, as its order is of no matter. */
const ASKING = new Set(['history', 'presence', 'get_stats', 'list_tools', 'health']);

/** Commands that change nothing, or nothing twice: they are sent again to whichever session there is. */
const REPEATABLE = new Set([...ASKING, 'ping', 'detach', 'subscribe', 'unsubscribe']);

/** Commands under way at once: what a gateway remembers answers of, so that none is obeyed twice. */
const UNDER_WAY = 256;
const WAITING = 10_000;

/** The most that a gateway takes of whoever it does not know yet, in bytes. */
const HELLO = 16 * 1024;

/** Deliveries that wait for a reader before its feed is let go, to be taken up again from the same place. */
const BUFFER = 1024;

/** Feeds that came with commands and that nobody reads, of which is remembered what was seen. */
const FOLLOWED = 1000;

/** Close codes after which coming back is of no use; 4001 is one too, unless there is another token by then. */
const STOP = new Set([1002, 1007, 1009, 4000, 4003, 4004, 4009]);

/** A refusal, a failure, or an outcome that nobody knows. */
export class HoldfastError extends Error {
  constructor(code, message, frame = {}) {
    super(message);
    this.name = 'HoldfastError';
    this.code = code;
    this.reason = frame.reason;
    this.retryAfterMs = frame.retry_after_ms;
  }

  static of(frame) {
    return new HoldfastError(frame.code, frame.message, frame);
  }
}

const epochOf = (position) => position.slice(0, Math.max(0, position.lastIndexOf(':')));
const offsetOf = (position) => Number(position.slice(position.lastIndexOf(':') + 1)) || 0;
const bytesOf = (text) => new TextEncoder().encode(text).length;

/** One feed on its way to its reader. */
class Feed {
  #client;
  #from;
  #onDelivery;
  #onError;
  #state = 'attaching';
  #position = null;
  #attachId = null;
  #buffer = [];
  #wanting = null;
  #failure = null;
  #ready;

  constructor(client, name, options) {
    this.name = name;
    this.#client = client;
    this.#from = options.from ?? 'now';
    this.#onDelivery = options.onDelivery;
    this.#onError = options.onError;
    this.ready = new Promise((resolve, reject) => (this.#ready = { resolve, reject }));
    this.ready.catch(() => {});
  }

  /** Where it is: attaching from there goes on with what follows. */
  get position() {
    return this.#position;
  }

  get closed() {
    return this.#state === 'done';
  }

  get _attaching() {
    return this.#state === 'attaching';
  }

  get _paused() {
    return this.#state === 'paused';
  }

  /** Ends the reading. What is buffered is dropped; an iteration over it ends. */
  close() {
    if (this.#state !== 'done') {
      this._finish(null);
      this.#client._forget(this);
    }
  }

  async *[Symbol.asyncIterator]() {
    try {
      for (;;) {
        const next = await this.#next();
        if (next === undefined) {
          return;
        }
        yield next;
      }
    } finally {
      this.close();
    }
  }

  #next() {
    if (this.#buffer.length > 0) {
      const first = this.#buffer.shift();
      if (this.#buffer.length === 0 && this.#state === 'paused') {
        this._attach();
      }
      return Promise.resolve(first);
    }
    if (this.#state === 'done') {
      return this.#failure ? Promise.reject(this.#failure) : Promise.resolve(undefined);
    }
    return new Promise((resolve, reject) => (this.#wanting = { resolve, reject }));
  }

  #offer(delivery) {
    if (this.#onDelivery) {
      try {
        this.#onDelivery(delivery);
      } catch (failure) {
        // Its reader is broken; the others are not.
        this._fail(failure);
      }
    } else if (this.#wanting) {
      const { resolve } = this.#wanting;
      this.#wanting = null;
      resolve(delivery);
    } else {
      this.#buffer.push(delivery);
      if (this.#buffer.length >= BUFFER && this.#state === 'attached') {
        this.#state = 'paused';
        this.#client._detach(this.name);
      }
    }
  }

  /** Asks for it from where it was left, or first from where it was wanted. */
  _attach() {
    this.#state = 'attaching';
    this.#attachId = this.#client._attach(this, this.#position === null ? this.#from : { after: this.#position });
  }

  /** The place to go on from after a reconnect; null while there is none to keep. */
  get _resumePosition() {
    return this.#state === 'attached' ? this.#position : null;
  }

  /** It is read without having been asked for, from there on. */
  _given(position) {
    this.#state = 'attached';
    this.#position = position;
  }

  /** Goes on where another reader of the same feed has come to. */
  _takeOver(position) {
    this.#position = position ?? this.#position;
    this._attach();
  }

  _resumed(position, recovered) {
    this.#move(position, recovered, undefined);
  }

  /** A new connection on which it is not attached as it should be. */
  _reattach() {
    if (this.#state === 'attached' || this._attaching) {
      this._attach();
    }
  }

  _askedBy(id) {
    return this._attaching && this.#attachId === id;
  }

  _attached(frame) {
    this.#state = 'attached';
    this.#move(frame.position, frame.recovered, frame.snapshot);
    this.#ready.resolve(this);
  }

  #move(position, recovered, snapshot) {
    const before = this.#position ?? this.#from.after ?? null;
    this.#position = position;
    if (!recovered && position !== before) {
      this.#offer({ kind: 'gap', feed: this.name, position, after: before, reason: 'unrecovered' });
    }
    if (snapshot) {
      this.#offer({ kind: 'snapshot', feed: this.name, position, state: snapshot.state ?? snapshot });
    }
  }

  /** Takes a frame of this feed; false where it left something out, which a gateway never should. */
  _take(frame) {
    if (frame.type === 'detached') {
      if (frame.id === undefined) {
        this._fail(new HoldfastError('forbidden', `${this.name} may no longer be read`));
      }
      return true;
    }
    if (this.#state !== 'attached') {
      return true;
    }
    if (frame.offset !== undefined) {
      const before = offsetOf(this.#position);
      if (frame.offset <= before) {
        return true;
      }
      if (frame.offset - (frame.span ?? 1) !== before) {
        return false;
      }
      this.#position = `${epochOf(this.#position)}:${frame.offset}`;
      this.#offer({ kind: 'event', feed: this.name, position: this.#position, event: frame });
    } else if (frame.type === 'gap') {
      const after = this.#position;
      this.#position = `${epochOf(after)}:${frame.to}`;
      this.#offer({ kind: 'gap', feed: this.name, position: this.#position, after, reason: frame.reason });
    } else if (frame.type === 'snapshot') {
      this.#position = frame.position;
      this.#offer({ kind: 'snapshot', feed: this.name, position: frame.position, state: frame.state });
    }
    return true;
  }

  _fail(failure) {
    if (this.#state !== 'done') {
      this._finish(failure);
      this.#client._forget(this);
    }
  }

  _finish(failure) {
    this.#state = 'done';
    this.#failure = failure;
    this.#buffer = [];
    if (failure) {
      this.#ready.reject(failure);
    } else {
      this.#ready.resolve(this);
    }
    if (this.#wanting) {
      const { resolve, reject } = this.#wanting;
      this.#wanting = null;
      if (failure) {
        reject(failure);
      } else {
        resolve(undefined);
      }
    }
    if (failure && this.#onError) {
      this.#onError(failure);
    }
  }
}

/** A client, with one connection at a time and one session for as long as the gateway keeps it. */
class Client {
  #options;
  #WebSocket;
  #listeners = new Map();
  #feeds = new Map();
  #unclaimed = new Map();
  #followed = new Map();
  #underWay = new Map();
  #waiting = [];
  #socket = null;
  #sessionId = null;
  #helloId = null;
  #usedToken = null;
  #refusal = null;
  #admitted = false;
  #ended = false;
  #attempts = 0;
  #count = 0;
  #advisedMs = 0;
  #frameLimit = 64 * 1024;
  #most = UNDER_WAY;
  #refusals = 0;
  #told = new Set();
  #heartbeatMs = 25_000;
  #heardAt = 0;
  #timers = { retry: null, handshake: null, pulse: null, hold: null };
  #first;

  constructor(options) {
    this.#options = { first: 250, most: 30_000, connectTimeout: 10_000, patient: true, random: Math.random, ...options };
    this.#WebSocket = options.WebSocket ?? globalThis.WebSocket;
    if (!this.#WebSocket) {
      throw new TypeError('there is no WebSocket here: give one as an option');
    }
    this.status = { state: 'connecting' };
    this.user = null;
    this.ready = new Promise((resolve, reject) => (this.#first = { resolve, reject }));
    this.ready.catch(() => {});
    // Browsers know when their network comes and goes; Node has nobody to tell it.
    globalThis.addEventListener?.('online', this.#online);
    globalThis.addEventListener?.('offline', this.#probe);
    this.#connect();
  }

  get sessionId() {
    return this.#sessionId;
  }

  // What happens.

  /** Calls back at each 'status', 'event' (of a feed that nobody reads) and 'frame' (of no feed). */
  on(name, callback) {
    const all = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, all.add(callback));
    return () => all.delete(callback);
  }

  #tell(name, value) {
    for (const callback of this.#listeners.get(name) ?? []) {
      try {
        callback(value);
      } catch (failure) {
        console.error('a listener failed', failure);
      }
    }
  }

  #become(status) {
    this.status = status;
    this.#tell('status', status);
  }

  // Commands.

  /** Gives a command; the promise is of its answer. It is obeyed once, however often the connection is cut. */
  command(type, fields = {}) {
    return new Promise((resolve, reject) => this.#give(type, fields, resolve, reject, ASKING.has(type) ? () => true : null));
  }

  /** `again` says whether it is still wanted, where it was refused for coming too fast; null: whoever gave it is told. */
  #give(type, fields, resolve, reject, again) {
    const number = ++this.#count;
    const id = `c${number.toString(36)}`;
    const text = JSON.stringify({ type, id, ...fields });
    const bytes = bytesOf(text);
    if (this.#ended) {
      reject(new HoldfastError('closed', 'the client is closed'));
    } else if (bytes > this.#frameLimit) {
      reject(new HoldfastError('too_large', `the frame has ${bytes} bytes; most are ${this.#frameLimit}`));
    } else if (this.#waiting.length >= WAITING) {
      reject(new HoldfastError('over_capacity', 'too many commands wait for an answer'));
    } else {
      const fate = type === 'attach' ? 'dropped'
        : REPEATABLE.has(type) || fields.idempotency_key !== undefined ? 'repeated' : 'once';
      this.#waiting.push({ number, id, text, fate, resolve, reject, again });
      this.#sendCommands();
    }
    return id;
  }

  #sendCommands() {
    while (this.#admitted && this.#timers.hold === null && this.#waiting.length > 0 && this.#underWay.size < this.#most) {
      const call = this.#waiting.shift();
      this.#underWay.set(call.id, call);
      this.#socket.send(call.text);
    }
  }

  /** A command came too fast: nothing more is sent for a while, then fewer at once, and it in its place. */
  #tooFast(call, failure) {
    if (this.#timers.hold === null) {
      this.#most = Math.max(1, this.#most / 2);
      this.#timers.hold = setTimeout(() => {
        this.#timers.hold = null;
        this.#sendCommands();
      }, Math.max(this.#pause(this.#refusals++), failure.retryAfterMs ?? 0));
    }
    if (call.again()) {
      const at = this.#waiting.findIndex(({ number }) => number > call.number);
      this.#waiting.splice(at < 0 ? this.#waiting.length : at, 0, call);
    } else {
      call.reject(failure);
    }
  }

  #release() {
    clearTimeout(this.#timers.hold);
    this.#timers.hold = null;
    this.#most = UNDER_WAY;
    this.#refusals = 0;
  }

  /** A random part of a time that doubles with each time in a row. */
  #pause(before) {
    const { first, most, random } = this.#options;
    return Math.min(most, first * 2 ** Math.min(before, 30)) * (0.5 + random() / 2);
  }

  /** Says something that wants no answer and would be of no use later: dropped while there is no connection. */
  tell(type, fields = {}) {
    if (this.#admitted) {
      this.#socket.send(JSON.stringify({ type, ...fields }));
    }
  }

  /** Says something to everyone in a channel. */
  message(channel, content) {
    return this.command('message', { channel, content });
  }

  /** Publishes an event; with a key it is published once, whatever happens. */
  publish(channel, event, data, idempotencyKey) {
    const key = idempotencyKey === undefined ? {} : { idempotency_key: idempotencyKey };
    return this.command('publish', { channel, event, data, ...key });
  }

  // Feeds.

  /** Reads a feed; one reader of each at a time. */
  feed(name, options = {}) {
    if (this.#feeds.has(name)) {
      throw new HoldfastError('conflict', `${name} is being read already`);
    }
    if (this.#ended) {
      throw new HoldfastError('closed', 'the client is closed');
    }
    const feed = new Feed(this, name, options);
    this.#feeds.set(name, feed);
    this.#followed.delete(name);
    if (feed._resumePosition === null && (options.from ?? 'now') !== 'now') {
      // It may be read already, as a run is by whoever starts it; only anew it begins there.
      this._detach(name);
    }
    feed._attach();
    options.signal?.addEventListener('abort', () => feed.close(), { once: true });
    if (options.signal?.aborted) {
      feed.close();
    }
    return feed;
  }

  /** Reads a channel. */
  channel(name, options) {
    return this.feed(`channel:${name}`, options);
  }

  _attach(feed, from) {
    // These are called at once, not in a later task: what follows in the feed is already on its way.
    let id = null;
    id = this.#give('attach', { feed: feed.name, from },
      (frame) => feed._askedBy(id) && feed._attached(frame),
      (failure) => feed._askedBy(id) && failure.code !== 'dropped' && feed._fail(failure),
      () => feed._askedBy(id));
    return id;
  }

  _detach(name) {
    this.#give('detach', { feed: name }, () => {}, () => {}, () => {
      const reader = this.#readers().get(name);
      if (reader?._attaching) {
        // It may be attached meanwhile, from where it had come to: both are asked for anew.
        this._detach(name);
        reader._attach();
        return false;
      }
      return !reader || reader._paused;
    });
  }

  _forget(feed) {
    const { name } = feed;
    if (this.#feeds.get(name) === feed) {
      this.#feeds.delete(name);
      if (!this.#ended) {
        this._detach(name);
        this.#unclaimed.get(name)?._takeOver(feed.position);
      }
    } else if (this.#unclaimed.get(name) === feed) {
      this.#unclaimed.delete(name);
    }
  }

  /** Whoever listens is the reader of a feed that came unasked, while it has no other. */
  #listen(name, position) {
    const feed = new Feed(this, name, {
      onDelivery: ({ kind, event, ...rest }) => this.#tell('event', event ?? { type: kind, ...rest }),
    });
    // What was seen before the gateway said where it is does not come again.
    const seen = Math.max(offsetOf(position), this.#followed.get(name) ?? 0);
    this.#followed.delete(name);
    feed._given(`${epochOf(position)}:${seen}`);
    this.#unclaimed.set(name, feed);
  }

  /** Each feed with the one who is given its events. */
  #readers() {
    return new Map([...this.#unclaimed, ...this.#feeds]);
  }

  // The connection.

  async #connect() {
    clearTimeout(this.#timers.retry);
    this.#refusal = null;
    this.#advisedMs = 0;
    this.#become({ state: 'connecting', attempts: this.#attempts });
    const connecting = (this.#socket = {});
    let token;
    try {
      token = typeof this.#options.token === 'function' ? await this.#options.token() : this.#options.token;
    } catch (failure) {
      this.#lost(connecting, 0, `no token: ${failure.message}`);
      return;
    }
    if (this.#ended || this.#socket !== connecting) {
      return;
    }
    const socket = (this.#socket = new this.#WebSocket(this.#options.url));
    this.#timers.handshake = setTimeout(() => this.#lost(socket, 0, 'no answer'), this.#options.connectTimeout);
    socket.onopen = () => this.#hello(socket, token ?? null);
    socket.onmessage = ({ data }) => socket === this.#socket && this.#received(JSON.parse(data));
    socket.onclose = ({ code, reason }) => this.#lost(socket, code, reason);
    socket.onerror = () => {};
  }

  #hello(socket, token) {
    this.#helloId = `hello-${++this.#count}`;
    this.#usedToken = token;
    const hello = { type: 'connect', id: this.#helloId };
    if (token !== null) {
      hello.token = token;
    }
    if (this.#options.user) {
      hello.user_id = this.#options.user;
    }
    if (this.#sessionId !== null) {
      hello.session_id = this.#sessionId;
      hello.positions = this.#positions(Math.min(HELLO, this.#frameLimit) - bytesOf(JSON.stringify(hello)) - 20);
    }
    socket.send(JSON.stringify(hello));
  }

  /** Where each feed is, as far as there is room; the others are asked for once there is a connection. */
  #positions(room) {
    const positions = {};
    this.#told.clear();
    for (const [name, { _resumePosition: position }] of this.#readers()) {
      room -= position === null ? 0 : bytesOf(JSON.stringify([name, position]));
      if (room < 0) {
        break;
      }
      if (position !== null) {
        positions[name] = position;
        this.#told.add(name);
      }
    }
    return positions;
  }

  #welcome(frame) {
    clearTimeout(this.#timers.handshake);
    this.#sessionId = frame.session_id;
    this.user = frame.user_id;
    this.#attempts = 0;
    this.#admitted = true;
    this.#frameLimit = frame.limits?.max_frame_bytes ?? this.#frameLimit;
    this.#heartbeatMs = frame.heartbeat_interval_ms ?? this.#heartbeatMs;
    if (!frame.resumed) {
      this.#followed.clear();
    }
    // Before anything else is given: what waits is sent by this session alone, and has its answer.
    this.#again(frame.resumed);
    const left = this.#readers();
    for (const { feed: name, position, recovered } of frame.feeds ?? []) {
      const feed = left.get(name);
      if (!this.#unclaimed.has(name) && !(feed && frame.resumed)) {
        this.#listen(name, position);
      }
      const there = feed?._resumePosition ?? null;
      if (there !== null && (there === position || (frame.resumed && this.#told.has(name)))) {
        left.delete(name);
        feed._resumed(position, recovered);
      } else if (feed) {
        // Attached, but not from where its reader is: it is asked for anew.
        this._detach(name);
      }
    }
    left.forEach((feed) => feed._reattach());
    this.#sendCommands();
    this.#pulse(this.#socket);
    this.#become({ state: 'connected', resumed: frame.resumed, sessionId: frame.session_id, user: frame.user_id });
    this.#first.resolve(this);
  }

  /** Sends again what has no answer, where that does no harm. */
  #again(resumed) {
    for (const call of [...this.#underWay.values()]) {
      if (call.fate === 'repeated' || (call.fate === 'once' && resumed)) {
        this.#socket.send(call.text);
      } else {
        this.#underWay.delete(call.id);
        call.reject(call.fate === 'dropped' ? new HoldfastError('dropped', 'asked anew')
          : new HoldfastError('unknown_outcome',
            'the session was lost before the answer came; it may have been obeyed'));
      }
    }
    // Feeds are asked for anew; twice would be once, and from wherever the first one has come to.
    this.#waiting = this.#waiting.filter((call) => call.fate !== 'dropped');
  }

  #received(frame) {
    this.#heardAt = Date.now();
    this.#refusal = null;
    const call = frame.id === undefined ? undefined : this.#underWay.get(frame.id);
    if (frame.type === 'connected' && !call) {
      // A URL with a token is greeted unasked; what counts is the answer to what was asked.
      if (frame.id === this.#helloId) {
        this.#welcome(frame);
      }
      return;
    }
    if (call) {
      this.#underWay.delete(frame.id);
      if (frame.type !== 'error') {
        this.#refusals = 0;
        this.#most = Math.min(UNDER_WAY, this.#most + 1 / this.#most);
        call.resolve(frame);
      } else if (frame.code === 'rate_limited' && call.again) {
        this.#tooFast(call, HoldfastError.of(frame));
      } else {
        call.reject(HoldfastError.of(frame));
      }
      this.#sendCommands();
    } else if (frame.feed !== undefined) {
      this.#fed(frame);
    } else {
      this.#aside(frame);
    }
  }

  #fed(frame) {
    const { feed: name, offset } = frame;
    const feed = this.#feeds.get(name) ?? this.#unclaimed.get(name);
    if (feed) {
      if (!feed._take(frame)) {
        // Another connection may do better.
        this.#lost(this.#socket, 0, `a hole in ${name}`);
      }
    } else if (frame.type === 'detached') {
      this.#followed.delete(name);
    } else if (offset > (this.#followed.get(name) ?? 0)) {
      // A feed that came with a command, as a device's does: there is no place to keep, only what was seen.
      this.#followed.delete(name);
      this.#followed.set(name, offset);
      if (this.#followed.size > FOLLOWED) {
        this.#followed.delete(this.#followed.keys().next().value);
      }
      this.#tell('event', frame);
    }
  }

  async #aside(frame) {
    if (frame.type === 'token_expiring') {
      let token = null;
      try {
        token = typeof this.#options.token === 'function' ? await this.#options.token() : this.#options.token;
      } catch {
        // The one before holds until it ends, and is asked for again then.
      }
      if (token && token !== this.#usedToken) {
        this.#usedToken = token;
        this.command('refresh', { token }).catch(() => {});
      }
    } else if (frame.type === 'reconnect') {
      this.#advisedMs = frame.reconnect_after_ms ?? 0;
    } else if (frame.type === 'error') {
      // Whatever else it means: where the connection ends right after it, this is why.
      this.#refusal = frame;
    }
    this.#tell('frame', frame);
  }

  /** Asks for a sign of life after each heartbeat of silence, and takes a connection without one for dead. */
  #pulse(socket) {
    clearTimeout(this.#timers.pulse);
    this.#timers.pulse = setTimeout(() => {
      if (socket !== this.#socket) {
        return;
      }
      const silent = Date.now() - this.#heardAt;
      if (silent >= 2.5 * this.#heartbeatMs) {
        this.#lost(socket, 0, `nothing came for ${silent} ms`);
        return;
      }
      if (silent >= this.#heartbeatMs) {
        this.tell('ping', { timestamp: Date.now() });
      }
      this.#pulse(socket);
    }, Math.max(100, this.#heartbeatMs / 2));
  }

  #online = () => {
    if (this.status.state === 'waiting') {
      this.#connect();
    } else {
      this.#probe();
    }
  };

  /** Whether the connection is alive, within a few seconds. */
  #probe = () => {
    const socket = this.#socket;
    const asked = Date.now();
    this.tell('ping', { timestamp: asked });
    setTimeout(() => {
      if (socket === this.#socket && this.#admitted && this.#heardAt < asked) {
        this.#lost(socket, 0, 'offline');
      }
    }, 3_000);
  };

  #lost(socket, code, reason) {
    if (socket !== this.#socket || this.#ended) {
      return;
    }
    const was = this.#admitted;
    this.#admitted = false;
    this.#socket = null;
    clearTimeout(this.#timers.handshake);
    clearTimeout(this.#timers.pulse);
    this.#release();
    this.#drop(socket);
    const why = (code > 4000 && this.#refusal?.message)
      || (reason || (code === 1006 ? 'the connection was lost' : `closed with ${code}`));
    const hopeless = STOP.has(code)
      || (code === 4001 && typeof this.#options.token !== 'function')
      || (code === 4001 && this.#attempts > 0)
      || (!this.#options.patient && this.#sessionId === null);
    if (hopeless) {
      this.#end(code, why);
      return;
    }
    // A connection that was good is tried again soon; what fails again and again, less and less.
    const pause = this.#pause(was ? 0 : this.#attempts);
    this.#attempts++;
    const retryInMs = Math.round(Math.max(pause, this.#advisedMs, code === 4013 ? 5_000 : 0));
    this.#timers.retry = setTimeout(() => this.#connect(), retryInMs);
    this.#become({ state: 'waiting', reason: why, code, retryInMs, attempts: this.#attempts });
  }

  #drop(socket) {
    if (socket.close) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
  }

  #end(code, reason) {
    this.#ended = true;
    Object.values(this.#timers).forEach(clearTimeout);
    globalThis.removeEventListener?.('online', this.#online);
    globalThis.removeEventListener?.('offline', this.#probe);
    const failure = code > 4000 && this.#refusal ? HoldfastError.of(this.#refusal) : new HoldfastError('closed', reason);
    for (const call of [...this.#underWay.values(), ...this.#waiting]) {
      call.reject(new HoldfastError('closed', `the client has ended: ${reason}`));
    }
    this.#underWay.clear();
    this.#waiting = [];
    const feeds = [...this.#feeds.values()];
    this.#feeds.clear();
    this.#unclaimed.clear();
    feeds.forEach((feed) => feed._finish(code === 1000 ? null : failure));
    this.#first.reject(failure);
    this.#become({ state: 'closed', code, reason, error: failure });
  }

  /** Connects at once, where it waits. */
  retry() {
    if (this.status.state === 'waiting') {
      this.#connect();
    }
  }

  /** Cuts the connection as a network would, for tests and trials; the client comes back. */
  cut() {
    if (this.#socket) {
      this.#lost(this.#socket, 0, 'cut');
    }
  }

  /** Closes the connection and ends every feed; commands without an answer fail. */
  close() {
    if (!this.#ended) {
      const socket = this.#socket;
      this.#socket = null;
      this.#admitted = false;
      if (socket) {
        this.#drop(socket);
      }
      this.#end(1000, 'closed');
    }
  }
}

/** The gateway that this page came from. */
function here() {
  if (typeof location === 'undefined') {
    throw new TypeError('url: needed outside of a browser, such as ws://127.0.0.1:8079/ws');
  }
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`;
}

/** Connects to a gateway. Returns at once; `ready` is a promise of the first admission. */
export function connect(options = {}) {
  return new Client({ ...options, url: options.url ?? here() });
}
