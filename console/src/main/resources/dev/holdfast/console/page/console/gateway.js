/** The page's one connection, who it is, and the HTTP API. */
import { connect, HoldfastError } from '../holdfast.js';
import { keep, kept } from './kept.js';
import { openid } from './openid.js';

const TOKEN = 'holdfast.token';
const NAME = 'holdfast.name';

/** So long before a token ends nothing is asked any more that could come too late. */
const LAST_MS = 1_000;

const listeners = new Set();
let endsAt = null;
let client = open();

function open() {
  const token = kept(TOKEN) ?? (openid.active ? () => openid.token() : null);
  const made = connect({ token, user: token ? undefined : kept(NAME) ?? undefined, most: 5_000 });
  endsAt = null;
  made.on('frame', ({ type, expires_in_ms: left }) => {
    if (type === 'token_expiring' && kept(TOKEN)) {
      endsAt = Date.now() + left;
      listeners.forEach((told) => told(made));
    }
  });
  made.on('status', ({ state, code }) => {
    if (state === 'waiting' && code === 4001 && made.sessionId !== null) {
      openid.ended();
    }
    listeners.forEach((told) => told(made));
  });
  return made;
}

function reopen() {
  client.close();
  client = open();
  listeners.forEach((told) => told(client));
}

openid.onRenewed((token) => client.status.state === 'connected' && client.command('refresh', { token }).catch(() => {}));

export const gateway = {
  get client() {
    return client;
  },

  get user() {
    return client.user;
  },

  /** What people call who one is. */
  get title() {
    return kept(TOKEN) ? client.user : openid.name ?? client.user;
  },

  /** Whether this tab is a device that was let in, and nothing else. */
  get deviceOnly() {
    return kept(TOKEN)?.startsWith('hfd_') ?? false;
  },

  /** Who one wants to be, in development mode. */
  get name() {
    return kept(NAME);
  },

  /** When the token ends that was pasted, once that is soon; null before. */
  get endsAt() {
    return endsAt;
  },

  get token() {
    return kept(TOKEN) ?? openid.bearer;
  },

  /** Each change of the connection, a new client included. */
  watch(told) {
    listeners.add(told);
    return () => listeners.delete(told);
  },

  /** Connects anew, as whoever the token says; in development mode, as whoever one likes. */
  signIn({ token, name }) {
    openid.forget();
    keep(TOKEN, token);
    keep(NAME, name);
    reopen();
  },

  /** Connects anew, as who one was. */
  again: reopen,

  signOut() {
    if (!kept(TOKEN)) {
      openid.end();
    }
    this.signIn({});
  },

  /** Asks the HTTP API; a `HoldfastError` where it refuses. */
  async api(method, path, body) {
    const headers = {};
    if (body !== undefined) {
      headers['content-type'] = 'application/json';
    }
    let response;
    try {
      const token = kept(TOKEN) ?? await openid.token();
      if (token) {
        headers.authorization = `Bearer ${token}`;
      } else if (kept(NAME)) {
        headers['x-user-id'] = encodeURIComponent(kept(NAME));
      }
      response = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    } catch {
      throw new HoldfastError('unavailable', 'the gateway can’t be reached right now');
    }
    const answer = response.status === 204 ? {} : await response.json().catch(() => ({}));
    if (!response.ok) {
      const { code, message } = answer.error ?? {};
      throw new HoldfastError(code ?? 'error', message ?? `HTTP ${response.status}`);
    }
    return answer;
  },
};

const admitted = () => client.status.state === 'connected' && (endsAt === null || Date.now() < endsAt - LAST_MS);

/** Asks again and again while a page is open and its token is good, and at once after each reconnect. */
export function poll(ask, everyMs) {
  let timer;
  let over = false;
  const again = async () => {
    clearTimeout(timer);
    if (!over && !document.hidden && admitted()) {
      await ask();
    }
    if (!over) {
      clearTimeout(timer);
      timer = setTimeout(again, everyMs);
    }
  };
  const unwatch = gateway.watch(() => client.status.state === 'connected' && again());
  again();
  return {
    again,
    close() {
      over = true;
      clearTimeout(timer);
      unwatch();
    },
  };
}
