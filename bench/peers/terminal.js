'use strict';

// What people write by hand: node-pty behind ws, output as text frames, as xterm's attach addon takes them. A client
// connects to /<group>?run=<command for the shell>; who comes first starts the program, the others of the group watch.
const { createServer } = require('node:http');
const { WebSocketServer } = require('ws');
const pty = require('@lydell/node-pty');
const ready = require('./ready');

const http = createServer((asked, answer) => answer.writeHead(404).end());
const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });
const groups = new Map();

function start(name, run) {
  const program = pty.spawn('sh', ['-c', run], { name: 'xterm-256color', cols: 80, rows: 24 });
  const group = { program, watching: new Set() };
  groups.set(name, group);
  program.onData((data) => {
    for (const socket of group.watching) socket.send(data);
  });
  program.onExit(() => {
    groups.delete(name);
    for (const socket of group.watching) socket.close(1000);
  });
  return group;
}

sockets.on('connection', (socket, asked) => {
  const url = new URL(asked.url, 'http://127.0.0.1');
  const group = groups.get(url.pathname) ?? start(url.pathname, url.searchParams.get('run'));
  group.watching.add(socket);
  socket.on('error', () => socket.terminate());
  socket.on('message', (data) => group.program.write(data.toString()));
  socket.on('close', () => {
    group.watching.delete(socket);
    if (group.watching.size === 0) group.program.kill();
  });
});

ready(http);
