package dev.holdfast.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpContentException;
import org.jspecify.annotations.Nullable;

/**
 * Makes requests whole. One whose body is too long goes on as one that could not be decoded, so
 * that it is answered in its turn like all others. On its event loop.
 */
final class Aggregator extends HttpObjectAggregator {

  Aggregator(int mostBytes) {
    super(mostBytes);
  }

  /** A refusal is no hurry: it has to wait for the answers before it. */
  @Override
  protected @Nullable Object newContinueResponse(
      HttpMessage start, int mostBytes, ChannelPipeline pipeline) {
    return HttpUtil.is100ContinueExpected(start)
            && HttpUtil.getContentLength(start, 0L) <= mostBytes
        ? super.newContinueResponse(start, mostBytes, pipeline)
        : null;
  }

  @Override
  protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized) {
    FullHttpRequest request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.POST, "/", Unpooled.EMPTY_BUFFER);
    request.setDecoderResult(
        DecoderResult.failure(new TooLongHttpContentException("the body is too long")));
    ctx.fireChannelRead(request);
  }
}
