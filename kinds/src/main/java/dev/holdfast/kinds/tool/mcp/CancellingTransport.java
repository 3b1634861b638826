package dev.holdfast.kinds.tool.mcp;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * A transport that can cancel calls, for which the SDK's client has no method: it remembers under
 * which id each call went out. Any thread.
 *
 * <p>Source: MCP, cancellation.
 */
final class CancellingTransport implements McpClientTransport {

  private static final String CANCELLED = "notifications/cancelled";

  private final McpClientTransport transport;
  private final ConcurrentMap<Object, Object> ids = new ConcurrentHashMap<>();

  CancellingTransport(McpClientTransport transport) {
    this.transport = transport;
  }

  /** A call is over, of which that progress token tells. */
  void over(String token) {
    ids.remove(token);
  }

  /** Has the server stop a call; it will not be answered. */
  void cancel(String token) {
    Object id = ids.remove(token);
    if (id != null) {
      var _ =
          transport
              .sendMessage(
                  new McpSchema.JSONRPCNotification(
                      CANCELLED, Map.of("requestId", id, "reason", "cancelled by its caller")))
              .onErrorComplete()
              .subscribe();
    }
  }

  @Override
  public Mono<Void> sendMessage(JSONRPCMessage message) {
    if (message instanceof McpSchema.JSONRPCRequest request
        && request.params() instanceof McpSchema.CallToolRequest call
        && call.meta() != null
        && call.meta().get("progressToken") instanceof String token) {
      ids.put(token, request.id());
    }
    return transport.sendMessage(message);
  }

  @Override
  public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
    return transport.connect(handler);
  }

  @Override
  public void setExceptionHandler(Consumer<Throwable> handler) {
    transport.setExceptionHandler(handler);
  }

  @Override
  public Mono<Void> closeGracefully() {
    return transport.closeGracefully();
  }

  @Override
  public void close() {
    transport.close();
  }

  @Override
  public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
    return transport.unmarshalFrom(data, type);
  }

  @Override
  public List<String> protocolVersions() {
    return transport.protocolVersions();
  }
}
