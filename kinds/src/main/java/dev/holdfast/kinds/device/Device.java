package dev.holdfast.kinds.device;

import dev.holdfast.feed.Delivery;
import dev.holdfast.feed.Feed;
import dev.holdfast.feed.Owner;
import dev.holdfast.feed.Payload;
import dev.holdfast.kinds.common.Members;
import dev.holdfast.kinds.device.DeviceOutcome.Why;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One device of one user: what it said of itself, its commands that have not ended, and its feed.
 * It is there while it has a link, and away else. Guarded by itself; any thread.
 */
public final class Device {

  /** Characters of the params of all commands that it has to do. */
  private static final int PARAMS_LENGTH = 256 * 1024;

  private final String user;
  private final String id;
  private final DeviceEvents events;
  private final Uploads uploads;
  private final @Nullable Backlog backlog;
  private final Orders orders = new Orders();
  private final Values values = new Values();
  private DeviceInfo info;
  private long registeredMillis;
  private long seenMillis;
  private @Nullable Link link;
  private boolean forgotten;

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
    this.events = new DeviceEvents(user, id, owner, owners);
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
    return events.feed();
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
    fresh.lastCommandId = orders.last(lastCommandId);
    registeredMillis = nowMillis;
    if (before != null) {
      before.hangUp(Line.Why.TAKEN_OVER);
      events.takenOver(before);
    }
    orders.lostAfter(lastCommandId);
    handOver();
    info = said;
    events.registered(said, nowMillis);
    events.connected(fresh);
    orders.deliver(link);
  }

  /** It says anew what it is. */
  synchronized DeviceOutcome renew(Link by, long nanoTime, DeviceInfo said) {
    DeviceOutcome refused = told(by, nanoTime);
    if (refused != null) {
      return refused;
    }
    if (link != null) {
      link.lastCommandId = orders.last(null);
    }
    info = said;
    events.registered(said, registeredMillis);
    return new DeviceOutcome.Registered(by);
  }

  /** A command was refused. */
  synchronized void refused(String command, String by, String reason) {
    events.refused(command, by, reason);
  }

  /** Takes a command, if it has room for one more. */
  synchronized DeviceOutcome take(PendingCommand command, int most) {
    if (forgotten) {
      return DeviceOutcome.refused(Why.NOT_FOUND, "device_id: no such device");
    }
    if (!info.capabilities().contains(command.name)) {
      refused(command.name, command.by, "not declared");
      return DeviceOutcome.refused(
          Why.CONFLICT, "command: the device has not declared '" + command.name + "'");
    }
    if (orders.size() >= most) {
      return noRoom(command, most + " commands");
    }
    if (orders.paramsLength() + command.paramsLength() > PARAMS_LENGTH) {
      return noRoom(command, PARAMS_LENGTH + " characters of params");
    }
    orders.add(command);
    boolean waits = link == null;
    keep();
    events.command(command, waits);
    orders.deliver(link);
    return new DeviceOutcome.Taken(command.id, command.deadlineMillis, waits);
  }

  private DeviceOutcome noRoom(PendingCommand command, String what) {
    refused(command.name, command.by, "over capacity");
    return new DeviceOutcome.Refused(
        Why.OVER_CAPACITY, "device_id: has no more than " + what + " to do", 1_000);
  }

  /** A link has sent everything up to that offset. */
  synchronized void sent(Link by, long offset) {
    if (link != null && link.exact && !by.equals(link)) {
      // Nobody reads that any more: it is delivered again, once that link is gone.
      return;
    }
    orders.sent(by, offset).forEach(events::delivered);
    orders.deliver(link);
  }

  /** The reading of a link has ended. */
  synchronized void left(Link gone, long nowMillis) {
    if (gone.gone) {
      return;
    }
    gone.gone = true;
    orders.left(gone);
    boolean away = gone.equals(link);
    if (away) {
      link = null;
      seenMillis = nowMillis;
      keep();
    }
    events.left(gone, away);
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
    return refusal(by.rate.take(nanoTime), "the device says too much");
  }

  private static @Nullable DeviceOutcome refusal(long waitMillis, String what) {
    return waitMillis == 0 ? null : new DeviceOutcome.Refused(Why.RATE_LIMITED, what, waitMillis);
  }

  /** Whether its user's channel may be told of what it says by itself; null if so. */
  private static @Nullable DeviceOutcome told(Link by, long nanoTime) {
    return refusal(by.told.take(nanoTime), "the device has its user told too much");
  }

  private DeviceOutcome notGiven(Link by, long nanoTime, String what, String commandId) {
    events.refused(commandId, what, told(by, nanoTime) == null);
    return DeviceOutcome.refused(
        Why.CONFLICT, "command_id: was not given to this device, or has ended");
  }

  synchronized DeviceOutcome progress(Link by, long nanoTime, String commandId, Members more) {
    PendingCommand command = orders.given(commandId);
    if (command == null) {
      return notGiven(by, nanoTime, "progress of a command that it does not have", commandId);
    }
    events.progress(more);
    return DeviceOutcome.DONE;
  }

  synchronized DeviceOutcome says(Link by, long nanoTime, String name, @Nullable String data) {
    DeviceOutcome refused = name.equals(DeviceEvents.LOCATION) ? told(by, nanoTime) : null;
    if (refused != null) {
      return refused;
    }
    events.said(name, data);
    values.keep(name, data);
    return DeviceOutcome.DONE;
  }

  /** Ends a command that the device has been given. */
  DeviceOutcome result(
      Link by,
      long nanoTime,
      String commandId,
      boolean success,
      @Nullable String data,
      String error) {
    Ended ended;
    synchronized (this) {
      PendingCommand command = orders.given(commandId);
      if (command == null) {
        return notGiven(by, nanoTime, "result of a command that it does not have", commandId);
      }
      ended = end(command, success, data, success ? null : error);
    }
    ended.tell();
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

  private Ended end(
      PendingCommand command, boolean success, @Nullable String data, @Nullable String error) {
    orders.remove(command);
    if (backlog != null && command.kept) {
      backlog.forget(command.id);
    }
    Media media = command.upload == null ? null : uploads.end(command.upload, success);
    DeviceResult result =
        new DeviceResult(command.id, id, command.name, success, data, error, media);
    events.ended(command, result);
    if (command.name.equals("get_location") && result.success()) {
      values.keep("location", result.data());
    }
    orders.deliver(link);
    return new Ended(command, result);
  }

  /**
   * Ends the commands whose time is over, and those that it came back without; probes and gives up
   * a link that says nothing.
   */
  void tick(long nowMillis, DeviceSettings settings) {
    List<Ended> ended = new ArrayList<>(0);
    synchronized (this) {
      // None of them is to be delivered in the place of another.
      List<PendingCommand> over = orders.over(nowMillis);
      List<PendingCommand> undeclared =
          link == null ? List.of() : orders.takeUndeclared(info.capabilities());
      for (PendingCommand command : over) {
        String why =
            command.delivery == 0
                ? "the device was away until the deadline"
                : "the device got the command and gave no result by the deadline";
        ended.add(failed(command, "timeout", why));
      }
      for (PendingCommand command : undeclared) {
        ended.add(failed(command, "conflict", "the device does not declare it any more"));
      }
      look(nowMillis, settings);
    }
    ended.forEach(Ended::tell);
  }

  private Ended failed(PendingCommand command, String code, String why) {
    return end(command, false, null, DeviceResult.error(code, why));
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

  /**
   * It is known no more: what it had to do comes to nothing, and its link is given up.
   *
   * @param by who had it so; null for nobody
   * @return what has ended by that
   */
  synchronized List<Ended> forget(Line.Why why, @Nullable String by) {
    List<Ended> ended = new ArrayList<>(0);
    for (PendingCommand command : orders.over(Long.MAX_VALUE)) {
      ended.add(failed(command, "unavailable", "the device is not known any more"));
    }
    if (link != null) {
      link.hangUp(why);
    }
    forgotten = true;
    events.forgotten(by);
    return ended;
  }

  /** Something that it uploaded was deleted. */
  synchronized void deleted(Media media, String by) {
    events.mediaDeleted(media, by);
  }

  /** What it is and how, as the members of an object. */
  private synchronized Members state() {
    return events
        .told()
        .text("user_id", user)
        .flag("online", link != null)
        .text("registered_at", PendingCommand.time(registeredMillis))
        .text("seen_at", PendingCommand.time(seenMillis()))
        .raw("device_info", info.json())
        .number("commands", orders.size());
  }

  private synchronized Members whole() {
    return state().raw("values", values.json());
  }

  /** Its state, as one JSON object. */
  public String json() {
    return whole().object();
  }

  /** As it is listed: without what it has said last. */
  public String listed() {
    return state().object();
  }

  private Delivery.Snapshot snapshot() {
    synchronized (this) {
      return new Delivery.Snapshot(
          events.feed().tail().offset(), Payload.of("device", whole().bytes()));
    }
  }
}
