package dev.holdfast.server.http;

import dev.holdfast.feed.FeedId;
import dev.holdfast.server.auth.ApiKeys;
import dev.holdfast.session.Authenticator;
import dev.holdfast.session.Authenticator.Verdict;
import dev.holdfast.session.Principal;
import dev.holdfast.transport.HttpRequest;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Says who a request is from: a bearer token, an API key, or anybody in development. Any thread.
 */
final class Guard {

  /** Says who one would like to be in development: a name, percent-encoded. */
  private static final String USER = "x-user-id";

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private final Authenticator authenticator;
  private final ApiKeys apiKeys;
  private final @Nullable Principal anonymous;

  Guard(Authenticator authenticator, ApiKeys apiKeys, @Nullable Principal anonymous) {
    this.authenticator = authenticator;
    this.apiKeys = apiKeys;
    this.anonymous = anonymous;
  }

  /** Passes on the principal, or why there is none. */
  void identify(HttpRequest request, BiConsumer<@Nullable Principal, @Nullable Reply> then) {
    String bearer = request.headers().get("authorization");
    String key = request.headers().get("x-api-key");
    if (bearer != null && bearer.regionMatches(true, 0, "Bearer ", 0, 7)) {
      authenticator.authenticate(
          bearer.substring(7).strip(),
          verdict -> {
            switch (verdict) {
              case Verdict.Valid(Principal principal) -> then.accept(principal, null);
              case Verdict.Refused _ -> then.accept(null, unauthorized("the token is not valid"));
            }
          });
    } else if (key != null) {
      Principal holder = apiKeys.find(key);
      then.accept(holder, holder == null ? unauthorized("the API key is not valid") : null);
    } else if (anonymous == null) {
      then.accept(null, unauthorized("a bearer token or an API key is needed"));
    } else if (here(request)) {
      named(anonymous, request.headers().get(USER), then);
    } else {
      // Another site's page can send requests to this machine; a browser says for which page.
      then.accept(null, Reply.error(403, "forbidden", "only this machine may do without a token"));
    }
  }

  /** In development everybody may be whoever they like, here as on a connection. */
  private static void named(
      Principal anonymous,
      @Nullable String encoded,
      BiConsumer<@Nullable Principal, @Nullable Reply> then) {
    if (encoded == null) {
      then.accept(anonymous, null);
      return;
    }
    String name = decoded(encoded);
    if (FeedId.validName(name)) {
      then.accept(anonymous.as(name), null);
    } else {
      then.accept(null, Reply.error(400, "bad_request", USER + ": is no name of a user"));
    }
  }

  /** The empty text, which is no name, where it is malformed. */
  private static String decoded(String encoded) {
    try {
      return Routes.decoded(encoded);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private static boolean here(HttpRequest request) {
    String host = request.headers().getOrDefault("host", "");
    String origin = request.headers().get("origin");
    String name = host.endsWith("]") ? host : host.replaceFirst(":\\d+$", "");
    return LOOPBACK.contains(name) && (origin == null || origin.equals("http://" + host));
  }

  private static Reply unauthorized(String message) {
    return Reply.error(401, "unauthorized", message).with("www-authenticate", "Bearer");
  }
}
