package dev.holdfast.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A body that comes piece by piece: in chunks (RFC 9112, section 7.1), or of a length that is
 * known. The socket is closed after it.
 */
final class ChunkedBody implements HttpBody {

  private static final int PATIENCE_SECONDS = 60;

  private final Channel channel;

  private ChunkedBody(Channel channel) {
    this.channel = channel;
  }

  /**
   * @param chunks whether the client knows of chunks; one that does not sees the end of the body in
   *     that of the socket
   */
  static ChunkedBody begin(
      Channel channel, int status, Map<String, String> headers, boolean chunks) {
    DefaultHttpResponse response =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
    headers.forEach((name, value) -> response.headers().set(name, value));
    response.headers().set("x-content-type-options", "nosniff");
    if (chunks && !response.headers().contains(HttpHeaderNames.CONTENT_LENGTH)) {
      response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
    response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    channel.writeAndFlush(response);
    return new ChunkedBody(channel);
  }

  @Override
  public void write(byte[] piece) throws IOException, InterruptedException {
    ChannelFuture written =
        channel.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(piece)));
    if (!written.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      channel.close();
      throw new IOException("the client takes nothing");
    }
    if (!written.isSuccess()) {
      throw new IOException(written.cause());
    }
  }

  @Override
  public boolean open() {
    return channel.isActive();
  }

  @Override
  public void end() {
    channel
        .writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT)
        .addListener(written -> Farewell.bid(channel));
  }

  @Override
  public void breakOff() {
    channel.close();
  }
}
