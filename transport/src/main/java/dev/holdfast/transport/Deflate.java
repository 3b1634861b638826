package dev.holdfast.transport;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionEncoder;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionFilter;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionFilterProvider;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketServerExtensionHandler;
import io.netty.handler.codec.http.websocketx.extensions.compression.PerMessageDeflateServerExtensionHandshaker;

/** permessage-deflate (RFC 7692): small frames stay as they are, inflated ones are bounded. */
final class Deflate {

  private static final int LEVEL = 6;
  private static final int WINDOW_BITS = 15;

  private static final int MEMORY_LEVEL = 8;

  private Deflate() {}

  static ChannelHandler handler(TransportSettings settings) {
    int floor = settings.deflateFloor();
    WebSocketExtensionFilterProvider filters =
        new WebSocketExtensionFilterProvider() {
          @Override
          public WebSocketExtensionFilter encoderFilter() {
            return frame -> smallerThan(frame, floor);
          }

          @Override
          public WebSocketExtensionFilter decoderFilter() {
            return WebSocketExtensionFilter.NEVER_SKIP;
          }
        };
    // Without context takeover on our side: a window kept for each connection is 32 KiB of it.
    return new WebSocketServerExtensionHandler(
        new PerMessageDeflateServerExtensionHandshaker(
            LEVEL,
            false,
            WINDOW_BITS,
            true,
            true,
            WINDOW_BITS,
            MEMORY_LEVEL,
            filters,
            settings.maxFrameBytes()));
  }

  private static boolean smallerThan(WebSocketFrame frame, int floor) {
    return frame.isFinalFragment() && frame.content().readableBytes() < floor;
  }

  /** Whether it was agreed on with this client. */
  static boolean agreed(ChannelPipeline pipeline) {
    return pipeline.context(WebSocketExtensionEncoder.class) != null;
  }
}
