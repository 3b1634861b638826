/** A listing of the HTTP API, as much of it as is shown: a page of it, or some, and what somebody seeks in it. */
import { gateway } from './gateway.js';
import { html, nothing } from './ui.js';

const PAGE = 100;

/** What one request may ask for: whoever wants more looks for something. */
const MOST = 1_000;

/** Fewer than that nobody looks for anything in. */
const FEW = 20;

const TYPING_MS = 200;

/**
 * @param name of the listing in its answer
 * @param again asks the page to call `refresh` soon
 */
export function listing(path, name, again) {
  let pages = 1;
  let sought = '';
  let asked = 0;
  let typing;
  const listed = {
    /** Null before the first answer. */
    entries: null,
    total: 0,

    /** Asks for what is shown; returns the whole answer, or nothing where another question came meanwhile. */
    async refresh() {
      const number = ++asked;
      const limit = Math.min(MOST, pages * PAGE);
      const answer = await gateway.api('GET', `${path}?${new URLSearchParams({ limit, ...(sought ? { q: sought } : {}) })}`);
      if (number !== asked) {
        return undefined;
      }
      listed.entries = answer[name];
      listed.total = answer.total;
      return answer;
    },

    /** Where to look for something; there is no need among few. */
    box: () => (sought || listed.total > FEW ? html`<label>Find<input type="search" .value=${sought} autocomplete="off" spellcheck="false"
      @input=${({ target }) => {
        sought = target.value.trim();
        pages = 1;
        clearTimeout(typing);
        typing = setTimeout(again, TYPING_MS);
      }}></label>` : nothing),

    /** How many there are besides those that are shown, and how to get at them. */
    rest() {
      const shown = listed.entries?.length ?? 0;
      if (shown < listed.total) {
        return html`<p class="hint">${shown} of ${listed.total}. ${shown < MOST ? html`<button class="small" @click=${() => {
          pages++;
          again();
        }}>More</button>` : 'Look for the others by their names.'}</p>`;
      }
      return sought && listed.total === 0 ? html`<p class="hint">There are none that have this in them.</p>` : nothing;
    },

    /** Whether something is sought. */
    get sought() {
      return sought !== '';
    },

    /** Whether there is nothing in it, whatever one seeks. */
    get bare() {
      return listed.total === 0 && !sought;
    },
  };
  return listed;
}
