package dev.holdfast.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The ceiling of ceilings: bytes that come back, with no protocol at all. */
final class TcpEcho {

  private TcpEcho() {}

  static Row run(Contestant.Starter starter, Scale scale, int connections, int inFlight)
      throws Exception {
    AtomicLong bytes = new AtomicLong();
    boolean epoll = Epoll.isAvailable();
    try (Child server = starter.start()) {
      MultiThreadIoEventLoopGroup group =
          new MultiThreadIoEventLoopGroup(
              1, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
      try {
        for (int i = 0; i < connections; i++) {
          new Bootstrap()
              .group(group)
              .channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
              .handler(
                  new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                      channel.pipeline().addLast(new Bounce(bytes, scale.payload() * inFlight));
                    }
                  })
              .connect(server.address())
              .sync();
        }
        Window window =
            Window.over(server, scale.seconds(), () -> bytes.get() / scale.payload(), () -> {});
        return new Row(
            "tcp echo",
            "bare netty",
            window.perSecond(),
            window.perCpuSecond(),
            null,
            connections + " x " + inFlight + " in flight");
      } finally {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
      }
    }
  }

  private static final class Bounce extends ChannelInboundHandlerAdapter {
    private final AtomicLong bytes;
    private final int first;

    Bounce(AtomicLong bytes, int first) {
      this.bytes = bytes;
      this.first = first;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ctx.writeAndFlush(ctx.alloc().buffer(first).writeZero(first));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      bytes.lazySet(bytes.get() + ((ByteBuf) message).readableBytes());
      ctx.write(message, ctx.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }
  }
}
