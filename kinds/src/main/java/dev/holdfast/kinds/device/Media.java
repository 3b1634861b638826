package dev.holdfast.kinds.device;

import dev.holdfast.kinds.common.Members;

/**
 * A photo or a recording that a device has uploaded. Immutable; any thread.
 *
 * @param id of the gateway's making, and the name of its file
 */
public record Media(
    String id,
    String user,
    String deviceId,
    String commandId,
    MediaType type,
    long bytes,
    long createdMillis) {

  /** Where its user gets it. */
  public String url() {
    return "/api/media/" + id;
  }

  /** As users are told of it: one JSON object. */
  public String json() {
    return new Members()
        .text("media_id", id)
        .text("url", url())
        .text("device_id", deviceId)
        .text("command_id", commandId)
        .text("content_type", type.text())
        .number("bytes", bytes)
        .text("created_at", PendingCommand.time(createdMillis))
        .object();
  }
}
