package dev.holdfast.server.device;

import dev.holdfast.kinds.device.Pairing;
import dev.holdfast.kinds.device.Pairings;
import dev.holdfast.session.Authenticator;
import dev.holdfast.session.Principal;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The tokens that devices got by pairing: each speaks for one device of one user, and for nothing
 * else. All other tokens are checked as before. Any thread.
 */
public final class DeviceTokens implements Authenticator {

  private final Authenticator others;
  private final Pairings pairings;

  public DeviceTokens(Authenticator others, Pairings pairings) {
    this.others = others;
    this.pairings = pairings;
  }

  @Override
  public void authenticate(String token, Consumer<Verdict> then) {
    if (!token.startsWith(Pairings.PREFIX)) {
      others.authenticate(token, then);
      return;
    }
    Pairing pairing = pairings.byToken(token);
    then.accept(
        pairing == null
            ? new Verdict.Refused(Reason.INVALID)
            : new Verdict.Valid(principal(pairing)));
  }

  private static Principal principal(Pairing pairing) {
    return new Principal(
        pairing.user(),
        Set.of(),
        null,
        List.of(),
        List.of(),
        Set.of(),
        pairing.id(),
        null,
        pairing.deviceId());
  }
}
