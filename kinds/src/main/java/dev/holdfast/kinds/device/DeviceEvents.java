package dev.holdfast.kinds.device;

import dev.holdfast.feed.Feed;
import dev.holdfast.feed.Owner;
import dev.holdfast.feed.Payload;
import dev.holdfast.kinds.common.Members;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The events of a device: in its feed, and on its user's channel. Guarded by its device. */
final class DeviceEvents {

  /** The one event that its user's channel is told of as well. */
  static final String LOCATION = "location";

  private final String user;
  private final String id;
  private final Owner owner;
  private final Owners owners;

  DeviceEvents(String user, String id, Owner owner, Owners owners) {
    this.user = user;
    this.id = id;
    this.owner = owner;
    this.owners = owners;
  }

  Feed feed() {
    return owner.feed();
  }

  /** What an event of a user's channel says, in the making. */
  Members told() {
    return new Members().text("device_id", id);
  }

  private void append(String type, Members members) {
    owner.append(Payload.of(type, members.bytes()));
  }

  private void tell(String event, Members members) {
    owners.tell(user, event, members.object());
  }

  /** The record of something that was asked of it, or came of that. */
  private Members record(String action) {
    return told().text("action", action);
  }

  private void audit(Members record) {
    append("audit", record);
    tell("device:audit:log", record);
  }

  void registered(DeviceInfo info, long atMillis) {
    Members registered =
        told().raw("device_info", info.json()).text("registered_at", PendingCommand.time(atMillis));
    append("registered", registered);
    tell("device:registered", registered);
  }

  void connected(Link by) {
    tell("device:session:created", told().text("session_id", by.id()));
  }

  void takenOver(Link before) {
    audit(record("taken_over").text("session_id", before.id()));
  }

  /**
   * The reading of a link has ended.
   *
   * @param away whether the device has no other
   */
  void left(Link gone, boolean away) {
    Members closed =
        told()
            .text("session_id", gone.id())
            .text("reason", gone.why.name().toLowerCase(Locale.ROOT));
    if (away) {
      append("away", closed);
    }
    tell("device:session:closed", closed);
  }

  void command(PendingCommand command, boolean waits) {
    Members said =
        told()
            .text("command_id", command.id)
            .text("command", command.name)
            .raw("params", command.params)
            .text("by", command.by)
            .text("deadline", PendingCommand.time(command.deadlineMillis))
            .flag("waits", waits);
    append("command", said);
    tell("device:command", said);
    audit(of("command", command));
  }

  private Members of(String action, PendingCommand command) {
    return record(action)
        .text("command_id", command.id)
        .text("command", command.name)
        .text("by", command.by);
  }

  /** A command was refused. */
  void refused(String command, String by, String reason) {
    audit(record("refused").text("command", command).text("by", by).text("reason", reason));
  }

  /**
   * What the device says of a command was refused.
   *
   * @param told whether its user's channel is told of it
   */
  void refused(String commandId, String reason, boolean told) {
    Members record = record("refused").text("command_id", commandId).text("reason", reason);
    append("audit", record);
    if (told) {
      tell("device:audit:log", record);
    }
  }

  void delivered(PendingCommand command) {
    append("delivered", told().text("command_id", command.id));
  }

  void progress(Members said) {
    append("progress", said);
  }

  void said(String name, @Nullable String data) {
    append("event", new Members().text("name", name).raw("data", data));
    if (name.equals(LOCATION)) {
      tell("device:location:update", told().raw("data", data));
    }
  }

  void ended(PendingCommand command, DeviceResult result) {
    append("result", result.members());
    String event = eventOf(command.name);
    if (event != null && (result.success() || event.equals("device:command:output"))) {
      Media media = result.media();
      tell(
          event,
          told()
              .text("command_id", command.id)
              .flag("success", result.success())
              .raw("data", result.data())
              .raw("error", result.error())
              .raw("media", media == null ? null : media.json()));
    }
    audit(of(result.success() ? "succeeded" : "failed", command).raw("error", result.error()));
  }

  /** What the user is told when a command has gone well; null for nothing of its own. */
  private static @Nullable String eventOf(String command) {
    return switch (command) {
      case "camera_snap" -> "device:camera:ready";
      case "screen_record_stop" -> "device:recording:complete";
      case "get_location" -> "device:location:update";
      case "send_notification" -> "device:notification:sent";
      case "execute_command" -> "device:command:output";
      default -> null;
    };
  }

  void mediaDeleted(Media media, String by) {
    audit(record("media_deleted").text("media_id", media.id()).text("by", by));
  }

  /**
   * The end.
   *
   * @param by who had it so; null for nobody
   */
  void forgotten(@Nullable String by) {
    audit(record("forgotten").text("by", by));
    owner.end(Payload.of("forgotten", told().bytes()));
  }
}
