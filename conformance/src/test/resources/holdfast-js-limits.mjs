// holdfast.js at a gateway that takes few frames a second: node --experimental-websocket holdfast-js-limits.mjs CLIENT URL
import assert from 'node:assert/strict';

const [, , module, url] = process.argv;
const { connect } = await import(module);
const names = Array.from({ length: 60 }, (_, at) => `limit-${at}`);
const frames = [];

/** A connection of which is known what it was told. */
class Overheard extends WebSocket {
  constructor(address) {
    super(address);
    this.addEventListener('message', ({ data }) => frames.push(JSON.parse(data)));
  }
}

const refused = () => frames.filter(({ code }) => code === 'rate_limited').length;
const next = async (feed) => (await feed[Symbol.asyncIterator]().next()).value;
const client = connect({ url, first: 20, most: 400, user: 'ann', WebSocket: Overheard });
const other = connect({ url, first: 20, most: 400, user: 'bob' });

/** Says something as often as it takes. */
async function say(channel, content) {
  for (;;) {
    try {
      return await other.message(channel, content);
    } catch (failure) {
      assert.equal(failure.code, 'rate_limited');
      assert.ok(failure.retryAfterMs > 0);
      await new Promise((resolve) => setTimeout(resolve, failure.retryAfterMs));
    }
  }
}

// Those that are read before: the first from its start, which takes two commands.
await say(names[0], 'before');
const feeds = names.map((name, at) => client.channel(name, { from: at % 2 ? 'now' : 'start' }));
await Promise.all(feeds.map((feed) => feed.ready));
assert.ok(refused() > 0, 'some were refused');
for (const at of [0, 1, 58, 59]) {
  await say(names[at], at);
}
assert.equal((await next(feeds[0])).event.content, 'before');

// Closed and read anew, while what closed them is still on its way.
for (const feed of feeds) {
  feed.close();
}
const anew = names.map((name) => client.channel(name, { from: 'start' }));
await Promise.all(anew.map((feed) => feed.ready));
for (const [at, expected] of [[0, 'before'], [1, 1], [58, 58], [59, 59]]) {
  assert.equal((await next(anew[at])).event.content, expected);
}
for (const at of [2, 3, 57]) {
  anew[at].close();
  anew[at] = client.channel(names[at], { from: 'start' });
  await say(names[at], `later ${at}`);
  assert.equal((await next(anew[at])).event.content, `later ${at}`);
}

// What only asks is asked again.
const before = refused();
const asked = await Promise.all(names.map(() => client.command('history', { feed: `channel:${names[0]}` })));
assert.ok(refused() > before, 'some were refused');
assert.ok(asked.every(({ events }) => events[0].content === 'before'));

client.close();
other.close();
console.log('all passed');
