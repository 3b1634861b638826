/** Who is connected, how far behind, and how connections came to their end. */
import { gateway, poll } from '../gateway.js';
import { listing } from '../listing.js';
import { attempts, badge, empty, failed, html, nothing, repeat, time, view } from '../ui.js';

/** What people should make of a close code; PROTOCOL.md has them all. */
const meanings = {
  1001: 'sent away', 1002: 'broke the protocol', 1007: 'not UTF-8', 1009: 'a frame too large', 1011: 'a fault', 4001: 'token not valid',
  4003: 'disconnected by an administrator', 4008: 'no pong, or idle', 4009: 'came back elsewhere', 4013: 'too many',
};

export function open(root) {
  const state = { closed: [], problem: null };
  let update = () => {};
  const { refresh } = attempts(state, () => update());
  const sessions = listing('/api/sessions', 'sessions', () => pollAll.again());

  const pollAll = poll(() => refresh(async () => {
    const answer = await sessions.refresh();
    if (answer) {
      Object.assign(state, { closed: answer.closed, problem: null });
    }
  }), 2_000);

  async function disconnect(id) {
    await refresh(() => gateway.api('DELETE', `/api/sessions/${encodeURIComponent(id)}`));
    pollAll.again();
  }

  const row = (one) => {
    const own = one.session_id === gateway.client.sessionId;
    return html`<tr>
      <td><strong>${one.user_id}</strong> ${own ? badge('this tab', 'live') : nothing}<br><span class="hint mono">${one.session_id}</span></td>
      <td>${one.connected ? badge('connected', 'good') : badge('away', 'warn')}</td>
      <td>${one.ip ?? '–'}</td><td>${time(one.created)}</td><td class="number">${one.feeds}</td>
      <td class="number">${one.behind > 0 ? badge(`${one.behind} events`, 'warn') : one.connected ? 'up to date' : '–'}</td>
      <td><button class="small danger" ?disabled=${own} title=${own ? 'This is you' : nothing}
        aria-label="Disconnect ${one.user_id}" @click=${() => disconnect(one.session_id)}>Disconnect</button></td></tr>`;
  };

  update = view(root, () => {
    if (state.problem?.code === 'forbidden') {
      return html`<header class="head"><div><h1>Sessions</h1></div></header>
        ${empty('Sessions are for administrators.', html`Sign in with a token that has the role <code>admin</code>.`)}`;
    }
    return html`
      <header class="head"><div><h1>Sessions</h1><p>A session outlives its connections: who is away may come back to it and miss nothing.</p></div></header>
      ${failed(state.problem)}
      <section class="stack"><h2>Now</h2>${sessions.box()}<div class="table" tabindex="0" role="region" aria-label="Sessions"><table>
        <thead><tr><th>Who</th><th>State</th><th>From</th><th>Since</th><th class="number">Feeds</th><th class="number">Behind</th><th><span class="hidden">What to do</span></th></tr></thead>
        <tbody>${repeat(sessions.entries ?? [], (one) => one.session_id, row)}</tbody></table></div>${sessions.rest()}</section>
      <section class="stack"><h2>Came to an end</h2>
        ${state.closed.length === 0 ? html`<p class="hint">No connection has been closed yet.</p>` : html`<div class="table" tabindex="0" role="region" aria-label="Closed connections"><table>
          <thead><tr><th>When</th><th>Who</th><th>From</th><th>Why</th></tr></thead>
          <tbody>${state.closed.map((one) => html`<tr><td>${time(one.at)}</td><td>${one.user_id}</td><td>${one.ip}</td>
            <td>${one.code ? html`${meanings[one.code] ?? one.reason} <span class="hint">${one.code} ${one.reason}</span>` : one.reason}</td></tr>`)}</tbody></table></div>`}
      </section>`;
  });
  return pollAll;
}
