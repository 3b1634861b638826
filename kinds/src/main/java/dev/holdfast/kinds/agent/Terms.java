package dev.holdfast.kinds.agent;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * On which terms somebody has a run done. Immutable; any thread.
 *
 * @param deadline after which the run fails; null for the agent's own, if it has one
 * @param cancelAfter how long the run goes on when nobody follows it; null for to its end
 * @param conversationId of the conversation that it goes on with; null for none
 * @param publishTo the channel on which others may watch it; null for none
 * @param guidance whether the user's own channel is told how far it is
 */
public record Terms(
    @Nullable Duration deadline,
    @Nullable Duration cancelAfter,
    @Nullable String conversationId,
    @Nullable String publishTo,
    boolean guidance) {

  /** To its end, however long that takes. */
  public static final Terms NONE = new Terms(null, null, null, null, false);
}
