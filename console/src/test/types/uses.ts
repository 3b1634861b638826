/** All that can be done with holdfast.js, as people write it. */
import { connect, HoldfastError } from '../../main/resources/dev/holdfast/console/page/holdfast.js';
import type { Client, Delivery, Event, Feed, FeedOptions, Frame, Missed, Options, Status } from '../../main/resources/dev/holdfast/console/page/holdfast.js';

const options: Options = {
  url: 'wss://gateway.example/ws', token: async () => 'a token', user: 'ann', first: 100, most: 5_000, connectTimeout: 2_000, patient: false, WebSocket,
};
const gateway: Client = connect(options);
connect();
connect({ token: 'a token' });
connect({ token: null });
connect({ token: () => null });

function told(status: Status): string {
  switch (status.state) {
    case 'connecting': return `attempt ${status.attempts ?? 0}`;
    case 'connected': return status.resumed ? status.sessionId : status.user;
    case 'waiting': return `${status.reason} (${status.code}): in ${status.retryInMs.toFixed()} ms, ${status.attempts.toFixed()}`;
    case 'closed': return `${status.reason} (${status.code}): ${status.error.message}`;
  }
}

function given(delivery: Delivery): string {
  const { feed, position } = delivery;
  switch (delivery.kind) {
    case 'event': return `${feed} ${position} ${delivery.event.offset.toFixed()} ${delivery.event.span ?? 1} ${delivery.event.timestamp} ${delivery.event.text}`;
    case 'snapshot': return `${feed} ${position} ${JSON.stringify(delivery.state)}`;
    case 'gap': return `${feed} ${position} ${delivery.after?.length} ${delivery.reason satisfies 'slow' | 'retention' | 'unrecovered'}`;
  }
}

function heard(event: Event | Missed): string {
  return event.feed;
}

async function all(): Promise<void> {
  const stop: () => void = gateway.on('status', (status) => told(status));
  gateway.on('event', heard);
  gateway.on('frame', (frame: Frame) => frame.type);
  stop();
  const same: Client = await gateway.ready;
  const names: (string | null)[] = [same.user, same.sessionId];
  told(gateway.status);

  const answer: Frame = await gateway.command('run', { agent_id: 'echo', prompt: 'hello' });
  await gateway.command('list_tools');
  gateway.tell('input', { terminal_id: answer.terminal_id, data: 'ls\n' });
  gateway.tell('heartbeat');
  await gateway.message('lobby', { any: ['JSON', 1, null, ...names] });
  await gateway.publish('lobby', 'a:b', undefined);
  await gateway.publish('lobby', 'a:b', { any: 'JSON' }, 'a key');

  const how: FeedOptions = { from: 'start', onDelivery: given, onError: (failure) => failure.code, signal: AbortSignal.timeout(1_000) };
  const feed: Feed = gateway.feed(String(answer.feed), how);
  gateway.channel('lobby');
  const { name, position, closed }: Feed = await gateway.channel('lobby', { from: 'now' }).ready;
  if (position !== null && !closed) {
    gateway.feed(name, { from: { after: position } }).close();
  }
  for await (const { kind, event, state } of feed) {
    if (kind === 'event' && event.type === 'done') {
      break;
    }
    console.log(event?.text, state?.text);
  }
  gateway.retry();
  gateway.cut();
  gateway.close();
}

all().catch((failure: unknown) => {
  if (failure instanceof HoldfastError) {
    console.log(failure.code.length, failure.reason?.length, failure.retryAfterMs?.toFixed(), failure.message);
  }
  throw new HoldfastError('conflict', 'again', { reason: 'none', retry_after_ms: 5 });
});
