package dev.holdfast.server.http;

import dev.holdfast.kinds.tool.ClientFigures;
import dev.holdfast.server.metrics.ClientFiguresJson;
import dev.holdfast.session.Parting;
import dev.holdfast.session.SessionInfo;
import dev.holdfast.session.SessionName;
import dev.holdfast.transport.HttpRequest;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    routes.add("GET", "/api/sessions", ADMINS, (r, v, p) -> Reply.later(() -> sessions(r)));
    routes.add(
        "GET",
        "/api/figures",
        ADMINS,
        (r, v, p) -> Reply.raw("application/json", parts.stats().json()));
    routes.add("GET", "/api/figures/clients", ADMINS, (r, v, p) -> Reply.later(() -> clients(r)));
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

  private Reply sessions(HttpRequest request) {
    Paging.Page<SessionName> page =
        Paging.of(request).of(parts.gateway().sessionNames(), AdminRoutes::key, AdminRoutes::words);
    return ofSessions(
        page,
        sessions -> {
          // Those that have ended meanwhile are not there any more.
          List<SessionInfo> there =
              page.entries().stream()
                  .map(name -> sessions.get(name.sessionId()))
                  .filter(Objects::nonNull)
                  .toList();
          Map<String, Object> answer =
              new Paging.Page<>(there, page.total(), page.next())
                  .shown("sessions", AdminRoutes::shown);
          answer.put(
              "closed", parts.gateway().partings().stream().map(AdminRoutes::shown).toList());
          return answer;
        });
  }

  /** Sessions lie together by their users. */
  private static String key(SessionName name) {
    return name.userId() + "/" + name.sessionId();
  }

  private static String words(SessionName name) {
    return name.userId() + " " + name.sessionId() + " " + (name.ip() == null ? "" : name.ip());
  }

  private Reply clients(HttpRequest request) {
    Map<String, ClientFigures> callers = new HashMap<>();
    parts.tools().clients().forEach(caller -> callers.put(caller.session(), caller));
    Map<String, SessionName> names = new HashMap<>();
    callers.forEach((id, caller) -> names.put(id, new SessionName(id, caller.user(), null)));
    parts.gateway().sessionNames().forEach(name -> names.put(name.sessionId(), name));
    Paging.Page<SessionName> page =
        Paging.of(request).of(names.values().stream(), AdminRoutes::key, AdminRoutes::words);
    return ofSessions(
        page,
        sessions ->
            page.shown(
                "clients",
                name ->
                    ClientFiguresJson.of(
                        name, sessions.get(name.sessionId()), callers.get(name.sessionId()))));
  }

  /** Asks for the sessions of a page, by their ids. */
  private Reply ofSessions(
      Paging.Page<SessionName> page,
      Function<Map<String, SessionInfo>, Map<String, Object>> answer) {
    try {
      Map<String, SessionInfo> sessions = new HashMap<>();
      parts
          .gateway()
          .sessionList(page.entries().stream().map(SessionName::sessionId).toList())
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
          .forEach(session -> sessions.put(session.sessionId(), session));
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
