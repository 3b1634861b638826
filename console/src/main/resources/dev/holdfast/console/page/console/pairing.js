/**
 * A code by which a user lets this browser in as a device: in the address where it was opened by its QR code, from where it
 * is taken at once, so that it stays in no history.
 */
import { gateway } from './gateway.js';
import { own } from './own-device.js';

const PLACE = /^#\/this-device\/pair\/([^/]{1,40})$/;

/** The address that lets a browser in which opens it. */
export const address = (code) => `${location.origin}/#/this-device/pair/${encodeURIComponent(code)}`;

/** Whether only this very machine can open the page by the address that it has here. */
export const local = () => /^(localhost|127\..*|\[::1\])$/.test(location.hostname);

const plain = {
  not_found: 'This code is not good, or not any more: it lets one device in, within five minutes. Ask for a new one.',
  rate_limited: 'Too many wrong codes came from here. Wait a minute, then ask for a new one.',
};

export const pairing = {
  /** What was in the address; null for nothing, or once it was used or put away. */
  code: null,

  /** Takes the code out of the address. */
  look() {
    const found = PLACE.exec(location.hash);
    if (found) {
      history.replaceState(null, '', '#/this-device');
      try {
        pairing.code = decodeURIComponent(found[1]);
      } catch {
        pairing.code = found[1];
      }
    }
  },

  forget() {
    pairing.code = null;
  },

  /** Shows the code: this tab is then that device and nothing else. */
  async use({ code, name }) {
    let token;
    try {
      ({ token } = await gateway.api('POST', '/api/pairings', { code: code.trim(), device_id: own.id, name: name.trim() }));
    } catch (problem) {
      throw plain[problem.code] ? new Error(plain[problem.code]) : problem;
    }
    pairing.code = null;
    gateway.signIn({ token });
    own.start(name.trim());
  },
};
