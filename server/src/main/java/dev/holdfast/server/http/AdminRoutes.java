package dev.holdfast.server.http;

import dev.holdfast.server.metrics.ClientFiguresJson;
import dev.holdfast.session.SessionInfo;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sessions and tokens, for administrators. */
final class AdminRoutes {

  private static final List<String> ADMINS = List.of("admin");

  private final Parts parts;

  AdminRoutes(Parts parts) {
    this.parts = parts;
  }

  void addTo(Routes routes) {
    routes.add("GET", "/api/sessions", ADMINS, (r, v, p) -> sessions());
    routes.add(
        "GET",
        "/api/figures",
        ADMINS,
        (r, v, p) -> Reply.raw("application/json", parts.stats().json()));
    routes.add("GET", "/api/figures/clients", ADMINS, (r, v, p) -> clients());
    routes.add(
        "DELETE",
        "/api/sessions/{id}",
        ADMINS,
        (r, path, p) -> disconnect(path.getOrDefault("id", "")));
    routes.add(
        "POST",
        "/api/tokens/revoke",
        ADMINS,
        (r, v, p) -> {
          return parts.revoke().test(Body.of(r).text("jti"))
              ? Reply.json(200, Map.of("revoked", true))
              : Reply.error(503, "over_capacity", "too many tokens are revoked already");
        });
  }

  private Reply clients() {
    return Reply.json(
        200, Map.of("clients", ClientFiguresJson.all(parts.gateway(), parts.tools())));
  }

  private Reply disconnect(String id) {
    return parts.gateway().disconnect(id)
        ? Reply.json(200, Map.of("disconnected", true))
        : Reply.error(404, "not_found", "no such session");
  }

  private Reply sessions() {
    return Reply.json(
        200,
        Map.of(
            "sessions", parts.gateway().sessionList().stream().map(AdminRoutes::shown).toList()));
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
    return shown;
  }
}
