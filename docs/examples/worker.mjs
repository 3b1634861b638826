// A worker: serves the agent "shout", which says the words of a prompt in capitals, and asks before it says "fire".
// Needs the package ws (npm ci). HOLDFAST_URL and HOLDFAST_TOKEN say where and as whom.
import WebSocket from 'ws';

const url = process.env.HOLDFAST_URL ?? 'ws://127.0.0.1:8079/ws';
const token = process.env.HOLDFAST_TOKEN ?? 'dev-token';
const agents = [{ agent_id: 'shout', description: 'says it in capitals', max_runs: 100, restartable: true }];
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const runs = new Map();
let session;
let socket;

const say = (run, event) => socket?.send(JSON.stringify({ type: 'report', run_id: run.run_id, data: event }));

async function work(run) {
  for (const word of run.prompt.split(/\s+/)) {
    if (run.cancelled) return;
    if (word === 'fire') {
      const decided = new Promise((done) => { run.decided = done; });
      say(run, { approval_request: { approval_id: 'fire', question: 'Shout fire?', default: 'reject' } });
      if (await decided !== 'approve') continue;
    }
    say(run, { token: `${word.toUpperCase()} ` });
    await sleep(10);
  }
  say(run, { done: true });
}

function connect() {
  const mine = new WebSocket(url);
  mine.on('open', () => {
    socket = mine;
    mine.send(JSON.stringify({ type: 'connect', token, session_id: session }));
  });
  mine.on('message', (text) => {
    const frame = JSON.parse(text);
    const run = runs.get(frame.run_id);
    if (frame.type === 'connected') {
      session = frame.session_id;
      if (!frame.resumed) mine.send(JSON.stringify({ type: 'serve', agents }));
    } else if (frame.type === 'run_assigned' && run?.attempt !== frame.attempt) {
      runs.set(frame.run_id, frame);
      work(frame).catch((e) => say(frame, { error: e.message }));
    } else if (frame.type === 'run_decision') {
      run?.decided?.(frame.decision);
    } else if (frame.type === 'run_cancelled' && run) {
      run.cancelled = true;
    }
  });
  mine.on('error', () => {});
  mine.on('close', () => setTimeout(connect, 500));
}

connect();
