/** Devices: which there are, letting one in, giving commands, and what came of them. */
import { gateway, poll } from '../gateway.js';
import { listing } from '../listing.js';
import { own } from '../own-device.js';
import { address, local } from '../pairing.js';
import { qr } from '../qr.js';
import { attempts, badge, brief, bytes, empty, failed, html, lead, nothing, ref, repeat, submit, text, time, view } from '../ui.js';

const known = {
  camera_snap: 'Take a photo', screen_record_start: 'Start recording', screen_record_stop: 'Stop recording', get_location: 'Where is it?',
  send_notification: 'Notify', execute_command: 'Run a program',
};

/** Results that are shown, and ends of commands that are remembered. */
const MOST = 30;

/** Media come as attachments, with the right of who asks: so they are fetched, and shown from memory. */
async function fetched(url) {
  const token = gateway.token;
  const response = await fetch(url, { headers: token ? { authorization: `Bearer ${token}` } : {} });
  if (!response.ok) {
    throw new Error(`HTTP ${response.status}`);
  }
  return URL.createObjectURL(await response.blob());
}

/** Devices say what they like. */
const within = (value, most) => Number.isFinite(value) && Math.abs(value) <= most;

/** Places on a plain plot, newest largest: north is up, and the scale is the same both ways. */
function plot(places) {
  const [last] = places;
  const east = Math.cos((last.latitude * Math.PI) / 180);
  const points = places.map((one) => ({ x: (one.longitude - last.longitude) * east * 111_320, y: (last.latitude - one.latitude) * 111_320 }));
  const reach = Math.max(last.accuracy ?? 10, 10, ...points.map((one) => Math.hypot(one.x, one.y))) * 1.2;
  const at = (value) => 120 + (value / reach) * 110;
  return html`<figure><svg class="picture pie" viewBox="0 0 240 240" role="img" aria-label="Places: last ${last.latitude}, ${last.longitude}">
    <circle class="axis ring" cx="120" cy="120" r="110"/><circle class="axis ring" cx="120" cy="120" r="55"/>
    ${points.map((one, row) => html`<svg x=${at(one.x) - 6} y=${at(one.y) - 6} width="12" height="12" viewBox="0 0 12 12"><circle class="hue-${row ? 2 : 0}" cx="6" cy="6" r=${row ? 3 : 5}/></svg>`)}
  </svg><figcaption class="hint">${last.latitude.toFixed(5)}, ${last.longitude.toFixed(5)}${last.accuracy ? `, within ${Math.round(last.accuracy)} m` : ''}; the ring is ${Math.round(reach)} m away</figcaption></figure>`;
}

/** Where the page of a device is; two users may each have one of the same id. */
const place = ({ device_id: id, user_id: user }) =>
  `#/devices/${encodeURIComponent(id)}${user === gateway.user ? '' : `/${encodeURIComponent(user)}`}`;

/** The one to show where none is asked for: this browser, else one of one's own, rather one that is there. */
function likeliest(devices) {
  const mine = devices.filter((one) => one.user_id === gateway.user);
  return mine.find((one) => one.device_id === own.id) ?? mine.find((one) => one.online) ?? mine[0] ?? devices[0];
}

/** @param asked the id of a device, and whose it is: one's own where that is not said; nothing for whichever is likely */
export function open(root, asked) {
  const { client } = gateway;
  let [id, user] = asked;
  const whose = () => (user ? { user_id: user } : {});
  const state = { device: null, code: null, results: [], places: [], problem: null };
  let update = () => {};
  const { attempt, refresh } = attempts(state, () => update());
  let feed = null;

  const devices = listing('/api/devices', 'devices', () => pollAll.again());
  const pairings = listing('/api/pairings', 'pairings', () => pollAll.again());

  /** The one that is shown, which need not be among those that are listed. */
  async function find() {
    const listed = devices.entries.find((one) => one.device_id === id && one.user_id === (user ?? gateway.user));
    if (listed || !id || devices.entries.length === devices.total && !devices.sought) {
      return listed;
    }
    return gateway.api('GET', `/api/devices/${encodeURIComponent(id)}?${new URLSearchParams(whose())}`).catch(() => undefined);
  }

  /** A gateway that began anew has no such feed before the device is back: then it is read from its start. */
  function follow(from) {
    feed = client.feed(`device:${user ? `${user}/` : ''}${id}`, { from, onDelivery: deliver, onError: () => (feed = null) });
  }

  const pollAll = poll(() => refresh(async () => {
    const first = devices.entries === null;
    await Promise.all([devices.refresh(), pairings.refresh()]);
    if (devices.entries === null) {
      return;
    }
    if (first && !id && devices.entries.length) {
      const likely = likeliest(devices.entries);
      history.replaceState(null, '', place(likely));
      id = likely.device_id;
      user = likely.user_id === gateway.user ? undefined : likely.user_id;
      follow('now');
    }
    state.device = await find();
    if (!feed && state.device) {
      follow('start');
    }
    if (first && state.device) {
      lastPlace();
    }
  }), 3_000);

  async function media(one, found) {
    if (found && !one.media) {
      one.media = found;
      try {
        one.shown = await fetched(found.url);
        if (!state.results.includes(one)) {
          URL.revokeObjectURL(one.shown);
        }
      } catch (problem) {
        one.problem = problem;
      }
      update();
    }
  }

  /** All but so many results, with what is shown of them. */
  function putAway(left) {
    state.results.splice(left).forEach((one) => one.shown && URL.revokeObjectURL(one.shown));
  }

  async function give(command, params) {
    const one = { command, params, state: 'asked', at: new Date() };
    state.results.unshift(one);
    putAway(MOST);
    update();
    try {
      // Its last answer is the result; that it waits is told by the device's feed meanwhile.
      const ack = await client.command('device_command', { device_id: id, ...whose(), command, ...(params ? { params } : {}) });
      Object.assign(one, { id: ack.command_id, state: ack.waits ? 'waits for the device' : 'given' });
      settle(one);
    } catch (problem) {
      Object.assign(one, { state: 'refused', problem });
    }
    update();
  }

  const ended = new Map();

  function settle(one) {
    const result = ended.get(one.id);
    if (result) {
      one.state = result.success ? 'done' : 'failed';
      one.data = result.data;
      one.problem = result.success ? null : result.error;
      media(one, result.media);
    }
  }

  function located(data) {
    const { latitude, longitude, accuracy } = data ?? {};
    if (within(latitude, 90) && within(longitude, 180)) {
      state.places.unshift({ latitude, longitude, accuracy: within(accuracy, 1e7) ? Math.abs(accuracy) : null });
      state.places.splice(60);
    }
  }

  /** Where it said that it was, before anybody looked. */
  async function lastPlace() {
    try {
      const { values } = await gateway.api('GET', `/api/devices/${encodeURIComponent(id)}?${new URLSearchParams(whose())}`);
      if (!state.places.length) {
        located(values?.location);
        update();
      }
    } catch {
      // What it says from now on is shown all the same.
    }
  }

  function deliver({ kind, event, state: all }) {
    if (kind === 'snapshot') {
      located(all.values?.location);
    } else if (kind === 'event') {
      if (event.type === 'result') {
        ended.set(event.command_id, event);
        if (ended.size > MOST) {
          ended.delete(ended.keys().next().value);
        }
        state.results.filter((one) => one.id === event.command_id).forEach(settle);
        located(event.data);
      } else if (event.type === 'delivered') {
        state.results.filter((one) => one.id === event.command_id && !ended.has(one.id)).forEach((one) => (one.state = 'at work'));
      } else if (event.type === 'event' && event.name === 'location') {
        located(event.data);
      } else if (event.type === 'registered' || event.type === 'away') {
        pollAll.again();
      }
    }
    update();
  }

  const tone = (one) => ({ done: 'good', failed: 'bad', refused: 'bad' })[one.state] ?? 'live';

  const result = (one) => html`<li class="card result"><header><h3>${known[one.command] ?? one.command}</h3><div class="buttons"><span role="status">${badge(one.state, tone(one))}</span>${time(one.at)}</div></header>
    ${one.problem ? html`<p class="problem">${one.problem.message ?? text(one.problem)}</p>` : nothing}
    ${one.shown ? one.media.content_type?.startsWith('image/') ? html`<img class="media" src=${one.shown} alt="What the device took">`
      : html`<video class="media" src=${one.shown} controls></video>` : nothing}
    ${one.media ? html`<p class="hint">${one.media.content_type}, ${bytes(one.media.bytes ?? 0)}</p>` : nothing}
    ${one.data && Object.keys(one.data).length ? html`<pre class="output">${brief(text(one.data), 4_000)}</pre>` : nothing}</li>`;

  function commands(device) {
    const able = device.device_info?.capabilities ?? [];
    return html`<section class="card" ${asked.length ? ref(lead) : nothing}><header><h2>${device.device_info?.name ?? device.device_id}</h2>
        <div class="buttons">${device.online ? badge('there', 'good') : badge('away', 'warn')}
          <button class="small danger" @click=${() => attempt(async () => {
            await gateway.api('DELETE', `/api/devices/${encodeURIComponent(id)}?${new URLSearchParams(whose())}`);
            pollAll.again();
          })}>Forget</button></div></header>
      <dl class="kv"><dt>Id</dt><dd>${device.device_id}</dd><dt>Of</dt><dd>${device.user_id}</dd><dt>Sort</dt><dd>${device.device_info?.type ?? '–'} ${device.device_info?.platform ?? ''}</dd></dl>
      ${device.online ? nothing : html`<p class="hint">Commands wait for it until their deadline.</p>`}
      <div class="buttons">${able.filter((one) => !['send_notification', 'execute_command'].includes(one)).map((one) =>
        html`<button @click=${() => give(one)}>${known[one] ?? one}</button>`)}</div>
      ${able.includes('send_notification') ? html`<form class="inline" @submit=${submit(({ title, body }) => give('send_notification', { title, body }))}>
        <label>Title<input name="title" required value="Hello"></label><label>Text<input name="body"></label><button>Notify</button></form>` : nothing}
      ${able.includes('execute_command') ? html`<form class="inline" @submit=${submit(({ command }) => give('execute_command', { command }))}>
        <label>Program<input name="command" class="mono" required placeholder="uptime"></label><button>Run</button></form>` : nothing}
      ${state.places.length ? plot(state.places) : nothing}
    </section>`;
  }

  const pairing = () => html`<section class="stack"><h2>Let a device in</h2>
    ${state.code ? html`<p class="code" role="status">${state.code.code}</p>
      ${qr(address(state.code.code), `QR code of ${address(state.code.code)}`)}
      <p class="hint">Good once, for five minutes. Read it with a phone, or on a machine: <code>holdfast device --pair ${state.code.code}</code></p>
      ${local() ? html`<p class="hint">This page’s address leads to this machine alone. For a phone open it by the address that the machine has in the network.</p>` : nothing}` : nothing}
    <p><button @click=${() => attempt(async () => (state.code = await gateway.api('POST', '/api/pairing-codes')))}>Make a code</button></p>
    ${pairings.box()}${pairings.entries?.length ? html`<ul class="list">${pairings.entries.map((one) => html`<li class="provider"><span class="line"><span>${one.name || one.device_id}</span>
      <button class="small danger" @click=${() => attempt(async () => {
        await gateway.api('DELETE', `/api/pairings/${encodeURIComponent(one.pairing_id)}`);
        pollAll.again();
      })}>Take back</button></span></li>`)}</ul>` : nothing}${pairings.rest()}</section>`;

  function list(device) {
    const id = (one) => `${one.user_id}/${one.device_id}`;
    return html`<nav aria-label="Devices" class="stack">${devices.box()}<ul class="list">${repeat(devices.entries, id, (one) => html`<li>
      <a href=${place(one)} aria-current=${device && id(one) === id(device) ? 'true' : nothing}>
        <span class="line"><span>${one.device_info?.name ?? one.device_id}</span>${one.online ? badge('there', 'good') : badge('away')}</span>
        <span class="hint">${one.device_info?.type ?? one.device_id} · ${one.user_id}</span></a></li>`)}</ul>${devices.rest()}</nav>`;
  }

  update = view(root, () => {
    const device = state.device;
    return html`
      <header class="head"><div><h1>Devices</h1><p>Cameras, phones, machines: each does what it offers, once, now or when it is back.</p></div>
        <a href="#/this-device">Make this browser one</a></header>
      ${failed(state.problem)}
      <div class="columns"><div class="stack">
        ${devices.entries && !devices.bare ? list(device) : html`<p class="hint">No device is known yet.</p>`}
        ${pairing()}</div>
      <div class="stack">${device ? commands(device) : empty('No device is shown.', html`Make <a href="#/this-device">this browser</a> one, or let another in with a code.`)}
        ${state.results.length ? html`<ol class="stack" aria-label="Commands">${repeat(state.results, (one) => one, result)}</ol>` : nothing}</div></div>`;
  });
  if (id) {
    follow('now');
  }
  return {
    close() {
      pollAll.close();
      feed?.close();
      putAway(0);
    },
  };
}
