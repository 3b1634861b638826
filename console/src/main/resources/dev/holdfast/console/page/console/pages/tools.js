/** Tools: a form from each one's schema, calls as they go, and how their providers are. */
import { gateway, poll } from '../gateway.js';
import { form, read } from '../schema.js';
import { attempts, badge, empty, failed, html, lead, nothing, ref, repeat, span, text, time, view } from '../ui.js';

const breakers = { closed: ['good', 'in order'], open: ['bad', 'left alone'], half_open: ['warn', 'on trial'] };

export function open(root, [chosen]) {
  const { client } = gateway;
  const state = { tools: null, health: null, calls: [], problem: null };
  let update = () => {};
  const { refresh } = attempts(state, () => update());

  const pollHealth = poll(() => refresh(async () => {
    const [{ tools }, { data }] = await Promise.all([client.command('list_tools'), client.command('health')]);
    Object.assign(state, { tools, health: data });
  }), 3_000);

  async function call(tool, args) {
    const one = { tool: tool.name, args, state: 'asked', began: Date.now(), chunks: '', at: new Date() };
    state.calls.unshift(one);
    state.calls.splice(20);
    state.problem = null;
    update();
    try {
      const ack = await client.command('call_tool', { name: tool.name, arguments: args });
      one.id = ack.id;
      one.state = 'running';
      one.feed = client.feed(ack.feed, {
        from: 'start',
        onDelivery: (delivery) => deliver(one, delivery),
        onError: (problem) => over(one, 'lost', problem),
      });
    } catch (problem) {
      over(one, 'failed', problem);
    }
    update();
  }

  function over(one, how, problem) {
    one.state = how;
    one.problem = problem;
    one.took = Date.now() - one.began;
    queueMicrotask(() => one.feed?.close());
    update();
  }

  function deliver(one, { kind, event, state: last }) {
    const said = event ?? last;
    if (kind === 'gap') {
      return;
    }
    if (said.type === 'progress') {
      one.progress = said;
    } else if (said.type === 'chunk') {
      one.chunks += said.chunk;
    } else if (said.type === 'result') {
      one.outputs = said.outputs;
      over(one, said.ok ? 'done' : said.error?.code === 'CANCELLED' ? 'cancelled' : 'failed', said.ok ? null : said.error);
    }
    update();
  }

  const tones = { asked: 'quiet', running: 'live', done: 'good', failed: 'bad', cancelled: 'warn', lost: 'bad' };

  const shown = (one) => html`<li class="card call">
    <header><h3>${one.tool}</h3><div class="buttons"><span role="status">${badge(one.state, tones[one.state])}</span>
      ${one.state === 'running' ? html`<button class="small danger" @click=${() =>
        client.command('cancel', { request_id: one.id }).catch(() => {})}>Cancel</button>` : nothing}</div></header>
    ${Object.keys(one.args).length ? html`<pre class="hint">${text(one.args)}</pre>` : nothing}
    ${one.state === 'running' && one.progress ? html`<div>
      <progress max="100" value=${one.progress.progress_pct ?? nothing} aria-label="Progress"></progress>
      <p class="hint">${one.progress.message ?? ''} ${one.progress.total_steps ? `${one.progress.step} of ${one.progress.total_steps}` : ''}
        ${one.progress.estimated_remaining_secs !== undefined ? `· ${one.progress.estimated_remaining_secs} s to go` : ''}</p></div>` : nothing}
    ${one.chunks ? html`<pre class="output">${one.chunks}</pre>` : nothing}
    ${one.outputs?.map((output) => html`<pre class="output">${output.type === 'text' ? output.text : text(output)}</pre>`)}
    ${one.problem ? html`<p class="problem">${one.problem.message} <code>${one.problem.reason ?? one.problem.code}</code></p>` : nothing}
    <p class="hint">${time(one.at)} ${one.took === undefined ? nothing : html`· ${span(one.took)}`}</p>
  </li>`;

  const called = (tool) => (event) => {
    event.preventDefault();
    refresh(() => call(tool, read(tool.inputSchema, event.target)));
  };

  function health() {
    const providers = Object.entries(state.health?.providers ?? {});
    return html`<section><h2>Providers</h2><ul class="list">${providers.map(([name, one]) => {
      const [tone, word] = breakers[one.breaker] ?? ['warn', one.breaker];
      return html`<li class="provider"><span class="line"><span>${name}</span>${badge(word, tone)}</span>
        <span class="hint">${one.inflight} of ${one.limit} at work · breaker ${one.breaker}</span></li>`;
    })}</ul></section>`;
  }

  update = view(root, () => {
    const tool = state.tools?.find((one) => one.name === chosen) ?? state.tools?.[0];
    return html`
      <header class="head"><div><h1>Tools</h1><p>A call outlives its connection, and the same call made twice at once is made once.</p></div></header>
      ${failed(state.problem)}
      ${state.tools && !tool ? empty('There are no tools that you may call.', 'Name some in tools.providers of the configuration; docs/tools.md says how.') : nothing}
      ${tool ? html`<div class="columns">
        <div class="stack">
          <nav aria-label="Tools"><ul class="list">${repeat(state.tools, (one) => one.name, (one) => html`<li>
            <a href="#/tools/${encodeURIComponent(one.name)}" aria-current=${one === tool ? 'true' : nothing}>
              <span class="line"><span>${one.name}</span></span><span class="hint">${one.description}</span></a></li>`)}</ul></nav>
          ${health()}
        </div>
        <div class="stack">
          ${repeat([tool], (one) => one.name, (one) => html`<form class="card" @submit=${called(one)} ${chosen ? ref(lead) : nothing}>
            <h2>${one.name}</h2><p class="hint">${one.description}</p>${form(one.inputSchema, 'tool')}
            <button class="primary">Call</button></form>`)}
          ${state.calls.length ? html`<ol class="stack" aria-label="Calls">${repeat(state.calls, (one) => one, shown)}</ol>` : nothing}
        </div>
      </div>` : nothing}`;
  });
  return {
    close() {
      pollHealth.close();
      state.calls.forEach((one) => one.feed?.close());
    },
  };
}
