/** Runs of agents: begun here or elsewhere, followed token by token. */
import { gateway, poll } from '../gateway.js';
import { listing } from '../listing.js';
import { Run, tones } from '../run.js';
import { attempts, badge, brief, empty, enterSends, failed, html, json, lead, nothing, ref, repeat, span, stick, submit, text, time, view } from '../ui.js';

export function open(root, [runId]) {
  const { client } = gateway;
  const state = { agents: [], run: null, agent: null, problem: null };
  let update = () => {};
  const { attempt, refresh } = attempts(state, () => update());

  const runs = listing('/api/runs', 'runs', () => pollRuns.again());
  const pollRuns = poll(() => refresh(async () => {
    const [{ agents }] = await Promise.all([gateway.api('GET', '/api/agents?limit=1000'), runs.refresh()]);
    state.agents = agents;
    state.agent ??= agents[0]?.agent_id ?? null;
  }), 5_000);

  function follow(id) {
    state.run?.close();
    state.run = id ? new Run(id, () => {
      if (state.run?.over && !state.run.seen) {
        state.run.seen = true;
        pollRuns.again();
      }
      update();
    }) : null;
    update();
  }

  const start = ({ agent, action, prompt, params, guidance }) => attempt(async () => {
    const what = action ? { action, ...(params.trim() ? { params: json(params, 'Parameters') } : {}) } : { prompt };
    const { run_id: id } = await client.command('run', { agent_id: agent, ...what, guidance: guidance === 'on' });
    history.replaceState(null, '', `#/agents/${encodeURIComponent(id)}`);
    follow(id);
    pollRuns.again();
  });

  const decide = (id, decision) => attempt(() =>
    client.command('approve', { run_id: state.run.id, approval_id: id, decision }));

  function form() {
    const agent = state.agents.find((one) => one.agent_id === state.agent);
    const actions = agent?.actions ?? [];
    const action = actions.find((one) => one === state.action) ?? (agent?.prompts ? null : actions[0]);
    return html`<form class="card" @submit=${submit(start)}>
      <h2>New run</h2>
      <div class="field"><label>Agent<select name="agent" aria-describedby="agent-hint" @change=${(event) => {
        state.agent = event.target.value;
        state.action = null;
        update();
      }}>${state.agents.map((one) => html`<option ?selected=${one.agent_id === state.agent}>${one.agent_id}</option>`)}</select></label>
        <span class="hint" id="agent-hint">${agent?.description ?? ''}</span></div>
      ${actions.length ? html`<label>What<select name="action" @change=${(event) => {
        state.action = event.target.value;
        update();
      }}>${agent.prompts ? html`<option value="" ?selected=${!action}>answer a prompt</option>` : nothing}
        ${actions.map((one) => html`<option value=${one} ?selected=${one === action}>${one}</option>`)}</select></label>` : nothing}
      ${action ? html`<label>Parameters, as JSON<textarea name="params" rows="2" class="mono" spellcheck="false" placeholder="{}"></textarea></label>`
        : html`<label>Prompt<textarea name="prompt" rows="3" required @keydown=${enterSends}
          placeholder="What should it do?"></textarea></label>`}
      <label class="check"><input type="checkbox" name="guidance" checked>Show its steps on the canvas</label>
      <button class="primary" ?disabled=${!agent}>Run</button>
    </form>`;
  }

  function list() {
    if (!runs.entries || runs.bare) {
      return nothing;
    }
    return html`<section class="stack"><h2 class="hidden">Runs</h2>${runs.box()}<ul class="list">
      ${repeat(runs.entries, (run) => run.run_id, (run) => html`<li>
        <a href="#/agents/${encodeURIComponent(run.run_id)}" aria-current=${state.run?.id === run.run_id ? 'true' : nothing}>
          <span class="line"><span>${run.agent_id}</span>${badge(run.state, tones[run.state])}</span>
          <span class="hint">${brief(run.text || (run.result === undefined ? run.run_id : run.result), 46)}</span>
        </a></li>`)}
    </ul>${runs.rest()}</section>`;
  }

  function shown(run) {
    const { end, progress } = run;
    return html`<section class="card" aria-label="Run" ${ref(lead)}>
      <header>
        <h2>${run.agent ?? 'Run'} ${run.action ? html`<code>${run.action}</code>` : nothing}</h2>
        <div class="buttons"><span role="status">${badge(run.state, tones[run.state])}</span>
          ${run.over || run.state === 'lost' ? nothing : html`<button class="small danger" @click=${() =>
            attempt(() => client.command('cancel', { run_id: run.id }))}>Cancel</button>`}</div>
      </header>
      ${run.problem ? html`<p class="problem" role="alert">${run.problem.code === 'not_found'
        ? 'This run is not there any more: it was cleared away, or the gateway was restarted.' : run.problem.message}</p>` : nothing}
      ${progress && !run.over ? html`<div><progress max="100" value=${progress.progress ?? 0} aria-label="Progress"></progress>
        <p class="hint">${progress.message ?? ''}${progress.total_steps ? ` (${progress.step} of ${progress.total_steps})` : ''}</p></div>` : nothing}
      ${[...run.approvals.values()].map((one) => html`<div class="ask" role="alert">
        <p>${one.question}</p>
        <p class="hint">Without an answer it takes “${one.default}”.</p>
        <div class="buttons">
          <button class="primary" @click=${() => decide(one.approval_id, 'approve')}>Approve</button>
          <button @click=${() => decide(one.approval_id, 'reject')}>Reject</button>
        </div></div>`)}
      ${run.text ? html`<div class="output run-text ${run.over ? '' : 'streaming'}" tabindex="0" aria-label="Text" ${ref(stick)}>${run.text}</div>` : nothing}
      ${end?.type === 'error' ? html`<p class="problem">${end.message} <code>${end.code}</code></p>` : nothing}
      ${end?.type === 'complete' ? html`<pre class="output">${text(end.result)}</pre>` : nothing}
      ${run.events.length ? html`<ol class="events" aria-label="What happened">${run.events.map((one) => html`<li>
        <span>${badge(one.label)}</span><span>${brief(one.what ?? '', 600)} ${one.at ? time(one.at) : nothing}</span></li>`)}</ol>` : nothing}
      ${run.over || run.state === 'lost' ? nothing : html`<form class="inline" @submit=${submit(({ content }, said) => {
        said.reset();
        attempt(() => client.command('input', { run_id: run.id, content }));
      })}><label>Say something to it<input name="content" required autocomplete="off"></label><button>Send</button></form>`}
      <p class="hint">${end?.usage ? `${end.usage.tokens_out} tokens in ${span(end.usage.duration_ms)}.`
        : 'Leave this page or cut the network: the run goes on, and is shown whole when you are back.'}</p>
    </section>`;
  }

  update = view(root, () => html`
    <header class="head"><div><h1>Agents</h1><p>A run goes on whether or not anybody watches, and every follower sees each token once.</p></div></header>
    ${failed(state.problem)}
    <div class="columns">
      <div class="stack">${form()}${list()}</div>
      <div>${state.run ? repeat([state.run], (run) => run.id, shown)
        : empty('No run is shown.', 'Give an agent a prompt, or pick a run from the list. Open it in a second tab to follow it twice.')}</div>
    </div>`);
  if (runId) {
    follow(runId);
  }
  return {
    close() {
      pollRuns.close();
      state.run?.close();
    },
  };
}
