package dev.holdfast.server.http;

import dev.holdfast.kinds.tool.Answer;
import dev.holdfast.kinds.tool.Call;
import dev.holdfast.kinds.tool.Tool;
import dev.holdfast.kinds.tool.ToolError;
import dev.holdfast.kinds.tool.Tools;
import dev.holdfast.server.mcp.McpEndpoint;
import dev.holdfast.server.tool.ToolCommands;
import dev.holdfast.server.tool.ToolJson;
import dev.holdfast.session.Principal;
import dev.holdfast.transport.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tools and their calls, for whoever may call them. */
final class ToolRoutes {

  private static final JsonMapper JSON = new JsonMapper();
  private static final int REQUEST_ID = 128;

  private final Tools tools;
  private final ToolJson json;
  private final McpEndpoint mcp;

  ToolRoutes(Parts parts) {
    this.tools = parts.tools();
    this.json = parts.toolJson();
    this.mcp = parts.mcp();
  }

  void addTo(Routes routes) {
    routes.add("GET", "/api/tools", Routes.ANYBODY, (r, v, p) -> Reply.later(() -> list(r, p)));
    routes.add("GET", "/api/tools/health", Routes.ANYBODY, (r, v, p) -> Reply.raw(json.health()));
    routes.add("POST", "/api/tools/{name}/call", Routes.ANYBODY, (r, v, p) -> call(r, v, p));
    routes.add(
        "POST",
        "/mcp",
        Routes.ANYBODY,
        (r, v, p) -> Reply.later(() -> answer(mcp.post(r.body(), session(r), p))));
    routes.add(
        "GET",
        "/mcp",
        Routes.ANYBODY,
        (r, v, p) -> Reply.later(() -> answer(mcp.get(session(r), p))));
    routes.add(
        "DELETE",
        "/mcp",
        Routes.ANYBODY,
        (r, v, p) -> Reply.later(() -> answer(mcp.delete(session(r), p))));
    routes.add("GET", "/api/calls/{id}", Routes.ANYBODY, (r, v, p) -> show(v, p));
    routes.add("POST", "/api/calls/{id}/cancel", Routes.ANYBODY, (r, v, p) -> cancel(v, p));
  }

  private static @Nullable String session(HttpRequest request) {
    return request.headers().get("mcp-session-id");
  }

  private static Reply answer(McpEndpoint.Response response) {
    return switch (response) {
      case McpEndpoint.Response.Json(int status, String json, String sessionId) -> {
        Reply reply =
            json == null
                ? new Reply(status, Map.of(), new byte[0])
                : new Reply(
                    status,
                    Map.of("content-type", "application/json"),
                    json.getBytes(StandardCharsets.UTF_8));
        yield sessionId == null ? reply : reply.with("mcp-session-id", sessionId);
      }
      case McpEndpoint.Response.Stream stream ->
          Reply.stream(
              Map.of("content-type", "text/event-stream", "cache-control", "no-store"),
              (body, wake) -> stream.write(body));
    };
  }

  private Reply list(HttpRequest request, Principal who) {
    return Paging.of(request)
        .of(
            tools.tools(who.roles(), who.admin()).stream(),
            Tool::name,
            tool -> tool.name() + " " + tool.description())
        .reply("tools", ToolJson::shown);
  }

  private Reply call(HttpRequest request, Map<String, String> path, Principal who) {
    Body body = Body.of(request);
    String requestId = body.optionalText("request_id");
    if (requestId != null && requestId.length() > REQUEST_ID) {
      throw Refusal.badRequest("request_id: longer than " + REQUEST_ID + " characters");
    }
    String arguments = body.optionalValue("arguments");
    Answer answer =
        tools.call(
            ToolCommands.request(
                who,
                "http:" + who.userId(),
                null,
                requestId,
                path.getOrDefault("name", ""),
                arguments == null ? null : arguments.getBytes(StandardCharsets.UTF_8)));
    return switch (answer) {
      case Answer.Refused(_, ToolError error, String message, String details, long after) ->
          refused(error, message, details, after);
      case Answer.Called(Call call, boolean again) -> Reply.later(() -> awaited(call, again));
    };
  }

  private static Reply refused(
      ToolError error, String message, @Nullable String details, long after) {
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("code", error.name());
    said.put("message", message);
    if (details != null) {
      said.put("details", JSON.readTree(details));
    }
    Reply reply = Reply.json(status(error.name()), Map.of("error", said));
    return after < 0 ? reply : reply.with("retry-after", Long.toString((after + 999) / 1000));
  }

  private static Reply awaited(Call call, boolean again) {
    try {
      while (!call.await(call.timeoutMillis())) {
        // It ends by itself, at its deadline at the latest.
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return result(call, again);
  }

  private static Reply result(Call call, boolean again) {
    String result = call.result(again);
    if (result == null) {
      return Reply.json(202, Map.of("call_id", call.id(), "running", true));
    }
    JsonNode read = JSON.readTree(result);
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("call_id", call.id());
    shown.put("call_feed", call.feedId().toString());
    read.forEachEntry(shown::put);
    int status =
        read.path("ok").asBoolean() ? 200 : status(read.path("error").path("code").asString(""));
    return Reply.json(status, shown);
  }

  private static int status(String code) {
    return switch (code) {
      case "INVALID_REQUEST", "VALIDATION_ERROR" -> 400;
      case "TOOL_NOT_FOUND" -> 404;
      case "CANCELLED" -> 409;
      case "OVER_CAPACITY", "SERVICE_UNAVAILABLE" -> 503;
      case "TIMEOUT" -> 504;
      case "PROVIDER_ERROR", "TOOL_EXECUTION_ERROR" -> 502;
      default -> 500;
    };
  }

  private Reply show(Map<String, String> path, Principal who) {
    Call call = tools.find(path.getOrDefault("id", ""), who.userId(), who.admin());
    return call == null ? Reply.error(404, "not_found", "no such call") : result(call, false);
  }

  private Reply cancel(Map<String, String> path, Principal who) {
    Call call = tools.find(path.getOrDefault("id", ""), who.userId(), who.admin());
    return call == null
        ? Reply.error(404, "not_found", "no such call")
        : Reply.json(200, Map.of("call_id", call.id(), "was_running", tools.cancel(call)));
  }
}
