package dev.holdfast.server.http;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** An HTTP response. Immutable; any thread. */
record Reply(int status, Map<String, String> headers, byte[] body) {

  private static final JsonMapper JSON = new JsonMapper();

  static Reply json(int status, Object value) {
    return new Reply(
        status, Map.of("content-type", "application/json"), JSON.writeValueAsBytes(value));
  }

  static Reply raw(String type, byte[] body) {
    return new Reply(200, Map.of("content-type", type), body);
  }

  static Reply text(int status, String text) {
    return new Reply(
        status,
        Map.of("content-type", "text/plain; charset=utf-8"),
        text.getBytes(StandardCharsets.UTF_8));
  }

  static Reply error(int status, String code, String message) {
    return json(status, Map.of("error", Map.of("code", code, "message", message)));
  }

  Reply with(String header, String value) {
    Map<String, String> more = new java.util.HashMap<>(headers);
    more.put(header, value);
    return new Reply(status, more, body);
  }
}
