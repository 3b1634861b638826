package dev.holdfast.conformance;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket by hand (RFC 6455), so that a case can say what no library would: bytes as they are,
 * at the pace that it likes. Writing: any thread; reading: one.
 */
final class Wire {

  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;
  static final int FINAL = 0x80;

  private static final int CONNECT_MILLIS = 10_000;
  private static final int SMALL_WINDOW = 4096;

  /** A frame as it came, with its first byte. */
  record Heard(int first, byte[] payload) {}

  /** How a connection ended; code -1 without a close frame. */
  record End(int code, String reason) {}

  /** What is done with a payload. */
  interface Sink {
    void take(byte[] payload) throws IOException;
  }

  /** The handshake was answered with something else than 101. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;
    private final int status;
    private final transient Map<String, String> headers;

    Refused(int status, Map<String, String> headers) {
      super("the handshake was answered with HTTP " + status);
      this.status = status;
      this.headers = headers;
    }

    int status() {
      return status;
    }

    /** By name in lower case. */
    Map<String, String> headers() {
      return headers;
    }
  }

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final ReentrantLock writing = new ReentrantLock();
  private volatile int pace = -1;

  private Wire(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 8192));
    this.out = socket.getOutputStream();
  }

  /** A connection on which nothing has been said yet. */
  static Wire connect(URI uri) throws IOException {
    boolean secure = uri.getScheme().equals("wss") || uri.getScheme().equals("https");
    int port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80;
    Socket socket = secure ? SSLSocketFactory.getDefault().createSocket() : new Socket();
    try {
      socket.setTcpNoDelay(true);
      // Small, so that a slow reader is felt by the other side before long.
      socket.setReceiveBufferSize(64 * 1024);
      socket.connect(new InetSocketAddress(uri.getHost(), port), CONNECT_MILLIS);
      return new Wire(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  static Wire open(URI uri, Map<String, String> headers) throws IOException {
    Wire wire = connect(uri);
    try {
      wire.upgrade(uri, headers);
      return wire;
    } catch (IOException e) {
      wire.cut();
      throw e;
    }
  }

  private void upgrade(URI uri, Map<String, String> headers) throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("Host", uri.getRawAuthority());
    all.put("Upgrade", "websocket");
    all.put("Connection", "Upgrade");
    all.put("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
    all.put("Sec-WebSocket-Version", "13");
    all.putAll(headers);
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    StringBuilder request = new StringBuilder("GET " + path + query + " HTTP/1.1\r\n");
    all.forEach((name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
    raw(request.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
    socket.setSoTimeout(CONNECT_MILLIS);
    String[] lines = readHead().split("\r\n");
    socket.setSoTimeout(0);
    Map<String, String> answered = new LinkedHashMap<>();
    for (String line : Arrays.asList(lines).subList(1, lines.length)) {
      String[] parts = line.split(": *", 2);
      answered.put(parts[0].toLowerCase(Locale.ROOT), parts.length > 1 ? parts[1] : "");
    }
    int status = Integer.parseInt(lines[0].split(" ")[1]);
    if (status != 101) {
      throw new Refused(status, answered);
    }
  }

  /** Up to an empty line. */
  String readHead() throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int matched = 0;
    while (matched < 4) {
      int b = in.read();
      if (b < 0) {
        throw new EOFException("closed in the middle of an answer: " + head);
      }
      head.write(b);
      matched = b == (matched % 2 == 0 ? '\r' : '\n') ? matched + 1 : b == '\r' ? 1 : 0;
    }
    return head.toString(StandardCharsets.UTF_8);
  }

  /** How many bytes a second are read; 0 for none, -1 for all. */
  void pace(int bytesPerSecond) {
    pace = bytesPerSecond;
  }

  /** Gives texts and pings away until the end; fragments are put together. */
  End read(Consumer<String> texts, Sink pings) throws IOException {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    while (true) {
      Heard frame = hear();
      if (frame == null) {
        return new End(-1, "cut");
      }
      byte[] payload = frame.payload();
      switch (frame.first() & 0xf) {
        case PING -> pings.take(payload);
        case PONG -> {}
        case CLOSE -> {
          return end(payload);
        }
        default -> {
          message.write(payload);
          if ((frame.first() & FINAL) != 0) {
            texts.accept(message.toString(StandardCharsets.UTF_8));
            message.reset();
          }
        }
      }
    }
  }

  /** The next frame; null where the connection ends instead. */
  @Nullable Heard hear() throws IOException {
    int first = in.read();
    return first < 0 ? null : new Heard(first, payload());
  }

  /** How long is waited for what comes; 0 for ever. */
  void patience(int millis) throws IOException {
    socket.setSoTimeout(millis);
  }

  private byte[] payload() throws IOException {
    int second = in.readUnsignedByte();
    long length = second & 0x7f;
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = in.readLong();
    }
    byte[] payload = new byte[(int) length];
    int at = 0;
    while (at < payload.length) {
      int most = payload.length - at;
      int now = pace;
      if (now >= 0) {
        idle(now == 0 ? 50 : Math.max(1, 1000L * Math.min(most, 100) / now));
        most = now == 0 ? 0 : Math.min(most, 100);
      }
      int read = most == 0 ? 0 : in.read(payload, at, most);
      if (read < 0) {
        throw new EOFException("cut in the middle of a frame");
      }
      at += read;
    }
    return payload;
  }

  private static void idle(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static End end(byte[] payload) {
    return payload.length < 2
        ? new End(1005, "")
        : new End(
            ByteBuffer.wrap(payload).getShort() & 0xffff,
            new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8));
  }

  void text(String text) throws IOException {
    send(TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  /** One whole frame of that opcode. */
  void send(int opcode, byte[] payload) throws IOException {
    raw(frame(FINAL | opcode, payload));
  }

  /** A masked frame with that first byte. */
  static byte[] frame(int first, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(payload.length + 14);
    frame.put((byte) first);
    if (payload.length < 126) {
      frame.put((byte) (0x80 | payload.length));
    } else if (payload.length < 65_536) {
      frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
    } else {
      frame.put((byte) (0x80 | 127)).putLong(payload.length);
    }
    byte[] mask = new byte[4];
    ThreadLocalRandom.current().nextBytes(mask);
    frame.put(mask);
    for (int i = 0; i < payload.length; i++) {
      frame.put((byte) (payload[i] ^ mask[i % 4]));
    }
    return Arrays.copyOf(frame.array(), frame.position());
  }

  /** Bytes as they are. */
  void raw(byte[] bytes) throws IOException {
    writing.lock();
    try {
      out.write(bytes);
      out.flush();
    } finally {
      writing.unlock();
    }
  }

  /** Whether the other side closes within that time, having said whatever it likes. */
  boolean closesWithin(int millis) throws IOException {
    socket.setSoTimeout(millis);
    try {
      byte[] some = new byte[SMALL_WINDOW];
      while (in.read(some) >= 0) {
        // Whatever it says.
      }
      return true;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /** Ends it with a reset. */
  void cut() {
    try (socket) {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // It has ended already.
    }
  }
}
