package dev.holdfast.server.auth;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How tokens and API keys are checked. At most one of secret, public key and JWKS is given.
 * Immutable; any thread.
 *
 * @param dev whether {@code dev-token} is an administrator
 * @param secret of HS256, at least 32 bytes in UTF-8
 * @param publicKey a PEM file with an RSA, P-256 or Ed25519 public key
 * @param jwks where a JSON Web Key Set is fetched
 * @param issuer what {@code iss} must be; null for anything
 * @param audience what {@code aud} must contain; null for anything
 * @param skew how far clocks may be apart, at most 60 s
 */
public record AuthSettings(
    boolean dev,
    @Nullable String secret,
    @Nullable Path publicKey,
    @Nullable URI jwks,
    @Nullable String issuer,
    @Nullable String audience,
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
