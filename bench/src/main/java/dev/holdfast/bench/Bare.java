package dev.holdfast.bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The ceilings: what Netty does on one event loop when nothing is between it and the work.
 *
 * <ul>
 *   <li>{@code /echo}: WebSocket, each message parsed as JSON, written as JSON again
 *   <li>{@code /fanout/GROUP}: each message goes, as one frame encoded once, to every connection of
 *       the group by the shortest way there is; each connection is flushed once per batch
 *   <li>{@code tcp}, another port: bytes come back as they are
 * </ul>
 */
final class Bare {

  private static final JsonFactory JSON = new JsonFactory();

  private Bare() {}

  /** Serves until its standard input ends. */
  public static void main(String[] args) throws Exception {
    IoHandlerFactory io =
        Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, io);
    Map<String, List<Channel>> groups = new HashMap<>();
    boolean tcp = List.of(args).contains("tcp");
    Channel server =
        new ServerBootstrap()
            .group(loop)
            .channel(
                Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, 4096)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (tcp) {
                      channel.pipeline().addLast(new TcpEcho(), new Quiet());
                    } else {
                      channel
                          .pipeline()
                          .addLast(
                              new HttpServerCodec(),
                              new HttpObjectAggregator(8192),
                              new WebSocketServerProtocolHandler(
                                  "/", null, false, 65_536, false, true),
                              new Role(groups),
                              new Quiet());
                    }
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel();
    int port = ((InetSocketAddress) server.localAddress()).getPort();
    System.out.println("listening on http://127.0.0.1:" + port);
    while (System.in.read() >= 0) {
      // Whoever started it holds the other end.
    }
    System.exit(0);
  }

  private static final class TcpEcho extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.write(message, ctx.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }
  }

  /** Becomes what the path of the handshake says. */
  private static final class Role extends ChannelInboundHandlerAdapter {
    private final Map<String, List<Channel>> groups;

    Role(Map<String, List<Channel>> groups) {
      this.groups = groups;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof WebSocketServerProtocolHandler.HandshakeComplete done) {
        String path = done.requestUri();
        if (path.startsWith("/fanout/")) {
          List<Channel> members = groups.computeIfAbsent(path, name -> new ArrayList<>());
          members.add(ctx.channel());
          ctx.channel().closeFuture().addListener(closed -> members.remove(ctx.channel()));
          ctx.pipeline().replace(this, "fan-out", new FanOut(members));
        } else {
          ctx.pipeline().replace(this, "echo", new Echo());
        }
      }
    }
  }

  /** Clients of a bench go without a word. */
  private static final class Quiet extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  private static final class Echo extends SimpleChannelInboundHandler<TextWebSocketFrame> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, TextWebSocketFrame frame)
        throws IOException {
      ByteBuf out = ctx.alloc().buffer(frame.content().readableBytes() + 16);
      try (JsonParser parser =
              JSON.createParser(
                  ObjectReadContext.empty(),
                  (InputStream) new ByteBufInputStream(frame.content()));
          JsonGenerator json =
              JSON.createGenerator(
                  ObjectWriteContext.empty(), (OutputStream) new ByteBufOutputStream(out))) {
        parser.nextToken();
        json.copyCurrentStructure(parser);
      }
      ctx.write(new TextWebSocketFrame(out), ctx.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }
  }

  private static final class FanOut extends SimpleChannelInboundHandler<TextWebSocketFrame> {
    private final List<Channel> members;

    FanOut(List<Channel> members) {
      this.members = members;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, TextWebSocketFrame message) {
      ByteBuf frame = encoded(message.content());
      for (int i = 0; i < members.size(); i++) {
        Channel member = members.get(i);
        // From the head of the pipeline: no handler is passed on the way out.
        member.unsafe().write(frame.retainedDuplicate(), member.voidPromise());
      }
      frame.release();
    }

    private static ByteBuf encoded(ByteBuf text) {
      ByteBuf frame = Unpooled.directBuffer(text.readableBytes() + 4);
      frame.writeByte(0x81);
      if (text.readableBytes() < 126) {
        frame.writeByte(text.readableBytes());
      } else {
        frame.writeByte(126).writeShort(text.readableBytes());
      }
      return frame.writeBytes(text);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      for (int i = 0; i < members.size(); i++) {
        members.get(i).unsafe().flush();
      }
    }
  }
}
