package dev.holdfast.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A TCP relay in front of a gateway, which can cut what passes through it. Any thread. */
final class Relay implements AutoCloseable {

  private final ServerSocket server;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile int target;
  private volatile boolean closed;

  Relay(int target) throws IOException {
    this.target = target;
    server = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  URI uri(String path) {
    return URI.create("ws://127.0.0.1:" + server.getLocalPort() + path);
  }

  /** Where new connections go to from now on. */
  void retarget(int port) {
    target = port;
  }

  /** Cuts every connection, as a cable would: with a reset, and what was on its way is lost. */
  void cut() {
    for (Socket socket : sockets) {
      try (socket) {
        socket.setSoLinger(true, 0);
      } catch (IOException e) {
        // Closed already.
      }
    }
  }

  private void accept() {
    while (!closed) {
      try {
        Socket near = server.accept();
        sockets.add(near);
        Socket far = new Socket();
        sockets.add(far);
        try {
          far.connect(new InetSocketAddress("127.0.0.1", target));
        } catch (IOException e) {
          // Nobody is there, which whoever asked is to notice.
          near.close();
          continue;
        }
        Thread.ofVirtual().start(() -> pass(near, far));
        Thread.ofVirtual().start(() -> pass(far, near));
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  private void pass(Socket from, Socket to) {
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      in.transferTo(out);
    } catch (IOException e) {
      // Cut.
    } finally {
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    server.close();
    cut();
  }
}
