package dev.holdfast.server.http;

import dev.holdfast.server.auth.AuthSettings.OpenId;
import dev.holdfast.server.auth.OpenIdProvider;
import dev.holdfast.server.auth.OpenIdProvider.Metadata;
import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How people sign in to the page: what it has to know before it knows anybody. */
final class SignInRoutes {

  private final @Nullable OpenIdProvider openId;

  SignInRoutes(Parts parts) {
    this.openId = parts.openId();
  }

  void addTo(Routes routes) {
    routes.add(
        "GET",
        "/api/sign-in",
        List.of(),
        (r, v, p) -> {
          OpenIdProvider asked = openId;
          return asked == null
              ? reply(Map.of())
              : Reply.later(() -> reply(Map.of("openid", described(asked))));
        });
  }

  private static Reply reply(Map<String, Object> said) {
    return Reply.json(200, said).with("cache-control", "no-store");
  }

  private static Map<String, Object> described(OpenIdProvider provider) {
    OpenId settings = provider.settings();
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("name", settings.name());
    try {
      Metadata metadata = provider.metadata();
      said.put("issuer", settings.issuer());
      said.put("client_id", settings.client());
      said.put("scope", String.join(" ", settings.scopes()));
      said.put("token", settings.audience() == null ? "id_token" : "access_token");
      put(said, "authorization_endpoint", metadata.authorizationEndpoint());
      put(said, "token_endpoint", metadata.tokenEndpoint());
      put(said, "end_session_endpoint", metadata.endSessionEndpoint());
      put(said, "revocation_endpoint", metadata.revocationEndpoint());
    } catch (IOException e) {
      said.put("problem", e.getMessage());
    }
    return said;
  }

  private static void put(Map<String, Object> said, String name, @Nullable URI endpoint) {
    if (endpoint != null) {
      said.put(name, endpoint.toString());
    }
  }
}
