'use strict';

// A tool daemon as people write it by hand on top of ws: parse, look the tool up, answer. No sessions, limits, schemas,
// time-outs, replay or log.
const { createServer } = require('node:http');
const { WebSocketServer } = require('ws');
const ready = require('./ready');

const tools = new Map([['echo', (args) => args.text]]);
const http = createServer((request, response) => response.writeHead(404).end());
const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });

function answer(socket, frame) {
  const { op, name, request_id, arguments: args } = frame;
  if (op === 'hello') {
    socket.send(JSON.stringify({ op: 'hello_ack', ok: true, session_id: 'one' }));
  } else if (op === 'ping') {
    socket.send(JSON.stringify({ op: 'pong', request_id }));
  } else if (op === 'call_tool') {
    socket.send(JSON.stringify({ op: 'call_tool_ack', request_id, accepted: true, name, timeout_ms: 120000 }));
    const outputs = [{ type: 'text', text: tools.get(name)(args) }];
    socket.send(JSON.stringify({ op: 'call_tool_res', request_id, ok: true, outputs }));
  }
}

sockets.on('connection', (socket) => {
  socket.on('error', () => socket.terminate());
  socket.on('message', (data) => answer(socket, JSON.parse(data)));
});

ready(http);
