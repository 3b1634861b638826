// holdfast.js by itself, in Node: node --experimental-websocket holdfast-js.mjs CLIENT URL SECRET
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';

const [, , module, url, secret] = process.argv;
const { connect, HoldfastError } = await import(module);
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, at) => from + at);
const passed = [];

async function test(name, what) {
  const clients = [];
  const open = (options) => {
    const made = connect({ url, first: 20, most: 200, ...options });
    clients.push(made);
    return made;
  };
  await what(open);
  clients.forEach((one) => one.close());
  passed.push(name);
}

/** The numbers said in a channel, as a reader of its feed is given them. */
async function numbers(feed, until) {
  const seen = [];
  for await (const { kind, event } of feed) {
    assert.equal(kind, 'event');
    if (event.type === 'message') {
      seen.push(event.content);
      if (event.content === until) {
        break;
      }
    }
  }
  return seen;
}

await test('each event is given once, however often the connection is cut', async (open) => {
  const [writer, reader] = [open({ user: 'ann' }), open({ user: 'bob' })];
  const seen = numbers(reader.channel('cuts', { from: 'start' }), 1000);
  const said = [];
  for (const number of range(1, 1000)) {
    said.push(writer.message('cuts', number));
    if (number % 90 === 0) {
      reader.cut();
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    if (number % 130 === 0) {
      writer.cut();
    }
  }
  assert.deepEqual(await seen, range(1, 1000));
  await Promise.all(said);
});

await test('a command that was given while cut is obeyed once', async (open) => {
  const client = open({});
  await client.ready;
  const first = client.message('once', 'a');
  client.cut();
  const second = client.message('once', 'b');
  await Promise.all([first, second]);
  const { events } = await client.command('history', { feed: 'channel:once' });
  assert.deepEqual(events.map((one) => one.content), ['a', 'b']);
});

await test('a reader that is slow has its feed let go and misses nothing', async (open) => {
  const [writer, reader] = [open({}), open({})];
  const feed = reader.channel('slow', { from: 'start' });
  await feed.ready;
  await Promise.all(range(1, 3000).map((number) => writer.message('slow', number)));
  assert.deepEqual(await numbers(feed, 3000), range(1, 3000));
});

await test('a feed that is asked for before there is a connection begins where it should', async (open) => {
  const writer = open({});
  for (const number of range(1, 50)) {
    await writer.message('early', number);
  }
  const reader = open({});
  assert.deepEqual(await numbers(reader.channel('early', { from: 'start' }), 50), range(1, 50));
});

await test('what can not be given is told as a gap', async (open) => {
  const client = open({});
  await client.message('gaps', 1);
  const feed = client.channel('gaps', { from: { after: 'elsewhere:7' } });
  const [first, second] = [await feed[Symbol.asyncIterator]().next(), await feed[Symbol.asyncIterator]().next()];
  assert.equal(first.value.kind, 'gap');
  assert.equal(first.value.reason, 'unrecovered');
  assert.equal(first.value.after, 'elsewhere:7');
  assert.equal(second.value.event.content, 1);
});

await test('refusals say their code, and a feed that may not be read fails', async (open) => {
  const client = open({ user: 'ann' });
  await assert.rejects(client.command('message', { channel: 1, content: 2 }), (failure) =>
    failure instanceof HoldfastError && failure.code === 'bad_request' && /channel/.test(failure.message));
  const feed = client.feed('run:none');
  await assert.rejects(feed.ready, { code: 'not_found' });
  await assert.rejects(async () => {
    for await (const one of feed) {
      assert.fail(JSON.stringify(one));
    }
  }, { code: 'not_found' });
  assert.ok(feed.closed);
});

await test('a token that is not taken ends the client, and says why', async (open) => {
  const client = open({ token: 'nonsense' });
  await assert.rejects(client.ready, { code: 'unauthorized' });
  assert.equal(client.status.state, 'closed');
  assert.equal(client.status.code, 4001);
  await assert.rejects(client.command('ping', {}), { code: 'closed' });
});

/** A token that is good for a few seconds. */
function brief(seconds) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'HS256' })}.${part({ sub: 'ann', exp: Math.floor(Date.now() / 1000) + seconds })}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

await test('a token is asked for before it ends, and whoever has none then is asked again', async (open) => {
  const asked = [];
  let client = null;
  client = open({
    token: () => {
      asked.push(client?.status.state);
      if (asked.length === 2) {
        throw new Error('not now');
      }
      return brief(asked.length === 1 ? 3 : 600);
    },
  });
  await client.ready;
  const session = client.sessionId;
  await new Promise((resolve) => client.on('status', ({ state }) => state === 'connected' && resolve()));
  assert.deepEqual(asked.slice(1), ['connected', 'connecting']);
  assert.equal(client.sessionId, session);
});

await test('closing ends every feed, and commands without an answer fail', async (open) => {
  const client = open({});
  const feed = client.channel('closing');
  await feed.ready;
  const ended = numbers(feed, 'never');
  client.cut();
  const unanswered = client.message('closing', 1);
  client.close();
  await assert.rejects(unanswered, { code: 'closed' });
  assert.deepEqual(await ended, []);
});

await test('a run is followed from its start', async (open) => {
  const client = open({});
  const { feed: name } = await client.command('run', { agent_id: 'echo', prompt: 'a b c' });
  let text = '';
  for await (const { event } of client.feed(name, { from: 'start' })) {
    text += event.type === 'token' ? event.text : '';
    if (event.type === 'done') {
      assert.equal(event.text, 'a b c');
      break;
    }
  }
  assert.equal(text, 'a b c');
});

async function until(holds) {
  while (!holds()) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** What a client that listens is told of its user's own channel: the data of events, or the type of anything else. */
function heardBy(client) {
  const heard = [];
  client.on('event', (event) => heard.push(event.data ?? event.type));
  return heard;
}

await test('a feed that came unasked goes on to those who listen once its reader is closed', async (open) => {
  const client = open({ user: 'own' });
  const heard = heardBy(client);
  await client.ready;
  await client.publish('user:own', 'a:b', 1);
  await until(() => heard.length === 1);
  const feed = client.channel('user:own');
  await feed.ready;
  await client.publish('user:own', 'a:b', 2);
  assert.equal((await feed[Symbol.asyncIterator]().next()).value.event.data, 2);
  feed.close();
  await client.publish('user:own', 'a:b', 3);
  await until(() => heard.includes(3));
  assert.deepEqual(heard, [1, 3]);
});

/** A connection to whose session the gateway does not know any more. */
class Forgotten extends WebSocket {
  send(text) {
    super.send(text.replace(/"session_id":"[^"]*"/, '"session_id":"forgotten"'));
  }
}

await test('those who listen miss nothing where the session is lost', async (open) => {
  const [client, other] = [open({ user: 'lost', first: 60_000, most: 60_000, WebSocket: Forgotten }), open({ user: 'lost' })];
  const heard = heardBy(client);
  await client.ready;
  await other.publish('user:lost', 'a:b', 1);
  await until(() => heard.length === 1);
  client.cut();
  await other.publish('user:lost', 'a:b', 2);
  client.retry();
  await other.publish('user:lost', 'a:b', 3);
  await until(() => heard.includes(3));
  assert.deepEqual(heard, [1, 2, 3]);
  assert.equal(client.status.resumed, false);
});

await test('a command that was given while the session was lost is obeyed and answered', async (open) => {
  const [client, other] = [open({ user: 'given', first: 60_000, most: 60_000, WebSocket: Forgotten }), open({ user: 'given' })];
  await client.ready;
  client.cut();
  await other.publish('user:given', 'a:b', 1);
  const said = client.message('given', 'x');
  client.retry();
  assert.match((await said).position, /:1$/);
  assert.equal(client.status.resumed, false);
});

await test('more feeds than one frame has room for are gone on with, each event once', async (open) => {
  const [writer, reader] = [open({}), open({})];
  const names = range(1, 900).map((number) => `${'long-'.repeat(34)}${number}`);
  const seen = names.map(() => []);
  const heard = names.map((name, at) => reader.channel(name, { onDelivery: ({ kind, event }) => seen[at].push(kind === 'event' ? event.content : kind) }));
  await Promise.all(heard.map((feed) => feed.ready));
  const say = (content) => Promise.all(names.map((name) => writer.message(name, content)));
  for (const round of range(1, 3)) {
    await say(2 * round - 1);
    reader.cut();
    await say(2 * round);
    await until(() => reader.status.state === 'connected');
  }
  await until(() => seen.every((one) => one.length >= 6));
  await say(7);
  await until(() => seen.every((one) => one.includes(7)));
  assert.deepEqual(seen, names.map(() => range(1, 7)));
  assert.ok(reader.status.resumed);
});

await test('a reader that is given up before it begins reads nothing', async (open) => {
  const client = open({});
  const feed = client.channel('given-up', { signal: AbortSignal.abort() });
  assert.ok(feed.closed);
  assert.deepEqual(await numbers(feed, 'never'), []);
});

await test('the reason of an end is that of the end, not of a refusal long before', async (open) => {
  const client = open({ user: 'sent-away' });
  await client.ready;
  client.tell('message', { channel: 1 });
  await client.command('ping', {});
  const closed = new Promise((resolve) => client.on('status', (status) => status.state === 'closed' && resolve(status)));
  await fetch(url.replace(/^ws(.*)\/ws$/, `http$1/api/sessions/${client.sessionId}`), { method: 'DELETE' });
  assert.doesNotMatch((await closed).reason, /channel/);
  assert.equal((await closed).code, 4003);
});

console.log(`${passed.length} passed`);
