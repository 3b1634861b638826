package dev.holdfast.kinds.device;

import dev.holdfast.feed.Delivery;
import dev.holdfast.feed.Feed;
import dev.holdfast.feed.Owner;
import dev.holdfast.feed.Payload;
import dev.holdfast.kinds.common.Members;
import dev.holdfast.kinds.device.DeviceOutcome.Why;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One device of one user: what it said of itself, its commands that have not ended, and its feed.
 * It is there while it has a link, and away else. Guarded by itself; any thread.
 */
public final class Device {

  /** Last values that are kept, and the longest of them in characters. */
  private static final int VALUES = 64;

  private static final int VALUE_LENGTH = 8 * 1024;

  private final String user;
  private final String id;
  private final Owner owner;
  private final Owners owners;
  private final Uploads uploads;
  private final @Nullable Backlog backlog;
  private final Orders orders = new Orders();
  private final Map<String, String> values = new LinkedHashMap<>();
  private DeviceInfo info;
  private long registeredMillis;
  private long seenMillis;
  private @Nullable Link link;

  Device(
      String user,
      String id,
      DeviceInfo info,
      Owner owner,
      Owners owners,
      Uploads uploads,
      @Nullable Backlog backlog) {
    this.user = user;
    this.id = id;
    this.info = info;
    this.owner = owner;
    this.owners = owners;
    this.uploads = uploads;
    this.backlog = backlog;
    owner.snapshots(this::snapshot);
  }

  public String user() {
    return user;
  }

  public String id() {
    return id;
  }

  public Feed feed() {
    return owner.feed();
  }

  public synchronized DeviceInfo info() {
    return info;
  }

  /** Whether it is there. */
  public synchronized boolean online() {
    return link != null;
  }

  /** When it registered last, in milliseconds since 1970 UTC. */
  public synchronized long registeredMillis() {
    return registeredMillis;
  }

  /** When it was heard last, in milliseconds since 1970 UTC. */
  public synchronized long seenMillis() {
    Link now = link;
    return now == null ? seenMillis : now.heardMillis;
  }

  /** Commands that have not ended. */
  public synchronized int commands() {
    return orders.size();
  }

  /** It is there by that link from now on; the one before is given up. */
  synchronized void connect(
      Link fresh, DeviceInfo said, @Nullable String lastCommandId, long nowMillis) {
    Link before = link;
    link = fresh;
    fresh.exact = lastCommandId != null;
    registeredMillis = nowMillis;
    if (before != null) {
      before.hangUp(Line.Why.TAKEN_OVER);
      audit(record("taken_over").text("session_id", before.id()));
    }
    orders.lostAfter(lastCommandId);
    handOver();
    renew(said, nowMillis);
    owners.tell(user, "device:session:created", told().text("session_id", fresh.id()).object());
    orders.deliver(link);
  }

  /** It says anew what it is. */
  synchronized void renew(DeviceInfo said, long nowMillis) {
    info = said;
    Members registered =
        told()
            .raw("device_info", said.json())
            .text("registered_at", PendingCommand.time(nowMillis));
    append("registered", registered);
    owners.tell(user, "device:registered", registered.object());
  }

  private Members told() {
    return new Members().text("device_id", id);
  }

  private void append(String type, Members members) {
    owner.append(Payload.of(type, members.bytes()));
  }

  /** The record of something that was asked of it, or came of that. */
  private Members record(String action) {
    return told().text("action", action);
  }

  private void audit(Members record) {
    append("audit", record);
    owners.tell(user, "device:audit:log", record.object());
  }

  /** A command was refused. */
  synchronized void refused(String command, String by, String reason) {
    audit(record("refused").text("command", command).text("by", by).text("reason", reason));
  }

  /** Takes a command, if it has room for one more. */
  synchronized DeviceOutcome take(PendingCommand command, int most) {
    if (!info.capabilities().contains(command.name)) {
      refused(command.name, command.by, "not declared");
      return DeviceOutcome.refused(
          Why.CONFLICT, "command: the device has not declared '" + command.name + "'");
    }
    if (orders.size() >= most) {
      return new DeviceOutcome.Refused(
          Why.OVER_CAPACITY, "device_id: has " + most + " commands to do already", 1_000);
    }
    orders.add(command);
    boolean waits = link == null;
    keep();
    Members said =
        told()
            .text("command_id", command.id)
            .text("command", command.name)
            .raw("params", command.params)
            .text("by", command.by)
            .text("deadline", PendingCommand.time(command.deadlineMillis))
            .flag("waits", waits);
    append("command", said);
    owners.tell(user, "device:command", said.object());
    audit(
        record("command")
            .text("command_id", command.id)
            .text("command", command.name)
            .text("by", command.by));
    orders.deliver(link);
    return new DeviceOutcome.Taken(command.id, command.deadlineMillis, waits);
  }

  /** A link has sent everything up to that offset. */
  synchronized void sent(Link by, long offset) {
    if (link != null && link.exact && !by.equals(link)) {
      // Nobody reads that any more: it is delivered again, once that link is gone.
      return;
    }
    for (PendingCommand command : orders.sent(by, offset)) {
      append("delivered", told().text("command_id", command.id));
    }
    orders.deliver(link);
  }

  /** The reading of a link has ended. */
  synchronized void left(Link gone, long nowMillis) {
    if (gone.gone) {
      return;
    }
    gone.gone = true;
    orders.left(gone);
    Members closed =
        told()
            .text("session_id", gone.id())
            .text("reason", gone.why.name().toLowerCase(Locale.ROOT));
    if (gone.equals(link)) {
      link = null;
      seenMillis = nowMillis;
      append("away", closed);
      keep();
    }
    owners.tell(user, "device:session:closed", closed.object());
    orders.deliver(link);
  }

  /**
   * Whether it may say one more thing now by that link; null if so.
   *
   * @param due a command of which it says what came of it, which it always may; null for none
   */
  synchronized @Nullable DeviceOutcome hears(
      Link by, long nowMillis, long nanoTime, @Nullable String due) {
    if (!by.equals(link)) {
      return DeviceOutcome.refused(Why.CONFLICT, "another connection is this device by now");
    }
    by.heardMillis = nowMillis;
    by.probedMillis = 0;
    if (due != null && orders.given(due) != null) {
      return null;
    }
    long wait = by.rate.take(nanoTime);
    return wait == 0
        ? null
        : new DeviceOutcome.Refused(Why.RATE_LIMITED, "the device says too much", wait);
  }

  private DeviceOutcome notGiven(String what, String commandId) {
    audit(record("refused").text("command_id", commandId).text("reason", what));
    return DeviceOutcome.refused(
        Why.CONFLICT, "command_id: was not given to this device, or has ended");
  }

  synchronized DeviceOutcome progress(String commandId, Members more) {
    PendingCommand command = orders.given(commandId);
    if (command == null) {
      return notGiven("progress of a command that it does not have", commandId);
    }
    append("progress", more);
    return DeviceOutcome.DONE;
  }

  synchronized void says(String name, @Nullable String data) {
    Members said = new Members().text("name", name).raw("data", data);
    append("event", said);
    keep(name, data);
    if (name.equals("location")) {
      owners.tell(user, "device:location:update", told().raw("data", data).object());
    }
  }

  private void keep(String name, @Nullable String data) {
    values.remove(name);
    if (data != null && data.length() <= VALUE_LENGTH) {
      values.put(name, data);
    }
    Iterator<String> eldest = values.keySet().iterator();
    if (values.size() > VALUES) {
      eldest.next();
      eldest.remove();
    }
  }

  /** Ends a command that the device has been given. */
  DeviceOutcome result(String commandId, boolean success, @Nullable String data, String error) {
    PendingCommand command;
    DeviceResult result;
    synchronized (this) {
      command = orders.given(commandId);
      if (command == null) {
        return notGiven("result of a command that it does not have", commandId);
      }
      result = end(command, success, data, success ? null : error);
    }
    command.told.accept(result);
    return DeviceOutcome.DONE;
  }

  /** One that waited in a gateway before this one; before it is there. */
  synchronized void restore(PendingCommand command, boolean handed) {
    orders.restore(command, handed);
  }

  /** While it is away what waits is kept over a restart. */
  private void keep() {
    if (backlog != null) {
      toKeep().forEach(backlog::keep);
    }
  }

  private List<Backlog.Kept> toKeep() {
    List<Backlog.Kept> kept = new ArrayList<>(0);
    if (link == null) {
      for (PendingCommand command : orders.waiting(false)) {
        command.kept = true;
        command.held = true;
        kept.add(
            new Backlog.Kept(
                command.id,
                user,
                id,
                command.name,
                command.params,
                command.by,
                command.deadlineMillis,
                false));
      }
    }
    return kept;
  }

  /** It is back: what was kept may be given to it once no restart would do so again. */
  private void handOver() {
    List<PendingCommand> held = orders.waiting(true);
    if (backlog != null && !held.isEmpty()) {
      backlog.handOver(held.stream().map(one -> one.id).toList(), () -> handedOver(held));
    }
  }

  private synchronized List<Backlog.Kept> handedOver(List<PendingCommand> commands) {
    commands.forEach(command -> command.held = false);
    orders.deliver(link);
    return toKeep();
  }

  private DeviceResult end(
      PendingCommand command, boolean success, @Nullable String data, @Nullable String error) {
    orders.remove(command);
    if (backlog != null && command.kept) {
      backlog.forget(command.id);
    }
    Media media = command.upload == null ? null : uploads.end(command.upload, success);
    DeviceResult result =
        new DeviceResult(command.id, id, command.name, success, data, error, media);
    append("result", result.members());
    String event = eventOf(command.name);
    if (event != null && (result.success() || event.equals("device:command:output"))) {
      Members said =
          told()
              .text("command_id", command.id)
              .flag("success", result.success())
              .raw("data", result.data())
              .raw("error", result.error())
              .raw("media", media == null ? null : media.json());
      owners.tell(user, event, said.object());
    }
    if (command.name.equals("get_location") && result.success()) {
      keep("location", result.data());
    }
    audit(
        record(result.success() ? "succeeded" : "failed")
            .text("command_id", command.id)
            .text("command", command.name)
            .text("by", command.by)
            .raw("error", result.error()));
    orders.deliver(link);
    return result;
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

  /** Ends the commands whose time is over; probes and gives up a link that says nothing. */
  void tick(long nowMillis, DeviceSettings settings) {
    List<PendingCommand> over;
    List<DeviceResult> results = new ArrayList<>(0);
    synchronized (this) {
      // None of them is to be delivered in the place of another.
      over = orders.over(nowMillis);
      for (PendingCommand command : over) {
        String why =
            command.delivery == 0
                ? "the device was away until the deadline"
                : "the device got the command and gave no result by the deadline";
        results.add(failed(command, "timeout", why));
      }
      look(nowMillis, settings);
    }
    tell(over, results);
  }

  private DeviceResult failed(PendingCommand command, String code, String why) {
    return end(command, false, null, DeviceResult.error(code, why));
  }

  private static void tell(List<PendingCommand> over, List<DeviceResult> results) {
    for (int i = 0; i < over.size(); i++) {
      over.get(i).told.accept(results.get(i));
    }
  }

  private void look(long nowMillis, DeviceSettings settings) {
    Link now = link;
    if (now == null) {
      return;
    }
    long patience = settings.patience().toMillis();
    if (now.probedMillis != 0) {
      if (nowMillis - now.probedMillis >= patience) {
        now.hangUp(Line.Why.SILENT);
      }
    } else if (nowMillis - now.heardMillis >= settings.heartbeat().toMillis() + patience) {
      now.probedMillis = nowMillis;
      now.line.probe(settings.patience());
    }
  }

  /** It is known no more: what it had to do comes to nothing, and its link is given up. */
  void forget(Line.Why why) {
    List<PendingCommand> over;
    List<DeviceResult> results = new ArrayList<>();
    synchronized (this) {
      over = orders.over(Long.MAX_VALUE);
      for (PendingCommand command : over) {
        results.add(failed(command, "unavailable", "the device is not known any more"));
      }
      if (link != null) {
        link.hangUp(why);
      }
      owner.end(Payload.of("forgotten", told().bytes()));
    }
    tell(over, results);
  }

  /** Its state, as the members of an object. */
  private synchronized Members state() {
    String last =
        values.entrySet().stream()
            .map(value -> Members.quoted(value.getKey()) + ":" + value.getValue())
            .collect(Collectors.joining(",", "{", "}"));
    return told()
        .text("user_id", user)
        .flag("online", link != null)
        .text("registered_at", PendingCommand.time(registeredMillis))
        .text("seen_at", PendingCommand.time(seenMillis()))
        .raw("device_info", info.json())
        .number("commands", orders.size())
        .raw("values", last);
  }

  /** The same, as one JSON object. */
  public String json() {
    return state().object();
  }

  private Delivery.Snapshot snapshot() {
    synchronized (this) {
      return new Delivery.Snapshot(
          owner.feed().tail().offset(), Payload.of("device", state().bytes()));
    }
  }
}
