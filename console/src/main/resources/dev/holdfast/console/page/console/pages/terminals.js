/** Terminals: programs on the gateway's machine, which go on without anybody and look the same to everybody. */
import { gateway, poll } from '../gateway.js';
import { keep, kept } from '../kept.js';
import { screen } from '../terminal.js';
import { attempts, badge, brief, bytes, empty, failed, html, lead, nothing, ref, repeat, submit, view } from '../ui.js';

/** `data` of an `input` is at most so many bytes; no character is cut in two. */
const INPUT = 2_048;

const READ_OUT = 'holdfast.read-out';

function* pieces(data) {
  let piece = '';
  let size = 0;
  for (const character of data) {
    const width = new TextEncoder().encode(character).length;
    if (size + width > INPUT) {
      yield piece;
      piece = '';
      size = 0;
    }
    piece += character;
    size += width;
  }
  if (piece) {
    yield piece;
  }
}

/** One terminal on the page, from its feed to its glass. */
class Watched {
  constructor(id, box, { viewOnly, rows, cols, changed, leave }) {
    this.id = id;
    this.viewOnly = viewOnly;
    this.changed = changed;
    this.state = 'running';
    this.title = '';
    const { terminal, room } = screen(box, { rows, cols, readOnly: viewOnly, readOut: kept(READ_OUT) !== null, leave });
    this.terminal = terminal;
    this.room = room;
    terminal.onData((data) => this.#type(data));
    terminal.onBinary((data) => this.#type(data));
    terminal.onTitleChange((title) => {
      this.title = title;
      changed();
    });
    this.watcher = new ResizeObserver(() => this.fit());
    this.watcher.observe(box);
    this.feed = gateway.client.feed(`terminal:${id}`, {
      from: 'start',
      onDelivery: (delivery) => this.#deliver(delivery),
      onError: (problem) => this.#lost(problem),
    });
    this.feed.ready.then(() => this.fit(true), () => {});
    this.unwatch = gateway.watch(() => gateway.client.status.state === 'connected' && this.fit(true));
    if (!viewOnly) {
      terminal.focus();
    }
  }

  #type(data) {
    if (!this.viewOnly && this.state === 'running') {
      for (const piece of pieces(data)) {
        gateway.client.command('input', { terminal_id: this.id, data: piece }).catch((problem) => this.#refused(problem));
      }
    }
  }

  #refused(problem) {
    this.problem = problem;
    this.changed();
  }

  #lost(problem) {
    this.state = 'lost';
    this.problem = problem.code === 'not_found'
      ? new Error('This terminal is not there any more: it was closed, or the gateway was restarted.') : problem;
    this.changed();
  }

  #deliver({ kind, event, state, position }) {
    if (kind === 'snapshot') {
      this.#resized(state);
      this.terminal.write(state.data, () => this.#parsed(position));
    } else if (kind === 'gap') {
      this.terminal.write('\r\n\x1b[2m[some output is not kept any more]\x1b[0m\r\n');
    } else if (event.type === 'output') {
      this.terminal.write(event.data, () => this.#parsed(position));
    } else if (event.type === 'resized') {
      this.#resized(event);
    } else if (event.type === 'closed') {
      this.state = 'closed';
      this.exit = event.signal ? `ended by ${event.signal}` : `ended with ${event.exit_code}`;
      this.terminal.options.disableStdin = true;
      this.changed();
    }
  }

  #resized({ rows, cols }) {
    this.terminal.resize(cols, rows);
    this.size = `${cols}×${rows}`;
    this.changed();
  }

  /** What has been parsed has been dealt with: only then more is sent than a window beyond it. */
  #parsed(position) {
    gateway.client.tell('ack', { terminal_id: this.id, offset: Number(position.split(':').at(-1)) });
  }

  /** Asks for the size that there is room for. */
  fit(always = false) {
    const room = this.viewOnly || this.state !== 'running' ? null : this.room();
    if (room && (always || room.cols !== this.terminal.cols || room.rows !== this.terminal.rows)) {
      gateway.client.tell('resize', { terminal_id: this.id, rows: Math.min(500, room.rows), cols: Math.min(500, room.cols) });
    }
  }

  get readOut() {
    return this.terminal.options.screenReaderMode;
  }

  /** Whether what it prints is there for screen readers, which takes time. */
  set readOut(on) {
    keep(READ_OUT, on ? 'yes' : null);
    this.terminal.options.screenReaderMode = on;
    this.changed();
  }

  send(type, fields = {}) {
    return gateway.client.command(type, { terminal_id: this.id, ...fields }).catch((problem) => this.#refused(problem));
  }

  close() {
    this.unwatch();
    this.watcher.disconnect();
    this.feed.close();
    this.terminal.dispose();
  }
}

export function open(root, [id, mode]) {
  const { client } = gateway;
  const state = { terminals: null, watched: null, problem: null };
  const viewOnly = mode === 'view';
  let update = () => {};
  const { refresh } = attempts(state, () => update());

  const pollList = poll(() => refresh(async () => {
    state.terminals = (await gateway.api('GET', '/api/terminals?limit=1000')).terminals.reverse();
  }), 4_000);

  const opened = ({ command }) => refresh(async () => {
    const words = command.trim() ? { command: ['/bin/sh', '-c', command] } : {};
    const box = root.querySelector('.screen');
    const guess = { rows: 30, cols: Math.max(40, Math.min(120, Math.floor(box.clientWidth / 8.6))) };
    const { terminal_id: made } = await client.command('open_terminal', { ...words, ...guess }).catch((problem) => {
      throw problem.code === 'forbidden' ? new Error('You may not open terminals: sign in with a token that has the role terminal.') : problem;
    });
    location.hash = `#/terminals/${encodeURIComponent(made)}`;
  });

  const entry = (one) => html`<li><a href="#/terminals/${encodeURIComponent(one.terminal_id)}"
      aria-current=${one.terminal_id === id ? 'true' : nothing}>
    <span class="line"><span>${brief(one.command.join(' '), 60)}</span>${one.running ? badge('runs', 'live') : badge('ended')}</span>
    <span class="hint">${one.user_id} · ${one.viewers} watching · ${bytes(one.bytes)}</span></a></li>`;

  const controls = (one) => html`<header>
    <h2 tabindex="-1">${one.title || 'Terminal'} <span class="hint">${one.size ?? ''}</span></h2>
    <div class="buttons">
      ${one.state === 'running' ? badge(viewOnly ? 'view only' : 'runs', 'live') : badge(one.exit ?? one.state, one.state === 'lost' ? 'bad' : 'quiet')}
      ${one.state !== 'running' ? nothing : viewOnly
        ? html`<a class="button" href="#/terminals/${encodeURIComponent(id)}">Type too</a>`
        : html`<a href="#/terminals/${encodeURIComponent(id)}/view">View only</a>
          <button class="small" @click=${() => one.send('signal', { signal: 'SIGINT' })}>Interrupt</button>
          <button class="small danger" @click=${() => one.send('close_terminal')}>End</button>`}
      <button class="small" aria-pressed=${one.readOut} @click=${() => (one.readOut = !one.readOut)}>Read out</button>
    </div></header>`;

  update = view(root, () => html`
    <header class="head"><div><h1>Terminals</h1><p>A program goes on when you leave. Come back from anywhere, or watch it together.</p></div>
      <form class="inline" @submit=${submit(opened)}>
        <label>Command<input name="command" class="mono" placeholder="the shell" autocomplete="off" spellcheck="false" autocapitalize="off"></label>
        <button class="primary">Open</button></form></header>
    ${failed(state.problem ?? state.watched?.problem)}
    <div class="screens">
      <aside aria-label="Terminals">${state.terminals?.length
        ? html`<ul class="list">${repeat(state.terminals, (one) => one.terminal_id, entry)}</ul>`
        : html`<p class="hint">No terminal is open.</p>`}</aside>
      <section class="screen" aria-label="Screen" ${id ? ref(lead) : nothing}>
        ${state.watched ? controls(state.watched) : nothing}
        ${id ? html`<div class="glass"></div><p class="hint" id="leaving"><kbd>Ctrl</kbd> <kbd>Shift</kbd> <kbd>M</kbd> leaves the terminal.</p>`
          : empty('No terminal is shown.', 'Open one with the shell, or with a command; then open the same one in another tab and see both write.')}
      </section>
    </div>`);

  if (id) {
    const box = root.querySelector('.glass');
    state.watched = new Watched(id, box, { viewOnly, rows: 24, cols: 80, changed: () => update(),
      leave: () => root.querySelector('.screen h2').focus() });
    update();
  }
  return {
    close() {
      pollList.close();
      state.watched?.close();
    },
  };
}
