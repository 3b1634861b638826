/** What agents show the user: kept from `canvas:*` events on the user's own channel, whichever page is open. */
import { gateway } from './gateway.js';

const MOST = 60;
const PAYLOADS = ['props', 'data', 'content', 'value'];

const boards = new Map();
const listeners = new Set();
let read = null;

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
  const id = String(data.canvas_id ?? data.operation_id ?? data.component_id ?? data.id ?? `${feed}:${offset}`);
  const before = boards.get(id);
  if (action === 'present' || action === 'update') {
    boards.delete(id);
    boards.set(id, { ...(action === 'update' ? before : {}), ...fieldsOf(data), id, at: timestamp,
      component: String(data.component ?? data.type ?? before?.component ?? '') });
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

/** What was shown before this page was opened, then what comes. */
async function catchUp(client) {
  read = client;
  boards.clear();
  let early = [];
  client.on('event', (event) => {
    if (read === client) {
      (early ? (one) => early.push(one) : take)(event);
    }
  });
  try {
    const { events } = await client.command('history', { feed: `channel:user:${client.user}`, limit: 200, reverse: true });
    events.reverse().forEach(take);
    const last = events.at(-1)?.offset ?? 0;
    early.filter((event) => event.offset > last).forEach(take);
  } catch {
    early.forEach(take);
  }
  early = null;
  tell();
}

gateway.watch((client) => {
  if (client.status.state === 'connected' && client !== read) {
    catchUp(client);
  }
});
if (gateway.client.status.state === 'connected') {
  catchUp(gateway.client);
}
