package dev.holdfast.kinds.device;

import dev.holdfast.feed.Engine;
import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.Owner;
import dev.holdfast.feed.Retention;
import dev.holdfast.kinds.common.Ids;
import dev.holdfast.kinds.common.Members;
import dev.holdfast.kinds.device.DeviceOutcome.Why;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All devices, each of one user: two users may give theirs the same id. Any thread. */
public final class Devices {

  /** The kind of a device's feed. */
  public static final String KIND = "device";

  /** The kind of the feed on which a device is given commands. */
  public static final String LINK = "link";

  /** The longest deadline of a command. */
  public static final Duration LONGEST = Duration.ofDays(1);

  private static final Retention CARRIED =
      new Retention(Orders.WINDOW, 16L << 20, Duration.ofDays(2));
  private static final int PARAMS_LENGTH = 64 * 1024;

  private final Engine engine;
  private final DeviceSettings settings;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final LongSupplier random;
  private final Owners owners;
  private final Uploads uploads;
  private final @Nullable Backlog backlog;
  private final @Nullable Restored restored;
  private final DeviceFigures figures = new DeviceFigures();
  private final ConcurrentMap<String, Device> devices = new ConcurrentHashMap<>();
  private final Map<String, Integer> byUser = new HashMap<>();

  /**
   * What is asked of a device.
   *
   * @param params one JSON object; null for an empty one
   * @param deadline null for the usual one
   */
  public record Ask(
      String by, String command, @Nullable String params, @Nullable Duration deadline) {

    public Ask {
      params = "null".equals(params) ? null : params;
    }
  }

  /**
   * @param nanoTime rises with time as {@link System#nanoTime} does
   * @param random gives ids that nobody can guess
   * @param backlog where commands wait over a restart; null for nowhere
   * @throws IOException when it can't be read
   */
  public Devices(
      Engine engine,
      DeviceSettings settings,
      InstantSource clock,
      LongSupplier nanoTime,
      LongSupplier random,
      Owners owners,
      Uploads uploads,
      @Nullable Backlog backlog)
      throws IOException {
    this.engine = engine;
    this.settings = settings;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.random = random;
    this.owners = owners;
    this.uploads = uploads;
    this.backlog = backlog;
    this.restored = backlog == null ? null : new Restored(backlog, owners);
  }

  public DeviceSettings settings() {
    return settings;
  }

  /** What they have done. */
  public DeviceFigures figures() {
    return figures;
  }

  /**
   * A device is there: makes it known, or takes it over from the connection that had it.
   *
   * @param infoJson what it says of itself
   * @param lastCommandId the last command that it got before: what was delivered after it was lost
   *     on the way, and is delivered again; null where it does not say
   */
  public DeviceOutcome register(
      String user, String deviceId, String infoJson, @Nullable String lastCommandId, Line line) {
    if (!DeviceInfo.validId(deviceId)) {
      return DeviceOutcome.refused(Why.BAD_REQUEST, DeviceInfo.ID_RULE);
    }
    if (!FeedId.validName(fullName(user, deviceId))) {
      return DeviceOutcome.refused(Why.BAD_REQUEST, "device_id: is too long with this user's id");
    }
    DeviceInfo info;
    switch (DeviceInfo.read(infoJson)) {
      case DeviceInfo.Reading.Wrong(String why) -> {
        return DeviceOutcome.refused(Why.BAD_REQUEST, why);
      }
      case DeviceInfo.Reading.Read(DeviceInfo read) -> info = read;
    }
    long now = clock.millis();
    Device device;
    synchronized (this) {
      device = devices.get(fullName(user, deviceId));
      if (device == null) {
        String full = enter(user);
        if (full != null) {
          return new DeviceOutcome.Refused(Why.OVER_CAPACITY, full, 5_000);
        }
        FeedId feed = new FeedId(KIND, fullName(user, deviceId));
        device =
            new Device(
                user, deviceId, info, engine.own(feed, settings.kept()), owners, uploads, backlog);
        devices.put(feed.name(), device);
        restore(device);
      }
      Owner carrier = engine.own(new FeedId(LINK, Ids.of(random, 2)), CARRIED);
      Link link = new Link(device, carrier, line, settings.framesPerSecond(), now);
      device.connect(link, info, lastCommandId, now);
      figures.registered();
      return new DeviceOutcome.Registered(link);
    }
  }

  private void restore(Device device) {
    if (restored != null) {
      for (Backlog.Kept one : restored.take(device.user(), device.id(), clock.millis())) {
        Upload upload =
            uploads.offer(device.user(), device.id(), one.id(), one.name(), one.deadlineMillis());
        PendingCommand command =
            new PendingCommand(
                one.id(),
                one.name(),
                one.params(),
                one.by(),
                one.deadlineMillis(),
                figures::ended,
                upload);
        device.restore(command, one.handed());
      }
    }
  }

  /** A device that is there says anew what it is. */
  public DeviceOutcome renew(Link link, String infoJson) {
    DeviceOutcome refused = heard(link);
    if (refused instanceof DeviceOutcome.Refused) {
      return refused;
    }
    return switch (DeviceInfo.read(infoJson)) {
      case DeviceInfo.Reading.Wrong(String why) -> DeviceOutcome.refused(Why.BAD_REQUEST, why);
      case DeviceInfo.Reading.Read(DeviceInfo info) ->
          link.device.renew(link, nanoTime.getAsLong(), info);
    };
  }

  private static String fullName(String user, String deviceId) {
    return user + "/" + deviceId;
  }

  private @Nullable String enter(String user) {
    if (devices.size() >= settings.maxDevices()) {
      return "no more than " + settings.maxDevices() + " devices are known at once";
    }
    int mine = byUser.getOrDefault(user, 0);
    if (mine >= settings.maxPerUser()) {
      return "no more than " + settings.maxPerUser() + " devices of one user are known at once";
    }
    byUser.put(user, mine + 1);
    return null;
  }

  /** The device of that id of that user; null for none. */
  public @Nullable Device find(String user, String deviceId) {
    return devices.get(fullName(user, deviceId));
  }

  /** The devices of a user, or all, in no order. */
  public Stream<Device> list(String user, boolean all) {
    return devices.values().stream().filter(device -> all || device.user().equals(user));
  }

  /**
   * Has a device do something, now or when it is back.
   *
   * @param told how it ended; called once, on any thread, and soon
   */
  public DeviceOutcome command(Device device, Ask ask, Consumer<DeviceResult> told) {
    String wrong = wrong(ask);
    if (wrong != null) {
      return DeviceOutcome.refused(Why.BAD_REQUEST, wrong);
    }
    Duration within = ask.deadline() == null ? settings.deadline() : ask.deadline();
    String id = Ids.of(random, 2);
    long deadline = clock.millis() + within.toMillis();
    Upload upload = uploads.offer(device.user(), device.id(), id, ask.command(), deadline);
    PendingCommand command =
        new PendingCommand(
            id,
            ask.command(),
            ask.params(),
            ask.by(),
            deadline,
            result -> {
              figures.ended(result);
              told.accept(result);
            },
            upload);
    DeviceOutcome outcome = device.take(command, settings.maxCommands());
    if (outcome instanceof DeviceOutcome.Taken) {
      figures.commanded();
    } else {
      figures.refused();
      if (upload != null) {
        uploads.end(upload, false);
      }
    }
    return outcome;
  }

  /** Somebody asked for what it may not: the user of the device is told. */
  public void refuse(Device device, Ask ask) {
    figures.refused();
    device.refused(ask.command(), ask.by(), "forbidden");
  }

  private static @Nullable String wrong(Ask ask) {
    if (!DeviceInfo.validName(ask.command())) {
      return "command: must be 1 to 64 letters, digits, or _ . : - and begin with a letter";
    }
    if (ask.params() != null && !ask.params().startsWith("{")) {
      return "params: must be an object";
    }
    if (ask.params() != null && ask.params().length() > PARAMS_LENGTH) {
      return "params: must be at most " + PARAMS_LENGTH + " characters";
    }
    return ask.deadline() != null
            && (ask.deadline().toMillis() < 1 || ask.deadline().compareTo(LONGEST) > 0)
        ? "deadline_ms: must be from 1 to " + LONGEST.toMillis()
        : null;
  }

  /** A device has given a sign of life. */
  public DeviceOutcome heard(Link link) {
    return heard(link, null);
  }

  private DeviceOutcome heard(Link link, @Nullable String due) {
    DeviceOutcome refused = link.device.hears(link, clock.millis(), nanoTime.getAsLong(), due);
    return refused == null ? DeviceOutcome.DONE : refused;
  }

  /**
   * A device says what came of a command.
   *
   * @param data any JSON; null for none
   * @param error any JSON, a text or an object with a code and a message; null for none
   */
  public DeviceOutcome result(
      Link link, String commandId, boolean success, @Nullable String data, @Nullable String error) {
    DeviceOutcome heard = heard(link, commandId);
    return heard instanceof DeviceOutcome.Refused
        ? heard
        : link.device.result(
            link, nanoTime.getAsLong(), commandId, success, data, DeviceResult.errorOf(error));
  }

  /**
   * A device says how far it is with a command.
   *
   * @param progress a number from 0 to 100; null for none
   */
  public DeviceOutcome progress(
      Link link,
      String commandId,
      @Nullable String progress,
      @Nullable String message,
      @Nullable String data) {
    DeviceOutcome heard = heard(link);
    if (heard instanceof DeviceOutcome.Refused) {
      return heard;
    }
    if (progress != null && !percent(progress)) {
      return DeviceOutcome.refused(Why.BAD_REQUEST, "progress: must be a number from 0 to 100");
    }
    return link.device.progress(
        link,
        nanoTime.getAsLong(),
        commandId,
        new Members()
            .text("command_id", commandId)
            .raw("progress", progress)
            .text("message", message)
            .raw("data", data));
  }

  private static boolean percent(String json) {
    try {
      double number = Double.parseDouble(json);
      return number >= 0 && number <= 100;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** A device says something by itself. */
  public DeviceOutcome event(Link link, String name, @Nullable String data) {
    DeviceOutcome heard = heard(link);
    if (heard instanceof DeviceOutcome.Refused) {
      return heard;
    }
    if (!DeviceInfo.validName(name)) {
      return DeviceOutcome.refused(
          Why.BAD_REQUEST,
          "name: must be 1 to 64 letters, digits, or _ . : - and begin with a letter");
    }
    return link.device.says(link, nanoTime.getAsLong(), name, data);
  }

  /** Everything up to that offset of a link's feed has been sent. */
  public void sent(Link link, long offset) {
    link.device.sent(link, offset);
  }

  /** The reading of a link has ended: the device is away, unless another link has it. */
  public void left(Link link) {
    link.device.left(link, clock.millis());
    engine.remove(link.feed().id());
  }

  /**
   * Makes a device unknown; false where there is none.
   *
   * @param by who has it so
   */
  public boolean forget(String user, String deviceId, String by) {
    Device device = find(user, deviceId);
    if (device == null) {
      return false;
    }
    forget(device, Line.Why.REVOKED, by).forEach(Ended::tell);
    return true;
  }

  /** One that registers meanwhile is another one, with a feed of its own. */
  private synchronized List<Ended> forget(Device device, Line.Why why, @Nullable String by) {
    if (!devices.remove(device.feed().id().name(), device)) {
      return List.of();
    }
    byUser.computeIfPresent(device.user(), (name, mine) -> mine == 1 ? null : mine - 1);
    List<Ended> ended = device.forget(why, by);
    uploads.forget(device.user(), device.id());
    engine.remove(device.feed().id());
    return ended;
  }

  /**
   * Deletes what a device has uploaded; waits for the disk.
   *
   * @param by who has it so
   */
  public void delete(Media media, String by) {
    uploads.media().delete(media);
    Device device = find(media.user(), media.deviceId());
    if (device != null) {
      device.deleted(media, by);
    }
  }

  /** Deadlines and heartbeats; to be called several times a second. */
  public void tick() {
    long now = clock.millis();
    for (Device device : devices.values()) {
      device.tick(now, settings);
    }
    if (restored != null) {
      restored.tick(now);
    }
  }

  /** Forgets devices that have been away for too long. */
  public void sweep() {
    long before = clock.millis() - settings.keptFor().toMillis();
    for (Device device : devices.values()) {
      synchronized (this) {
        // Nobody is to be told: it has nothing to do.
        if (!device.online() && device.commands() == 0 && device.seenMillis() <= before) {
          forget(device, Line.Why.SILENT, null);
        }
      }
    }
  }

  /** Devices that are known. */
  public int known() {
    return devices.size();
  }

  /** Devices that are there. */
  public int online() {
    return (int) devices.values().stream().filter(Device::online).count();
  }
}
