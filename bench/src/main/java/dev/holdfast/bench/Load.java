package dev.holdfast.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;

/** The connections of one measurement, all on one event loop. One thread calls it. */
final class Load implements AutoCloseable {

  /** Handshakes under way at once, unless a measurement says otherwise. */
  private static final int AT_ONCE = 64;

  private final MultiThreadIoEventLoopGroup group;
  private final InetSocketAddress server;
  private final List<Conn> conns = new ArrayList<>();
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

  Load(InetSocketAddress server) {
    this.server = server;
    IoHandlerFactory io =
        Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    group = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("bench-load", true), io);
  }

  EventLoop loop() {
    return (EventLoop) group.next();
  }

  List<Conn> conns() {
    return conns;
  }

  /** Begins to connect, with whatever makes of it what it wants. */
  void begin(ChannelHandler handler) {
    begin(handler, 0);
  }

  private void begin(ChannelHandler conn, int receiveBuffer) {
    Class<? extends Channel> type =
        Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class;
    Bootstrap bootstrap =
        new Bootstrap()
            .group(group)
            .channel(type)
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channels.add(channel);
                    channel.pipeline().addLast(conn);
                  }
                });
    if (receiveBuffer > 0) {
      bootstrap.option(ChannelOption.SO_RCVBUF, receiveBuffer);
    }
    bootstrap.connect(server);
  }

  /** Connects so many, and waits until all are ready. */
  List<Conn> connect(int count, IntFunction<Conn> each)
      throws InterruptedException, TimeoutException {
    return connect(count, each, 0);
  }

  /** The same, with receive buffers of that many bytes; 0 for the system's own. */
  List<Conn> connect(int count, IntFunction<Conn> each, int receiveBuffer)
      throws InterruptedException, TimeoutException {
    List<Conn> made = join(count, each, AT_ONCE, receiveBuffer);
    conns.addAll(made);
    return made;
  }

  /**
   * Connects so many that are not among {@link #conns()}, and waits until all are ready.
   *
   * @param atOnce handshakes under way
   */
  List<Conn> beside(int count, IntFunction<Conn> each, int atOnce)
      throws InterruptedException, TimeoutException {
    return join(count, each, atOnce, 0);
  }

  private List<Conn> join(int count, IntFunction<Conn> each, int atOnce, int receiveBuffer)
      throws InterruptedException, TimeoutException {
    AtomicInteger ready = new AtomicInteger();
    List<Conn> made = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int begun = i;
      await("handshakes", 60, () -> begun - ready.get() < atOnce);
      Conn conn = each.apply(i);
      conn.onReady(ready::incrementAndGet);
      made.add(conn);
      begin(conn, receiveBuffer);
    }
    await("handshakes", 60, () -> ready.get() == count);
    return made;
  }

  /** What was recorded on the event loop until now. */
  Histogram copy(Histogram recorded) throws InterruptedException {
    Histogram[] copy = {recorded};
    onLoop(() -> copy[0] = recorded.copy());
    return copy[0];
  }

  /** Runs on the event loop, and waits for it. */
  void onLoop(Runnable task) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    loop()
        .execute(() -> {
          try {
            task.run();
          } finally {
            done.countDown();
          }
        });
    done.await();
  }

  static void await(String what, int seconds, Callable<Boolean> holds)
      throws InterruptedException, TimeoutException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    try {
      while (!holds.call()) {
        if (System.nanoTime() - until > 0) {
          throw new TimeoutException(what + ": not within " + seconds + " s");
        }
        TimeUnit.MICROSECONDS.sleep(200);
      }
    } catch (InterruptedException | TimeoutException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    // While the loop is there to give back what each of them holds.
    channels.close().awaitUninterruptibly(5, TimeUnit.SECONDS);
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
  }
}
