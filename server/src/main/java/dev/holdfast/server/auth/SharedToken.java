package dev.holdfast.server.auth;

import dev.holdfast.session.Authenticator;
import dev.holdfast.session.Principal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One token for all who have no token of their own, compared in constant time, and changed while
 * the gateway runs. All other tokens are checked as before. Any thread.
 */
public final class SharedToken implements Authenticator {

  /** Characters of such a token, at least. */
  public static final int LEAST = 16;

  /** Who comes with it: somebody with no roles and no channels. */
  private static final Principal HOLDER =
      new Principal("shared", Set.of(), null, List.of(), List.of(), Set.of(), null, null);

  private final Authenticator others;
  private volatile byte @Nullable [] token;

  /**
   * @param token null for none
   */
  public SharedToken(Authenticator others, @Nullable String token) {
    this.others = others;
    this.token = token == null ? null : token.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void authenticate(String given, Consumer<Verdict> then) {
    if (is(given)) {
      then.accept(new Verdict.Valid(HOLDER));
    } else {
      others.authenticate(given, then);
    }
  }

  private boolean is(String given) {
    byte[] mine = token;
    return mine != null && MessageDigest.isEqual(mine, given.getBytes(StandardCharsets.UTF_8));
  }

  /** Changes it; says why not, or null. Those who are connected stay. */
  public synchronized @Nullable String rotate(String before, String after) {
    if (token == null) {
      return "there is no shared token: tools.token is not configured";
    }
    if (!is(before)) {
      return "old: is not the token";
    }
    if (after.length() < LEAST) {
      return "new: must be at least " + LEAST + " characters";
    }
    token = after.getBytes(StandardCharsets.UTF_8);
    return null;
  }
}
