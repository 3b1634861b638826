/** A run of an agent, put together from its feed. */
import { gateway } from './gateway.js';

const ENDS = new Set(['done', 'complete', 'cancelled']);

export class Run {
  constructor(id, changed) {
    this.id = id;
    this.changed = changed;
    this.state = 'running';
    this.text = '';
    this.events = [];
    this.approvals = new Map();
    this.feed = gateway.client.feed(`run:${id}`, {
      from: 'start',
      onDelivery: (delivery) => this.#deliver(delivery),
      onError: (problem) => {
        this.problem = problem;
        this.state = this.over ? this.state : 'lost';
        this.changed();
      },
    });
  }

  get over() {
    return this.end !== undefined;
  }

  #deliver({ kind, event, state }) {
    if (kind === 'snapshot') {
      this.#restore(state);
    } else if (kind === 'gap') {
      this.note('note', 'What came before is not kept any more.');
    } else {
      this.#event(event);
    }
    this.changed();
  }

  /** The state so far, in place of what led to it. */
  #restore(state) {
    this.agent = state.agent_id;
    this.text = state.text ?? '';
    this.index = state.index;
    this.progress = state.progress ?? this.progress;
    this.approvals = new Map((state.approvals ?? []).map((one) => [one.approval_id, one]));
  }

  note(label, what, at) {
    this.events.push({ label, what, at });
    this.events.splice(0, this.events.length - 300);
  }

  #event(event) {
    const at = event.timestamp;
    switch (event.type) {
      case 'started':
        this.agent = event.agent_id;
        this.action = event.action;
        this.began = at;
        break;
      case 'token':
        this.text += event.text;
        this.index = event.index;
        break;
      case 'progress':
        this.progress = event;
        break;
      case 'status':
        this.note('status', event.status, at);
        break;
      case 'log':
        this.note(event.level ?? 'log', event.message, at);
        break;
      case 'result':
        this.note('result', event.result, at);
        break;
      case 'tool_call':
        this.note(`calls ${event.name}`, event.arguments, at);
        break;
      case 'tool_result':
        this.note(event.ok === false ? `${event.name} failed` : `${event.name} gave`, event.result, at);
        break;
      case 'approval_request':
        this.approvals.set(event.approval_id, event);
        break;
      case 'approval':
        this.approvals.delete(event.approval_id);
        this.note('decided', `${event.decision}${event.by ? `, by ${event.by}` : ''}`, at);
        break;
      case 'restarted':
        this.text = '';
        this.note('began anew', event.reason, at);
        break;
      default:
        if (ENDS.has(event.type) || event.final) {
          this.#ended(event);
        }
    }
  }

  #ended(event) {
    this.end = event;
    this.state = event.type === 'complete' ? 'done' : event.type === 'error' ? 'failed' : event.type;
    this.text = event.text ?? this.text;
    this.approvals.clear();
  }

  close() {
    this.feed.close();
  }
}

export const tones = { running: 'live', done: 'good', failed: 'bad', cancelled: 'warn', lost: 'bad', error: 'bad' };
