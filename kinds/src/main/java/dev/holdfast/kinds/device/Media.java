package dev.holdfast.kinds.device;

import dev.holdfast.kinds.common.Members;
import tools.jackson.databind.json.JsonMapper;

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

  /** What its file beside it ends with. */
  static final String SUFFIX = ".json";

  private static final JsonMapper JSON = new JsonMapper();

  /** As it lies beside its file. */
  byte[] stored() {
    return JSON.writeValueAsBytes(this);
  }

  /** As it lay beside its file; throws a JacksonException where that is no such thing. */
  static Media read(byte[] stored) {
    return JSON.readValue(stored, Media.class);
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
