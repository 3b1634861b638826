package dev.holdfast.server.http;

import dev.holdfast.kinds.device.Device;
import dev.holdfast.kinds.device.DeviceOutcome;
import dev.holdfast.kinds.device.DeviceResult;
import dev.holdfast.kinds.device.Devices;
import dev.holdfast.kinds.device.Pairings;
import dev.holdfast.server.device.DeviceCommands;
import dev.holdfast.server.device.DeviceRights;
import dev.holdfast.session.Principal;
import dev.holdfast.transport.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.RawValue;

/** Devices, for those whose they are. */
final class DeviceRoutes {

  private static final JsonMapper JSON = new JsonMapper();

  /** How long a request waits for the end of a command. */
  private static final int WAIT_SECONDS = 60;

  private final Devices devices;
  private final DeviceRights rights;
  private final DeviceCommands commands;
  private final Pairings pairings;

  DeviceRoutes(Parts parts) {
    this.devices = parts.devices();
    this.rights = parts.deviceRights();
    this.commands = parts.deviceCommands();
    this.pairings = parts.pairings();
  }

  void addTo(Routes routes) {
    routes.add("GET", "/api/devices", Routes.ANYBODY, (r, v, p) -> Reply.later(() -> list(r, p)));
    routes.add("GET", "/api/devices/{id}", Routes.ANYBODY, (r, v, p) -> one(r, v, p));
    routes.add("DELETE", "/api/devices/{id}", Routes.ANYBODY, (r, v, p) -> forget(r, v, p));
    routes.add("POST", "/api/devices/{id}/commands", Routes.ANYBODY, (r, v, p) -> command(r, v, p));
  }

  private Reply list(HttpRequest request, Principal who) {
    return Paging.of(request)
        .of(
            devices.list(who.userId(), rights.seesAll(who)),
            device -> device.user() + "/" + device.id(),
            device ->
                device.info().texts().getOrDefault("name", "")
                    + " "
                    + device.id()
                    + " "
                    + device.user())
        .reply("devices", device -> new RawValue(device.listed()));
  }

  private Device found(HttpRequest request, Map<String, String> path, Principal who) {
    Device device =
        rights.find(devices, path.getOrDefault("id", ""), request.query().get("user_id"), who);
    if (device == null) {
      throw new Refusal(404, "not_found", "no such device");
    }
    return device;
  }

  private Reply one(HttpRequest request, Map<String, String> path, Principal who) {
    return Reply.raw(found(request, path, who).json());
  }

  private Reply forget(HttpRequest request, Map<String, String> path, Principal who) {
    Device device = found(request, path, who);
    if (!rights.mayForget(device, who)) {
      return Reply.error(403, "forbidden", "it may only be viewed");
    }
    devices.forget(device.user(), device.id(), who.userId());
    return Reply.later(() -> {
      pairings.revoke(device.user(), device.id());
      return Reply.nothing();
    });
  }

  private Reply command(HttpRequest request, Map<String, String> path, Principal who) {
    Body body = Body.of(request);
    Devices.Ask ask =
        new Devices.Ask(
            who.userId(),
            body.text("command"),
            body.optionalJson("params"),
            body.optionalMillis("deadline_ms"));
    String user = body.optionalText("user_id");
    boolean waits = body.flag("wait");
    CompletableFuture<DeviceResult> end = new CompletableFuture<>();
    DeviceOutcome outcome =
        commands.command(
            path.getOrDefault("id", ""),
            user == null ? request.query().get("user_id") : user,
            ask,
            who,
            end::complete);
    return switch (outcome) {
      case DeviceOutcome.Taken taken when waits -> Reply.later(() -> awaited(taken, end));
      case DeviceOutcome.Taken taken -> Reply.json(202, shown(taken));
      case DeviceOutcome.Refused refused -> refused(refused);
      case DeviceOutcome.Done _, DeviceOutcome.Registered _ ->
          throw new IllegalStateException("not of a command: " + outcome);
    };
  }

  private static Map<String, Object> shown(DeviceOutcome.Taken taken) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("command_id", taken.commandId());
    shown.put("deadline", Instant.ofEpochMilli(taken.deadlineMillis()).toString());
    shown.put("waits", taken.waits());
    return shown;
  }

  static Reply refused(DeviceOutcome.Refused refused) {
    int status =
        switch (refused.why()) {
          case BAD_REQUEST -> 400;
          case FORBIDDEN -> 403;
          case NOT_FOUND -> 404;
          case CONFLICT -> 409;
          case RATE_LIMITED -> 429;
          case OVER_CAPACITY -> 503;
        };
    Reply reply = Reply.error(status, DeviceCommands.code(refused.why()).text(), refused.message());
    long after = refused.retryAfterMillis();
    return after < 0
        ? reply
        : reply.with("retry-after", Long.toString(Duration.ofMillis(after + 999).toSeconds()));
  }

  private static Reply awaited(DeviceOutcome.Taken taken, CompletableFuture<DeviceResult> end) {
    try {
      DeviceResult result = end.get(WAIT_SECONDS, TimeUnit.SECONDS);
      Map<String, Object> shown = new LinkedHashMap<>();
      shown.put("command_id", result.commandId());
      shown.put("device_id", result.deviceId());
      shown.put("command", result.command());
      shown.put("success", result.success());
      put(shown, "data", result.data());
      put(shown, "error", result.error());
      put(shown, "media", result.media() == null ? null : result.media().json());
      return Reply.json(200, shown);
    } catch (TimeoutException e) {
      return Reply.json(202, shown(taken));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Reply.json(202, shown(taken));
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void put(Map<String, Object> shown, String name, @Nullable String json) {
    if (json != null) {
      shown.put(name, JSON.readTree(json));
    }
  }
}
