/** Charts: lines over time by uPlot; bars, lines and pies of a few values as pictures. */
import uPlot from './lib/uplot-1.6.32/uPlot.esm.js';
import { brief, html, svg, text } from './ui.js';

/** A colour of the style sheet as a canvas takes it: `light-dark()` is for style sheets alone. */
function resolved(name) {
  const probe = document.createElement('i');
  probe.className = `ink ${name}`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });

/** Charts that have something new, drawn one after the other, so that no frame takes long. */
const due = new Set();
const A_FRAME = 2;

function drawDue() {
  for (const chart of [...due].slice(0, A_FRAME)) {
    due.delete(chart);
    chart.draw();
  }
  if (due.size > 0) {
    requestAnimationFrame(drawDue);
  }
}

/** One chart over the last minutes, in a box. `push` adds a point. */
export class Timeline {
  #plot;
  #data;
  #box;
  #series;
  #format;
  #most;
  #watcher;

  constructor(box, series, { format = String, most = 180 } = {}) {
    this.#box = box;
    this.#series = series;
    this.#format = format;
    this.#most = most;
    this.#data = [[], ...series.map(() => [])];
    this.#build();
    this.#watcher = new ResizeObserver(() => this.#plot.setSize({ width: box.clientWidth, height: box.clientHeight }));
    this.#watcher.observe(box);
    this.scheme = matchMedia('(prefers-color-scheme: dark)');
    this.scheme.addEventListener('change', this.rebuild);
  }

  rebuild = () => {
    this.#plot.destroy();
    this.#build();
  };

  #build() {
    const grid = { stroke: resolved('line'), width: 1 };
    const axis = { stroke: resolved('soft'), grid, ticks: { show: false }, font: '11px system-ui, sans-serif' };
    this.#plot = new uPlot({
      width: this.#box.clientWidth || 300,
      height: this.#box.clientHeight || 150,
      cursor: { show: false },
      legend: { show: false },
      padding: [8, 26, 0, 0],
      scales: { x: { range: (_, least, most) => this.#window(most) }, y: { range: (_, least, most) => [Math.min(0, least ?? 0), Math.max(1, (most ?? 1) * 1.1)] } },
      axes: [
        { ...axis, space: 80, size: 28, gap: 9, grid: { show: false }, values: (_, ticks) => ticks.map((at) => clock.format(at * 1000)) },
        { ...axis, size: 48, space: 34, values: (_, ticks) => ticks.map((value) => this.#format(value)) },
      ],
      series: [{}, ...this.#series.map((label, at) => ({
        label, stroke: resolved(`hue-${at}`), width: 1.8, points: { show: false }, spanGaps: true,
        fill: at === 0 && this.#series.length === 1 ? resolved('tint') : undefined,
      }))],
    }, this.#data, this.#box);
  }

  /** The last minutes, from the first point on: what is there grows from the right. */
  #window(newest) {
    const end = newest ?? Date.now() / 1000;
    return [end - this.#most, end];
  }

  push(seconds, ...values) {
    this.#data[0].push(seconds);
    values.forEach((value, at) => this.#data[at + 1].push(value));
    if (this.#data[0].length > this.#most) {
      this.#data.forEach((column) => column.shift());
    }
    if (!document.hidden) {
      if (due.size === 0) {
        requestAnimationFrame(drawDue);
      }
      due.add(this);
    }
  }

  /** The least and the most of all that is shown; empty where nothing is. */
  get reach() {
    const known = this.#data.slice(1).flat().filter((value) => value !== null);
    return known.length ? [Math.min(...known), Math.max(...known)] : [];
  }

  draw() {
    this.#plot.setData(this.#data);
  }

  close() {
    due.delete(this);
    this.#watcher.disconnect();
    this.scheme.removeEventListener('change', this.rebuild);
    this.#plot.destroy();
  }
}

const HUES = 6;
const WIDTH = 420;
const HEIGHT = 190;
const APART = 24;
const LETTER = 7.5;
const LABEL = 14;
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
const number = (value) => (Number.isFinite(Number(value)) ? Number(value) : 0);

const legend = (names) => html`<ul class="legend">${names.map((name, at) => html`<li>
  <svg viewBox="0 0 10 10" aria-hidden="true"><rect class="hue-${at % HUES}" width="10" height="10" rx="2"/></svg>${name}</li>`)}</ul>`;

/** From the least to the most that is shown, zero included; `at` says how far down the picture a value is. */
function scale(series) {
  const all = series.flatMap((one) => one.values);
  const least = Math.min(0, ...all);
  const most = Math.max(least + 1e-9, 0, ...all);
  return { least, most, at: (value) => HEIGHT * (1 - (value - least) / (most - least)) };
}

function frame(labels, { least, most, at: down }, inner, words) {
  const step = WIDTH / Math.max(1, labels.length);
  const marks = [0, most, least, (least + most) / 2].reduce((kept, one) =>
    (kept.some((other) => Math.abs(down(one) - down(other)) < APART) ? kept : [...kept, one]), []);
  const every = Math.ceil(((Math.min(LABEL, Math.max(0, ...labels.map((label) => label.length))) + 1) * LETTER) / step);
  return html`<svg class="picture" viewBox="-44 -10 ${WIDTH + 54} ${HEIGHT + 36}" role="img" aria-label=${words}>
    ${marks.map((mark) => svg`<line class="axis" x1="0" x2=${WIDTH} y1=${down(mark)} y2=${down(mark)}/>
      <text x="-8" y=${down(mark) + 4} text-anchor="end">${short.format(mark)}</text>`)}
    ${inner}
    ${labels.map((label, at) => (at % every ? '' : svg`<text x=${step * (at + 0.5)} y=${HEIGHT + 20} text-anchor="middle">${brief(label, LABEL - 1)}</text>`))}
  </svg>`;
}

/** `{labels, series: [{name, values}]}`, or `{labels, values}`, in either of the usual spellings. */
export function columns(data) {
  const series = data.series ?? data.datasets ?? [{ name: data.name ?? data.title ?? '', values: data.values ?? data.data ?? [] }];
  const clean = (Array.isArray(series) ? series : []).filter((one) => one !== null).slice(0, 12).map((one) => ({
    name: text(one.name ?? one.label ?? ''),
    values: (Array.isArray(one.values ?? one.data) ? one.values ?? one.data : []).slice(0, 500).map(number),
  }));
  const length = Math.max(0, ...clean.map((one) => one.values.length));
  const labels = Array.isArray(data.labels ?? data.x) ? (data.labels ?? data.x).slice(0, 500).map(text) : [];
  return { series: clean, labels: Array.from({ length }, (_, at) => labels[at] ?? String(at + 1)) };
}

const told = ({ series, labels }) => series.map((one) =>
  `${one.name} ${labels.slice(0, 20).map((label, at) => `${label}: ${one.values[at] ?? 0}`).join(', ')}`).join('; ');

export function bars(data) {
  const all = columns(data);
  const down = scale(all.series);
  const step = WIDTH / Math.max(1, all.labels.length);
  const width = (step * 0.72) / Math.max(1, all.series.length);
  return html`${frame(all.labels, down, all.series.map((one, row) => one.values.map((value, at) => svg`<rect class="hue-${row % HUES}"
    x=${step * (at + 0.14) + width * row} y=${down.at(Math.max(0, value))} width=${width} height=${down.at(Math.min(0, value)) - down.at(Math.max(0, value))} rx="2"/>`)), `Bar chart. ${told(all)}`)}${all.series.length > 1 ? legend(all.series.map((one) => one.name)) : ''}`;
}

export function lines(data) {
  const all = columns(data);
  const down = scale(all.series);
  const step = WIDTH / Math.max(1, all.labels.length);
  return html`${frame(all.labels, down, all.series.map((one, row) => svg`<polyline class="curve hue-${row % HUES}"
    points=${one.values.map((value, at) => `${step * (at + 0.5)},${down.at(value)}`).join(' ')}/>`),
  `Line chart. ${told(all)}`)}${all.series.length > 1 ? legend(all.series.map((one) => one.name)) : ''}`;
}

export function pie(data) {
  const { series: [one = { values: [] }], labels } = columns(data);
  const total = one.values.reduce((sum, value) => sum + Math.max(0, value), 0) || 1;
  let turn = -Math.PI / 2;
  const slices = one.values.map((value, at) => {
    const share = Math.max(0, value) / total;
    const from = turn;
    turn += share * 2 * Math.PI;
    const point = (angle) => `${120 + 110 * Math.cos(angle)} ${120 + 110 * Math.sin(angle)}`;
    return share > 0.9999 ? svg`<circle class="hue-${at % HUES}" cx="120" cy="120" r="110"/>`
      : svg`<path class="slice hue-${at % HUES}" d="M120 120 L${point(from)} A110 110 0 ${share > 0.5 ? 1 : 0} 1 ${point(turn)} Z"/>`;
  });
  return html`<svg class="picture pie" viewBox="0 0 240 240" role="img" aria-label="Pie chart. ${told({ series: [one], labels })}">${slices}</svg>
    ${legend(labels.map((label, at) => `${label} ${Math.round((Math.max(0, one.values[at]) / total) * 100)} %`))}`;
}
