package dev.holdfast.transport;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which pages may connect. A browser says by which page it was asked; the page must come from this
 * very host, or from one that is allowed by exact match. Immutable; any thread.
 */
final class Origins {

  private final Set<String> allowed;
  private final boolean all;
  private final String scheme;

  Origins(List<String> allowed, boolean tls) {
    this.allowed = new HashSet<>(allowed.stream().map(Origins::lower).toList());
    this.all = allowed.contains("*");
    this.scheme = tls ? "https://" : "http://";
  }

  /** Whether a request with that Origin and that Host header may pass; one without Origin may. */
  boolean allow(@Nullable String origin, @Nullable String host) {
    if (origin == null || all) {
      return true;
    }
    String page = lower(origin);
    return allowed.contains(page) || (host != null && page.equals(scheme + lower(host)));
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
