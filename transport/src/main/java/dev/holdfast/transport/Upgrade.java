package dev.holdfast.transport;

import dev.holdfast.session.Endpoint;
import dev.holdfast.session.Knock;
import dev.holdfast.session.Opening;
import dev.holdfast.session.Ticket;
import dev.holdfast.transport.Traffic.Refusal;
import dev.holdfast.wire.Dialect;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One request to become a WebSocket (RFC 6455, section 4.2): checked, taken to the gateway's door,
 * and answered. On its event loop.
 */
final class Upgrade {

  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,9})?");
  private static final int SESSION_ID_LENGTH = 128;

  private final Room room;
  private final HttpFront front;
  private final ChannelHandlerContext ctx;

  Upgrade(Room room, HttpFront front, ChannelHandlerContext ctx) {
    this.room = room;
    this.front = front;
    this.ctx = ctx;
  }

  void ask(FullHttpRequest request) {
    HttpHeaders headers = request.headers();
    QueryStringDecoder target = new QueryStringDecoder(request.uri());
    Endpoint endpoint = find(target.path());
    String key = headers.get(HttpHeaderNames.SEC_WEBSOCKET_KEY);
    if (endpoint == null) {
      refuse(Refusal.PATH, Replies.error(404, "not_found", "no WebSocket endpoint of that path"));
    } else if (!request.method().equals(HttpMethod.GET)) {
      FullHttpResponse response = Replies.error(405, "bad_request", "a handshake is a GET");
      response.headers().set(HttpHeaderNames.ALLOW, "GET");
      refuse(Refusal.MALFORMED, response);
    } else if (!"13".equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
      FullHttpResponse response =
          Replies.error(426, "bad_request", "only WebSocket version 13 is spoken here");
      response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "13");
      refuse(Refusal.MALFORMED, response);
    } else if (!headers.containsValue(HttpHeaderNames.CONNECTION, "upgrade", true)
        || key == null
        || !isKey(key)) {
      refuse(Refusal.MALFORMED, Replies.error(400, "bad_request", "the handshake is malformed"));
    } else if (!room.origins()
        .allow(headers.getAll(HttpHeaderNames.ORIGIN), headers.getAll(HttpHeaderNames.HOST))) {
      refuse(Refusal.ORIGIN, Replies.error(403, "forbidden", "origin: not allowed"));
    } else {
      knock(endpoint, target, headers, front.ip(ctx, request), key);
    }
  }

  private void knock(
      Endpoint endpoint, QueryStringDecoder target, HttpHeaders headers, String ip, String key) {
    Map<String, String> query = HttpFront.query(target);
    Opening opening;
    try {
      opening = opening(endpoint, target.path(), query, headers, ip);
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      refuse(Refusal.MALFORMED, Replies.error(400, "bad_request", message));
      return;
    }
    TransportSettings settings = room.settings();
    int most =
        endpoint.dialect() == Dialect.OP ? settings.maxToolFrameBytes() : settings.maxFrameBytes();
    Deflate deflate = Deflate.agree(headers, settings, most);
    ctx.channel().config().setAutoRead(false);
    room.gateway()
        .knock(
            opening, answer -> ctx.executor().execute(() -> answered(answer, key, deflate, most)));
  }

  private @Nullable Endpoint find(String path) {
    for (Endpoint endpoint : room.endpoints()) {
      if (endpoint.named(path) != null) {
        return endpoint;
      }
    }
    return null;
  }

  private static Opening opening(
      Endpoint endpoint, String path, Map<String, String> query, HttpHeaders headers, String ip) {
    String channel = query.get("channel");
    if (channel != null && !Opening.validChannel(channel)) {
      throw new IllegalArgumentException("channel: not a channel name");
    }
    String session = query.get("session_id");
    if (session != null && session.length() > SESSION_ID_LENGTH) {
      throw new IllegalArgumentException("session_id: longer than 128 characters");
    }
    Map<String, String> rest = new HashMap<>(query);
    rest.remove("token");
    String named = endpoint.named(path);
    return new Opening(
        endpoint,
        ip,
        token(query, headers),
        session,
        channel,
        timeout(query.get("timeout")),
        named == null ? "" : named,
        Map.copyOf(rest));
  }

  private static @Nullable String token(Map<String, String> query, HttpHeaders headers) {
    String bearer = headers.get(HttpHeaderNames.AUTHORIZATION);
    return bearer != null && bearer.regionMatches(true, 0, "Bearer ", 0, 7)
        ? bearer.substring(7).strip()
        : query.get("token");
  }

  private static @Nullable Duration timeout(@Nullable String seconds) {
    if (seconds == null) {
      return null;
    }
    if (SECONDS.matcher(seconds).matches()) {
      double given = Double.parseDouble(seconds);
      if (given >= 1) {
        return Duration.ofMillis((long) (given * 1000));
      }
    }
    throw new IllegalArgumentException("timeout: must be a number of seconds, 1 or more");
  }

  private void answered(Knock knock, String key, @Nullable Deflate deflate, int most) {
    switch (knock) {
      case Knock.Refused(int status, long seconds, String message) -> {
        String code =
            switch (status) {
              case 403 -> "forbidden";
              case 429 -> "rate_limited";
              default -> "over_capacity";
            };
        FullHttpResponse response = Replies.error(status, code, message);
        response.headers().set(HttpHeaderNames.RETRY_AFTER, Long.toString(seconds));
        refuse(Refusal.GATEWAY, response);
      }
      case Knock.Welcome(Ticket ticket) -> {
        if (ctx.isRemoved() || !ctx.channel().isActive()) {
          ticket.release();
        } else {
          open(ticket, key, deflate, most);
        }
      }
    }
  }

  private void refuse(Refusal why, FullHttpResponse response) {
    room.traffic().refuse(why);
    front.answer(ctx, response, false, false);
  }

  private void open(Ticket ticket, String key, @Nullable Deflate deflate, int most) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
    response
        .headers()
        .set(HttpHeaderNames.UPGRADE, "websocket")
        .set(HttpHeaderNames.CONNECTION, "Upgrade")
        .set(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, accept(key));
    if (deflate != null) {
      response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS, deflate.answer());
    }
    // Flushed with the first frame, if there is one at once.
    ctx.write(response, ctx.voidPromise());
    room.traffic().upgrade();
    ChannelPipeline pipeline = ctx.pipeline();
    WebSocketDecoderConfig config =
        WebSocketDecoderConfig.newBuilder()
            .maxFramePayloadLength(most)
            .allowExtensions(deflate != null)
            .closeOnProtocolViolation(false)
            .build();
    pipeline.addLast("porch", new Porch());
    pipeline.addLast("frames", new WebSocket13FrameDecoder(config));
    if (deflate != null) {
      deflate.addTo(pipeline);
    }
    Socket socket =
        new Socket(
            ctx.channel(),
            room.loop(),
            most,
            room.traffic(),
            deflate != null ? new FrameOutlet(ctx.channel()) : new ByteOutlet(ctx.channel()));
    pipeline.addLast("socket", socket);
    pipeline.remove("intake");
    pipeline.remove("whole");
    pipeline.remove(front);
    pipeline.remove("http");
    socket.connected(room.gateway().connect(ticket, socket, room.loop()));
    socket.begin();
  }

  private static boolean isKey(String key) {
    try {
      return key.length() == 24 && Base64.getDecoder().decode(key).length == 16;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static String accept(String key) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      return Base64.getEncoder()
          .encodeToString(sha1.digest((key + GUID).getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
