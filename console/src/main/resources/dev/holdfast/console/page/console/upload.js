/**
 * Uploads something piece by piece, while it is made: tus 1.0, as PROTOCOL.md has it. After a cut the gateway is asked how
 * far it has come, and it goes on from exactly there. What was made is kept until all of it is there.
 */

const PIECE = 1024 * 1024;
const PAUSES_MS = [250, 500, 1_000, 2_000];
const VERSION = { 'tus-resumable': '1.0.0' };

/** Waits for that long, or until the browser says that the network is back. */
const pause = (ms) => new Promise((resolve) => {
  const over = () => {
    clearTimeout(timer);
    removeEventListener('online', over);
    resolve();
  };
  const timer = setTimeout(over, ms);
  addEventListener('online', over);
});

export class Upload {
  #url;
  #whole;
  #type;
  #offset = 0;
  #base = 0;
  #known = true;
  #ended = false;
  #told = false;
  #over = false;
  #running = null;
  #failed = null;

  constructor(url, type) {
    this.#url = url;
    this.#type = type;
    this.#whole = new Blob([], { type });
  }

  /** One that somebody else began, who is gone: what has arrived is all there is. */
  static left(url, type) {
    const made = new Upload(url, type);
    made.#base = null;
    made.#known = false;
    made.#go().catch(() => {});
    return made;
  }

  /** So many bytes the gateway has. */
  get offset() {
    return this.#offset;
  }

  get #size() {
    return this.#base + this.#whole.size;
  }

  /** More was made. */
  add(part) {
    this.#whole = new Blob([this.#whole, part], { type: this.#type });
    // What it fails for, whoever waits for the end is told.
    this.#go().catch(() => {});
  }

  /** That was all: resolves when the gateway has all of it. It may be told another path, where that of before is not good any more. */
  async end(url) {
    this.#ended = true;
    while (this.#running) {
      await this.#running.catch(() => {});
    }
    if (url && url !== this.#url) {
      this.#url = url;
      this.#known = false;
      this.#told = false;
      this.#failed = null;
    }
    await this.#go();
  }

  /** It is of no use any more; neither is what the gateway has of it. */
  drop() {
    this.#over = true;
    fetch(this.#url, { method: 'DELETE', headers: VERSION }).catch(() => {});
  }

  #go() {
    this.#running ??= this.#send().finally(() => (this.#running = null));
    return this.#running;
  }

  async #send() {
    if (this.#failed) {
      throw this.#failed;
    }
    let failures = 0;
    while (!this.#over && (!this.#known || this.#offset < this.#size || (this.#ended && !this.#told))) {
      try {
        if (this.#known) {
          this.#told = await this.#piece();
        } else {
          await this.#ask();
        }
        failures = 0;
      } catch (problem) {
        if (problem.final) {
          this.#failed = problem;
          throw problem;
        }
        // Whether any of it arrived nobody here knows.
        this.#known = false;
        await pause(PAUSES_MS[Math.min(failures++, PAUSES_MS.length - 1)]);
      }
    }
  }

  /** Sends the next piece; whether that was the last of all. */
  async #piece() {
    const size = this.#size;
    const to = Math.min(this.#offset + PIECE, size);
    const last = this.#ended && to === size;
    const response = await this.#fetch('PATCH', {
      'content-type': 'application/offset+octet-stream', 'upload-offset': this.#offset, ...(last ? { 'upload-length': size } : {}),
    }, this.#whole.slice(this.#offset - this.#base, to - this.#base));
    this.#offset = Number(response.headers.get('upload-offset'));
    return last;
  }

  async #ask() {
    const response = await this.#fetch('HEAD', {});
    this.#offset = Number(response.headers.get('upload-offset'));
    this.#base ??= this.#offset;
    if (this.#offset < this.#base) {
      throw Object.assign(new Error('what was recorded before the page was left is gone'), { final: true });
    }
    this.#known = true;
  }

  async #fetch(method, headers, body) {
    const response = await fetch(this.#url, { method, headers: { ...VERSION, ...headers }, body });
    if (!response.ok) {
      const answer = await response.json().catch(() => ({}));
      const problem = new Error(answer.error?.message ?? `HTTP ${response.status}`);
      // Another place is asked for; a gateway that is in trouble may be well again.
      problem.final = response.status !== 409 && response.status < 500 || response.status === 507;
      throw problem;
    }
    return response;
  }
}
