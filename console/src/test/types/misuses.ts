/** What is wrong, each in a line of its own: TypeScript has to refuse all of it. */
import { connect, HoldfastError } from '../../main/resources/dev/holdfast/console/page/holdfast.js';

const gateway = connect({ token: 'a token' });
connect('ws://127.0.0.1:8079/ws'); // wrong
connect({ uri: 'ws://127.0.0.1:8079/ws' }); // wrong
connect({ token: 5 }); // wrong
connect({ token: () => 5 }); // wrong
gateway.command({ type: 'ping' }); // wrong
gateway.command('ping', 'now'); // wrong
gateway.message('lobby'); // wrong
gateway.publish('lobby', 'a:b'); // wrong
gateway.feed('run:1', { from: 'end' }); // wrong
gateway.feed('run:1', { from: { before: '1:2' } }); // wrong
gateway.feed('run:1', { onDelivery: (delivery: string) => delivery }); // wrong
gateway.on('open', () => {}); // wrong
gateway.on('status', ({ retryInMs }) => retryInMs); // wrong
gateway.on('event', ({ offset }) => offset); // wrong
gateway.channel('lobby').position.length; // wrong
gateway.user.length; // wrong
gateway.sessionId = 'mine'; // wrong
gateway.channel('lobby').next(); // wrong
gateway.channel('lobby', { onDelivery: ({ event }) => event.type }); // wrong
gateway.channel('lobby', { onDelivery: (delivery) => delivery.reason }); // wrong
for (const delivery of gateway.channel('lobby')) console.log(delivery); // wrong
new HoldfastError(5, 'a code'); // wrong
