package dev.holdfast.kinds.tool;

import dev.holdfast.kinds.common.Members;
import org.jspecify.annotations.Nullable;

/** How a call ended. Immutable; any thread. */
sealed interface Ending {

  /**
   * With a result.
   *
   * @param outputs a JSON array of outputs
   */
  record Done(String outputs) implements Ending {}

  /**
   * Without.
   *
   * @param details one JSON value; null for none
   * @param retryAfterMillis less than 0 for nothing known
   */
  record Failed(ToolError error, String message, @Nullable String details, long retryAfterMillis)
      implements Ending {}

  /** Adds what clients are told. */
  default Members in(Members members) {
    return switch (this) {
      case Done(String outputs) -> members.flag("ok", true).raw("outputs", outputs);
      case Failed(ToolError error, String message, String details, long retryAfter) -> {
        Members told =
            new Members()
                .text("code", error.name())
                .text("message", message)
                .raw("details", details);
        if (retryAfter >= 0) {
          told.number("retry_after_ms", retryAfter);
        }
        yield members.flag("ok", false).raw("error", told.object());
      }
    };
  }
}
