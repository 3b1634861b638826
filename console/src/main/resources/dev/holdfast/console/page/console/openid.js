/**
 * Signing in at an OpenID Connect provider, as a public client: authorization code with PKCE (RFC 7636), the answer checked by its state and
 * issuer (RFC 9207) and its ID token by its nonce, renewal by refresh token. Signatures are for the gateway to check.
 */
import { keep, kept } from './kept.js';

const BEGUN = 'holdfast.openid.begun';
const HELD = 'holdfast.openid';

/** Where providers lead back to: the page itself, however it was opened. */
const home = `${location.origin}/`;
const PATIENCE = 10_000;
const AGAIN = 5_000;
const LONGEST_TIMER = 2 ** 31 - 1;

/** The provider will not, whoever asks again; anything else may pass. */
class Refused extends Error {}

let problem = null;
let asked = null;
let renewing = null;
let timer;
let renewed = () => {};

/** What the gateway says of its provider; null where it has none. */
async function provider() {
  asked ??= fetch('/api/sign-in').then(async (response) => {
    if (!response.ok) {
      throw new Error(`HTTP ${response.status}`);
    }
    return (await response.json()).openid ?? null;
  });
  try {
    const found = await asked;
    if (found?.problem) {
      asked = null;
    }
    return found;
  } catch {
    asked = null;
    throw new Error('the gateway can’t be reached right now');
  }
}

/** The same, where it can be used. */
async function usable() {
  const found = await provider();
  if (!found || found.problem) {
    throw new Error(found?.problem ?? 'this gateway has no OpenID Connect provider any more');
  }
  return found;
}

const encoded = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
  .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const random = () => encoded(crypto.getRandomValues(new Uint8Array(32)));

function claims(token, what) {
  try {
    const bytes = atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/'));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (one) => one.charCodeAt(0))));
  } catch {
    throw new Refused(`there is no ${what} in its answer that could be read`);
  }
}

async function post(endpoint, form) {
  let response;
  try {
    response = await fetch(endpoint, {
      method: 'POST', body: new URLSearchParams(form), credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    throw new Error(`${new URL(endpoint).host} can’t be reached right now`);
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    const why = answer.error_description ?? answer.error ?? `HTTP ${response.status}`;
    throw response.status >= 500 || response.status === 429 ? new Error(why) : new Refused(why);
  }
  return answer;
}

const held = () => JSON.parse(kept(HELD));

/** Keeps what an answer gives, and what it does not give anew. Times are of this clock, whatever the provider's says. */
function hold(answer, by, before) {
  const id = answer.id_token ? claims(answer.id_token, 'ID token') : null;
  if (id && before && id.sub !== before.sub) {
    throw new Refused('its answer is about somebody else');
  }
  const bearer = answer[by.token];
  const { exp, iat } = claims(bearer, by.token === 'id_token' ? 'ID token' : 'access token');
  const life = (exp - (iat ?? Date.now() / 1000)) * 1000;
  if (!(life > 0)) {
    throw new Refused('its token is over already');
  }
  keep(HELD, JSON.stringify({
    bearer,
    refresh: answer.refresh_token ?? before?.refresh,
    renewAt: Date.now() + life * 0.75,
    endsAt: Date.now() + life,
    sub: id?.sub ?? before.sub,
    name: id?.name ?? id?.preferred_username ?? id?.email ?? before?.name,
  }));
  schedule();
  return bearer;
}

function forget(why = null) {
  clearTimeout(timer);
  keep(HELD, null);
  problem = why;
  return null;
}

/** The token to go by; null where there is none, or it is over for good. */
async function current() {
  const mine = held();
  return mine === null || Date.now() < mine.renewAt ? mine?.bearer ?? null : renew();
}

/** Has the token renewed in time, and again soon where that fails. */
function schedule(atLeastMs = 0) {
  clearTimeout(timer);
  const mine = held();
  if (mine?.refresh) {
    timer = setTimeout(async () => {
      await current().catch(() => {});
      if (held()?.bearer === mine.bearer) {
        schedule(AGAIN);
      }
    }, Math.min(Math.max(atLeastMs, mine.renewAt - Date.now()), LONGEST_TIMER));
  }
}

function renew() {
  renewing ??= renewOnce().finally(() => {
    renewing = null;
  });
  return renewing;
}

async function renewOnce() {
  const mine = held();
  const over = () => Date.now() >= mine.endsAt;
  if (!mine.refresh) {
    return over() ? forget('Your sign-in has ended. Sign in again to go on where you were.') : mine.bearer;
  }
  try {
    const by = await usable();
    const answer = await post(by.token_endpoint, {
      grant_type: 'refresh_token', refresh_token: mine.refresh, client_id: by.client_id,
    });
    if (held() === null) {
      return null;
    }
    const bearer = hold(answer, by, mine);
    renewed(bearer);
    return bearer;
  } catch (failure) {
    if (held() === null) {
      return null;
    }
    const refused = failure instanceof Refused;
    if (over() && refused) {
      return forget(`Your sign-in has ended (${failure.message}). Sign in again to go on where you were.`);
    }
    if (over()) {
      throw failure;
    }
    if (refused) {
      keep(HELD, JSON.stringify({ ...mine, refresh: undefined }));
    }
    return mine.bearer;
  }
}

/** What the provider sent this page back with; null where it was opened otherwise. The address is cleaned at once. */
function answered() {
  const said = new URLSearchParams(location.search);
  if (!said.has('state') || !(said.has('code') || said.has('error'))) {
    return null;
  }
  const begun = JSON.parse(kept(BEGUN));
  keep(BEGUN, null);
  history.replaceState(null, '', `/${begun?.hash ?? location.hash}`);
  // What is in a link that somebody else has made is not even shown.
  if (begun?.state !== said.get('state')) {
    problem = 'That answer belongs to no sign-in that was begun in this tab. Sign in again.';
    return null;
  }
  if (said.has('error')) {
    problem = `${begun.name} says: ${said.get('error_description') ?? 'no'} (${said.get('error')})`;
    return null;
  }
  return { ...begun, code: said.get('code'), iss: said.get('iss') };
}

async function exchange({ code, iss, nonce, verifier, name }) {
  try {
    const by = await usable();
    if (iss !== null && iss !== by.issuer) {
      throw new Refused('the answer came from another provider');
    }
    const answer = await post(by.token_endpoint, {
      grant_type: 'authorization_code', code, redirect_uri: home, client_id: by.client_id, code_verifier: verifier,
    });
    const id = claims(answer.id_token, 'ID token');
    if (id.iss !== by.issuer || ![id.aud].flat().includes(by.client_id) || id.nonce !== nonce) {
      throw new Refused('its ID token is not of this sign-in');
    }
    hold(answer, by);
  } catch (failure) {
    forget(`Signing in with ${name} failed: ${failure.message}`);
  }
}

const answer = answered();
let arriving = answer && exchange(answer).finally(() => {
  arriving = null;
});
schedule();

export const openid = {
  provider,

  /** What went wrong last, for whoever has to sign in. */
  get problem() {
    return problem;
  },

  /** Whether somebody is signed in here, or about to be. */
  get active() {
    return arriving !== null || kept(HELD) !== null;
  },

  /** The token to go by, as good as it was last; null for none. */
  get bearer() {
    return held()?.bearer ?? null;
  },

  /** What the provider calls whoever is signed in; null where nobody is. */
  get name() {
    return held()?.name ?? null;
  },

  /** The token to go by, renewed where most of its time is over; null where one has to sign in again. */
  async token() {
    await arriving;
    return current();
  },

  /** Called with each token that takes the place of one before. */
  onRenewed(told) {
    renewed = told;
  },

  /** Goes to the provider, which leads back to where one is. */
  async begin() {
    const by = await usable();
    const begun = { state: random(), nonce: random(), verifier: random(), hash: location.hash, name: by.name };
    const challenge = encoded(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(begun.verifier)));
    keep(BEGUN, JSON.stringify(begun));
    go(by.authorization_endpoint, {
      response_type: 'code',
      client_id: by.client_id,
      redirect_uri: home,
      scope: by.scope,
      state: begun.state,
      nonce: begun.nonce,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      // Without being asked nobody may be given access for the time when they are away.
      ...(by.scope.split(' ').includes('offline_access') ? { prompt: 'consent' } : {}),
    });
  },

  forget,

  /** The gateway takes the token no longer, whatever this clock says. */
  ended() {
    const mine = held();
    if (mine) {
      keep(HELD, JSON.stringify({ ...mine, renewAt: 0, endsAt: 0 }));
    }
  },

  /** Signs out here, and at the provider where that can be. It is told who asks, not for whom: a token in an address would be kept. */
  async end() {
    const mine = held();
    forget();
    const by = await usable().catch(() => null);
    if (mine?.refresh && by?.revocation_endpoint) {
      await post(by.revocation_endpoint, { token: mine.refresh, token_type_hint: 'refresh_token', client_id: by.client_id }).catch(() => {});
    }
    if (by?.end_session_endpoint) {
      go(by.end_session_endpoint, { client_id: by.client_id, post_logout_redirect_uri: home });
    }
  },
};

function go(endpoint, parameters) {
  const url = new URL(endpoint);
  Object.entries(parameters).forEach(([name, value]) => url.searchParams.set(name, value));
  location.assign(url);
}
