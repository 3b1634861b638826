package dev.holdfast.transport;

import dev.holdfast.session.Endpoint;
import dev.holdfast.session.Gateway;
import dev.holdfast.session.Loop;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Serves a gateway on a port: HTTP, and WebSocket on its endpoints. Native epoll where there is it,
 * NIO elsewhere. Any thread.
 */
public final class Listener implements AutoCloseable {

  /** Bytes that may wait in a connection before its events wait where they are: in their feeds. */
  private static final WriteBufferWaterMark MARKS = new WriteBufferWaterMark(8 * 1024, 16 * 1024);

  /** Bytes that the kernel may hold unsent, so that an answer is never behind much. */
  private static final long UNSENT = 64L * 1024;

  private static final System.Logger LOG = System.getLogger(Listener.class.getName());

  private static final byte[] FULL =
      "HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\ncontent-length: 0\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private static final int TICK_MILLIS = 250;
  private static final int BACKLOG = 4096;

  private final MultiThreadIoEventLoopGroup acceptor;
  private final MultiThreadIoEventLoopGroup workers;
  private final IdentityHashMap<EventLoop, Room> rooms = new IdentityHashMap<>();
  private final @Nullable TlsFiles tls;
  private final LoopTimes times;
  private final Traffic traffic = new Traffic();
  private final SocketCount sockets;
  private final Channel server;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Listener(
      TransportSettings settings,
      Gateway gateway,
      List<Endpoint> endpoints,
      HttpHandler handler,
      boolean epoll)
      throws IOException {
    InetSocketAddress bind = new InetSocketAddress(settings.host(), settings.port());
    tls = settings.tls() == null ? null : new TlsFiles(settings.tls());
    Origins origins = new Origins(settings.allowedOrigins(), tls != null, bind);
    Addresses addresses = new Addresses(settings.trustedProxies());
    int loops =
        settings.loops() == 0 ? Runtime.getRuntime().availableProcessors() : settings.loops();
    acceptor =
        new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("holdfast-accept"), io(epoll));
    workers =
        new MultiThreadIoEventLoopGroup(
            loops, new DefaultThreadFactory("holdfast-loop"), io(epoll));
    for (EventExecutor executor : workers) {
      EventLoop eventLoop = (EventLoop) executor;
      Loop loop = gateway.loop(eventLoop);
      rooms.put(
          eventLoop,
          new Room(settings, gateway, loop, endpoints, handler, origins, addresses, traffic));
      eventLoop.scheduleWithFixedDelay(
          () -> tick(loop), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }
    times = new LoopTimes(workers);
    sockets = new SocketCount(settings.maxSockets());
    server = bind(bind, epoll);
  }

  /**
   * Binds and serves.
   *
   * @param endpoints whose paths are served
   * @throws IOException when the address can't be bound or the TLS files can't be read
   */
  public static Listener start(
      TransportSettings settings, Gateway gateway, List<Endpoint> endpoints, HttpHandler handler)
      throws IOException {
    return start(settings, gateway, endpoints, handler, Epoll.isAvailable());
  }

  static Listener start(
      TransportSettings settings,
      Gateway gateway,
      List<Endpoint> endpoints,
      HttpHandler handler,
      boolean epoll)
      throws IOException {
    return new Listener(settings, gateway, List.copyOf(endpoints), handler, epoll);
  }

  private static void tick(Loop loop) {
    try {
      loop.tick();
    } catch (RuntimeException e) {
      // A periodic task that throws is never run again, and every deadline would go with it.
      LOG.log(System.Logger.Level.ERROR, "a tick failed", e);
    }
  }

  private static IoHandlerFactory io(boolean epoll) {
    return epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
  }

  private Channel bind(InetSocketAddress bind, boolean epoll) throws IOException {
    Class<? extends ServerChannel> type =
        epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(acceptor, workers)
            .channel(type)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, MARKS)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    open(channel);
                  }
                });
    if (epoll) {
      bootstrap.childOption(EpollChannelOption.TCP_NOTSENT_LOWAT, UNSENT);
    }
    try {
      return bootstrap.bind(bind).syncUninterruptibly().channel();
    } catch (Exception e) {
      stop();
      String place = bind.getHostString() + ":" + bind.getPort();
      String why = bind.isUnresolved() ? "there is no such address" : e.getMessage();
      throw new IOException("can't listen at " + place + ": " + why, e);
    }
  }

  private void open(Channel channel) {
    Room room = rooms.get(channel.eventLoop());
    traffic.accept();
    if (room == null || !sockets.enter(channel)) {
      traffic.refuse(Traffic.Refusal.SOCKETS);
      turnAway(channel);
      return;
    }
    // Small reads, few in a row: one busy client does not keep the loop from the others.
    channel
        .config()
        .setRecvByteBufAllocator(
            new AdaptiveRecvByteBufAllocator(512, 2048, 32 * 1024).maxMessagesPerRead(2));
    if (tls != null) {
      channel.pipeline().addLast(tls.handler(channel.alloc()));
    }
    HttpFront.open(channel.pipeline(), room);
  }

  /** Says in few bytes that there is no room; under TLS that would cost a handshake. */
  private void turnAway(Channel channel) {
    if (tls != null) {
      channel.close();
    } else {
      channel
          .writeAndFlush(Unpooled.wrappedBuffer(FULL))
          .addListener(said -> Farewell.bid(channel));
    }
  }

  /** Sockets open now, before and after the upgrade. */
  public int sockets() {
    return sockets.open();
  }

  /** What has passed since the start. */
  public Traffic traffic() {
    return traffic;
  }

  /** Where it listens: with the port that was free, where any was asked for. */
  public InetSocketAddress address() {
    return (InetSocketAddress) server.localAddress();
  }

  /** Lets nobody in any more; who is in stays. */
  public void stopAccepting() {
    server.close().syncUninterruptibly();
  }

  /** Takes the TLS files anew if they have changed. */
  public void reloadTls() {
    if (tls != null) {
      tls.reload();
    }
  }

  /** The share of time, 0 to 1, that each event loop was at work since the last call. */
  public double[] loopUtilisation() {
    return times.utilisation();
  }

  /**
   * Closes every socket and ends the threads; returns when they have ended, after 5 s at most. A
   * second call does nothing.
   */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      stopAccepting();
      stop();
    }
  }

  private void stop() {
    acceptor.shutdownGracefully(0, 4, TimeUnit.SECONDS);
    workers.shutdownGracefully(0, 4, TimeUnit.SECONDS);
    acceptor.terminationFuture().awaitUninterruptibly(5, TimeUnit.SECONDS);
    workers.terminationFuture().awaitUninterruptibly(5, TimeUnit.SECONDS);
  }
}
