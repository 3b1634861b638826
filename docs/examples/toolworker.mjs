// A worker: serves the tool "words", which counts the words of a text and says how far it is.
// Needs the package ws (npm ci). HOLDFAST_URL and HOLDFAST_TOKEN say where and as whom.
import WebSocket from 'ws';

const url = process.env.HOLDFAST_URL ?? 'ws://127.0.0.1:8079/ws';
const token = process.env.HOLDFAST_TOKEN ?? 'dev-token';
const tools = [{
  name: 'words',
  description: 'counts the words of a text',
  inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
  idempotent: true,
  max_calls: 10,
}];
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const calls = new Map();
let session;
let socket;

const say = (call, data) => socket?.send(JSON.stringify({ type: 'report', call_id: call.call_id, data }));

async function work(call) {
  const words = call.arguments.text.split(/\s+/).filter(Boolean);
  for (let i = 1; i <= words.length; i++) {
    if (call.cancelled) return;
    say(call, { progress: i, total: words.length, message: words[i - 1] });
    await sleep(10);
  }
  say(call, { result: String(words.length) });
}

function connect() {
  const mine = new WebSocket(url);
  mine.on('open', () => {
    socket = mine;
    mine.send(JSON.stringify({ type: 'connect', token, session_id: session }));
  });
  mine.on('message', (text) => {
    const frame = JSON.parse(text);
    if (frame.type === 'connected') {
      session = frame.session_id;
      if (!frame.resumed) mine.send(JSON.stringify({ type: 'serve', tools }));
    } else if (frame.type === 'call_assigned' && !calls.has(frame.call_id)) {
      calls.set(frame.call_id, frame);
      work(frame).catch((e) => say(frame, { error: e.message })).finally(() => calls.delete(frame.call_id));
    } else if (frame.type === 'call_cancelled' && calls.has(frame.call_id)) {
      calls.get(frame.call_id).cancelled = true;
    }
  });
  mine.on('error', () => {});
  mine.on('close', () => setTimeout(connect, 500));
}

connect();
