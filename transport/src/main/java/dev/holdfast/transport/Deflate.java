package dev.holdfast.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionData;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionFilter;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionFilterProvider;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionUtil;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketServerExtension;
import io.netty.handler.codec.http.websocketx.extensions.compression.PerMessageDeflateServerExtensionHandshaker;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * permessage-deflate (RFC 7692) as agreed on with one client: small frames stay as they are,
 * inflated ones are bounded, and neither side keeps a window between two messages. On its event
 * loop.
 */
final class Deflate {

  private static final int LEVEL = 6;
  private static final int WINDOW_BITS = 15;
  private static final int MEMORY_LEVEL = 8;
  private static final String NO_WINDOW_HERE = "server_no_context_takeover";
  private static final String NO_WINDOW_THERE = "client_no_context_takeover";

  private static final int ROOM_AT_END = 1024;

  private final WebSocketServerExtension extension;
  private final int most;

  private Deflate(WebSocketServerExtension extension, int most) {
    this.extension = extension;
    this.most = most;
  }

  /** What a client's offers and the settings agree on; null where they do not. */
  static @Nullable Deflate agree(HttpHeaders headers, TransportSettings settings, int most) {
    String offers = String.join(",", headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS));
    if (!settings.deflate() || offers.isBlank()) {
      return null;
    }
    var handshaker = handshaker(settings, most);
    for (WebSocketExtensionData offer : WebSocketExtensionUtil.extractExtensions(offers)) {
      WebSocketServerExtension extension = handshaker.handshakeExtension(forgetful(offer));
      if (extension != null) {
        return new Deflate(extension, most);
      }
    }
    return null;
  }

  private static PerMessageDeflateServerExtensionHandshaker handshaker(
      TransportSettings settings, int most) {
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
    // What inflates takes a buffer that is nearly full for one that is too small. The last word on
    // what is too large is the socket's.
    int room = most + ROOM_AT_END;
    return new PerMessageDeflateServerExtensionHandshaker(
        LEVEL, false, WINDOW_BITS, true, true, WINDOW_BITS, MEMORY_LEVEL, filters, room);
  }

  private static boolean smallerThan(WebSocketFrame frame, int floor) {
    return frame.isFinalFragment() && frame.content().readableBytes() < floor;
  }

  /** The offer as if the client wanted no windows kept: a server may decide so unasked. */
  private static WebSocketExtensionData forgetful(WebSocketExtensionData offer) {
    Map<String, @Nullable String> parameters = new HashMap<>(offer.parameters());
    parameters.put(NO_WINDOW_HERE, null);
    parameters.put(NO_WINDOW_THERE, null);
    return new WebSocketExtensionData(offer.name(), parameters);
  }

  /** The header that tells the client. */
  String answer() {
    WebSocketExtensionData agreed = extension.newReponseData();
    StringBuilder header = new StringBuilder(agreed.name());
    agreed
        .parameters()
        .forEach((name, value) -> {
          header.append("; ").append(name);
          if (value != null) {
            header.append('=').append(value);
          }
        });
    return header.toString();
  }

  /**
   * Refuses bits that nobody has agreed on. The decoder of frames lets all of them pass where there
   * is an extension; this one is marked by the first bit of the first frame of a message (RFC 7692,
   * section 6).
   */
  private static final class ReservedBits extends ChannelInboundHandlerAdapter {
    private static final int FIRST = 4;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof WebSocketFrame frame && frame.rsv() != 0) {
        boolean begins =
            frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame;
        if (!begins || frame.rsv() != FIRST) {
          frame.release();
          throw new CorruptedWebSocketFrameException(
              WebSocketCloseStatus.PROTOCOL_ERROR, "a reserved bit is set");
        }
      }
      context.fireChannelRead(message);
    }
  }

  /** Adds what inflates and deflates, after the decoder of frames. */
  void addTo(ChannelPipeline pipeline) {
    pipeline.addLast(new ReservedBits());
    // A first fragment may be too short for anything to come of it, which the decoder takes for a
    // fault: it is given whole messages.
    pipeline.addLast(new WebSocketFrameAggregator(most));
    pipeline.addLast(extension.newExtensionDecoder());
    pipeline.addLast(new WebSocket13FrameEncoder(false));
    pipeline.addLast(extension.newExtensionEncoder());
  }
}
