/** The frame around the pages: where one goes, who one is, and how the connection is. */
import { gateway } from './gateway.js';
import './boards.js';
import { own, questions } from './own-device.js';
import { pairing } from './pairing.js';
import { signInCard } from './sign-in.js';
import { empty, html, icon, nothing, render, submit, time, view } from './ui.js';

const pages = [
  ['overview', 'Overview'],
  ['chat', 'Chat'],
  ['agents', 'Agents'],
  ['tools', 'Tools'],
  ['terminals', 'Terminals'],
  ['channels', 'Channels'],
  ['canvas', 'Canvas'],
  ['devices', 'Devices'],
  ['this-device', 'This browser'],
  ['sessions', 'Sessions'],
];

const state = { page: null, problem: null, asking: false, back: false };
let opened = null;
let turn = 0;
let unfetched = false;

function where() {
  const [name, ...rest] = location.hash.replace(/^#\/?/, '').split('/').map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  return { name: offered().some(([id]) => id === name) ? name : offered()[0][0], rest };
}

/** Signed in, or as good as: once admitted, a cut changes nothing of what is shown. */
const admitted = () => gateway.client.sessionId !== null && gateway.client.status.state !== 'closed';

/** Who has a code needs no more to be asked whether to use it. */
const invited = () => pairing.code !== null && state.page === 'this-device';

/** The pages that are of use to who one is. */
const offered = () => (gateway.deviceOnly ? pages.filter(([id]) => id === 'this-device') : pages);

async function go() {
  pairing.look();
  const { name, rest } = where();
  const mine = ++turn;
  opened?.close?.();
  opened = null;
  unfetched = false;
  state.page = name;
  state.problem = null;
  update();
  shownInNav();
  document.title = `${pages.find(([id]) => id === name)[1]} · Holdfast`;
  const main = document.getElementById('page');
  if (!admitted() && !invited()) {
    main.replaceChildren();
    return;
  }
  const root = document.createElement('div');
  root.className = `page page-${name}`;
  main.replaceChildren(root);
  let module;
  try {
    module = await import(`./pages/${name}.js`);
  } catch {
    if (mine === turn) {
      unfetched = true;
      render(empty('This page can’t be fetched right now.', html`<button @click=${go}>Try again</button>`), root);
    }
    return;
  }
  if (mine === turn) {
    opened = module.open(root, rest) ?? null;
    fetchOthers();
  }
}

/** On a phone not every link has room: that of the page is led to. */
function shownInNav() {
  requestAnimationFrame(() => document.querySelector('nav [aria-current=page]')?.scrollIntoView({ block: 'nearest', inline: 'center' }));
}

/** The other pages are fetched before somebody asks for one while the gateway is away. */
function fetchOthers() {
  offered().forEach(([name]) => import(`./pages/${name}.js`).catch(() => {}));
}

function banner() {
  const { state: now, retryInMs, attempts, resumed } = gateway.client.status;
  if (!admitted()) {
    return nothing;
  }
  if (now === 'connected' && gateway.endsAt !== null) {
    return html`<div class="banner warn"><span>Your token ends at ${time(gateway.endsAt)}. You are asked for another one then, and come back to where you are.</span></div>`;
  }
  if (now === 'connected') {
    return state.back ? html`<div class="banner good">${resumed
      ? 'Connected again. Everything goes on where it was.'
      : 'Connected again, to a gateway that began anew or had let this session go. What it still has goes on.'}</div>` : nothing;
  }
  return html`<div class="banner warn">
    <span>The connection is lost. ${now === 'waiting' && retryInMs > 1500
      ? `Trying again in ${Math.ceil(retryInMs / 1000)} s.` : 'Connecting again…'}
      Nothing is lost that the gateway still has.</span>
    ${now === 'waiting' && attempts > 1
      ? html`<button class="small" @click=${() => gateway.client.retry()}>Try now</button>` : nothing}
  </div>`;
}

/** What this browser is asked to do as a device, and what of it is on: seen whichever page is open. */
function device() {
  const { asking, watching } = own.state;
  const recording = own.state.recording && !own.state.recording.over;
  return html`
    ${asking ? html`<div class="banner ask-device" role="alertdialog" aria-label="A device's command">
      <span role="alert">May <strong>${gateway.user}</strong>, from wherever asked, ${questions[asking.command]}?
        Yes holds until you stop being a device.</span>
      <span class="buttons"><button class="small primary" @click=${() => asking.answer(true)}>Allow</button>
        <button class="small" @click=${() => asking.answer(false)}>Refuse</button></span></div>` : nothing}
    ${recording || watching !== false ? html`<div class="banner live-device"><span>${[recording ? 'Recording' : null, watching !== false ? 'telling where this is' : null]
      .filter(Boolean).join(', and ')}.</span><button class="small" @click=${() => own.stop()}>Stop everything</button></div>` : nothing}`;
}

function signIn() {
  const { state: now, reason, code } = gateway.client.status;
  if (now !== 'closed') {
    return html`<p class="waiting">${now === 'waiting' ? 'The gateway does not answer. Trying again…' : 'Connecting…'}</p>`;
  }
  if (gateway.deviceOnly && code === 4001) {
    return html`<section class="card sign-in"><h1>No device any more</h1>
      <p>What let this browser be a device was taken back, or is not good any more. Whoever did so can let it in again.</p>
      <div class="buttons"><button class="primary" @click=${() => gateway.signOut()}>Go on without</button></div>
    </section>`;
  }
  if (code !== 4001) {
    return html`<section class="card sign-in"><h1>Disconnected</h1>
      <p>The gateway has ended this connection: <strong>${reason}</strong>. It asks not to come back by itself.</p>
      <div class="buttons"><button class="primary" @click=${() => gateway.again()}>Connect again</button></div>
    </section>`;
  }
  return signInCard(reason, () => update());
}

function me() {
  const { state: now } = gateway.client.status;
  return html`<div class="me">
    <p class="status ${now}"><span class="dot"></span>
      ${now === 'connected' ? html`<span class="name" title=${gateway.user}>${gateway.deviceOnly ? `device of ${gateway.user}` : gateway.title}</span>` : 'not connected'}</p>
    ${gateway.deviceOnly
      ? html`<button class="small" @click=${() => {
        own.stop();
        gateway.signOut();
      }}>Be it no more</button>` : gateway.token
      ? html`<button class="small" @click=${() => gateway.signOut()}>Sign out</button>`
      : html`<button class="small" aria-expanded=${state.asking} @click=${() => {
        state.asking = !state.asking;
        update();
      }}>Change name</button>`}
    ${state.asking && !gateway.token ? html`<form class="rename" @submit=${submit(({ name }) => {
      state.asking = false;
      gateway.signIn({ name: name.trim() });
    })}>
      <label>Name, in development<input name="name" value=${gateway.user ?? ''} maxlength="64" autocomplete="off"></label>
      <button class="small">Be that</button>
    </form>` : nothing}
  </div>`;
}

const shell = () => html`
  <a class="skip" href="#page" @click=${(event) => {
    event.preventDefault();
    document.querySelector('#page:not(:empty), .entry').focus();
  }}>Skip to the page</a>
  <header class="side">
    <a class="brand" href="#/overview"><img src="/console/icon.svg" alt="" width="28" height="28"><span>Holdfast</span></a>
    <nav aria-label="Pages">
      ${offered().map(([id, name]) => html`<a href="#/${id}" aria-current=${state.page === id && admitted() ? 'page' : nothing}>
        ${icon(id)}<span>${name}</span></a>`)}
    </nav>
    ${admitted() ? me() : nothing}
  </header>
  <div class="body">
    <div role="status" aria-live="polite">${banner()}</div>
    ${device()}
    <main id="page" tabindex="-1"></main>
    ${admitted() || invited() ? nothing : html`<div class="entry" role="main" tabindex="-1">${signIn()}</div>`}
  </div>`;

let update = () => {};
update = view(document.getElementById('app'), shell);

own.watch(() => update());

let known = null;
let client = null;
let backTimer;
gateway.watch((now) => {
  const { state: status, resumed } = now.status;
  if (status === 'connected') {
    state.back = known === 'waiting' || known === 'connecting' ? now === client : false;
    clearTimeout(backTimer);
    backTimer = setTimeout(() => {
      state.back = false;
      update();
    }, 4_000);
    if (now !== client || unfetched) {
      client = now;
      go();
    }
  } else if (status === 'closed' && now === gateway.client) {
    client = null;
    if (!invited()) {
      opened?.close?.();
      opened = null;
      document.getElementById('page').replaceChildren();
    }
  }
  known = status;
  update();
});
addEventListener('hashchange', () => {
  go();
  document.getElementById('page').focus();
});
own.restore();
pairing.look();
state.page = where().name;
if (gateway.client.status.state === 'connected') {
  client = gateway.client;
}
go();
