package dev.holdfast.transport;

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
    response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
    return response;
  }

  /** A refusal as the HTTP API words them. The message is plain ASCII without quotes. */
  static FullHttpResponse error(int status, String code, String message) {
    return of(status, Map.of("content-type", "application/json"), errorBody(code, message));
  }

  static byte[] errorBody(String code, String message) {
    return "{\"error\":{\"code\":\"%s\",\"message\":\"%s\"}}"
        .formatted(code, message)
        .getBytes(StandardCharsets.UTF_8);
  }
}
