/** What is asked of whoever is not signed in: to sign in at a provider where there is one, or a token. */
import { gateway } from './gateway.js';
import { openid } from './openid.js';
import { failed, html, submit } from './ui.js';

const state = { provider: undefined, problem: null, busy: false };

async function look(update) {
  state.busy = true;
  state.problem = null;
  try {
    state.provider = await openid.provider();
  } catch {
    state.provider = null;
  }
  state.busy = false;
  update();
}

async function begin(update) {
  state.busy = true;
  update();
  try {
    await openid.begin();
  } catch (problem) {
    state.problem = problem;
  }
  state.busy = false;
  update();
}

const tokenForm = (primary) => html`<form class="stack" @submit=${submit(({ token }) => gateway.signIn({ token: token.trim() }))}>
  <p>Paste a token; whoever runs the gateway makes one with <code>holdfast token</code>. It stays in this tab and is forgotten when
    the tab is closed.</p>
  <label>Token<textarea name="token" rows="4" required spellcheck="false" autocomplete="off"></textarea></label>
  <button class=${primary ? 'primary' : ''}>Sign in</button>
</form>`;

function atProvider({ name, problem }, update) {
  if (problem) {
    return html`<p class="problem" role="alert">Signing in with ${name} does not work right now. ${problem}</p>
      <button ?disabled=${state.busy} @click=${() => look(update)}>Try again</button>`;
  }
  if (!globalThis.isSecureContext) {
    return html`<p class="problem" role="alert">Signing in with ${name} needs this page to be opened by https.</p>`;
  }
  return html`<button class="primary" ?disabled=${state.busy} @click=${() => begin(update)}>Sign in with ${name}</button>`;
}

/** The card; `reason` is why the gateway took nobody in. */
export function signInCard(reason, update) {
  const { provider } = state;
  if (provider === undefined) {
    if (!state.busy) {
      look(update);
    }
    return html`<p class="waiting">Connecting…</p>`;
  }
  const what = gateway.client.sessionId === null ? 'The token was not taken' : 'You were signed out';
  const refused = gateway.token ? `${what}: ${reason}` : openid.problem;
  return html`<section class="card sign-in">
    <h1>Sign in</h1>
    <p>This gateway asks who you are.</p>
    ${failed(state.problem ?? refused)}
    ${provider ? html`${atProvider(provider, update)}
      <details ?open=${gateway.token && !openid.active}><summary>Use a token instead</summary>${tokenForm(false)}</details>` : tokenForm(true)}
  </section>`;
}
