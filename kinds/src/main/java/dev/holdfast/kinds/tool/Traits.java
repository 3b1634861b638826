package dev.holdfast.kinds.tool;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a tool is dealt with. Immutable; any thread.
 *
 * @param idempotent whether a call that failed may be made again; null for as its provider says
 * @param coalesced whether identical calls that run at once are one
 * @param kept how long a result stands for identical calls; null where each is made
 * @param shared whether results may cross from one user to another
 * @param timeout null for the usual one
 * @param roles who may call it; empty for everybody
 * @param fallback the tool that is called where this one's provider fails; null for none
 */
public record Traits(
    @Nullable Boolean idempotent,
    boolean coalesced,
    @Nullable Duration kept,
    boolean shared,
    @Nullable Duration timeout,
    Set<String> roles,
    @Nullable String fallback) {

  /** Nothing special. */
  public static final Traits USUAL = new Traits(null, true, null, false, null, Set.of(), null);

  public Traits {
    roles = Set.copyOf(roles);
  }
}
