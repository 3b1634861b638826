package dev.holdfast.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What the page is told of an OpenID Connect provider, and lets its browser do there. */
class SignInEndToEndTest {
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
  private HttpServer provider;
  private String base;

  @BeforeEach
  void serve() throws Exception {
    provider = listen(0);
    base = "http://127.0.0.1:" + provider.getAddress().getPort();
  }

  private HttpServer listen(int port) throws Exception {
    HttpServer made =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    made.createContext(
        "/.well-known/openid-configuration",
        exchange -> {
          byte[] body =
              """
              {"issuer": "%1$s", "authorization_endpoint": "%1$s/auth", "token_endpoint": "%1$s/token",
               "jwks_uri": "%1$s/keys", "end_session_endpoint": "https://elsewhere.example/end"}
              """
                  .formatted(base)
                  .getBytes(UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    made.start();
    return made;
  }

  @AfterEach
  void stop() {
    provider.stop(0);
  }

  private Running running(Map<String, String> more) throws Exception {
    Map<String, String> settings = new java.util.HashMap<>(more);
    settings.put("auth.oidc_issuer", base);
    settings.put("auth.oidc_client", "console");
    return new Running(false, settings, now::get);
  }

  private static String policy(HttpResponse<String> page) {
    return page.headers().firstValue("content-security-policy").orElseThrow();
  }

  @Test
  void thePageIsToldAllThatItNeedsAndNothingElse() throws Exception {
    try (Running running = running(Map.of("auth.oidc_name", "Ours"))) {
      assertThat(running.get("/api/sign-in"))
          .isEqualTo(
              Running.JSON.readTree(
                  """
                  {"openid": {"name": "Ours", "issuer": "%1$s", "client_id": "console", "scope": "openid profile",
                   "token": "id_token", "authorization_endpoint": "%1$s/auth", "token_endpoint": "%1$s/token",
                   "end_session_endpoint": "https://elsewhere.example/end"}}
                  """
                      .formatted(base)));
    }
    try (Running running = running(Map.of("auth.oidc_audience", "api"))) {
      JsonNode openid = running.get("/api/sign-in").get("openid");
      assertThat(openid.get("token").asString()).isEqualTo("access_token");
      assertThat(openid.get("name").asString()).isEqualTo("127.0.0.1");
    }
    try (Running running = Running.dev()) {
      assertThat(running.get("/api/sign-in")).isEmpty();
    }
  }

  @Test
  void thePolicyNamesWhereTokensAreFetchedAndAPageThatWasKeptIsAskedForAnew() throws Exception {
    provider.stop(0);
    try (Running running = running(Map.of())) {
      JsonNode down = running.get("/api/sign-in").get("openid");
      assertThat(down.get("problem").asString()).startsWith(base).contains("can't be reached");
      assertThat(down.has("token_endpoint")).isFalse();
      HttpResponse<String> before = running.request("GET", "/", null);
      assertThat(policy(before)).contains("connect-src 'self';").doesNotContain("http");
      provider = listen(provider.getAddress().getPort());
      now.updateAndGet(then -> then.plusSeconds(3));
      assertThat(running.get("/api/sign-in").get("openid").has("problem")).isFalse();
      String etag = before.headers().firstValue("etag").orElseThrow();
      HttpResponse<String> after = running.request("GET", "/", null, "if-none-match", etag);
      assertThat(after.statusCode()).isEqualTo(200);
      assertThat(policy(after))
          .contains("connect-src 'self' " + base + ";", "form-action 'none'")
          .doesNotContain("elsewhere");
    }
  }
}
