'use strict';

// The peer `socket.io`, with connection state recovery, so that it too keeps what a client may have missed.
// `echo` comes back to its sender; `join` puts a socket in a room; `publish` goes to the whole room, sender included.
const { createServer } = require('node:http');
const { Server } = require('socket.io');
const ready = require('./ready');

const http = createServer();
const io = new Server(http, {
  transports: ['websocket'],
  perMessageDeflate: false,
  connectionStateRecovery: { maxDisconnectionDuration: 120_000, skipMiddlewares: true },
});

io.on('connection', (socket) => {
  socket.on('echo', (message) => socket.emit('echo', message));
  socket.on('join', (room, done) => {
    socket.join(room);
    if (typeof done === 'function') done();
  });
  socket.on('publish', (room, message) => io.to(room).emit('message', message));
});

ready(http);
