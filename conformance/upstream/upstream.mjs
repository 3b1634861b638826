// Chat models that answer as the cases want, over real HTTP with server-sent events. Says its address, then how many
// connections are open each time that changes; ends with whoever holds the other end of stdin.
import net from 'node:net';
import { LLMock } from '@copilotkit/aimock';

const mock = new LLMock({ port: 0, chunkSize: 4, logLevel: 'silent' });
const words = (count) => Array.from({ length: count }, (_, i) => `w${i}`).join(' ');
const last = (request) => request.messages.findLast((m) => m.role === 'user')?.content ?? '';
const text = (content) => (typeof content === 'string' ? content : (content ?? []).map((c) => c.text ?? '').join(''));
const asked = (word) => ({ predicate: (request) => text(last(request)).includes(word) });

mock.on({ userMessage: 'weather', hasToolResult: true }, { content: 'It rains in Oslo.' });
mock.on({ userMessage: 'weather', hasToolResult: false }, {
  toolCalls: [{ name: 'lookup', arguments: { city: 'Oslo' } }],
});
mock.on(asked('cut'), { content: words(30) }, { latency: 20, truncateAfterChunks: 6 });
mock.on(asked('long'), { content: words(2000) }, { latency: 10 });
mock.on(asked('silent'), { content: words(3) }, { latency: 60000 });
mock.on(asked('busy'), { error: { message: 'slow down', type: 'rate_limit_error' }, status: 429, retryAfter: 1 });
mock.on({ ...asked('soon'), sequenceIndex: 0 }, { error: { message: 'slow down' }, status: 429 });
mock.on(asked('soon'), { content: 'now it works' });
mock.on(asked('fault'), { error: { message: 'a secret of the upstream' }, status: 500 });
mock.on(asked('denied'), { error: { message: 'bad key' }, status: 401 });
mock.on(asked('broken'), { content: 'x' }, { chaos: { malformedRate: 1 } });
mock.on(asked('gone'), { content: 'x' }, { chaos: { disconnectRate: 1 } });
mock.on(asked('form'), { content: '{"city":"Oslo","rain":true}' });
mock.on(asked('shapeless'), { content: 'no JSON at all' });
// What the model has been told, for the cases about memory.
mock.on(asked('recall'), (request) => ({
  content: request.messages.map((m) => `${m.role}:${text(m.content)}`).join('|'),
}));
mock.on({ predicate: () => true }, { content: 'Hello there, how can I help you?' });
await mock.start();

const upstream = new URL(mock.url);
let open = 0;
const front = net.createServer((client) => {
  console.log(`open ${++open}`);
  const server = net.connect(Number(upstream.port), upstream.hostname);
  client.pipe(server).pipe(client);
  const end = () => { client.destroy(); server.destroy(); };
  client.on('error', end).on('close', () => { end(); console.log(`open ${--open}`); });
  server.on('error', end).on('close', end);
});
front.listen(0, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${front.address().port}`));
process.stdin.on('end', () => process.exit(0)).resume();
