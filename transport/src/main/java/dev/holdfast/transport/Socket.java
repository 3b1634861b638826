package dev.holdfast.transport;

import dev.holdfast.session.Connection;
import dev.holdfast.session.Loop;
import dev.holdfast.session.Pipe;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.compression.DecompressionException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;

/** One WebSocket: frames in to its connection, frames out from it. On its event loop. */
final class Socket extends ChannelInboundHandlerAdapter implements Pipe {

  private static final System.Logger LOG = System.getLogger(Socket.class.getName());

  /** Bytes of answers that wait for a client that does not read, before it is not read either. */
  private static final long CHOKE_BYTES = 256 * 1024;

  /** The largest message of a client that is not admitted yet. */
  private static final int FIRST_BYTES = 64 * 1024;

  private static final int CLOSE_ECHO_SECONDS = 2;
  private static final int PROTOCOL_ERROR = 1002;
  private static final int INVALID_DATA = 1007;
  private static final int TOO_BIG = 1009;
  private static final int FAULT = 1011;

  /** Bytes of a reason in a close frame. */
  private static final int MOST_REASON = 123;

  private final Channel channel;
  private final Loop loop;
  private final int maxBytes;
  private final Traffic traffic;
  private final Outlet outlet;
  private int limit;
  private @Nullable Connection connection;
  private @Nullable ByteBuf message;
  private boolean binary;
  private boolean paused;
  private boolean choked;
  private boolean closing;
  private boolean reading;

  Socket(Channel channel, Loop loop, int maxBytes, Traffic traffic, Outlet outlet) {
    this.channel = channel;
    this.loop = loop;
    this.maxBytes = maxBytes;
    this.limit = Math.min(FIRST_BYTES, maxBytes);
    this.traffic = traffic;
    this.outlet = outlet;
  }

  /** Says whose frames these are. Once, before anything is read. */
  void connected(Connection served) {
    connection = served;
  }

  /** The handshake is done: its answer leaves, and frames are read unless the session waits. */
  void begin() {
    channel.flush();
    adjustReading();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object received) {
    reading = true;
    try {
      if (closing) {
        if (received instanceof CloseWebSocketFrame) {
          channel.close();
        }
      } else if (connection != null && received instanceof WebSocketFrame frame) {
        read(connection, frame);
      }
    } finally {
      ReferenceCountUtil.release(received);
    }
  }

  private void read(Connection by, WebSocketFrame frame) {
    if (frame.rsv() != 0) {
      // With permessage-deflate the decoder lets all three bits pass; its own is gone by now.
      close(PROTOCOL_ERROR, "reserved bits");
      return;
    }
    traffic.in(frame.content().readableBytes());
    switch (frame) {
      case TextWebSocketFrame text when text.isFinalFragment() -> whole(by, text.content(), false);
      case TextWebSocketFrame text -> begin(text.content(), false);
      case BinaryWebSocketFrame data when data.isFinalFragment() -> whole(by, data.content(), true);
      case BinaryWebSocketFrame data -> begin(data.content(), true);
      case ContinuationWebSocketFrame more -> goOn(by, more);
      case PingWebSocketFrame ping -> outlet.pong(bytes(ping.content()));
      case PongWebSocketFrame pong -> {
        if (pong.content().readableBytes() == Long.BYTES) {
          by.pong(pong.content().readLong());
        }
      }
      case CloseWebSocketFrame close -> echoClose(close);
      default -> {}
    }
  }

  private static byte[] bytes(ByteBuf content) {
    return ByteBufUtil.getBytes(content);
  }

  private void whole(Connection by, ByteBuf content, boolean isBinary) {
    if (content.readableBytes() > limit) {
      tooBig();
    } else if (isBinary) {
      by.binary();
    } else {
      byte[] text = bytes(content);
      if (Utf8.isValid(text)) {
        by.text(text);
      } else {
        close(INVALID_DATA, "not UTF-8");
      }
    }
  }

  private void tooBig() {
    close(TOO_BIG, "a message has at most " + limit + " bytes");
  }

  private void begin(ByteBuf content, boolean isBinary) {
    binary = isBinary;
    message = channel.alloc().buffer(content.readableBytes()).writeBytes(content);
  }

  private void goOn(Connection by, ContinuationWebSocketFrame more) {
    ByteBuf whole = message;
    if (whole == null) {
      return;
    }
    if (whole.readableBytes() + more.content().readableBytes() > limit) {
      tooBig();
      return;
    }
    whole.writeBytes(more.content());
    if (more.isFinalFragment()) {
      message = null;
      try {
        whole(by, whole, binary);
      } finally {
        whole.release();
      }
    }
  }

  private void echoClose(CloseWebSocketFrame close) {
    closing = true;
    int code = close.statusCode();
    outlet.close(code < 0 ? 1000 : code, "");
    traffic.out(outlet.flush());
    endSoon(0);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    loop.afterRead();
    reading = false;
    flush();
    if (!choked && waiting() > CHOKE_BYTES) {
      choked = true;
      adjustReading();
    }
  }

  private long waiting() {
    var buffer = channel.unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (channel.isWritable()) {
      if (choked) {
        choked = false;
        adjustReading();
      }
      if (connection != null) {
        connection.writable();
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    closing = true;
    outlet.discard();
    if (message != null) {
      message.release();
      message = null;
    }
    if (connection != null) {
      connection.closed();
      connection = null;
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    switch (cause) {
      case CorruptedWebSocketFrameException bad ->
          close(bad.closeStatus().code(), String.valueOf(bad.getMessage()));
      case DecompressionException e when !(e.getCause() instanceof DataFormatException) -> tooBig();
      case TooLongFrameException _ -> tooBig();
      case CodecException _ -> close(INVALID_DATA, "the message can't be inflated");
      case IOException e -> {
        LOG.log(System.Logger.Level.DEBUG, "the client is gone", e);
        ctx.close();
      }
      default -> {
        LOG.log(System.Logger.Level.ERROR, "a WebSocket failed", cause);
        close(FAULT, "internal error");
      }
    }
  }

  @Override
  public int room() {
    if (closing) {
      return 0;
    }
    return (int) Math.min(Integer.MAX_VALUE, channel.bytesBeforeUnwritable() - outlet.held());
  }

  @Override
  public void send(byte[] text) {
    if (!closing) {
      outlet.text(text);
    }
  }

  @Override
  public void ping(long token) {
    if (!closing) {
      outlet.ping(token);
    }
  }

  @Override
  public void flush() {
    // In the middle of a read its end flushes, once for all the messages that came with it.
    if (!reading) {
      traffic.out(outlet.flush());
    }
  }

  @Override
  public void admitted() {
    if (channel.pipeline().get(Porch.class) != null) {
      limit = maxBytes;
      channel.pipeline().remove(Porch.class);
    }
  }

  @Override
  public void reading(boolean on) {
    paused = !on;
    adjustReading();
  }

  private void adjustReading() {
    channel.config().setAutoRead(!paused && !choked);
  }

  @Override
  public void close(int code, String reason) {
    if (closing) {
      return;
    }
    closing = true;
    outlet.close(code, cut(reason));
    traffic.out(outlet.flush());
    paused = false;
    choked = false;
    adjustReading();
    endSoon(CLOSE_ECHO_SECONDS);
  }

  /** What of a reason fits into a close frame: no half of a character. */
  private static String cut(String reason) {
    int end = Math.min(reason.length(), MOST_REASON);
    while (end > 0
        && (ByteBufUtil.utf8Bytes(reason, 0, end) > MOST_REASON
            || Character.isHighSurrogate(reason.charAt(end - 1)))) {
      end--;
    }
    return reason.substring(0, end);
  }

  /** Closes the socket when the other side has had time to see why, or at once when it has. */
  private void endSoon(int seconds) {
    if (seconds == 0) {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> channel.close());
    }
    channel.eventLoop().schedule(() -> channel.close(), Math.max(1, seconds), TimeUnit.SECONDS);
  }
}
