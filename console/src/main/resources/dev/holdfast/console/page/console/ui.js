/** What every page draws with. */
import { html as markup, render, nothing, svg as picture } from './lib/lit-html-3.3.0/lit-html.js';
import { repeat } from './lib/lit-html-3.3.0/directives/repeat.js';
import { live } from './lib/lit-html-3.3.0/directives/live.js';
import { ref } from './lib/lit-html-3.3.0/directives/ref.js';

export { nothing, render, repeat, live, ref };

/** What is drawn in a place: an object that no template made, such as JSON where a text was expected, is its JSON. */
function drawn(value) {
  if (Array.isArray(value)) {
    return value.map(drawn);
  }
  const ours = typeof value !== 'object' || value === null || (Array.isArray(value.strings) && value.strings.raw)
    || typeof value._$litDirective$ === 'function';
  return ours ? value : JSON.stringify(value);
}

const drawing = (tag) => (strings, ...values) => tag(strings, ...values.map(drawn));

export const html = drawing(markup);
export const svg = drawing(picture);

/** Draws into a root, at most once a frame. Returns what asks for it. */
export function view(root, draw) {
  let asked = false;
  const update = () => {
    if (!asked) {
      asked = true;
      // A hidden page has no frames.
      (document.hidden ? setTimeout : requestAnimationFrame)(() => {
        asked = false;
        render(draw(), root);
      }, 250);
    }
  };
  render(draw(), root);
  return update;
}

/**
 * How a page does what may fail: that is the problem of its state then, and drawn. `attempt` is for what a person asks for,
 * and puts the problem of before away; `refresh` for what is done again and again.
 */
export function attempts(state, update) {
  async function refresh(what) {
    try {
      await what();
    } catch (problem) {
      state.problem = problem;
    }
    update();
  }
  return {
    refresh,
    attempt(what) {
      state.problem = null;
      return refresh(what);
    },
  };
}

const paths = {
  overview: 'M4 19V9m6 10V5m6 14v-7m4 7H2',
  channels: 'M5 9h15M4 15h15M10 4 8 20m8-16-2 16',
  chat: 'M4 5h16v11H10l-5 4v-4H4z',
  agents: 'M12 3v4m-6 0h12v11H6zM9.5 12v1.5m5-1.5v1.5M3 11v4m18-4v4',
  tools: 'M14.5 6.5a4 4 0 0 0-5 5L4 17l3 3 5.5-5.5a4 4 0 0 0 5-5L15 12l-3-3z',
  terminals: 'M3 5h18v14H3zm4 4 3 3-3 3m6 0h4',
  sessions: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zm-6 9c0-3.5 2.5-6 6-6s6 2.5 6 6m1-15.5a3.5 3.5 0 0 1 0 6.5m2 3.5c2 .8 3 2.8 3 5.5',
  devices: 'M7 3h10v18H7zm4 15h2',
  'this-device': 'M3 6h18v12H3zm0 4h18M6 8h.01M9 8h.01m0 9 3-4 3 4',
  canvas: 'M4 4h7v9H4zm10 0h6v5h-6zm0 8h6v8h-6zM4 16h7v4H4z',
};

export const icon = (name) => svg`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${paths[name]}/></svg>`;

/** What to do next, where there is nothing to show. */
export const empty = (title, hint) => html`<div class="empty"><p class="empty-title">${title}</p><p>${hint}</p></div>`;

export const failed = (problem) => (problem
  ? html`<p class="problem" role="alert">${problem.message ?? String(problem)}</p>` : nothing);

export const badge = (text, tone = 'quiet') => html`<span class="badge ${tone}">${text}</span>`;

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

export function time(at) {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? nothing
    : html`<time datetime=${date.toISOString()} title=${date.toLocaleString()}>${clock.format(date)}</time>`;
}

export function bytes(count) {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let value = count;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? Math.round(value) : value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}

export function span(ms) {
  const seconds = ms / 1000;
  if (seconds < 1) {
    return `${Math.round(ms)} ms`;
  }
  if (seconds < 90) {
    return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  }
  const minutes = seconds / 60;
  return minutes < 90 ? `${Math.round(minutes)} min` : minutes < 2880 ? `${Math.round(minutes / 60)} h`
    : `${Math.round(minutes / 1440)} d`;
}

/** Any JSON as people read it: a text as it is, all else indented. */
export const text = (value) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2) ?? '');

/** The same on one line, no longer than needed. */
export function brief(value, most = 140) {
  const whole = typeof value === 'string' ? value : JSON.stringify(value) ?? '';
  return whole.length > most ? `${whole.slice(0, most)}…` : whole;
}

/** Keeps a box at its end while somebody looks at the end of it. */
export function stick(box) {
  if (box) {
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 60 || !box.dataset.stuck;
    box.dataset.stuck = 'yes';
    if (atEnd) {
      requestAnimationFrame(() => (box.scrollTop = box.scrollHeight));
    }
  }
}

/** What somebody has typed as JSON; nothing is an empty object. */
export function json(typed, name) {
  try {
    return typed.trim() ? JSON.parse(typed) : {};
  } catch (problem) {
    throw new Error(`${name} is not JSON: ${problem.message}`);
  }
}

const narrow = matchMedia('(max-width: 760px)');

/** As a `ref` of what was chosen: where it has its place below the list of all, it is led to. */
export function lead(element) {
  if (element && narrow.matches) {
    requestAnimationFrame(() => {
      // So high that its top can be led to, however little it holds as yet.
      element.closest('.columns > *')?.classList.add('led');
      element.scrollIntoView({ block: 'start' });
    });
  }
}

/** The fields of a form by their names. */
export const fields = (form) => Object.fromEntries(new FormData(form));

/** A submit handler, without the page going anywhere. */
export const submit = (action) => (event) => {
  event.preventDefault();
  action(fields(event.target), event.target);
};

/** Enter sends, Shift and Enter begins a new line. */
export function enterSends(event) {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
}
