package dev.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;

/** Reads the stream of a {@link ModelSource} with as little work as can be. On its event loop. */
final class SseReader extends ChannelInboundHandlerAdapter {

  private static final String BODY = "{\"model\":\"bench\",\"stream\":true,\"messages\":[]}";
  private static final ByteBuf CONTENT = Unpooled.copiedBuffer(Dialogue.bytes("\"content\":\""));
  private static final ByteBuf END = Unpooled.copiedBuffer(Dialogue.bytes("[DONE]"));

  private final LongConsumer token;
  private final Runnable end;
  private ByteBuf rest = Unpooled.EMPTY_BUFFER;

  SseReader(LongConsumer token, Runnable end) {
    this.token = token;
    this.end = end;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    String request =
        "POST /v1/chat/completions HTTP/1.1\r\n"
            + "Host: 127.0.0.1\r\n"
            + "Content-Type: application/json\r\n"
            + "Content-Length: "
            + BODY.length()
            + "\r\n\r\n"
            + BODY;
    ctx.writeAndFlush(Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII));
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = Unpooled.wrappedBuffer(rest, (ByteBuf) message);
    int at;
    while ((at = ByteBufUtil.indexOf(CONTENT, in)) >= 0
        && at + CONTENT.readableBytes() + ModelSource.DIGITS <= in.writerIndex()) {
      token.accept(AddedLatency.number(in, at + CONTENT.readableBytes()));
      in.readerIndex(at + CONTENT.readableBytes() + ModelSource.DIGITS);
    }
    if (ByteBufUtil.indexOf(END, in) >= 0) {
      in.readerIndex(in.writerIndex());
      end.run();
      ctx.close();
    }
    // What may be the beginning of the next, and no more.
    int keep = Math.min(in.readableBytes(), CONTENT.readableBytes() + ModelSource.DIGITS);
    rest = Unpooled.copiedBuffer(in.slice(in.writerIndex() - keep, keep));
    in.release();
  }
}
