package dev.holdfast.transport;

import dev.holdfast.wire.JsonText;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Makes HTTP responses. Any thread. */
final class Replies {

  private Replies() {}

  static FullHttpResponse of(int status, Map<String, String> headers, byte[] body) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), Unpooled.wrappedBuffer(body));
    headers.forEach((name, value) -> response.headers().set(name, value));
    response.headers().set("x-content-type-options", "nosniff");
    if (status != HttpResponseStatus.NOT_MODIFIED.code()) {
      // It would be the length of what has not changed.
      response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
    }
    return response;
  }

  /** One without its body, and with its length only where the headers have it. */
  static FullHttpResponse head(int status, Map<String, String> headers) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), Unpooled.EMPTY_BUFFER);
    headers.forEach((name, value) -> response.headers().set(name, value));
    response.headers().set("x-content-type-options", "nosniff");
    return response;
  }

  /** A refusal as the HTTP API words them. */
  static FullHttpResponse error(int status, String code, String message) {
    return of(status, Map.of("content-type", "application/json"), errorBody(code, message));
  }

  static byte[] errorBody(String code, String message) {
    return "{\"error\":{\"code\":%s,\"message\":%s}}"
        .formatted(quote(code), quote(message))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** A fault of our own, which only the log explains, under that id. */
  static byte[] faultBody(String errorId) {
    return "{\"error\":{\"code\":\"internal\",\"message\":\"internal error\",\"error_id\":%s}}"
        .formatted(quote(errorId))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String quote(String text) {
    return new String(JsonText.quote(text), StandardCharsets.UTF_8);
  }
}
