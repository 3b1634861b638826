package dev.holdfast.server.config;

import dev.holdfast.server.auth.AuthSettings;
import dev.holdfast.server.auth.AuthSettings.OpenId;
import dev.holdfast.server.auth.OpenIdProvider;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads how tokens are checked. Any thread. */
final class AuthValues {

  /** What a scope may be, by RFC 6749. */
  private static final Pattern SCOPE = Pattern.compile("[!#-\\[\\]-~]+");

  private AuthValues() {}

  static AuthSettings auth(Values values, boolean dev, List<String> problems) {
    String secret = values.textOrNull(Key.AUTH_SECRET);
    String jwks = values.textOrNull(Key.AUTH_JWKS_URL);
    long given =
        Stream.of(Key.AUTH_SECRET, Key.AUTH_PUBLIC_KEY, Key.AUTH_JWKS_URL)
            .filter(values::has)
            .count();
    if (given > 1) {
      problems.add("give only one of auth.secret, auth.public_key and auth.jwks_url");
    } else if (given == 0
        && !dev
        && !values.has(Key.AUTH_OIDC_ISSUER)
        && values.right(Key.AUTH_PUBLIC_KEY)) {
      problems.add(
          "no key to check tokens with: give auth.secret, auth.public_key, auth.jwks_url or"
              + " auth.oidc_issuer (or start with --dev to try things out on this machine)");
    }
    if (secret != null
        && secret.getBytes(StandardCharsets.UTF_8).length < AuthSettings.SECRET_BYTES) {
      problems.add(
          "auth.secret: ****** (%s): expected at least %d bytes, as openssl rand -hex 32 makes"
              .formatted(values.origin(Key.AUTH_SECRET), AuthSettings.SECRET_BYTES));
    }
    return new AuthSettings(
        dev,
        secret,
        values.pathOrNull(Key.AUTH_PUBLIC_KEY),
        jwks == null ? null : url(jwks, problems),
        values.textOrNull(Key.AUTH_ISSUER),
        values.textOrNull(Key.AUTH_AUDIENCE),
        openId(values, problems),
        values.duration(Key.AUTH_SKEW),
        Tables.apiKeys(values, problems));
  }

  private static @Nullable URI url(String text, List<String> problems) {
    URI uri = parsed(text);
    if (uri != null
        && uri.getHost() != null
        && List.of("http", "https").contains(uri.getScheme())) {
      return uri;
    }
    problems.add("auth.jwks_url: '" + text + "': expected an http or https URL");
    return null;
  }

  private static @Nullable URI parsed(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException _) {
      return null;
    }
  }

  private static @Nullable OpenId openId(Values values, List<String> problems) {
    String issuer = values.textOrNull(Key.AUTH_OIDC_ISSUER);
    String client = values.textOrNull(Key.AUTH_OIDC_CLIENT);
    List<String> scopes = values.list(Key.AUTH_OIDC_SCOPES);
    String roles = values.text(Key.AUTH_OIDC_ROLES);
    if ((issuer == null) != (client == null)) {
      problems.add("give both of auth.oidc_issuer and auth.oidc_client, or neither");
    }
    if (!scopes.contains("openid") || !scopes.stream().allMatch(s -> SCOPE.matcher(s).matches())) {
      wrong(values, Key.AUTH_OIDC_SCOPES, "names of scopes, openid among them", problems);
    }
    if (roles.isBlank()) {
      wrong(values, Key.AUTH_OIDC_ROLES, "a claim, as in roles or realm_access.roles", problems);
    }
    if (issuer == null || client == null) {
      return null;
    }
    URI uri = parsed(issuer);
    if (uri == null
        || !OpenIdProvider.safe(uri)
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null) {
      wrong(
          values,
          Key.AUTH_OIDC_ISSUER,
          "an https URL without query and fragment; http on this machine only",
          problems);
      return null;
    }
    String name = values.textOrNull(Key.AUTH_OIDC_NAME);
    return new OpenId(
        issuer,
        client,
        name == null ? uri.getHost() : name,
        scopes,
        values.textOrNull(Key.AUTH_OIDC_AUDIENCE),
        roles);
  }

  private static void wrong(Values values, Key key, String expected, List<String> problems) {
    problems.add(
        "%s: '%s' (%s): expected %s"
            .formatted(key.text(), values.written(key), values.origin(key), expected));
  }
}
