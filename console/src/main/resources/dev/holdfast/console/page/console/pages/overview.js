/** How the gateway is: its figures of the last minutes, live from the feed `stats:gateway`. */
import { Timeline } from '../chart.js';
import { gateway } from '../gateway.js';
import { badge, bytes, empty, html, nothing, span, view } from '../ui.js';

const tenths = (value) => Math.round(value * 10) / 10;
const whole = (value) => (value >= 10_000 ? `${(value / 1000).toFixed(0)}k` : value >= 1000 ? `${(value / 1000).toFixed(1)}k`
  : String(tenths(value)));
const micros = (value) => (value >= 1000 ? `${tenths(value / 1000)} ms` : `${tenths(value)} µs`);

/** Each chart: its name, what its lines are, how they are written, and their values now from two states. */
const charts = [
  ['Connections', ['connections'], whole, (now) => [now.connections.now]],
  ['Messages a second', ['in', 'out'], whole, (now, before, seconds) => [
    (now.messages.in - before.messages.in) / seconds, (now.messages.out - before.messages.out) / seconds]],
  ['Time of a command', ['median', '99 of 100'], micros, (now) => (now.latency.commands ? [now.latency.p50_us, now.latency.p99_us] : [null, null])],
  ['Connections behind', ['behind'], whole, (now) => [now.connections.behind]],
  ['Events lost a second', ['too slow', 'not kept'], whole, (now, before, seconds) => [
    (now.gaps.slow - before.gaps.slow) / seconds, (now.gaps.retention - before.gaps.retention) / seconds]],
  ['Tool calls', ['at work', 'waiting'], whole, (now) => [now.queue.inflight, now.queue.queued]],
  ['Traffic a second', ['in', 'out'], bytes, (now, before, seconds) => [
    (now.messages.bytes_in - before.messages.bytes_in) / seconds, (now.messages.bytes_out - before.messages.bytes_out) / seconds]],
  ['Heap', ['used'], bytes, (now) => [now.memory.heap_bytes]],
];

/** A chart in words, for who does not see it. */
const reach = (name, format, [least, most] = []) => (least === undefined ? `${name} over the last minutes`
  : `${name} over the last minutes: ${format(least)} to ${format(most)}`);

export function open(root) {
  const { client } = gateway;
  let lines = [];
  const state = { now: null, before: null, at: 0, values: charts.map(() => []), problem: null };

  const figure = (name, value) => html`<div class="figure"><dt>${name}</dt><dd>${value}</dd></div>`;

  const update = view(root, () => {
    const { now } = state;
    if (state.problem) {
      return html`<header class="head"><div><h1>Overview</h1></div></header>${state.problem.code === 'not_found' || state.problem.code === 'forbidden'
        ? empty('The gateway’s figures are for administrators.', html`Sign in with a token that has the role <code>admin</code>. <a href="#/chat">Chat</a>, <a href="#/agents">agents</a>,
          <a href="#/tools">tools</a> and <a href="#/devices">devices</a> need none.`)
        : empty('The figures can’t be had.', state.problem.message)}`;
    }
    return html`
      <header class="head"><div><h1>Overview</h1><p>${now ? html`Up for <strong>${span(now.uptime_ms)}</strong>. Each point is a second.` : 'Waiting for the first figures…'}</p></div></header>
      <dl class="figures">
        ${figure('Connections', now ? whole(now.connections.now) : '–')}
        ${figure('Sessions', now ? whole(now.connections.sessions) : '–')}
        ${figure('Feeds', now ? whole(now.memory.feeds) : '–')}
        ${figure('Messages in', now ? whole(now.messages.in) : '–')}
        ${figure('Events out', now ? whole(now.messages.out) : '–')}
        ${figure('Tool calls', now ? whole(now.calls.requested) : '–')}
      </dl>
      <div class="charts" tabindex="0" role="region" aria-label="The last minutes">${charts.map(([name, series, format], at) => html`<section class="chart">
        <h2>${name} <span>${series.map((one, row) => html`<span class="key">${series.length > 1
          ? html`<svg viewBox="0 0 10 10" aria-hidden="true"><circle class="hue-${row}" cx="5" cy="5" r="4"/></svg>${one} ` : nothing}${
          state.values[at][row] == null ? '–' : format(state.values[at][row])}</span>`)}</span></h2>
        <div class="plot" role="img" aria-label=${reach(name, format, lines[at]?.reach)}></div></section>`)}
      </div>
      ${now && Object.keys(now.circuit_breaker).length ? html`<section class="stack"><h2>Providers of tools</h2><p class="buttons">${
        Object.entries(now.circuit_breaker).map(([name, breaker]) =>
          badge(`${name}: ${breaker}`, breaker === 'closed' ? 'good' : breaker === 'open' ? 'bad' : 'warn'))}</p></section>` : nothing}`;
  });

  /** What is told of the time before has parts missing, until the first event that has all. */
  function take(sections, timestamp) {
    if (!state.now && !('connections' in sections && 'queue' in sections && 'messages' in sections)) {
      return;
    }
    const at = new Date(timestamp).getTime() / 1000;
    state.before = state.now;
    state.now = { ...state.now, ...sections };
    const seconds = at - state.at;
    state.at = at;
    if (state.before && seconds > 0.05 && seconds < 10) {
      charts.forEach(([, , , values], row) => {
        state.values[row] = values(state.now, state.before, seconds).map((value) => (value === null ? null : Math.max(0, value)));
        lines[row].push(at, ...state.values[row]);
      });
    }
    update();
  }

  const read = () => client.feed('stats:gateway', {
    from: 'start',
    onDelivery: ({ kind, event, state: all }) => {
      if (kind === 'event') {
        take(event, event.timestamp);
      } else {
        state.now = all ?? null;
        state.at = 0;
      }
    },
    onError: (problem) => {
      if (problem.code === 'not_found' && location.hash.length < 3) {
        // Nobody asked for this page: another one is of more use to who may not see it.
        location.replace('#/agents');
        return;
      }
      state.problem = problem;
      update();
    },
  });

  lines = [...root.querySelectorAll('.plot')].map((box, row) => new Timeline(box, charts[row][1], { format: charts[row][2] }));
  const feed = read();
  return {
    close() {
      feed.close();
      lines.forEach((line) => line.close());
    },
  };
}
