package dev.holdfast.server.mcp;

import dev.holdfast.transport.HttpBody;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpStreamableServerTransport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Messages on their way to a client, as server-sent events. Any thread writes, one sends. */
final class McpStream implements McpStreamableServerTransport {

  private static final McpJsonMapper JSON = McpJsonDefaults.getMapper();
  private static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = {};
  private static final int HEARTBEAT_SECONDS = 15;
  private static final int MOST_WAITING = 10_000;

  private final BlockingQueue<byte[]> waiting = new LinkedBlockingQueue<>(MOST_WAITING);

  /** Sends what there is until all has been said, or the client is gone. */
  void sendAll(HttpBody body) throws IOException, InterruptedException {
    while (body.open()) {
      byte[] next = waiting.poll(HEARTBEAT_SECONDS, TimeUnit.SECONDS);
      if (next != null && next.length == 0) {
        return;
      }
      body.write(next == null ? HEARTBEAT : next);
    }
  }

  @Override
  public Mono<Void> sendMessage(JSONRPCMessage message) {
    return sendMessage(message, null);
  }

  @Override
  public Mono<Void> sendMessage(JSONRPCMessage message, @Nullable String id) {
    return Mono.fromRunnable(() -> {
      try {
        String event =
            (id == null ? "" : "id: " + id + "\n")
                + "event: message\ndata: "
                + JSON.writeValueAsString(message)
                + "\n\n";
        if (!waiting.offer(event.getBytes(StandardCharsets.UTF_8))) {
          throw new IllegalStateException("the client does not read");
        }
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    });
  }

  @Override
  public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
    return JSON.convertValue(data, type);
  }

  @Override
  public Mono<Void> closeGracefully() {
    return Mono.fromRunnable(this::close);
  }

  @Override
  public void close() {
    boolean _ = waiting.offer(END);
  }
}
