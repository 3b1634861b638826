package dev.holdfast.server.http;

import dev.holdfast.kinds.device.DeviceOutcome;
import dev.holdfast.kinds.device.Pairing;
import dev.holdfast.kinds.device.Pairings;
import dev.holdfast.session.Principal;
import dev.holdfast.transport.HttpRequest;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Devices that users let in. */
final class PairingRoutes {

  private final Pairings pairings;

  PairingRoutes(Parts parts) {
    this.pairings = parts.pairings();
  }

  void addTo(Routes routes) {
    routes.add("POST", "/api/pairing-codes", Routes.ANYBODY, (r, v, p) -> code(p));
    // Whoever shows a code is nobody yet.
    routes.add("POST", "/api/pairings", List.of(), (r, v, p) -> redeem(r));
    routes.add("GET", "/api/pairings", Routes.ANYBODY, (r, v, p) -> Reply.later(() -> list(r, p)));
    routes.add("DELETE", "/api/pairings/{id}", Routes.ANYBODY, (r, v, p) -> revoke(v, p));
  }

  private Reply code(Principal who) {
    Pairings.Code code = pairings.code(who.userId());
    int half = code.code().length() / 2;
    String shown = code.code().substring(0, half) + "-" + code.code().substring(half);
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("code", shown);
    said.put("expires_at", Instant.ofEpochMilli(code.expiresMillis()).toString());
    said.put("expires_in_ms", Pairings.CODE_AGE.toMillis());
    return Reply.json(201, said).with("cache-control", "no-store");
  }

  private Reply redeem(HttpRequest request) {
    Body body = Body.of(request);
    String code = body.text("code");
    String deviceId = body.text("device_id");
    String name = body.optionalText("name");
    return Reply.later(() ->
        switch (pairings.redeem(code, deviceId, name, request.ip())) {
          case Pairings.Redeemed.Paired(Pairing pairing, String token) -> {
            Map<String, Object> said = shown(pairing);
            said.put("token", token);
            yield Reply.json(201, said).with("cache-control", "no-store");
          }
          case Pairings.Redeemed.Refused(DeviceOutcome.Why why, String message) ->
              DeviceRoutes.refused(new DeviceOutcome.Refused(why, message, -1));
        });
  }

  private static Map<String, Object> shown(Pairing pairing) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("pairing_id", pairing.id());
    shown.put("user_id", pairing.user());
    shown.put("device_id", pairing.deviceId());
    shown.put("name", pairing.name());
    shown.put("created_at", Instant.ofEpochMilli(pairing.createdMillis()).toString());
    return shown;
  }

  private Reply list(HttpRequest request, Principal who) {
    return Paging.of(request)
        .of(
            pairings.list(who.userId(), who.admin()),
            one -> one.user() + "/" + one.deviceId(),
            one -> one.name() + " " + one.deviceId() + " " + one.user())
        .reply("pairings", PairingRoutes::shown);
  }

  private Reply revoke(Map<String, String> path, Principal who) {
    Pairing pairing =
        pairings
            .list(who.userId(), who.admin())
            .filter(one -> one.id().equals(path.get("id")))
            .findFirst()
            .orElseThrow(() -> new Refusal(404, "not_found", "no such pairing"));
    return Reply.later(() -> {
      pairings.revoke(pairing);
      return Reply.nothing();
    });
  }
}
