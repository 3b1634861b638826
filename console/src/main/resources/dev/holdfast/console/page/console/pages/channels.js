/** Channels: who is there, what was said, and publishing to them. */
import { gateway, poll } from '../gateway.js';
import { listing } from '../listing.js';
import { attempts, brief, empty, failed, html, json, lead, nothing, ref, repeat, submit, text, time, view } from '../ui.js';

const PAGE = 50;
const MOST = 500;

export function open(root, [name]) {
  const { client } = gateway;
  const state = { hidden: false, events: [], members: null, before: null, complete: false, problem: null, done: null };
  let update = () => {};
  const { attempt, refresh } = attempts(state, () => update());
  const channels = listing('/api/channels', 'channels', () => pollList.again());
  let feed = null;

  const pollList = poll(async () => {
    // Only administrators may see them all; everybody may still open one by its name.
    await channels.refresh().then(() => (state.hidden = false), (problem) => (state.hidden = problem.code === 'forbidden'));
    if (name) {
      state.members = await client.command('presence', { channel: name }).then((answer) => answer.members, () => null);
    }
    update();
  }, 4_000);

  const older = () => refresh(async () => {
    let page;
    try {
      page = await client.command('history',
        { feed: `channel:${name}`, limit: PAGE, reverse: true, ...(state.before ? { after: state.before } : {}) });
    } catch (problem) {
      if (problem.code === 'not_found') {
        // It is made by the first who uses it, which may have been this page just now.
        return;
      }
      throw problem;
    }
    const known = new Set(state.events.map((one) => one.offset));
    state.events.push(...page.events.filter((one) => !known.has(one.offset)));
    state.before = page.position;
    state.complete = page.complete;
  });

  function publish({ event, data }, form) {
    state.done = null;
    return attempt(async () => {
      const body = json(data, 'The data');
      if (event === 'message') {
        await client.message(name, body);
      } else {
        await client.publish(name, event, body);
      }
      state.done = `Published ${event}.`;
      form.elements.namedItem('data').value = '';
    });
  }

  const row = (one) => html`<li class="event-row">
    <p><code>${one.type}</code> ${one.from ? html`<strong>${one.from}</strong>` : nothing} ${time(one.timestamp)} <span class="hint">#${one.offset}</span></p>
    <pre>${brief(text(one.content ?? one.data ?? ''), 1200)}</pre></li>`;

  const shown = () => html`
    <section class="card" ${ref(lead)}><header><h2>${name}</h2><a href="#/chat/${encodeURIComponent(name)}">Talk there</a></header>
      ${state.members?.length ? html`<p class="members">Here: ${state.members.map((one) => html`<span class="chip">${one.user_id}${
        one.connections > 1 ? ` ×${one.connections}` : ''}</span>`)}</p>` : nothing}
      <form class="stack" @submit=${submit(publish)}>
        <div class="inline"><label>Event<input name="event" value="demo:hello" required autocomplete="off" spellcheck="false" list="events"></label>
          <datalist id="events"><option>message</option><option>canvas:present</option><option>workflow:status</option></datalist></div>
        <label>Data, as JSON<textarea name="data" rows="3" class="mono" spellcheck="false" placeholder='{"hello": "world"}'></textarea></label>
        <div class="buttons"><button class="primary">Publish</button><span role="status" class="hint">${state.done ?? nothing}</span></div>
      </form></section>
    <section class="stack"><h2>Newest first</h2>
      ${state.events.length ? html`<ol class="stack rows">${repeat(state.events, (one) => one.offset, row)}</ol>`
        : html`<p class="hint">Nothing is kept of it yet. What is published from now on is shown here.</p>`}
      ${state.events.length && !state.complete ? html`<p><button @click=${older}>Older ones</button></p>` : nothing}
    </section>`;

  function list() {
    if (state.hidden || channels.bare) {
      return html`<p class="hint">${state.hidden ? 'Only administrators see the list. Open a channel by its name.' : 'Nobody is subscribed to any channel yet.'}</p>`;
    }
    return html`${channels.box()}<ul class="list">${repeat(channels.entries, (one) => one.channel, (one) => html`<li>
      <a href="#/channels/${encodeURIComponent(one.channel)}" aria-current=${one.channel === name ? 'true' : nothing}>
        <span class="line"><span>${one.channel}</span></span><span class="hint">${one.subscribers} reading</span></a></li>`)}</ul>${channels.rest()}`;
  }

  update = view(root, () => html`
    <header class="head"><div><h1>Channels</h1><p>Whoever subscribes gets what is published, in order; what is kept can be read again.</p></div>
      <form class="inline" @submit=${submit((said) => (location.hash = `#/channels/${encodeURIComponent(said.name.trim())}`))}>
        <label>Channel<input name="name" required autocomplete="off" placeholder="orders" spellcheck="false" autocapitalize="off"></label><button>Open</button></form></header>
    ${failed(state.problem)}
    <div class="columns">
      <nav aria-label="Channels" class="stack">${list()}</nav>
      <div class="stack">${name ? shown() : empty('No channel is shown.', 'Pick one from the list, or open one by its name; it is made by the first who uses it.')}</div>
    </div>`);

  if (name) {
    older();
    feed = client.feed(`channel:${name}`, {
      onDelivery: ({ kind, event, position }) => {
        if (kind === 'gap') {
          // Its offsets may begin anew: what is kept is read again.
          Object.assign(state, { events: [], before: null, complete: false });
          older();
        } else if (kind === 'event' && !state.events.some((one) => one.offset === event.offset)) {
          state.events.unshift(event);
          if (state.events.length > MOST) {
            state.events.splice(MOST);
            state.complete = false;
            state.before = `${position.slice(0, position.lastIndexOf(':'))}:${state.events.at(-1).offset}`;
          }
          update();
        }
      },
      onError: (problem) => {
        state.problem = problem.code === 'forbidden' ? new Error(`You may not read ${name}.`) : problem;
        update();
      },
    });
  }
  return {
    close() {
      pollList.close();
      feed?.close();
    },
  };
}
