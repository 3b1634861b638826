package dev.holdfast.client.command;

import dev.holdfast.client.Client;
import dev.holdfast.client.CommandException;
import dev.holdfast.client.Delivery;
import dev.holdfast.client.Frame;
import dev.holdfast.wire.ClientFrame.Begin;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An MCP server on a pair of streams whose tools are those of a gateway. The client of the gateway
 * comes back by itself, and to the feeds of its calls; so a call goes on over a cut. Any thread.
 */
final class McpShim implements AutoCloseable {

  private static final McpJsonMapper JSON = McpJsonDefaults.getMapper();
  private static final TypeRef<Map<String, Object>> OBJECT = new TypeRef<>() {};
  private static final int ROOM = 1 << 20;
  private static final int LOOK_AGAIN_SECONDS = 10;
  private static final int PATIENCE_SECONDS = 20;

  /** The member of a call's meta that tells under which id it came in. */
  private static final String ID = "holdfast/id";

  private final Client client;
  private final McpSyncServer server;
  private final CountDownLatch over = new CountDownLatch(1);
  private final ConcurrentMap<String, String> running = new ConcurrentHashMap<>();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private Map<String, Map<?, ?>> offered;

  McpShim(Client client, InputStream in, OutputStream out) {
    this.client = client;
    PipedInputStream piped = new PipedInputStream(ROOM);
    PipedOutputStream pipe = connected(piped);
    // Before the server is there: it may say nothing until it is spoken to.
    offered = listed();
    this.server =
        McpServer.sync(new StdioServerTransportProvider(JSON, piped, out))
            .serverInfo("holdfast", "0.1.0")
            .capabilities(McpSchema.ServerCapabilities.builder().tools(true).build())
            .validateToolInputs(false)
            .strictToolNameValidation(false)
            .requestTimeout(Duration.ofDays(1))
            .tools(offered.values().stream().map(this::specified).toList())
            .build();
    timer.scheduleWithFixedDelay(
        this::refreshSafely, LOOK_AGAIN_SECONDS, LOOK_AGAIN_SECONDS, TimeUnit.SECONDS);
    // Reading from a pipe blocks in native code.
    Thread.ofPlatform().daemon().name("mcp-in").start(() -> pump(in, pipe));
  }

  private static PipedOutputStream connected(PipedInputStream to) {
    try {
      return new PipedOutputStream(to);
    } catch (IOException e) {
      throw new IllegalStateException("a new pipe is not connected yet", e);
    }
  }

  void untilItsInputEnds() throws InterruptedException {
    over.await();
  }

  /** Passes on what comes in; calls are told under which id they came, and may be cancelled. */
  private void pump(InputStream in, PipedOutputStream pipe) {
    try (pipe;
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      String line;
      while ((line = lines.readLine()) != null) {
        String passed = passed(line);
        if (passed != null) {
          pipe.write((passed + "\n").getBytes(StandardCharsets.UTF_8));
          pipe.flush();
        }
      }
    } catch (IOException e) {
      // Whoever spoke is gone.
    } finally {
      over.countDown();
    }
  }

  private @Nullable String passed(String line) throws IOException {
    Map<String, Object> message;
    try {
      message = JSON.readValue(line, OBJECT);
    } catch (IOException | RuntimeException e) {
      return line;
    }
    if ("notifications/cancelled".equals(message.get("method"))) {
      if (message.get("params") instanceof Map<?, ?> params) {
        cancel(String.valueOf(params.get("requestId")));
      }
      return null;
    }
    if ("tools/call".equals(message.get("method"))
        && message.get("params") instanceof Map<?, ?> given) {
      Map<Object, Object> params = new LinkedHashMap<>(given);
      Map<Object, Object> meta = new HashMap<>();
      if (params.get("_meta") instanceof Map<?, ?> already) {
        meta.putAll(already);
      }
      meta.put(ID, String.valueOf(message.get("id")));
      params.put("_meta", meta);
      Map<String, Object> changed = new LinkedHashMap<>(message);
      changed.put("params", params);
      return JSON.writeValueAsString(changed);
    }
    return line;
  }

  private void cancel(String id) {
    String requestId = running.get(id);
    if (requestId != null) {
      var _ = client.command("cancel", Map.of("request_id", requestId)).exceptionally(e -> null);
    }
  }

  private void refreshSafely() {
    try {
      refresh();
    } catch (RuntimeException e) {
      // The gateway is away; the client comes back to it.
    }
  }

  /** The tools that there are now, by name. */
  private Map<String, Map<?, ?>> listed() {
    Frame list =
        client.command("list_tools", Map.of()).orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    Map<String, Map<?, ?>> now = new LinkedHashMap<>();
    if (list.fields().get("tools") instanceof List<?> tools) {
      for (Object one : tools) {
        if (one instanceof Map<?, ?> tool) {
          now.put(String.valueOf(tool.get("name")), tool);
        }
      }
    }
    return now;
  }

  private SyncToolSpecification specified(Map<?, ?> tool) {
    return new SyncToolSpecification(JSON.convertValue(tool, McpSchema.Tool.class), this::called);
  }

  private synchronized void refresh() {
    Map<String, Map<?, ?>> now = listed();
    offered.forEach((name, before) -> {
      if (!before.equals(now.get(name))) {
        server.removeTool(name);
      }
    });
    now.forEach((name, tool) -> {
      if (!tool.equals(offered.get(name))) {
        server.addTool(specified(tool));
      }
    });
    offered = now;
  }

  private McpSchema.CallToolResult called(
      McpSyncServerExchange exchange, McpSchema.CallToolRequest request) {
    Map<String, Object> meta = request.meta() == null ? Map.of() : request.meta();
    String id = String.valueOf(meta.get(ID));
    Map<String, Object> arguments = request.arguments() == null ? Map.of() : request.arguments();
    try {
      Frame ack =
          client
              .command("call_tool", Map.of("name", request.name(), "arguments", arguments))
              .join();
      running.put(id, String.valueOf(ack.text("id")));
      Following following = new Following(exchange, meta.get("progressToken"));
      client.feed(String.valueOf(ack.text("feed")), new Begin.Start()).subscribe(following);
      return result(following.result.get());
    } catch (CompletionException e) {
      if (e.getCause() instanceof CommandException refused) {
        return failed(String.valueOf(refused.getMessage()));
      }
      throw e;
    } catch (ExecutionException e) {
      return failed("the gateway is gone");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed("interrupted");
    } finally {
      running.remove(id);
    }
  }

  private static McpSchema.CallToolResult result(Map<?, ?> ended) {
    if (Boolean.TRUE.equals(ended.get("ok")) && ended.get("outputs") instanceof List<?> outputs) {
      return JSON.convertValue(
          Map.of("content", outputs, "isError", false), McpSchema.CallToolResult.class);
    }
    return ended.get("error") instanceof Map<?, ?> error
        ? failed(error.get("code") + ": " + error.get("message"))
        : failed("the call failed");
  }

  private static McpSchema.CallToolResult failed(String why) {
    return JSON.convertValue(
        Map.of("content", List.of(Map.of("type", "text", "text", why)), "isError", true),
        McpSchema.CallToolResult.class);
  }

  /** Passes on how far a call is, and waits for its end. */
  private static final class Following implements Flow.Subscriber<Delivery> {
    private final CompletableFuture<Map<?, ?>> result = new CompletableFuture<>();
    private final McpSyncServerExchange exchange;
    private final @Nullable Object token;

    Following(McpSyncServerExchange exchange, @Nullable Object token) {
      this.exchange = exchange;
      this.token = token;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Delivery delivery) {
      if (delivery instanceof Delivery.Event event) {
        Frame frame = event.frame();
        if (frame.type().equals("result")) {
          result.complete(frame.fields());
        } else if (frame.type().equals("progress") && token != null) {
          progress(frame, token);
        }
      } else if (delivery instanceof Delivery.Snapshot snapshot
          && snapshot.frame().fields().get("state") instanceof Map<?, ?> state
          && state.get("result") instanceof Map<?, ?> ended) {
        result.complete(ended);
      }
    }

    private void progress(Frame frame, Object of) {
      Map<String, Object> said = new LinkedHashMap<>();
      said.put("progressToken", of);
      said.put("progress", frame.fields().get("step") instanceof Number step ? step : 0);
      if (frame.fields().get("total_steps") instanceof Number steps) {
        said.put("total", steps);
      }
      said.put("message", String.valueOf(frame.text("message")));
      exchange.progressNotification(JSON.convertValue(said, McpSchema.ProgressNotification.class));
    }

    @Override
    public void onError(@Nullable Throwable why) {
      result.completeExceptionally(why == null ? new IllegalStateException("ended") : why);
    }

    @Override
    public void onComplete() {
      result.completeExceptionally(new IllegalStateException("the call ended without a result"));
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    server.close();
  }
}
