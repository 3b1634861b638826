package dev.holdfast.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames (RFC 6455, section 5.2) one behind the other into one buffer per batch: one write
 * and one system call for however many events, and no object for any of them.
 */
final class ByteOutlet implements Outlet {

  private static final int TEXT = 0x81;
  private static final int CLOSE = 0x88;
  private static final int PING = 0x89;
  private static final int PONG = 0x8a;
  private static final int SMALLEST = 512;
  private static final int LARGEST = 64 * 1024;

  /** From here on a frame is not copied but written as it is. */
  private static final int LARGE = 16 * 1024;

  private final Channel channel;
  private @Nullable ByteBuf batch;
  private int hint = SMALLEST;
  private int written;

  ByteOutlet(Channel channel) {
    this.channel = channel;
  }

  @Override
  public int held() {
    return batch == null ? 0 : batch.readableBytes();
  }

  @Override
  public void text(byte[] text) {
    if (text.length >= LARGE) {
      header(room(10), TEXT, text.length);
      write();
      written += text.length;
      channel.write(Unpooled.wrappedBuffer(text), channel.voidPromise());
      return;
    }
    ByteBuf out = room(text.length + 4);
    header(out, TEXT, text.length);
    out.writeBytes(text);
    if (out.readableBytes() >= LARGEST) {
      // More would be copied for growing than an entry of its own costs.
      write();
    }
  }

  @Override
  public void ping(long token) {
    ByteBuf out = room(10);
    header(out, PING, Long.BYTES);
    out.writeLong(token);
  }

  @Override
  public void pong(byte[] payload) {
    ByteBuf out = room(payload.length + 2);
    header(out, PONG, payload.length);
    out.writeBytes(payload);
  }

  @Override
  public void close(int code, String reason) {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    ByteBuf out = room(text.length + 4);
    header(out, CLOSE, text.length + Short.BYTES);
    out.writeShort(code);
    out.writeBytes(text);
  }

  @Override
  public int flush() {
    write();
    int bytes = written;
    if (bytes > 0) {
      written = 0;
      channel.flush();
    }
    return bytes;
  }

  @Override
  public void discard() {
    if (batch != null) {
      batch.release();
      batch = null;
    }
  }

  private void write() {
    ByteBuf out = batch;
    if (out != null) {
      batch = null;
      hint = Math.clamp(out.readableBytes(), SMALLEST, LARGEST);
      written += out.readableBytes();
      channel.write(out, channel.voidPromise());
    }
  }

  private ByteBuf room(int bytes) {
    ByteBuf out = batch;
    if (out == null) {
      out = channel.alloc().directBuffer(Math.max(hint, bytes));
      batch = out;
    }
    return out;
  }

  private static void header(ByteBuf out, int first, int length) {
    out.writeByte(first);
    if (length < 126) {
      out.writeByte(length);
    } else if (length <= 0xffff) {
      out.writeByte(126);
      out.writeShort(length);
    } else {
      out.writeByte(127);
      out.writeLong(length);
    }
  }
}
