package dev.holdfast.server.mcp;

import dev.holdfast.feed.Delivery;
import dev.holdfast.feed.Event;
import dev.holdfast.feed.Feed;
import dev.holdfast.feed.From;
import dev.holdfast.kinds.tool.Answer;
import dev.holdfast.kinds.tool.Call;
import dev.holdfast.kinds.tool.ToolError;
import dev.holdfast.kinds.tool.Tools;
import dev.holdfast.server.tool.ToolCommands;
import dev.holdfast.session.Principal;
import dev.holdfast.transport.HttpBody;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The gateway's tools at {@code /mcp}, by the official SDK. A user sees the tools that it may call.
 * A broken connection cancels nothing; {@code notifications/cancelled} does. Any thread; all but
 * the constructor may block.
 *
 * <p>Source: MCP, streamable HTTP.
 */
public final class McpEndpoint implements AutoCloseable {

  private static final McpJsonMapper JSON = McpJsonDefaults.getMapper();
  private static final TypeRef<Map<String, Object>> OBJECT = new TypeRef<>() {};
  private static final String PRINCIPAL = "principal";

  /** The member of a call's meta that tells under which id it came in. */
  private static final String ID = "holdfast/id";

  private final Tools tools;
  private final McpSessions sessions = new McpSessions();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Scheduler scheduler = Schedulers.fromExecutorService(threads);
  private final McpAsyncServer server;
  private final Set<String> offered = new HashSet<>();
  private long version = -1;

  public McpEndpoint(Tools tools) {
    this.tools = tools;
    this.server =
        McpServer.async(sessions)
            .serverInfo("holdfast", "0.1.0")
            .capabilities(McpSchema.ServerCapabilities.builder().tools(true).build())
            .validateToolInputs(false)
            .strictToolNameValidation(false)
            .addToolFilter((context, tool) -> Mono.just(may(context, tool)))
            .build();
  }

  /** What a message is answered. */
  public sealed interface Response {

    /**
     * At once.
     *
     * @param json null for nothing
     * @param sessionId to be told in a header; null for none
     */
    record Json(int status, @Nullable String json, @Nullable String sessionId)
        implements Response {}

    /** Message by message. */
    non-sealed interface Stream extends Response {
      /** Sends them. */
      void write(HttpBody body) throws IOException, InterruptedException;
    }
  }

  /** A stream of messages. */
  private record Sending(Writer writer) implements Response.Stream {
    @Override
    public void write(HttpBody body) throws IOException, InterruptedException {
      writer.write(body);
    }
  }

  private interface Writer {
    void write(HttpBody body) throws IOException, InterruptedException;
  }

  private static boolean may(McpTransportContext context, McpSchema.Tool tool, Tools tools) {
    return context.get(PRINCIPAL) instanceof Principal who
        && tools.tools(who.roles(), who.admin()).stream()
            .anyMatch(one -> one.name().equals(tool.name()));
  }

  private boolean may(McpTransportContext context, McpSchema.Tool tool) {
    return may(context, tool, tools);
  }

  private static Response.Json refused(int status, int code, String message) {
    try {
      Map<String, Object> error = new LinkedHashMap<>();
      error.put("jsonrpc", "2.0");
      error.put("error", Map.of("code", code, "message", message));
      return new Response.Json(status, JSON.writeValueAsString(error), null);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Response.Json unknown() {
    return refused(404, McpSchema.ErrorCodes.INVALID_REQUEST, "there is no such session");
  }

  /** A POST: one message. */
  public Response post(byte[] body, @Nullable String sessionId, Principal who) {
    McpSchema.JSONRPCMessage message;
    try {
      message = McpSchema.deserializeJsonRpcMessage(JSON, new String(body, StandardCharsets.UTF_8));
    } catch (IOException | RuntimeException e) {
      return refused(400, McpSchema.ErrorCodes.PARSE_ERROR, "not a JSON-RPC message");
    }
    offer();
    if (message instanceof McpSchema.JSONRPCRequest request
        && request.method().equals(McpSchema.METHOD_INITIALIZE)) {
      return initialize(request, who);
    }
    McpStreamableServerSession session = sessions.find(sessionId, who);
    if (session == null) {
      return unknown();
    }
    McpTransportContext context = McpTransportContext.create(Map.of(PRINCIPAL, who));
    return switch (message) {
      case McpSchema.JSONRPCRequest request -> stream(session, numbered(request), context);
      case McpSchema.JSONRPCNotification said
          when said.method().equals("notifications/cancelled") -> {
        cancel(session, said, who);
        yield new Response.Json(202, null, null);
      }
      case McpSchema.JSONRPCNotification said -> {
        session
            .accept(said)
            .contextWrite(view -> view.put(McpTransportContext.KEY, context))
            .onErrorComplete()
            .block();
        yield new Response.Json(202, null, null);
      }
      case McpSchema.JSONRPCResponse answer -> {
        session
            .accept(answer)
            .contextWrite(view -> view.put(McpTransportContext.KEY, context))
            .onErrorComplete()
            .block();
        yield new Response.Json(202, null, null);
      }
      default -> refused(400, McpSchema.ErrorCodes.INVALID_REQUEST, "not a message");
    };
  }

  private Response initialize(McpSchema.JSONRPCRequest request, Principal who) {
    McpSchema.InitializeRequest asked;
    try {
      asked = JSON.convertValue(request.params(), McpSchema.InitializeRequest.class);
    } catch (RuntimeException e) {
      return refused(400, McpSchema.ErrorCodes.INVALID_PARAMS, "params: not as they have to be");
    }
    var init = sessions.begin(asked, who);
    if (init == null) {
      return refused(503, McpSchema.ErrorCodes.INTERNAL_ERROR, "too many sessions");
    }
    try {
      return new Response.Json(
          200,
          JSON.writeValueAsString(
              McpSchema.JSONRPCResponse.result(request.id(), init.initResult().block())),
          init.session().getId());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Response stream(
      McpStreamableServerSession session,
      McpSchema.JSONRPCRequest request,
      McpTransportContext context) {
    return new Sending(body -> {
      McpStream stream = new McpStream();
      var _ =
          session
              .responseStream(stream)
              .handle(request)
              .contextWrite(view -> view.put(McpTransportContext.KEY, context))
              .doFinally(how -> stream.close())
              .onErrorComplete()
              .subscribe();
      stream.sendAll(body);
    });
  }

  /** A GET: what the server says unasked. */
  public Response get(@Nullable String sessionId, Principal who) {
    McpStreamableServerSession session = sessions.find(sessionId, who);
    if (session == null) {
      return unknown();
    }
    return new Sending(body -> {
      McpStream stream = new McpStream();
      var listening = session.listeningStream(stream);
      try {
        stream.sendAll(body);
      } finally {
        listening.close();
      }
    });
  }

  /** A DELETE: ends a session. */
  public Response delete(@Nullable String sessionId, Principal who) {
    McpStreamableServerSession session = sessions.find(sessionId, who);
    if (session == null) {
      return unknown();
    }
    sessions.end(session);
    return new Response.Json(204, null, null);
  }

  /** The same call, with its id in its meta: the SDK's handlers are not told it. */
  private static McpSchema.JSONRPCRequest numbered(McpSchema.JSONRPCRequest request) {
    if (!request.method().equals(McpSchema.METHOD_TOOLS_CALL)
        || !(request.params() instanceof Map<?, ?> given)) {
      return request;
    }
    Map<Object, Object> meta = new HashMap<>();
    if (given.get("_meta") instanceof Map<?, ?> already) {
      meta.putAll(already);
    }
    meta.put(ID, String.valueOf(request.id()));
    Map<Object, Object> params = new LinkedHashMap<>(given);
    params.put("_meta", meta);
    return new McpSchema.JSONRPCRequest(request.method(), request.id(), params);
  }

  private static String session(String id) {
    return "mcp:" + id;
  }

  private void cancel(
      McpStreamableServerSession session, McpSchema.JSONRPCNotification said, Principal who) {
    if (said.params() instanceof Map<?, ?> params) {
      String requestId = String.valueOf(params.get("requestId"));
      Call call = tools.find(who.userId(), session(session.getId()), requestId);
      if (call != null) {
        boolean _ = tools.cancel(call);
      }
    }
  }

  /** Has the SDK's server offer the tools that there are now. */
  private synchronized void offer() {
    long now = tools.version();
    if (now == version) {
      return;
    }
    version = now;
    Set<String> gone = new HashSet<>(offered);
    for (var tool : tools.tools(Set.of(), true)) {
      if (offered.contains(tool.name())) {
        server.removeTool(tool.name()).block();
      }
      Map<String, Object> shown = new LinkedHashMap<>();
      shown.put("name", tool.name());
      shown.put("description", tool.description());
      try {
        shown.put("inputSchema", JSON.readValue(tool.schema(), OBJECT));
      } catch (IOException e) {
        shown.put("inputSchema", Map.of("type", "object"));
      }
      server
          .addTool(
              new AsyncToolSpecification(
                  JSON.convertValue(shown, McpSchema.Tool.class),
                  (exchange, request) ->
                      Mono.fromCallable(() -> called(exchange, request)).subscribeOn(scheduler)))
          .block();
      offered.add(tool.name());
      gone.remove(tool.name());
    }
    for (String name : gone) {
      server.removeTool(name).block();
      offered.remove(name);
    }
  }

  private McpSchema.CallToolResult called(
      McpAsyncServerExchange exchange, McpSchema.CallToolRequest request) throws Exception {
    Principal who = (Principal) Objects.requireNonNull(exchange.transportContext().get(PRINCIPAL));
    Map<String, Object> meta = request.meta() == null ? Map.of() : request.meta();
    Answer answer =
        tools.call(
            ToolCommands.request(
                who,
                session(exchange.sessionId()),
                null,
                meta.get(ID) instanceof String id ? id : null,
                request.name(),
                request.arguments() == null ? null : JSON.writeValueAsBytes(request.arguments())));
    return switch (answer) {
      case Answer.Refused(_, ToolError error, String message, _, _) ->
          failed(error.name() + ": " + message);
      case Answer.Called(Call call, _) -> {
        follow(call, exchange, meta.get("progressToken"));
        Map<String, Object> ended =
            JSON.readValue(Objects.requireNonNull(call.result(false)), OBJECT);
        yield result(ended);
      }
    };
  }

  /** Waits for the end of a call, and passes on how far it is. */
  private static void follow(Call call, McpAsyncServerExchange exchange, @Nullable Object token)
      throws InterruptedException {
    if (call.over()) {
      return;
    }
    Semaphore wake = new Semaphore(0);
    Feed.Attached attached = call.feed().attach(From.START);
    boolean[] over = {false};
    try (Feed.Watch _ = call.feed().watch(wake::release)) {
      while (!over[0]) {
        wake.drainPermits();
        attached
            .reader()
            .poll(
                Long.MAX_VALUE,
                delivery -> {
                  if (delivery instanceof Event event && token != null) {
                    progress(event, exchange, token);
                  }
                  over[0] |= delivery == Delivery.Mark.END;
                });
        if (!over[0]) {
          wake.acquire();
        }
      }
    }
  }

  private static void progress(Event event, McpAsyncServerExchange exchange, Object token) {
    if (!event.type().equals("progress")) {
      return;
    }
    try {
      Map<String, Object> said =
          JSON.readValue("{" + new String(event.body(), StandardCharsets.UTF_8) + "}", OBJECT);
      Map<String, Object> told = new LinkedHashMap<>();
      told.put("progressToken", token);
      told.put("progress", said.getOrDefault("step", 0));
      if (said.containsKey("total_steps")) {
        told.put("total", said.get("total_steps"));
      }
      told.put("message", said.getOrDefault("message", ""));
      exchange
          .progressNotification(JSON.convertValue(told, McpSchema.ProgressNotification.class))
          .onErrorComplete()
          .block();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static McpSchema.CallToolResult result(Map<String, Object> ended) {
    if (Boolean.TRUE.equals(ended.get("ok"))) {
      return JSON.convertValue(
          Map.of("content", ended.getOrDefault("outputs", List.of()), "isError", false),
          McpSchema.CallToolResult.class);
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

  @Override
  public void close() {
    server.close();
    scheduler.dispose();
    threads.shutdownNow();
  }
}
