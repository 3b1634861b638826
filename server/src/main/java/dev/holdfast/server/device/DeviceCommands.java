package dev.holdfast.server.device;

import dev.holdfast.feed.FeedId;
import dev.holdfast.kinds.device.Device;
import dev.holdfast.kinds.device.DeviceOutcome;
import dev.holdfast.kinds.device.DeviceResult;
import dev.holdfast.kinds.device.Devices;
import dev.holdfast.kinds.device.Line;
import dev.holdfast.kinds.device.Link;
import dev.holdfast.session.Caller;
import dev.holdfast.session.CloseCode;
import dev.holdfast.session.Commands;
import dev.holdfast.session.Principal;
import dev.holdfast.wire.ClientFrame;
import dev.holdfast.wire.ErrorCode;
import dev.holdfast.wire.RawJson;
import dev.holdfast.wire.ServerFrame;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What devices say, and commands to them, from sessions. Any thread. */
public final class DeviceCommands implements Commands {

  private final Devices devices;
  private final DeviceRights rights;
  private final InstantSource clock;
  private final ConcurrentMap<String, Link> bySession = new ConcurrentHashMap<>();
  private final ConcurrentMap<FeedId, Link> byFeed = new ConcurrentHashMap<>();

  public DeviceCommands(Devices devices, DeviceRights rights, InstantSource clock) {
    this.devices = devices;
    this.rights = rights;
    this.clock = clock;
  }

  @Override
  public void execute(ClientFrame command, Caller caller) {
    switch (command) {
      case ClientFrame.Register register -> register(register, caller);
      case ClientFrame.Heartbeat(String id) ->
          by(
              id,
              caller,
              devices::heard,
              done -> caller.reply(new ServerFrame.HeartbeatAck(id, clock.millis())));
      case ClientFrame.CommandResult result ->
          by(
              result.id(),
              caller,
              link ->
                  devices.result(
                      link,
                      result.commandId(),
                      result.success(),
                      text(result.data()),
                      text(result.error())),
              done -> caller.ack(result.id(), Map.of("command_id", result.commandId())));
      case ClientFrame.CommandProgress progress ->
          by(
              progress.id(),
              caller,
              link ->
                  devices.progress(
                      link,
                      progress.commandId(),
                      text(progress.progress()),
                      progress.message(),
                      text(progress.data())),
              done -> caller.ack(progress.id(), Map.of("command_id", progress.commandId())));
      case ClientFrame.DeviceEvent(String id, String name, RawJson data) ->
          by(
              id,
              caller,
              link -> devices.event(link, name, text(data)),
              done -> caller.ack(id, Map.of()));
      case ClientFrame.DeviceCommand asked -> command(asked, caller);
      default -> throw new IllegalArgumentException("not a device's: " + command);
    }
  }

  private static @Nullable String text(@Nullable RawJson json) {
    return json == null ? null : json.toString();
  }

  /** Has something done by the device that the session is. */
  private void by(
      @Nullable String id,
      Caller caller,
      Function<Link, DeviceOutcome> what,
      Consumer<DeviceOutcome> then) {
    Link link = bySession.get(caller.sessionId());
    if (link == null) {
      caller.refuse(id, ErrorCode.CONFLICT, "register first: this connection is no device");
      return;
    }
    answered(id, caller, what.apply(link), then);
  }

  private static void answered(
      @Nullable String id, Caller caller, DeviceOutcome outcome, Consumer<DeviceOutcome> then) {
    if (outcome instanceof DeviceOutcome.Refused refused) {
      long after = refused.retryAfterMillis();
      caller.reply(
          new ServerFrame.Error(
              id,
              code(refused.why()),
              refused.message(),
              null,
              after < 0 ? null : Long.valueOf(after)));
    } else {
      then.accept(outcome);
    }
  }

  /** How the wire names a refusal. */
  public static ErrorCode code(DeviceOutcome.Why why) {
    return switch (why) {
      case BAD_REQUEST -> ErrorCode.BAD_REQUEST;
      case FORBIDDEN -> ErrorCode.FORBIDDEN;
      case NOT_FOUND -> ErrorCode.NOT_FOUND;
      case CONFLICT -> ErrorCode.CONFLICT;
      case RATE_LIMITED -> ErrorCode.RATE_LIMITED;
      case OVER_CAPACITY -> ErrorCode.OVER_CAPACITY;
    };
  }

  private void register(ClientFrame.Register register, Caller caller) {
    Link present = bySession.get(caller.sessionId());
    String only = caller.principal().device();
    if (only != null && !only.equals(register.deviceId())) {
      caller.refuse(register.id(), ErrorCode.FORBIDDEN, "device_id: the token is another device's");
      return;
    }
    String info = register.deviceInfo().toString();
    if (present == null) {
      DeviceOutcome outcome =
          devices.register(
              caller.principal().userId(),
              register.deviceId(),
              info,
              register.lastCommandId(),
              new CallerLine(caller));
      if (outcome instanceof DeviceOutcome.Registered(Link link)) {
        bySession.put(caller.sessionId(), link);
        byFeed.put(link.feed().id(), link);
        told(register, caller, link);
        if (!caller.follow(link.feed().id())) {
          left(caller.sessionId(), link);
        }
        return;
      }
      answered(register.id(), caller, outcome, done -> {});
    } else if (present.device().id().equals(register.deviceId())) {
      answered(
          register.id(),
          caller,
          devices.renew(present, info),
          done -> told(register, caller, present));
    } else {
      caller.refuse(
          register.id(),
          ErrorCode.CONFLICT,
          "device_id: this connection is another device already");
    }
  }

  private void told(ClientFrame.Register register, Caller caller, Link link) {
    caller.reply(
        new ServerFrame.DeviceConnected(
            register.id(),
            link.device().id(),
            caller.principal().userId(),
            clock.millis(),
            devices.settings().heartbeat().toMillis()));
    caller.reply(
        new ServerFrame.Registered(
            null,
            link.device().id(),
            link.feed().id().toString(),
            link.device().registeredMillis(),
            link.lastCommandId()));
  }

  /** The link of a session, whose feed has that name; null for none. */
  @Nullable Link link(String sessionId, FeedId feed) {
    Link link = bySession.get(sessionId);
    return link != null && link.feed().id().equals(feed) ? link : null;
  }

  /** The link whose feed has that name, for whoever may be its device; null for others. */
  @Nullable Link link(FeedId feed, Principal who) {
    Link link = byFeed.get(feed);
    boolean may =
        link != null
            && link.device().user().equals(who.userId())
            && (who.device() == null || who.device().equals(link.device().id()));
    return may ? link : null;
  }

  /** The session reads the feed of its link no more. */
  void left(String sessionId, Link link) {
    bySession.remove(sessionId, link);
    byFeed.remove(link.feed().id(), link);
    devices.left(link);
  }

  /** Everything up to that offset of the feed of a link has been sent. */
  void sent(Link link, long offset) {
    devices.sent(link, offset);
  }

  /** The connection by which a device registered. */
  private record CallerLine(Caller caller) implements Line {

    @Override
    public void probe(Duration within) {
      caller.reply(new ServerFrame.HeartbeatProbe(within.toMillis()));
    }

    @Override
    public void hangUp(Link link, Why why) {
      int code =
          switch (why) {
            case TAKEN_OVER -> CloseCode.TAKEN_OVER;
            case SILENT, DISCONNECTED -> CloseCode.TIMED_OUT;
            case REVOKED -> CloseCode.UNAUTHORIZED;
          };
      caller.letGo(link.feed().id(), code, why.name().toLowerCase(Locale.ROOT));
    }
  }

  private void command(ClientFrame.DeviceCommand asked, Caller caller) {
    Principal who = caller.principal();
    Integer deadline = asked.deadlineMs();
    DeviceOutcome outcome =
        command(
            asked.deviceId(),
            asked.userId(),
            new Devices.Ask(
                who.userId(),
                asked.command(),
                text(asked.params()),
                deadline == null ? null : Duration.ofMillis(deadline)),
            who,
            result -> caller.reply(result(asked.id(), result)));
    if (outcome
        instanceof DeviceOutcome.Taken(String commandId, long deadlineMillis, boolean waits)) {
      Map<String, Object> details = new LinkedHashMap<>();
      details.put("command_id", commandId);
      details.put("device_id", asked.deviceId());
      details.put("deadline", java.time.Instant.ofEpochMilli(deadlineMillis).toString());
      details.put("waits", waits);
      caller.ack(asked.id(), details);
    } else {
      answered(asked.id(), caller, outcome, done -> {});
    }
  }

  private static ServerFrame.DeviceResult result(@Nullable String id, DeviceResult result) {
    return new ServerFrame.DeviceResult(
        id,
        result.commandId(),
        result.deviceId(),
        result.command(),
        result.success(),
        result.data() == null ? null : RawJson.of(result.data()),
        result.error() == null ? null : RawJson.of(result.error()),
        result.media() == null ? null : RawJson.of(result.media().json()));
  }

  /**
   * Has a device do something, if somebody may have it do so.
   *
   * @param user whose device it is; null for one's own
   */
  public DeviceOutcome command(
      String deviceId,
      @Nullable String user,
      Devices.Ask ask,
      Principal who,
      Consumer<DeviceResult> told) {
    Device device = rights.find(devices, deviceId, user, who);
    if (device == null) {
      return DeviceOutcome.refused(DeviceOutcome.Why.NOT_FOUND, "device_id: no such device");
    }
    if (!rights.mayCommand(device, ask.command(), who)) {
      devices.refuse(device, ask);
      return DeviceOutcome.refused(
          DeviceOutcome.Why.FORBIDDEN,
          "command: '" + ask.command() + "' is not within your rights");
    }
    return devices.command(device, ask, told);
  }
}
