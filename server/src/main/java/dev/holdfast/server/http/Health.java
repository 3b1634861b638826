package dev.holdfast.server.http;

import dev.holdfast.session.Principal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is open to everybody: health, figures, and the document of the API. */
final class Health {

  static final Principal NOBODY =
      new Principal("nobody", Set.of(), null, List.of(), List.of(), Set.of(), null, null);

  private final Parts parts;

  Health(Parts parts) {
    this.parts = parts;
  }

  void addTo(Routes routes) {
    routes.add(
        "GET", "/health/live", List.of(), (r, v, p) -> Reply.json(200, Map.of("status", "up")));
    routes.add("GET", "/health/ready", List.of(), (r, v, p) -> ready());
    routes.add(
        "GET",
        "/metrics",
        List.of(),
        (r, v, p) ->
            Reply.raw(
                "text/plain; version=0.0.4; charset=utf-8",
                parts.scrape().get().getBytes(StandardCharsets.UTF_8)));
    routes.add(
        "GET",
        "/api/openapi.json",
        List.of(),
        (r, v, p) -> Reply.raw("application/json", openApi()));
  }

  private Reply ready() {
    return parts.ready().getAsBoolean()
        ? Reply.json(200, Map.of("status", "ready"))
        : Reply.json(503, Map.of("status", "draining"));
  }

  static byte[] openApi() {
    try (InputStream document = Health.class.getResourceAsStream("/openapi.json")) {
      if (document == null) {
        throw new IllegalStateException("openapi.json is missing");
      }
      return document.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
