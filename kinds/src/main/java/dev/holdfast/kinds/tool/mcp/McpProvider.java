package dev.holdfast.kinds.tool.mcp;

import dev.holdfast.kinds.tool.Provider;
import dev.holdfast.kinds.tool.ToolException;
import dev.holdfast.kinds.tool.Work;
import io.modelcontextprotocol.client.McpAsyncClient;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The tools of an MCP server, over stdio or streamable HTTP. The connection is kept up: a server
 * that crashes is started again, with pauses that grow; calls that were under way end with an
 * error. Sampling, roots and elicitation are not offered to it. Any thread.
 */
public final class McpProvider implements Provider {

  private static final System.Logger LOG = System.getLogger(McpProvider.class.getName());

  private static final Duration TO_BEGIN = Duration.ofSeconds(30);
  private static final Duration FOR_A_PING = Duration.ofSeconds(5);

  /** The deadline of a call is its tool's. */
  private static final Duration NO_LIMIT = Duration.ofDays(1);

  private static final long FIRST_PAUSE_MILLIS = 250;
  private static final long LONGEST_PAUSE_MILLIS = 30_000;

  private static final McpJsonMapper JSON = McpJsonDefaults.getMapper();
  private static final TypeRef<Map<String, Object>> OBJECT = new TypeRef<>() {};

  private final String id;
  private final Function<Runnable, McpClientTransport> transports;
  private final Consumer<Provider> changed;
  private final ConcurrentMap<String, Work> atWork = new ConcurrentHashMap<>();
  private final AtomicLong tokens = new AtomicLong();
  private final Thread keeper;
  private volatile List<Described> tools = List.of();
  private volatile @Nullable Connection connection;
  private volatile boolean closed;

  /** One connection, until it is lost. */
  private record Connection(
      McpAsyncClient client, CancellingTransport transport, CountDownLatch lost) {}

  private McpProvider(
      String id, Function<Runnable, McpClientTransport> transports, Consumer<Provider> changed) {
    this.id = id;
    this.transports = transports;
    this.changed = changed;
    this.keeper = Thread.ofVirtual().name("mcp-" + id).unstarted(this::keep);
  }

  /**
   * A server that is a program.
   *
   * @param folder where it works; null for where the gateway does
   * @param environment all that it has of one
   * @param changed is told when its tools are others
   */
  public static McpProvider ofProgram(
      String id,
      List<String> command,
      @Nullable Path folder,
      Map<String, String> environment,
      Consumer<Provider> changed) {
    McpProvider provider =
        new McpProvider(
            id,
            lost -> new ProgramTransport(id, command, folder, environment, JSON, lost),
            changed);
    provider.keeper.start();
    return provider;
  }

  /** A server at a URL; see {@link #ofProgram}. */
  public static McpProvider ofUrl(
      String id,
      String url,
      Map<String, String> headers,
      Duration connectTimeout,
      Consumer<Provider> changed) {
    URI uri = URI.create(url);
    String base = uri.getScheme() + "://" + uri.getRawAuthority();
    String path =
        uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/mcp" : uri.getRawPath();
    McpProvider provider =
        new McpProvider(
            id,
            lost ->
                HttpClientStreamableHttpTransport.builder(base)
                    .endpoint(path)
                    .connectTimeout(connectTimeout)
                    .addHttpRequestCustomizer(
                        (request, method, to, body, context) -> headers.forEach(request::setHeader))
                    .build(),
            changed);
    provider.keeper.start();
    return provider;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public List<Described> tools() {
    return tools;
  }

  /** Keeps a connection up. */
  private void keep() {
    long pause = FIRST_PAUSE_MILLIS;
    while (!closed) {
      Connection made = null;
      try {
        made = connect();
        connection = made;
        pause = FIRST_PAUSE_MILLIS;
        made.lost.await();
        LOG.log(System.Logger.Level.WARNING, "the MCP server {0} is gone", id);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        closed = true;
      } catch (RuntimeException e) {
        LOG.log(
            System.Logger.Level.WARNING, "the MCP server {0} can''t be reached: {1}", id, why(e));
      }
      connection = null;
      if (made != null) {
        made.client.close();
      }
      pause = rest(pause);
    }
  }

  private long rest(long pause) {
    if (!closed) {
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        closed = true;
      }
    }
    return Math.min(LONGEST_PAUSE_MILLIS, 2 * pause);
  }

  private static String why(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.toString();
  }

  private Connection connect() {
    CountDownLatch lost = new CountDownLatch(1);
    CancellingTransport transport = new CancellingTransport(transports.apply(lost::countDown));
    McpAsyncClient client =
        McpClient.async(transport)
            .clientInfo(McpSchema.Implementation.builder("holdfast", "0").build())
            .requestTimeout(NO_LIMIT)
            .initializationTimeout(TO_BEGIN)
            .progressConsumer(progress -> Mono.fromRunnable(() -> progressed(progress)))
            .loggingConsumer(said -> Mono.fromRunnable(() -> logged(said)))
            .toolsChangeConsumer(list -> Mono.fromRunnable(() -> offered(list)))
            .build();
    try {
      var _ = client.initialize().block(TO_BEGIN);
      McpSchema.ListToolsResult list = client.listTools().block(TO_BEGIN);
      offered(list == null ? List.of() : list.tools());
      return new Connection(client, transport, lost);
    } catch (RuntimeException e) {
      client.close();
      transport.close();
      throw e;
    }
  }

  private void logged(McpSchema.LoggingMessageNotification said) {
    LOG.log(System.Logger.Level.DEBUG, "{0}: {1}", id, said.data());
  }

  private void offered(List<McpSchema.Tool> list) {
    tools = list.stream().map(McpProvider::described).toList();
    changed.accept(this);
  }

  private static Described described(McpSchema.Tool tool) {
    McpSchema.ToolAnnotations hints = tool.annotations();
    boolean idempotent =
        hints != null
            && (Boolean.TRUE.equals(hints.idempotentHint())
                || Boolean.TRUE.equals(hints.readOnlyHint()));
    String description = tool.description();
    return new Described(
        tool.name(),
        description == null ? "" : description,
        written(tool.inputSchema() == null ? Map.of("type", "object") : tool.inputSchema()),
        idempotent);
  }

  private static String written(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void progressed(McpSchema.ProgressNotification progress) {
    Work work = atWork.get(String.valueOf(progress.progressToken()));
    if (work != null) {
      Double total = progress.total();
      String message = progress.message();
      work.progress(progress.progress(), total == null ? 0 : total, message == null ? "" : message);
    }
  }

  @Override
  public String call(Work work) throws ToolException, InterruptedException {
    Connection by = connection;
    if (by == null) {
      throw ToolException.provider("'" + id + "' is not connected");
    }
    String token = id + "-" + tokens.incrementAndGet();
    atWork.put(token, work);
    CompletableFuture<McpSchema.CallToolResult> answer = null;
    try {
      Map<String, Object> arguments = JSON.readValue(work.arguments().toString(), OBJECT);
      answer =
          by.client
              .callTool(
                  McpSchema.CallToolRequest.builder(work.tool())
                      .arguments(arguments)
                      .progressToken(token)
                      .build())
              .toFuture();
      return outputs(awaited(answer, by.lost));
    } catch (InterruptedException e) {
      by.transport.cancel(token);
      throw e;
    } catch (ExecutionException e) {
      throw failed(e.getCause() == null ? e : e.getCause(), by);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } finally {
      atWork.remove(token);
      by.transport.over(token);
      if (answer != null) {
        answer.cancel(true);
      }
    }
  }

  /** Waits for the answer, and no longer than the connection lasts. */
  private McpSchema.CallToolResult awaited(
      CompletableFuture<McpSchema.CallToolResult> answer, CountDownLatch lost)
      throws InterruptedException, ExecutionException, ToolException {
    while (true) {
      try {
        return answer.get(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
      } catch (java.util.concurrent.TimeoutException e) {
        if (lost.getCount() == 0 && !answer.isDone()) {
          throw ToolException.provider("'" + id + "' is gone");
        }
      }
    }
  }

  private static final long LOOK_AGAIN_MILLIS = 50;

  private ToolException failed(Throwable why, Connection by) {
    if (why instanceof McpError error && error.getJsonRpcError() != null) {
      return ToolException.execution("'" + id + "' refuses: " + error.getJsonRpcError().message());
    }
    LOG.log(System.Logger.Level.DEBUG, "a call of " + id + " failed", why);
    var _ =
        by.client.ping().timeout(FOR_A_PING).subscribe(pong -> {}, silence -> by.lost.countDown());
    return ToolException.provider("'" + id + "' broke off");
  }

  private static String outputs(McpSchema.CallToolResult result) throws ToolException {
    // One by one: of a list the mapper would not tell which kind each of them is.
    String outputs =
        result.content() == null
            ? "[]"
            : result.content().stream()
                .map(McpProvider::written)
                .collect(Collectors.joining(",", "[", "]"));
    if (!Boolean.TRUE.equals(result.isError())) {
      return outputs;
    }
    String message =
        result.content() != null
                && !result.content().isEmpty()
                && result.content().getFirst() instanceof McpSchema.TextContent text
            ? text.text()
            : "the tool failed";
    throw new ToolException(
        dev.holdfast.kinds.tool.ToolError.TOOL_EXECUTION_ERROR, message, outputs, false);
  }

  /** Ends the connection, and its server where that is a program. */
  @Override
  public void close() {
    closed = true;
    Connection by = connection;
    keeper.interrupt();
    if (by != null) {
      by.transport.close();
    }
  }
}
