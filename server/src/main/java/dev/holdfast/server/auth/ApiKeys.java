package dev.holdfast.server.auth;

import dev.holdfast.server.auth.AuthSettings.ApiKey;
import dev.holdfast.session.Principal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The configured API keys. Immutable; any thread. */
public final class ApiKeys {

  private final List<ApiKey> keys;

  public ApiKeys(List<ApiKey> keys) {
    this.keys = List.copyOf(keys);
  }

  /** Who uses that key; null for nobody. Takes the same time for every key of one length. */
  public @Nullable Principal find(String key) {
    byte[] hash = sha256(key).getBytes(StandardCharsets.US_ASCII);
    ApiKey found = null;
    for (ApiKey candidate : keys) {
      if (MessageDigest.isEqual(hash, candidate.sha256().getBytes(StandardCharsets.US_ASCII))) {
        found = candidate;
      }
    }
    if (found == null) {
      return null;
    }
    return new Principal(
        found.name(), Set.of(), null, found.channels(), found.publish(), found.roles(), null, null);
  }

  /** The SHA-256 of a text, in lower-case hex. */
  public static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
