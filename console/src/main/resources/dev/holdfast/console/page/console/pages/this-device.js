/** This browser as a device: what it offers, what is on, and how to stop it. */
import { gateway } from '../gateway.js';
import { browserName, own, questions } from '../own-device.js';
import { pairing } from '../pairing.js';
import { attempts, badge, bytes, failed, html, nothing, span, submit, time, view } from '../ui.js';

const names = {
  camera_snap: 'Photos by the camera', screen_record_start: 'Recordings of screen or camera', get_location: 'Where it is', send_notification: 'Notifications',
};

export function open(root) {
  const { state } = own;
  const asked = { problem: null };
  let update = () => {};
  const { attempt } = attempts(asked, () => update());

  const invitation = () => html`<form class="card" aria-label="Let in by a code" @submit=${submit((fields) => attempt(() => pairing.use(fields)))}>
    <header><h2>Be a device of whoever showed you this?</h2></header>
    <p>That user can then ask this browser for photos, recordings and where it is, and show you notifications. You are asked
      before each first use, and can end it at any time; so can that user.</p>
    ${failed(asked.problem)}
    <label>Code<input name="code" class="mono" required value=${pairing.code} maxlength="20" autocomplete="off" spellcheck="false"></label>
    <label>What to call it<input name="name" required value=${browserName()} maxlength="200" autocomplete="off"></label>
    ${gateway.token || gateway.name ? html`<p class="hint">This tab is then that device alone, and signed in no more.</p>` : nothing}
    <div class="buttons"><button class="primary">Yes, be that device</button>
      <button type="button" @click=${() => {
        pairing.forget();
        location.hash = '#/overview';
      }}>No</button></div></form>`;

  update = view(root, () => (pairing.code !== null ? html`<header class="head"><div><h1>This browser</h1></div></header>${invitation()}` : html`
    <header class="head"><div><h1>This browser</h1><p>As a device it can be asked for a photo, a recording, its place, or to tell you something. You are asked before each first use.</p></div>
      ${state.on ? html`<button class="danger" @click=${() => own.stop()}>Stop everything</button>`
        : html`<button class="primary" @click=${() => own.start()}>Be a device</button>`}</header>
    ${state.problem ? html`<p class="problem" role="alert">${state.problem.message}</p>` : nothing}
    <section class="card"><header><h2>${own.id}</h2>${!state.on ? badge('off') : state.registered ? badge('registered', 'good') : badge('registering', 'warn')}</header>
      <ul class="steps">${Object.keys(questions).map((command) => html`<li>
        <span class="mark">${own.capabilities().includes(command) ? '✓' : '–'}</span>
        <span>${names[command]} ${own.capabilities().includes(command) ? state.allowed.has(command) ? badge('allowed until you stop', 'live') : nothing
          : html`<span class="hint">not in this browser</span>`}</span></li>`)}</ul>
      ${state.recording?.over ? html`<p class="hint">A recording waits to be fetched; the gateway has ${bytes(state.recording.upload.offset)} of it.</p>`
        : state.recording ? html`<div class="ask"><p>Recording since ${span(Date.now() - state.recording.since)}; the gateway has ${bytes(state.recording.upload.offset)}</p>
        <div class="buttons"><button class="danger" @click=${() => own.stopRecording()}>Stop recording</button></div></div>` : nothing}
      ${state.watching !== false ? html`<div class="ask"><p>Telling where it is</p>
        <div class="buttons"><button class="danger" @click=${() => own.stopWatching()}>Stop telling</button></div></div>` : nothing}
      ${state.on && own.capabilities().includes('get_location') && state.watching === false ? html`<p><button @click=${() => own.startWatching()}>Keep telling where it is</button></p>` : nothing}
      ${state.on && !gateway.deviceOnly ? html`<p><a href="#/devices/${own.id}">Give it commands</a>, here or from any other tab or machine.</p>` : nothing}
    </section>
    ${state.notes.length ? html`<section class="stack"><h2>You were told</h2><ul class="stack">${state.notes.map((one) => html`<li class="card"><h3>${one.title}</h3><p>${one.body}</p>${time(one.at)}</li>`)}</ul></section>` : nothing}
    ${state.log.length ? html`<section class="stack"><h2>What it did</h2><ol class="events">${state.log.map((one) => html`<li><code>${one.what}</code><span>${one.how} ${time(one.at)}</span></li>`)}</ol></section>` : nothing}`));
  const unwatch = own.watch(() => update());
  const timer = setInterval(() => state.recording && update(), 1_000);
  return {
    close() {
      unwatch();
      clearInterval(timer);
    },
  };
}
