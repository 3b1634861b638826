/** The page's one connection, who it is, and the HTTP API. */
import { connect, HoldfastError } from '../holdfast.js';

const TOKEN = 'holdfast.token';
const NAME = 'holdfast.name';

/** Kept in this tab alone, and only for as long as it is open. */
const kept = (key) => sessionStorage.getItem(key) || null;

function keep(key, value) {
  if (value) {
    sessionStorage.setItem(key, value);
  } else {
    sessionStorage.removeItem(key);
  }
}

const listeners = new Set();
let client = open();

function open() {
  const made = connect({ token: kept(TOKEN), user: kept(TOKEN) ? undefined : kept(NAME) ?? undefined, most: 5_000 });
  made.on('status', () => listeners.forEach((told) => told(made)));
  return made;
}

export const gateway = {
  get client() {
    return client;
  },

  get user() {
    return client.user;
  },

  get token() {
    return kept(TOKEN);
  },

  /** Whether this tab is a device that was let in, and nothing else. */
  get deviceOnly() {
    return kept(TOKEN)?.startsWith('hfd_') ?? false;
  },

  /** Who one wants to be, in development mode. */
  get name() {
    return kept(NAME);
  },

  /** Each change of the connection, a new client included. */
  watch(told) {
    listeners.add(told);
    return () => listeners.delete(told);
  },

  /** Connects anew, as whoever the token says; in development mode, as whoever one likes. */
  signIn({ token, name }) {
    keep(TOKEN, token);
    keep(NAME, name);
    client.close();
    client = open();
    listeners.forEach((told) => told(client));
  },

  signOut() {
    this.signIn({});
  },

  /** Asks the HTTP API; a `HoldfastError` where it refuses. */
  async api(method, path, body) {
    const headers = {};
    if (kept(TOKEN)) {
      headers.authorization = `Bearer ${kept(TOKEN)}`;
    }
    if (body !== undefined) {
      headers['content-type'] = 'application/json';
    }
    let response;
    try {
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

/** Asks again and again while a page is open, and at once after each reconnect. */
export function poll(ask, everyMs) {
  let timer;
  let over = false;
  const again = async () => {
    clearTimeout(timer);
    if (!over && !document.hidden && client.status.state === 'connected') {
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
