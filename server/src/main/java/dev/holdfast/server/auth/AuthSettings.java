package dev.holdfast.server.auth;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How tokens and API keys are checked. At most one of secret, public key and JWKS is given, and an
 * OpenID Connect provider beside it or without it. Immutable; any thread.
 *
 * @param dev whether {@code dev-token} is an administrator
 * @param secret of HS256, at least 32 bytes in UTF-8
 * @param publicKey a PEM file with an RSA, P-256 or Ed25519 public key
 * @param jwks where a JSON Web Key Set is fetched
 * @param issuer what {@code iss} must be; null for anything
 * @param audience what {@code aud} must contain; null for anything
 * @param openId who signs people in; null for nobody
 * @param skew how far clocks may be apart, at most 60 s
 */
public record AuthSettings(
    boolean dev,
    @Nullable String secret,
    @Nullable Path publicKey,
    @Nullable URI jwks,
    @Nullable String issuer,
    @Nullable String audience,
    @Nullable OpenId openId,
    Duration skew,
    List<ApiKey> apiKeys) {

  /** The fewest bytes of an HS256 secret. */
  public static final int SECRET_BYTES = 32;

  public AuthSettings {
    apiKeys = List.copyOf(apiKeys);
  }

  /** Without secrets. */
  @Override
  public String toString() {
    return "AuthSettings[dev=" + dev + "]";
  }

  /**
   * An OpenID Connect provider, and what the console is there: a public client.
   *
   * @param issuer its URL, to the letter
   * @param name what people call it
   * @param audience what {@code aud} of its access tokens must contain; null where its ID tokens
   *     are used, which are for the client
   * @param roles the claim that lists roles, with dots for one within others
   */
  public record OpenId(
      String issuer,
      String client,
      String name,
      List<String> scopes,
      @Nullable String audience,
      String roles) {
    public OpenId {
      scopes = List.copyOf(scopes);
    }
  }

  /**
   * A key by which a back end uses the HTTP API.
   *
   * @param name who uses it
   * @param sha256 the SHA-256 of the key, in lower-case hex
   * @param channels patterns of the channels it may read
   * @param publish patterns of the channels it may publish to
   */
  public record ApiKey(
      String name, String sha256, Set<String> roles, List<String> channels, List<String> publish) {
    public ApiKey {
      roles = Set.copyOf(roles);
      channels = List.copyOf(channels);
      publish = List.copyOf(publish);
    }

    /** Without the hash. */
    @Override
    public String toString() {
      return "ApiKey[name=" + name + "]";
    }
  }
}
