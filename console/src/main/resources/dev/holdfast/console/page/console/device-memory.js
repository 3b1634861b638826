/**
 * What this tab remembers of being a device, so that a reload ends nothing: that it is one and whose, what was allowed,
 * what is on, and commands that it has taken. It is forgotten when everything is stopped, and with the tab.
 */
import { keep, kept } from './kept.js';

const KEY = 'holdfast.device-state';
const ID = 'holdfast.device';
const PATIENCE_MS = 3_000;

const nothing = () => ({ on: false, user: null, last: null, allowed: [], watching: false, recording: null, orders: [] });

function read() {
  try {
    return { ...nothing(), ...JSON.parse(kept(KEY)) };
  } catch {
    return nothing();
  }
}

let release = null;

export const memory = {
  ...read(),

  /** Keeps it; where there is no room for all of it, what may not be obeyed twice. */
  keep(fields) {
    Object.assign(memory, fields);
    const { on, user, last, allowed, watching, recording, orders } = memory;
    try {
      keep(KEY, on ? JSON.stringify({ on, user, last, allowed, watching, recording, orders }) : null);
    } catch {
      keep(KEY, JSON.stringify({ on, user, last, allowed, watching, recording, orders: [] }));
    }
  },

  forget() {
    memory.keep(nothing());
    release?.();
    release = null;
  },

  get id() {
    if (!kept(ID)) {
      keep(ID, `browser-${Math.random().toString(36).slice(2, 8)}`);
    }
    return kept(ID);
  },

  /** Becomes that device; false where another tab is it already, of which this one is a copy: then it has another id. */
  async claim() {
    if (!navigator.locks || release) {
      return true;
    }
    const got = await new Promise((resolve) => {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      navigator.locks.request(`holdfast.device.${memory.id}`, { signal }, () => new Promise((over) => {
        release = over;
        resolve(true);
      })).catch(() => resolve(false));
    });
    if (!got) {
      keep(ID, null);
      return memory.claim().then(() => false);
    }
    return true;
  },
};
