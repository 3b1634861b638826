/** What agents show the user: kept from `canvas:*` events on the user's own channel, whichever page is open. */
import { gateway } from './gateway.js';
import { text } from './ui.js';

const MOST = 60;
const PAYLOADS = ['props', 'data', 'content', 'value'];

const boards = new Map();
const listeners = new Set();

/** Whose channel is read, in which of its lives, and how far; `early` are events that come while history is asked for. */
let read = null;
let life = null;
let seen = 0;
let early = null;

export const canvas = {
  get all() {
    return [...boards.values()].reverse();
  },

  watch(told) {
    listeners.add(told);
    return () => listeners.delete(told);
  },

  remove(id) {
    boards.delete(id);
    tell();
  },

  /** Another part of the page may have read the channel meanwhile. */
  look() {
    if (read) {
      catchUp();
    }
  },
};

function tell() {
  listeners.forEach((told) => told());
}

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

/** The fields of a component, wherever its agent has put them. */
function fieldsOf(data) {
  const nested = PAYLOADS.filter((name) => isObject(data[name])).map((name) => data[name]);
  return Object.assign({}, data, ...nested);
}

function take({ type, data, timestamp, offset, feed }) {
  if (!type?.startsWith('canvas:') || !isObject(data)) {
    return;
  }
  const action = type === 'canvas:update' ? data.action ?? 'update' : type.slice('canvas:'.length);
  const id = text(data.canvas_id ?? data.operation_id ?? data.component_id ?? data.id ?? `${feed}:${offset}`);
  const before = boards.get(id);
  if (action === 'present' || action === 'update') {
    boards.delete(id);
    boards.set(id, { ...(action === 'update' ? before : {}), ...fieldsOf(data), id, at: timestamp,
      component: text(data.component ?? data.type ?? before?.component ?? '') });
  } else if (action === 'close' && before) {
    // What has been shown to the end stays to be looked at.
    Object.assign(before, fieldsOf(data), { id, component: before.component, closed: true, at: timestamp });
  } else if (action === 'delete') {
    boards.delete(id);
  }
  for (const old of [...boards.keys()].slice(0, Math.max(0, boards.size - MOST))) {
    boards.delete(old);
  }
  tell();
}

/** An event of the user's own channel, or of another that came unasked. */
function hear(event) {
  if (event.feed !== `channel:user:${read.user}`) {
    take(event);
  } else if (early) {
    early.push(event);
  } else if (event.type === 'gap') {
    catchUp();
  } else if (event.offset > seen) {
    seen = event.offset;
    take(event);
  }
}

/** What is kept of the channel and was not seen: from before the page was opened, or while another part of it read the channel. */
async function catchUp() {
  if (early) {
    return;
  }
  const client = read;
  const heard = (early = []);
  try {
    const { events, position } = await client.command('history', { feed: `channel:user:${client.user}`, limit: 200, reverse: true });
    if (client === read) {
      const epoch = position.slice(0, position.lastIndexOf(':'));
      seen = epoch === life ? seen : 0;
      life = epoch;
      heard.unshift(...events.reverse());
    }
  } catch {
    // What comes is shown all the same.
  }
  if (early === heard) {
    early = null;
    heard.forEach(hear);
  }
  tell();
}

function begin(client) {
  read = client;
  early = null;
  seen = 0;
  boards.clear();
  client.on('event', (event) => read === client && hear(event));
  catchUp();
}

gateway.watch((client) => {
  if (client.status.state === 'connected' && client !== read) {
    begin(client);
  }
});
if (gateway.client.status.state === 'connected') {
  begin(gateway.client);
}
