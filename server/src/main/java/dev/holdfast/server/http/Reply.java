package dev.holdfast.server.http;

import dev.holdfast.transport.HttpBody;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** An HTTP response. Immutable; any thread. */
record Reply(
    int status,
    Map<String, String> headers,
    byte[] body,
    @Nullable Streaming streaming,
    @Nullable Supplier<Reply> later) {

  /** Writes a body piece by piece, on a virtual thread of its own. */
  interface Streaming {
    /**
     * @param wake is released when the client is gone
     */
    void write(HttpBody body, Semaphore wake) throws IOException, InterruptedException;
  }

  Reply(int status, Map<String, String> headers, byte[] body) {
    this(status, headers, body, null, null);
  }

  private static final int PIECE = 64 * 1024;

  private static final JsonMapper JSON = new JsonMapper();

  static Reply json(int status, Object value) {
    return new Reply(
        status, Map.of("content-type", "application/json"), JSON.writeValueAsBytes(value));
  }

  static Reply raw(String type, byte[] body) {
    return new Reply(200, Map.of("content-type", type), body);
  }

  /** JSON that is made already. */
  static Reply raw(String json) {
    return raw("application/json", json.getBytes(StandardCharsets.UTF_8));
  }

  static Reply error(int status, String code, String message) {
    return json(status, Map.of("error", Map.of("code", code, "message", message)));
  }

  static Reply stream(Map<String, String> headers, Streaming streaming) {
    return stream(200, headers, streaming);
  }

  static Reply stream(int status, Map<String, String> headers, Streaming streaming) {
    return new Reply(status, headers, new byte[0], streaming, null);
  }

  /**
   * Sends so many bytes of what is read, in pieces.
   *
   * @throws IOException where there are fewer
   */
  static void send(InputStream in, long bytes, HttpBody body)
      throws IOException, InterruptedException {
    long left = bytes;
    while (left > 0) {
      byte[] piece = in.readNBytes((int) Math.min(PIECE, left));
      if (piece.length == 0) {
        throw new IOException("it has become shorter");
      }
      body.write(piece);
      left -= piece.length;
    }
  }

  /** What it says once something is done that an event loop must not wait for. */
  static Reply later(Supplier<Reply> done) {
    return new Reply(0, Map.of(), new byte[0], null, done);
  }

  /** Nothing more to say. */
  static Reply nothing() {
    return new Reply(204, Map.of(), new byte[0]);
  }

  Reply with(String header, String value) {
    Map<String, String> more = new java.util.HashMap<>(headers);
    more.put(header, value);
    return new Reply(status, more, body, streaming, later);
  }
}
