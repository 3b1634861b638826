package dev.holdfast.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.util.ReferenceCountUtil;

/**
 * Where clients wait that nobody knows yet: what they may say is bounded in all, however large a
 * frame may be once they are in. Gone when they are. On its event loop.
 */
final class Porch extends ChannelInboundHandlerAdapter {

  /** Bytes of frames, as they come. */
  static final int MOST = 128 * 1024;

  private int heard;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    boolean enough = heard > MOST;
    if (message instanceof ByteBuf bytes && !enough) {
      heard += bytes.readableBytes();
    }
    if (heard <= MOST) {
      ctx.fireChannelRead(message);
      return;
    }
    ReferenceCountUtil.release(message);
    if (!enough) {
      ctx.fireExceptionCaught(new TooLongFrameException("too much before it is admitted"));
    }
  }
}
