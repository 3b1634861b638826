package dev.holdfast.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Takes the requests whose bodies are read as they come, before they are made whole; all others
 * pass. The socket is closed after such a request. On its event loop.
 */
final class Intake extends ChannelInboundHandlerAdapter {

  private final Room room;
  private final HttpFront front;
  private @Nullable PieceStream stream;

  Intake(Room room, HttpFront front) {
    this.room = room;
    this.front = front;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (stream != null) {
      take(stream, message);
    } else if (message instanceof HttpRequest head && streams(head)) {
      PieceStream body = new PieceStream(ctx.channel(), room.settings().requestTimeout().toNanos());
      stream = body;
      if (HttpUtil.is100ContinueExpected(head)) {
        ctx.writeAndFlush(
            new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
      }
      front.serve(ctx, head, body);
      take(body, message);
    } else {
      ctx.fireChannelRead(message);
    }
  }

  /** One that was sent ahead of an answer is made whole like any other. */
  private boolean streams(HttpRequest head) {
    if (head.decoderResult().isFailure() || !front.idle() || HttpFront.wrong(head) != null) {
      return false;
    }
    try {
      String path = new QueryStringDecoder(head.uri()).rawPath();
      return room.handler().streams(head.method().name(), path);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static void take(PieceStream stream, Object message) {
    try {
      if (message instanceof HttpContent content) {
        if (content.decoderResult().isFailure()) {
          stream.breakOff();
        }
        stream.offer(content.content());
      }
      if (message instanceof LastHttpContent) {
        stream.end();
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (stream != null) {
      stream.breakOff();
    }
    ctx.fireChannelInactive();
  }
}
