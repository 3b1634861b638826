package dev.holdfast.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;

/** Writes frames as objects, for the handlers that compress them. */
final class FrameOutlet implements Outlet {

  private static final int SMALLEST_HEADER = 2;

  private final Channel channel;
  private int written;

  FrameOutlet(Channel channel) {
    this.channel = channel;
  }

  @Override
  public int held() {
    return 0;
  }

  @Override
  public void text(byte[] text) {
    write(new TextWebSocketFrame(Unpooled.wrappedBuffer(text)));
  }

  @Override
  public void ping(long token) {
    write(new PingWebSocketFrame(Unpooled.copyLong(token)));
  }

  @Override
  public void pong(byte[] payload) {
    write(new PongWebSocketFrame(Unpooled.wrappedBuffer(payload)));
  }

  @Override
  public void close(int code, String reason) {
    write(new CloseWebSocketFrame(code, reason));
  }

  @Override
  public int flush() {
    int bytes = written;
    if (bytes > 0) {
      written = 0;
      channel.flush();
    }
    return bytes;
  }

  @Override
  public void discard() {
    written = 0;
  }

  private void write(WebSocketFrame frame) {
    written += SMALLEST_HEADER + frame.content().readableBytes();
    channel.write(frame);
  }
}
