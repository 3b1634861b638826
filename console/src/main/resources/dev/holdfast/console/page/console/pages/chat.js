/** Talk in a channel: with other people, other tabs, and whatever listens there. */
import { gateway } from '../gateway.js';
import { attempts, brief, empty, enterSends, failed, html, nothing, repeat, stick, submit, text, time, view, ref } from '../ui.js';

const MOST = 500;
const NAMED = 30;

export function open(root, [channel = 'lobby']) {
  const { client } = gateway;
  const state = { lines: [], members: [], problem: null };
  const mine = new Set();
  let update = () => {};
  const { refresh } = attempts(state, () => update());
  let feed;
  let presence;
  let asked = 0;
  let due = null;

  function deliver(delivery) {
    if (delivery.kind === 'gap') {
      state.lines.push({ key: delivery.position, gap: delivery.reason });
    } else if (delivery.kind === 'event') {
      state.lines.push({ key: delivery.position, event: delivery.event });
    }
    state.lines.splice(0, state.lines.length - MOST);
    update();
  }

  async function ask() {
    asked = Date.now();
    due = null;
    try {
      const { members: all } = await client.command('presence', { channel });
      state.members = all.map((member) => member.user_id);
      update();
    } catch {
      // It is a comfort, and not everybody may ask.
    }
  }

  /** At most once a second, however many come and go. */
  function members() {
    due ??= setTimeout(ask, Math.max(0, asked + 1_000 - Date.now()));
  }

  function send({ content }, form) {
    if (!content.trim()) {
      return;
    }
    form.reset();
    refresh(async () => {
      const { position } = await client.message(channel, content);
      mine.add(position);
      state.problem = null;
    });
  }

  const line = ({ event, gap, key }) => {
    if (gap) {
      return html`<li class="note">${gap === 'unrecovered'
        ? 'The gateway began anew here; what was said before may be missing.' : 'Some messages are not kept any more.'}</li>`;
    }
    if (event.type !== 'message') {
      return html`<li class="note"><code>${event.type}</code> ${brief(event.data ?? '')} ${time(event.timestamp)}</li>`;
    }
    return html`<li class="said ${mine.has(key) ? 'own' : ''}">
      <p class="who"><strong>${event.from}</strong> ${time(event.timestamp)}</p>
      <p class="what">${text(event.content)}</p>
    </li>`;
  };

  update = view(root, () => html`
    <header class="head">
      <div><h1>Chat</h1><p>Everyone in <strong>${channel}</strong> sees what is said here, at once and in order.</p></div>
      <form class="inline" @submit=${submit(({ name }) => (location.hash = `#/chat/${encodeURIComponent(name.trim())}`))}>
        <label class="hidden" for="channel-name">Channel</label>
        <input id="channel-name" name="name" .value=${channel} required autocomplete="off">
        <button>Go there</button>
      </form>
    </header>
    ${state.members.length > 0 ? html`<p class="members">Here:
      ${state.members.slice(0, NAMED).map((user) => html`<span class="chip">${user}</span>`)}
      ${state.members.length > NAMED ? `and ${state.members.length - NAMED} more` : nothing}</p>`
      : nothing}
    ${failed(state.problem)}
    ${state.lines.length === 0
      ? empty('Nobody has said anything yet.', 'Say something below; open this page in another tab to see it arrive there.')
      : html`<ol class="log talk" tabindex="0" aria-label="Messages" aria-live="polite" ${ref(stick)}>
        ${repeat(state.lines, (one) => one.key, line)}</ol>`}
    <form class="say" @submit=${submit(send)}>
      <label class="hidden" for="say">Message</label>
      <textarea id="say" name="content" rows="1" placeholder="Say something in ${channel}" @keydown=${enterSends}
        required autocomplete="off"></textarea>
      <button class="primary">Send</button>
    </form>`);

  // Each line is drawn before the box is at its end again.
  const plain = update;
  update = () => {
    plain();
    requestAnimationFrame(() => stick(root.querySelector('.talk')));
  };

  feed = client.channel(channel, {
    from: 'start',
    onDelivery: deliver,
    onError: (problem) => {
      state.problem = problem.code === 'forbidden' ? new Error(`You may not read ${channel}.`) : problem;
      update();
    },
  });
  presence = client.feed(`presence:${channel}`, { onDelivery: () => members(), onError: () => {} });
  const unwatch = gateway.watch(() => client.status.state === 'connected' && members());
  members();
  root.querySelector('#say').focus();
  return {
    close() {
      unwatch();
      clearTimeout(due);
      feed.close();
      presence.close();
    },
  };
}
