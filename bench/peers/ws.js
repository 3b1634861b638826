'use strict';

// The peer `ws`. /echo parses each message and sends it back, encoded anew; /fanout/<group> sends each message to
// every connection of the group, the sender included, in a loop, as the library's own documentation shows it.
const { createServer } = require('node:http');
const { WebSocketServer } = require('ws');
const ready = require('./ready');

const groups = new Map();
const http = createServer((request, response) => response.writeHead(404).end());
const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });

function echo(socket) {
  socket.on('message', (data) => socket.send(JSON.stringify(JSON.parse(data))));
}

function join(socket, name) {
  const members = groups.get(name) ?? new Set();
  groups.set(name, members.add(socket));
  socket.on('message', (data) => {
    const text = JSON.stringify(JSON.parse(data));
    for (const member of members) member.send(text);
  });
  socket.on('close', () => {
    members.delete(socket);
    if (members.size === 0 && groups.get(name) === members) groups.delete(name);
  });
}

sockets.on('connection', (socket, request) => {
  socket.on('error', () => socket.terminate());
  if (request.url.startsWith('/fanout/')) join(socket, request.url);
  else if (request.url === '/echo') echo(socket);
  else socket.close(1008);
});

ready(http);
