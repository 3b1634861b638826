'use strict';

// What people write by hand: a WebSocket that relays one model's stream, token by token. A client says {"prompt"},
// and gets {"type":"token","text"} for each delta, then {"type":"done"}.
const { createServer, request } = require('node:http');
const { WebSocketServer } = require('ws');
const ready = require('./ready');

const upstream = new URL(process.argv[2]);
const http = createServer((asked, answer) => answer.writeHead(404).end());
const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });

function relay(socket, prompt) {
  const body = JSON.stringify({ model: 'bench', stream: true, messages: [{ role: 'user', content: prompt }] });
  const options = { method: 'POST', agent: false, headers: { 'content-type': 'application/json' } };
  const asked = request(`${upstream}/chat/completions`, options, (answer) => {
    let rest = '';
    answer.setEncoding('utf8');
    answer.on('data', (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        if (!line.startsWith('data: ') || line === 'data: [DONE]') continue;
        const delta = JSON.parse(line.slice(6)).choices[0]?.delta?.content;
        if (delta) socket.send(JSON.stringify({ type: 'token', text: delta }));
      }
    });
    answer.on('end', () => socket.send(JSON.stringify({ type: 'done' })));
  });
  asked.on('error', () => socket.terminate());
  socket.on('close', () => asked.destroy());
  asked.end(body);
}

sockets.on('connection', (socket) => {
  socket.on('error', () => socket.terminate());
  socket.on('message', (data) => relay(socket, JSON.parse(data).prompt));
});

ready(http);
