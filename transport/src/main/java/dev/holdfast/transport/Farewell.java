package dev.holdfast.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * The end of a socket whose peer may still be sending: says that nothing more comes, and throws
 * away what comes in until the peer closes too, for 2 s at most. A socket that is closed with bytes
 * unread is reset, and the peer would lose the answer that was sent last. On its event loop.
 */
@ChannelHandler.Sharable
final class Farewell extends ChannelInboundHandlerAdapter {

  private static final int SECONDS = 2;
  private static final Farewell FAREWELL = new Farewell();

  private Farewell() {}

  /** Ends a channel on which all that is to be said has left. */
  static void bid(Channel channel) {
    if (channel.pipeline().get(SslHandler.class) != null
        || !(channel instanceof DuplexChannel duplex)) {
      channel.close();
      return;
    }
    if (channel.pipeline().get(Farewell.class) == null) {
      channel.pipeline().addFirst(FAREWELL);
    }
    channel.config().setAutoRead(true);
    duplex.shutdownOutput();
    channel.eventLoop().schedule(() -> channel.close(), SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object received) {
    ReferenceCountUtil.release(received);
  }
}
