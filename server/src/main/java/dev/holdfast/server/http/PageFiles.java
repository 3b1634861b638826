package dev.holdfast.server.http;

import dev.holdfast.console.Asset;
import dev.holdfast.console.Page;
import dev.holdfast.server.auth.OpenIdProvider;
import dev.holdfast.transport.HttpRequest;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Serves the console's page: open to everybody, as there is nothing in it. Any thread. */
final class PageFiles {

  private static final Map<String, String> HEADERS =
      Map.of(
          "cross-origin-opener-policy", "same-origin",
          "cross-origin-resource-policy", "same-origin",
          "referrer-policy", "no-referrer",
          "vary", "accept-encoding");

  private static final String FOR_GOOD = "public, max-age=31536000, immutable";

  private final Page page = new Page();
  private final @Nullable OpenIdProvider openId;

  /**
   * @param openId at which the page may fetch tokens; null for nobody
   */
  PageFiles(@Nullable OpenIdProvider openId) {
    this.openId = openId;
  }

  /** The answer to a request for a file; null where it is for something else. */
  @Nullable Reply find(HttpRequest request) {
    Asset asset = page.find(request.path());
    if (asset == null) {
      return null;
    }
    return request.method().equals("GET")
        ? reply(asset, request.headers())
        : Routes.otherwise(request.method(), "GET, HEAD, OPTIONS");
  }

  private Reply reply(Asset asset, Map<String, String> asked) {
    Map<String, String> headers = new HashMap<>(HEADERS);
    String policy = Page.policy(openId == null ? Set.of() : openId.origins());
    String etag = asset.etag();
    if (asset.type().startsWith("text/html")) {
      // A page that is kept has the policy that it came with.
      etag = etag.replaceFirst("\"$", "-" + Integer.toHexString(policy.hashCode()) + "\"");
    }
    headers.put("content-security-policy", policy);
    headers.put("etag", etag);
    headers.put("cache-control", asset.lasting() ? FOR_GOOD : "no-cache");
    if (asked.getOrDefault("if-none-match", "").contains(etag)) {
      return new Reply(304, headers, new byte[0]);
    }
    headers.put("content-type", asset.type());
    byte[] zipped = asset.zipped();
    if (zipped != null && takesGzip(asked.getOrDefault("accept-encoding", ""))) {
      headers.put("content-encoding", "gzip");
      return new Reply(200, headers, zipped);
    }
    return new Reply(200, headers, asset.body());
  }

  private static boolean takesGzip(String accepted) {
    for (String one : accepted.toLowerCase(Locale.ROOT).split(",")) {
      String coding = one.strip();
      if (coding.startsWith("gzip") && !coding.matches("gzip\\s*;\\s*q\\s*=\\s*0(\\.0*)?")) {
        return true;
      }
    }
    return false;
  }
}
