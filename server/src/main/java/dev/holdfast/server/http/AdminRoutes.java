package dev.holdfast.server.http;

import dev.holdfast.server.metrics.ClientFiguresJson;
import dev.holdfast.session.Parting;
import dev.holdfast.session.SessionInfo;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Sessions and tokens, for administrators. */
final class AdminRoutes {

  private static final List<String> ADMINS = List.of("admin");
  private static final long PATIENCE_SECONDS = 5;
  private static final int TOKEN_ID_LENGTH = 1_000;

  private final Parts parts;

  AdminRoutes(Parts parts) {
    this.parts = parts;
  }

  void addTo(Routes routes) {
    routes.add("GET", "/api/sessions", ADMINS, (r, v, p) -> Reply.later(this::sessions));
    routes.add(
        "GET",
        "/api/figures",
        ADMINS,
        (r, v, p) -> Reply.raw("application/json", parts.stats().json()));
    routes.add("GET", "/api/figures/clients", ADMINS, (r, v, p) -> Reply.later(this::clients));
    routes.add(
        "DELETE",
        "/api/sessions/{id}",
        ADMINS,
        (r, path, p) -> disconnect(path.getOrDefault("id", "")));
    routes.add("POST", "/api/tokens/revoke", ADMINS, (r, v, p) -> revoke(Body.of(r)));
  }

  private Reply revoke(Body body) {
    String tokenId = body.text("jti");
    Instant end = body.optionalSecond("exp");
    if (tokenId.length() > TOKEN_ID_LENGTH) {
      throw Refusal.badRequest("jti: must be at most " + TOKEN_ID_LENGTH + " characters");
    }
    return Reply.later(() ->
        parts.revoke().test(tokenId, end == null ? Instant.MAX : end)
            ? Reply.json(200, Map.of("revoked", true))
            : Reply.error(503, "over_capacity", "too many tokens are revoked already"));
  }

  private Reply disconnect(String id) {
    return parts.gateway().disconnect(id)
        ? Reply.json(200, Map.of("disconnected", true))
        : Reply.error(404, "not_found", "no such session");
  }

  private Reply sessions() {
    return ofSessions(sessions ->
        Map.of(
            "sessions", sessions.stream().map(AdminRoutes::shown).toList(),
            "closed", parts.gateway().partings().stream().map(AdminRoutes::shown).toList()));
  }

  private Reply clients() {
    return ofSessions(
        sessions -> Map.of("clients", ClientFiguresJson.all(sessions, parts.tools())));
  }

  private Reply ofSessions(Function<List<SessionInfo>, Map<String, Object>> answer) {
    try {
      List<SessionInfo> sessions =
          parts.gateway().sessionList().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return Reply.json(200, answer.apply(sessions));
    } catch (TimeoutException | ExecutionException e) {
      return Reply.error(503, "unavailable", "the event loops do not answer");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Reply.error(503, "unavailable", "the gateway stops");
    }
  }

  private static Map<String, Object> shown(Parting parting) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("session_id", parting.sessionId());
    shown.put("user_id", parting.userId());
    shown.put("ip", parting.ip());
    if (parting.code() != null) {
      shown.put("code", parting.code());
    }
    shown.put("reason", parting.reason());
    shown.put("at", Instant.ofEpochMilli(parting.atMillis()).toString());
    return shown;
  }

  private static Map<String, Object> shown(SessionInfo session) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("session_id", session.sessionId());
    shown.put("user_id", session.userId());
    shown.put("connected", session.connected());
    if (session.ip() != null) {
      shown.put("ip", session.ip());
    }
    shown.put("created", Instant.ofEpochMilli(session.createdMillis()).toString());
    shown.put("feeds", session.feeds());
    shown.put("behind", session.behind());
    return shown;
  }
}
