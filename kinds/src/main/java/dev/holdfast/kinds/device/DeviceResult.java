package dev.holdfast.kinds.device;

import dev.holdfast.kinds.common.Members;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How a command to a device ended. Immutable; any thread.
 *
 * @param data any JSON; null for none
 * @param error an object with a code and a message; null where it went well
 * @param media what was uploaded; null for nothing
 */
public record DeviceResult(
    String commandId,
    String deviceId,
    String command,
    boolean success,
    @Nullable String data,
    @Nullable String error,
    @Nullable Media media) {

  private static final JsonMapper JSON = new JsonMapper();

  /** The code of an error that a device gave no code. */
  private static final String DEVICE_ERROR = "device_error";

  /** An error in the form that all have. */
  static String error(String code, String message) {
    return new Members().text("code", code).text("message", message).object();
  }

  /** What a device said of its error, a text or an object, in the form that all have. */
  static String errorOf(@Nullable String json) {
    JsonNode said = json == null ? null : JSON.readTree(json);
    if (said == null || said.isNull()) {
      return error(DEVICE_ERROR, "the device says that it failed");
    }
    if (said.isString()) {
      return error(DEVICE_ERROR, said.stringValue());
    }
    JsonNode code = said.get("code");
    JsonNode message = said.get("message");
    return error(
        code != null && code.isString() ? code.stringValue() : DEVICE_ERROR,
        message != null && message.isString() ? message.stringValue() : said.toString());
  }

  Members members() {
    return new Members()
        .text("command_id", commandId)
        .text("command", command)
        .flag("success", success)
        .raw("data", data)
        .raw("error", error)
        .raw("media", media == null ? null : media.json());
  }
}
