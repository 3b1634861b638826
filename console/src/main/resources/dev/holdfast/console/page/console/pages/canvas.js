/** What agents show: the steps of their work, and texts, tables, forms, charts and states that they present. */
import { canvas } from '../boards.js';
import { bars, lines, pie } from '../chart.js';
import { gateway } from '../gateway.js';
import { markdown } from '../markdown.js';
import { form, read } from '../schema.js';
import { badge, brief, empty, html, nothing, repeat, text, time, view } from '../ui.js';

const tones = new Map(Object.entries({
  running: 'live', in_progress: 'live', completed: 'good', done: 'good', ok: 'good', success: 'good', healthy: 'good', up: 'good',
  failed: 'bad', error: 'bad', down: 'bad', critical: 'bad', cancelled: 'warn', warning: 'warn', degraded: 'warn', waiting_for_approval: 'warn',
}));
const tone = (status) => tones.get(text(status).toLowerCase()) ?? 'quiet';
const marks = { good: ['done', '✓'], live: ['now', '›'], bad: ['bad', '✗'] };
const list = (value) => (Array.isArray(value) ? value.slice(0, 500) : []);

function tracker(board) {
  const steps = list(board.steps);
  const { context = {} } = board;
  const now = Number(board.current_step_index) || 0;
  const over = tone(board.status ?? '') === 'good';
  return html`
    <progress max="100" value=${Number(board.progress) || 0} aria-label="Progress of ${board.agent_name ?? board.agent_id}"></progress>
    ${board.current_step ? html`<p><strong>${board.current_step}</strong> ${board.total_steps > 0
      ? html`<span class="hint">step ${board.current_step_index} of ${board.total_steps}</span>` : nothing}</p>` : nothing}
    ${steps.length ? html`<ol class="steps">${steps.map((step, at) => {
      const status = step?.status ?? (at + 1 < now || over ? 'completed' : at + 1 === now ? board.status ?? 'running' : 'pending');
      const [how, mark] = marks[tone(status)] ?? ['', '·'];
      return html`<li class=${how}><span class="mark" role="img" aria-label=${status}>${mark}</span>
        <span>${step?.name ?? step?.title ?? text(step)}</span></li>`;
    })}</ol>` : nothing}
    <dl class="kv">${['what', 'why', 'next'].filter((name) => context?.[name]).map((name) =>
      html`<dt>${name}</dt><dd>${brief(text(context[name]), 300)}</dd>`)}</dl>
    ${list(board.logs).length ? html`<details><summary>Log (${board.logs.length})</summary><ol class="events">${list(board.logs).map((one) => html`<li>
      ${badge(one?.level ?? 'log', tone(one?.level))}<span>${text(one?.message ?? one)}</span></li>`)}</ol></details>` : nothing}`;
}

function table(board) {
  const rows = list(board.rows ?? board.items);
  const columns = list(board.columns ?? board.headers).map((one) => (typeof one === 'object' && one
    ? { key: one.key ?? one.name ?? one.id, title: one.title ?? one.label ?? one.header ?? one.key ?? one.name } : { key: one, title: one }));
  const names = columns.length ? columns
    : Object.keys(rows.find((one) => one && typeof one === 'object') ?? {}).map((key) => ({ key, title: key }));
  return html`<div class="table" tabindex="0" role="region" aria-label=${board.title ?? 'Table'}><table>
    <thead><tr>${names.map((one) => html`<th>${text(one.title)}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr>${names.map((one, at) => html`<td>${text((Array.isArray(row) ? row[at] : row?.[one.key]) ?? '')}</td>`)}</tr>`)}</tbody></table></div>`;
}

/** A form's fields as a schema, however they were given. */
function schemaOf(board) {
  if (board.schema?.properties) {
    return board.schema;
  }
  const types = { number: 'number', integer: 'integer', checkbox: 'boolean', boolean: 'boolean' };
  const properties = {};
  for (const one of list(board.fields)) {
    if (one?.name) {
      const options = list(one.options).map((option) => option?.value ?? option);
      properties[one.name] = { title: one.label, description: one.description, default: one.default ?? one.value,
        ...(options.length ? { enum: options } : { type: types[one.type] ?? 'string' }) };
    }
  }
  return { properties, required: list(board.fields).filter((one) => one?.required).map((one) => one.name) };
}

function asked(board, update) {
  const schema = schemaOf(board);
  return html`<form class="stack" @submit=${async (event) => {
    event.preventDefault();
    try {
      const values = read(schema, event.target);
      await gateway.client.publish(`user:${gateway.user}`, 'canvas:execute', { canvas_id: board.id, action: board.submit_action ?? 'submit', values });
      board.said = 'Sent.';
    } catch (problem) {
      board.said = problem.message;
    }
    update();
  }}>${form(schema, board.id)}<div class="buttons"><button class="primary">${board.submit_label ?? 'Send'}</button>
    <span role="status" class="hint">${board.said ?? nothing}</span></div></form>`;
}

const panel = (board) => html`
  ${board.status ? html`<p>${badge(board.status, tone(board.status))} ${board.message ? text(board.message) : nothing}</p>` : nothing}
  <dl class="kv">${list(board.items ?? board.metrics ?? board.services).map((one) => html`<dt>${text(one?.label ?? one?.name ?? '')}</dt>
    <dd>${one?.status ? badge(one.status, tone(one.status)) : nothing} ${text(one?.value ?? '')}</dd>`)}</dl>`;

/** What is not of the shape that its component has is shown as it came. */
function shown(board, update) {
  try {
    return inside(board, update);
  } catch {
    return html`<pre class="output">${brief(text(board), 4_000)}</pre>`;
  }
}

function inside(board, update) {
  const kind = board.component.toLowerCase().replace(/[-\s]/g, '_');
  switch (kind) {
    case 'agent_operation_tracker':
      return tracker(board);
    case 'markdown':
    case 'text':
      return markdown(board.markdown ?? board.text ?? (typeof board.content === 'string' ? board.content : ''));
    case 'table':
    case 'data_table':
      return table(board);
    case 'form':
      return asked(board, update);
    case 'line':
    case 'line_chart':
      return lines(board);
    case 'bar':
    case 'bar_chart':
      return bars(board);
    case 'pie':
    case 'pie_chart':
      return pie(board);
    case 'chart':
      return inside({ ...board, component: `${['line', 'pie'].find((one) => one === (board.chart_type ?? board.kind)) ?? 'bar'}_chart` }, update);
    case 'status':
    case 'status_panel':
      return panel(board);
    default:
      return html`<pre class="output">${brief(text(board), 4_000)}</pre>`;
  }
}

const example = {
  title: 'Hello', component: 'markdown',
  content: 'An agent shows **texts**, tables, forms and charts with `canvas:present`.\n\n- This one you have shown to yourself.\n- A run with *guidance* shows its steps.',
};

export function open(root) {
  let update = () => {};
  const name = (board) => board.title ?? board.agent_name ?? board.component;
  const card = (board) => html`<article class="card board" aria-label=${name(board)}>
    <header><h2>${name(board)}
      ${board.operation_type ? html`<span class="hint">${board.operation_type}</span>` : nothing}</h2>
      <div class="buttons">${board.component === 'agent_operation_tracker' && board.status ? badge(board.status, tone(board.status)) : nothing}
        ${time(board.at)}<button class="small" aria-label="Put away ${name(board)}" @click=${() => canvas.remove(board.id)}>Put away</button></div></header>
    ${shown(board, update)}</article>`;
  update = view(root, () => html`
    <header class="head"><div><h1>Canvas</h1><p>What agents show you on your own channel, <code>user:${gateway.user}</code>, as it comes.</p></div>
      <button @click=${() => gateway.client.publish(`user:${gateway.user}`, 'canvas:present', { ...example, canvas_id: `hello-${Date.now()}` })}>Show an example</button></header>
    ${canvas.all.length ? html`<div class="boards">${repeat(canvas.all, (one) => one.id, card)}</div>`
      : empty('Nothing is shown yet.', 'Start a run with its steps shown on the canvas, or have an agent publish canvas:present to your channel.')}`);
  const unwatch = canvas.watch(() => update());
  canvas.look();
  return { close: unwatch };
}
