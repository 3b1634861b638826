package dev.holdfast.kinds.tool;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Is told of calls. Any thread; must return at once. */
public interface CallLog {

  /** A log that nobody reads. */
  CallLog NONE = new CallLog() {};

  /**
   * A call has begun.
   *
   * @param arguments never to be changed
   */
  default void began(Call call, JsonNode arguments) {}

  /** A call was served by another's work, or by a kept result. */
  default void served(Call call, boolean cached) {}

  /** A tool has said how far it is. */
  default void progressed(Call call, String message) {}

  /**
   * A call has ended.
   *
   * @param error null where it ended well
   */
  default void ended(
      Call call, double seconds, @Nullable ToolError error, @Nullable String message) {}
}
