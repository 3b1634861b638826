package dev.holdfast.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP side of one socket: one request after the other, until it is closed or becomes a
 * WebSocket. On its event loop.
 */
final class HttpFront extends ChannelInboundHandlerAdapter {

  private static final System.Logger LOG = System.getLogger(HttpFront.class.getName());

  private static final int LINE_BYTES = 8 * 1024;
  private static final int HEADER_BYTES = 16 * 1024;

  /** Requests that one client may send ahead of the answers. */
  private static final int AHEAD = 128;

  private final Room room;
  private final ArrayDeque<FullHttpRequest> ahead = new ArrayDeque<>(1);
  private boolean busy;
  private @Nullable Future<?> deadline;

  private HttpFront(Room room) {
    this.room = room;
  }

  static void open(ChannelPipeline pipeline, Room room) {
    pipeline.addLast("http", new HttpServerCodec(LINE_BYTES, HEADER_BYTES, 8 * 1024));
    HttpFront front = new HttpFront(room);
    pipeline.addLast("intake", new Intake(room, front));
    pipeline.addLast("whole", new Aggregator(room.settings().maxBodyBytes()));
    pipeline.addLast("front", front);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    await(ctx);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    arrived();
    ahead.forEach(FullHttpRequest::release);
    ahead.clear();
  }

  /** Closes the socket unless what comes next comes in time: a request, an answer's way out. */
  private void await(ChannelHandlerContext ctx) {
    arrived();
    deadline =
        ctx.executor()
            .schedule(
                () -> ctx.close(),
                room.settings().requestTimeout().toMillis(),
                TimeUnit.MILLISECONDS);
  }

  private void arrived() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof FullHttpRequest request)) {
      ReferenceCountUtil.release(message);
      return;
    }
    if (busy || !ahead.isEmpty()) {
      if (ahead.size() >= AHEAD) {
        request.release();
        ctx.close();
        return;
      }
      ahead.add(request);
      ctx.channel().config().setAutoRead(false);
      return;
    }
    serve(ctx, request);
  }

  /** Whether nothing is under way. */
  boolean idle() {
    return !busy && ahead.isEmpty();
  }

  /** Has a request answered whose body is still coming. */
  void serve(
      ChannelHandlerContext ctx, io.netty.handler.codec.http.HttpRequest head, PieceStream body) {
    busy = true;
    arrived();
    room.traffic().request();
    HttpRequest request = request(ctx, head, new byte[0]);
    HttpReply reply = new Answering(ctx, false, false, true);
    Thread.ofVirtual()
        .name("http-body")
        .start(() -> {
          try (body) {
            room.handler().handle(request, body, reply);
          } catch (RuntimeException e) {
            failed(reply, e);
          }
        });
  }

  private static void failed(HttpReply reply, RuntimeException e) {
    String errorId = "h" + Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), 36);
    LOG.log(System.Logger.Level.ERROR, "error " + errorId, e);
    reply.send(500, Map.of("content-type", "application/json"), Replies.faultBody(errorId));
  }

  private void serve(ChannelHandlerContext ctx, FullHttpRequest request) {
    busy = true;
    arrived();
    try {
      DecoderResult decoded = request.decoderResult();
      String wrong = wrong(request);
      if (decoded.isFailure()) {
        malformed(ctx, decoded.cause());
      } else if (request.protocolVersion().majorVersion() != 1) {
        answer(ctx, Replies.error(505, "bad_request", "only HTTP/1 is spoken here"), false, false);
      } else if (wrong != null) {
        answer(ctx, Replies.error(400, "bad_request", wrong), false, false);
      } else if (request.headers().contains(HttpHeaderNames.UPGRADE)
          && request
              .headers()
              .containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)) {
        await(ctx);
        new Upgrade(room, this, ctx).ask(request);
      } else {
        handle(ctx, request);
      }
    } catch (IllegalArgumentException e) {
      answer(
          ctx, Replies.error(400, "bad_request", "the request target is malformed"), false, false);
    } finally {
      request.release();
    }
  }

  /**
   * Why a request is refused that could be decoded: whoever passes it on may take something else
   * for its host or its end than is taken here. Null for no reason.
   */
  static @Nullable String wrong(io.netty.handler.codec.http.HttpRequest request) {
    boolean old = request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) < 0;
    int hosts = request.headers().getAll(HttpHeaderNames.HOST).size();
    if (hosts > 1 || (hosts == 0 && !old)) {
      return "host: must be said once";
    }
    List<String> codings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
    if (codings.isEmpty()) {
      return null;
    }
    return old || codings.size() > 1 || !codings.getFirst().strip().equalsIgnoreCase("chunked")
        ? "transfer-encoding: must be chunked alone"
        : null;
  }

  private void malformed(ChannelHandlerContext ctx, Throwable cause) {
    FullHttpResponse response =
        switch (cause) {
          case TooLongHttpLineException _ ->
              Replies.error(414, "too_large", "the request line is too long");
          case TooLongHttpHeaderException _ ->
              Replies.error(431, "too_large", "the headers are too long");
          case TooLongFrameException _ ->
              Replies.error(413, "too_large", "the request is too long");
          default -> Replies.error(400, "bad_request", "not an HTTP request");
        };
    answer(ctx, response, false, false);
  }

  private void handle(ChannelHandlerContext ctx, FullHttpRequest request) {
    byte[] body = new byte[request.content().readableBytes()];
    request.content().readBytes(body);
    HttpRequest whole = request(ctx, request, body);
    room.traffic().request();
    boolean old = request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) < 0;
    boolean keepAlive = !old && HttpUtil.isKeepAlive(request);
    boolean head = request.method().equals(HttpMethod.HEAD);
    HttpReply reply = new Answering(ctx, keepAlive, head, !old);
    try {
      room.handler().handle(whole, reply);
    } catch (RuntimeException e) {
      failed(reply, e);
    }
  }

  /** The one answer to one request. */
  private final class Answering implements HttpReply {
    private final ChannelHandlerContext ctx;
    private final boolean keepAlive;
    private final boolean head;
    private final boolean chunks;
    private final AtomicBoolean first = new AtomicBoolean(true);

    Answering(ChannelHandlerContext ctx, boolean keepAlive, boolean head, boolean chunks) {
      this.ctx = ctx;
      this.keepAlive = keepAlive;
      this.head = head;
      this.chunks = chunks;
    }

    @Override
    public void send(int status, Map<String, String> headers, byte[] body) {
      if (first.compareAndSet(true, false)) {
        ctx.executor()
            .execute(() -> answer(ctx, Replies.of(status, headers, body), keepAlive, head));
      }
    }

    @Override
    public HttpBody stream(int status, Map<String, String> headers, Runnable closed) {
      if (!first.compareAndSet(true, false)) {
        throw new IllegalStateException("answered already");
      }
      if (head) {
        ctx.executor()
            .execute(() -> {
              answer(ctx, Replies.head(status, headers), keepAlive, true);
              closed.run();
            });
        return new NoBody();
      }
      ctx.channel().closeFuture().addListener(gone -> closed.run());
      return ChunkedBody.begin(ctx.channel(), status, headers, chunks);
    }
  }

  private HttpRequest request(
      ChannelHandlerContext ctx, io.netty.handler.codec.http.HttpRequest request, byte[] body) {
    QueryStringDecoder target = new QueryStringDecoder(request.uri());
    // Decoded in vain but for its escapes, which have to be well-formed.
    String _ = target.path();
    Map<String, String> headers = new HashMap<>();
    request
        .headers()
        .forEach(
            header -> headers.put(header.getKey().toLowerCase(Locale.ROOT), header.getValue()));
    String method = request.method().name();
    if (method.equals("HEAD")) {
      // Parts are those of what a GET brings (RFC 9110, section 14.2).
      headers.remove("range");
    }
    return new HttpRequest(
        method.equals("HEAD") ? "GET" : method,
        target.rawPath(),
        query(target),
        headers,
        body,
        ip(ctx, request));
  }

  static Map<String, String> query(QueryStringDecoder target) {
    Map<String, String> query = new HashMap<>();
    target.parameters().forEach((name, values) -> query.put(name, values.getLast()));
    return query;
  }

  String ip(ChannelHandlerContext ctx, io.netty.handler.codec.http.HttpRequest request) {
    return room.addresses()
        .of(
            (InetSocketAddress) ctx.channel().remoteAddress(),
            request.headers().getAll("x-forwarded-for"));
  }

  /** Sends a response, then serves the next request or closes. */
  void answer(
      ChannelHandlerContext ctx, FullHttpResponse response, boolean keepAlive, boolean head) {
    if (ctx.isRemoved() || !ctx.channel().isActive()) {
      response.release();
      return;
    }
    FullHttpResponse sent = response;
    if (head) {
      sent = response.replace(Unpooled.EMPTY_BUFFER);
      response.release();
    }
    HttpUtil.setKeepAlive(sent, keepAlive);
    await(ctx);
    ctx.writeAndFlush(sent).addListener(written -> left(ctx, written.isSuccess(), keepAlive));
  }

  /** An answer has left: only now is there room for the next, so that answers never pile up. */
  private void left(ChannelHandlerContext ctx, boolean success, boolean keepAlive) {
    if (!success || !keepAlive) {
      arrived();
      Farewell.bid(ctx.channel());
      return;
    }
    await(ctx);
    busy = false;
    FullHttpRequest next = ahead.poll();
    if (next != null) {
      serve(ctx, next);
    } else {
      ctx.channel().config().setAutoRead(true);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A client that breaks off, or speaks another protocol or a broken TLS: nothing of ours.
    LOG.log(System.Logger.Level.DEBUG, "closed before it was a WebSocket", cause);
    ctx.close();
  }
}
