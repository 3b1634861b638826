package dev.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One connection of the load: as little work for a frame as can be, so that the server under test
 * is what is measured. On its event loop.
 */
final class Conn extends ChannelInboundHandlerAdapter {

  /** What is told about a connection, on its event loop. */
  interface Events {
    /** It may be used. */
    default void ready(Conn conn) {}

    /** A message came; its text is readable in {@code in}. */
    void message(Conn conn, ByteBuf in);

    /** What came has been told: a good moment to say more, all at once. */
    default void batch(Conn conn) {}
  }

  private static final byte[] NO_MASK = {0, 0, 0, 0};
  private static final int PING = 0x89;
  private static final int CLOSE = 0x88;

  private final Dialogue dialogue;
  private final String group;
  private final Events events;
  private final int index;
  private @Nullable ChannelHandlerContext ctx;
  private @Nullable ByteBuf held;
  private boolean upgraded;
  private @Nullable Runnable onReady;
  private boolean ready;

  /** Messages that came. */
  long received;

  /** Messages under way. */
  int inFlight;

  /** When the last was sent, by {@link System#nanoTime()}. */
  long sentNanos;

  /** When it began to connect. */
  final long bornNanos = System.nanoTime();

  Conn(Dialogue dialogue, String group, int index, Events events) {
    this.dialogue = dialogue;
    this.group = group;
    this.index = index;
    this.events = events;
  }

  /** Has that run when it may be used, before anybody else is told. Before it begins to connect. */
  void onReady(Runnable task) {
    onReady = task;
  }

  String group() {
    return group;
  }

  int index() {
    return index;
  }

  Channel channel() {
    ChannelHandlerContext open = ctx;
    if (open == null) {
      throw new IllegalStateException("not connected");
    }
    return open.channel();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    ctx = context;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    String request =
        "GET "
            + dialogue.target(group)
            + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    context.writeAndFlush(Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    ByteBuf before = held;
    if (before != null) {
      before.writeBytes(in);
      in.release();
      in = before;
      held = null;
    }
    if (!upgraded) {
      upgraded = skipHead(in);
    }
    while (upgraded && frame(in)) {
      // The next frame.
    }
    if (in.isReadable() && !context.isRemoved()) {
      held = keep(context, in);
    } else {
      in.release();
    }
  }

  private static ByteBuf keep(ChannelHandlerContext context, ByteBuf in) {
    ByteBuf rest = context.alloc().buffer(Math.max(1024, 2 * in.readableBytes()));
    rest.writeBytes(in);
    in.release();
    return rest;
  }

  private boolean skipHead(ByteBuf in) {
    int end = in.readerIndex();
    while (end + 4 <= in.writerIndex() && in.getInt(end) != 0x0d0a0d0a) {
      end++;
    }
    if (end + 4 > in.writerIndex()) {
      return false;
    }
    if (in.getByte(in.readerIndex() + 9) != '1') {
      throw new IllegalStateException(in.toString(StandardCharsets.UTF_8));
    }
    in.readerIndex(end + 4);
    dialogue.opening(group).forEach(text -> write(Dialogue.bytes(text)));
    flush();
    if (dialogue.ready("")) {
      ready();
    }
    return true;
  }

  private void ready() {
    ready = true;
    if (onReady != null) {
      onReady.run();
    }
    events.ready(this);
  }

  /** Takes one frame; false where there is no whole one. */
  private boolean frame(ByteBuf in) {
    int readable = in.readableBytes();
    if (readable < 2) {
      return false;
    }
    int at = in.readerIndex();
    int first = in.getUnsignedByte(at);
    int length = in.getByte(at + 1) & 0x7f;
    int header = 2;
    if (length == 126) {
      header = 4;
      length = readable < 4 ? Integer.MAX_VALUE : in.getUnsignedShort(at + 2);
    } else if (length == 127) {
      header = 10;
      length = readable < 10 ? Integer.MAX_VALUE : (int) in.getLong(at + 2);
    }
    if (length > readable - header) {
      return false;
    }
    int end = in.writerIndex();
    in.readerIndex(at + header).writerIndex(at + header + length);
    if (first == PING) {
      pong(in);
    } else if (first != CLOSE) {
      text(in);
    }
    in.writerIndex(end).readerIndex(at + header + length);
    return true;
  }

  private void text(ByteBuf in) {
    if (!ready) {
      String frame = in.toString(StandardCharsets.UTF_8);
      dialogue.then(group, frame).forEach(text -> send(Dialogue.bytes(text)));
      if (dialogue.ready(frame)) {
        ready();
      }
    } else if (dialogue.isMessage(in)) {
      received++;
      events.message(this, in);
    } else {
      byte[] answer = dialogue.answer(in);
      if (answer.length > 0) {
        send(answer);
      }
    }
  }

  private void pong(ByteBuf in) {
    ByteBuf out = channel().alloc().buffer(140);
    out.writeByte(0x8a).writeByte(0x80 | in.readableBytes()).writeBytes(NO_MASK).writeBytes(in);
    channel().writeAndFlush(out, channel().voidPromise());
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (ready) {
      events.batch(this);
    }
  }

  /** Says a message, without flushing. */
  void message(String payload) {
    inFlight++;
    sentNanos = System.nanoTime();
    write(dialogue.message(group, payload));
  }

  /** Says a text, without flushing. */
  void write(byte[] text) {
    ByteBuf out = channel().alloc().buffer(text.length + 14);
    out.writeByte(0x81);
    if (text.length < 126) {
      out.writeByte(0x80 | text.length);
    } else {
      out.writeByte(0x80 | 126).writeShort(text.length);
    }
    // Masked, as RFC 6455 wants it, with the mask that changes nothing.
    out.writeBytes(NO_MASK).writeBytes(text);
    channel().write(out, channel().voidPromise());
  }

  void send(byte[] text) {
    write(text);
    flush();
  }

  void flush() {
    channel().flush();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    if (held != null) {
      held.release();
      held = null;
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof java.io.IOException)) {
      System.getLogger(Conn.class.getName()).log(System.Logger.Level.ERROR, "the load", cause);
    }
    context.close();
  }
}
