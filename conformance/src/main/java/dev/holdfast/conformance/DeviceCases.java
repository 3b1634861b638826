package dev.holdfast.conformance;

import static dev.holdfast.conformance.Case.Need.OWN;
import static dev.holdfast.conformance.Case.Need.TOKENS;
import static dev.holdfast.conformance.Case.Need.USERS;
import static dev.holdfast.conformance.DeviceTalk.ALL;
import static dev.holdfast.conformance.DeviceTalk.audited;
import static dev.holdfast.conformance.DeviceTalk.created;
import static dev.holdfast.conformance.DeviceTalk.device;
import static dev.holdfast.conformance.DeviceTalk.line;
import static dev.holdfast.conformance.DeviceTalk.order;
import static dev.holdfast.conformance.DeviceTalk.owned;
import static dev.holdfast.conformance.DeviceTalk.part;
import static dev.holdfast.conformance.DeviceTalk.path;
import static dev.holdfast.conformance.DeviceTalk.picture;
import static dev.holdfast.conformance.DeviceTalk.present;
import static dev.holdfast.conformance.DeviceTalk.register;
import static dev.holdfast.conformance.DeviceTalk.told;

import dev.holdfast.client.Frame;
import dev.holdfast.conformance.DeviceTalk.Owned;
import java.util.List;
import java.util.Map;

/** Devices that come, and what their users are told: EVT8, and EVT10 to EVT14. */
final class DeviceCases {

  private DeviceCases() {}

  static List<Case> all() {
    return List.of(
        new Case("EVT8", "a device registers, and its user is told", USERS, DeviceCases::registers),
        new Case(
            "EVT8",
            "of two connections that are one device the newer one is it",
            USERS,
            DeviceCases::takenOver),
        new Case(
            "EVT8", "a device that says nothing is probed, and dropped", OWN, DeviceCases::silent),
        new Case(
            "EVT8",
            "who never registers is dropped, who says something else is not",
            OWN,
            DeviceCases::unregistered),
        new Case(
            "EVT8",
            "a device is let in by a code, to be itself alone, until that is taken back",
            OWN,
            DeviceCases::paired),
        new Case(
            "EVT10",
            "a photo was taken",
            USERS,
            t -> succeeds(t, "camera_snap", "device:camera:ready")),
        new Case("EVT10", "a photo is uploaded, and told by a link", USERS, DeviceCases::photo),
        new Case(
            "EVT11",
            "a recording is complete",
            USERS,
            t -> succeeds(t, "screen_record_stop", "device:recording:complete")),
        new Case("EVT12", "a location was found, or moves", USERS, DeviceCases::location),
        new Case(
            "EVT13",
            "a notification was shown",
            USERS,
            t -> succeeds(t, "send_notification", "device:notification:sent")),
        new Case("EVT14", "a command's output, and its failure", USERS, DeviceCases::output),
        new Case(
            "EVT8", "a device that refreshes its token stays one", TOKENS, DeviceCases::refreshes));
  }

  private static void registers(Trial t) throws Exception {
    String user = Trial.name("ann");
    Peer owner = t.as(user);
    Peer other = t.as(Trial.name("bob"));
    Peer device = line(t, user);
    register(device, "cam-1", "");
    Map<?, ?> registered = told(owner, "device:registered");
    Check.equal("device_id", "cam-1", registered.get("device_id"));
    Check.equal(
        "device_info",
        Frame.of(
                "{'name':'Cam','type':'camera','platform':'linux','version':'1.2',"
                        .replace('\'', '"')
                    + "'architecture':'arm64','capabilities':[".replace('\'', '"')
                    + ALL.replace('\'', '"')
                    + "]}")
            .fields(),
        registered.get("device_info"));
    String session = String.valueOf(told(owner, "device:session:created").get("session_id"));
    device.say("{'type':'heartbeat','id':'h'}");
    Check.equal("id", "h", device.next("heartbeat_ack").text("id"));
    owner.say("{'type':'attach','id':'a','feed':'device:cam-1','from':'start'}");
    owner.next("attached");
    Check.equal("event", "registered", owner.next().type());
    other.say("{'type':'attach','feed':'device:cam-1','from':'start'}");
    other.error("not_found");
    device.cut();
    Frame gone = owner.next();
    // The two feeds are read in either order.
    Frame more = owner.next();
    Frame away = gone.type().equals("away") ? gone : more;
    Check.equal("event", "away", away.type());
    Check.equal("reason", "disconnected", away.text("reason"));
    Frame closed = away.equals(gone) ? more : gone;
    Check.equal("event", "device:session:closed", closed.type());
    Check.equal("session", session, part(closed, "data").get("session_id"));
    other.nothing();
  }

  private static void takenOver(Trial t) throws Exception {
    Owned owned = owned(t, "cam");
    Peer owner = owned.owner();
    Peer older = owned.device();
    String user = owned.user();
    Peer newer = device(t, user, "cam");
    audited(owner, "taken_over");
    present(owner);
    older.closed(4009);
    Check.equal("reason", "taken_over", told(owner, "device:session:closed").get("reason"));
    order(owner, "cam", "blink", "");
    Check.equal("command", "blink", newer.next("command").text("command"));
    // Another user's device of the same name is another device.
    device(t, Trial.name("bob"), "cam");
    newer.say("{'type':'heartbeat'}");
    newer.next("heartbeat_ack");
  }

  private static void silent(Trial trial) throws Exception {
    try (Trial t = trial.own(false, "devices.heartbeat", "500ms", "devices.patience", "2s")) {
      Peer device = device(t, Trial.name("ann"), "cam");
      device.next("heartbeat_probe");
      device.say("{'type':'heartbeat'}");
      device.next("heartbeat_ack");
      device.next("heartbeat_probe");
      Check.equal("reason", "silent", device.closed(4008).reason());
    }
  }

  private static void unregistered(Trial trial) throws Exception {
    try (Trial t = trial.own(false, "session.hello_timeout", "2s")) {
      String user = Trial.name("ann");
      Peer other = line(t, user);
      other.say("{'type':'ping'}");
      other.next("pong");
      Peer never = t.connect("/ws/device?token=" + t.token(user));
      Check.equal("message", "no register in time", never.error("timeout").text("message"));
      never.closed(4008);
      // One that has said something else is as on any endpoint.
      other.nothing();
    }
  }

  private static void paired(Trial trial) throws Exception {
    try (Trial t = trial.own(false)) {
      Frame code = created(t.http("POST", "/api/pairing-codes", null));
      String shown = String.valueOf(code.text("code"));
      String redeem = "{'code':'%s','device_id':'%s','name':'Hall'}";
      Frame pairing =
          created(
              t.http(
                  "POST",
                  "/api/pairings",
                  redeem.formatted(shown.toLowerCase(java.util.Locale.ROOT), "hall")));
      String token = String.valueOf(pairing.text("token"));
      Check.equal(
          "used", 404, t.http("POST", "/api/pairings", redeem.formatted(shown, "x")).statusCode());
      Check.equal(
          "bad id",
          400,
          t.http("POST", "/api/pairings", redeem.formatted(shown, "../x")).statusCode());
      Peer device = t.connect("/ws/device", Map.of("authorization", "Bearer " + token));
      device.say("{'type':'register','device_id':'door','device_info':{}}");
      device.error("forbidden");
      register(device, "hall", "");
      String user = String.valueOf(pairing.text("user_id"));
      for (String more :
          List.of(
              "{'type':'subscribe','channel':'user:" + user + "'}",
              "{'type':'attach','feed':'device:hall'}",
              "{'type':'message','content':'hi'}",
              "{'type':'direct','to':'ann','content':'hi'}",
              "{'type':'run','agent_id':'echo','prompt':'hi'}",
              "{'type':'open_terminal'}",
              "{'type':'call_tool','name':'status'}",
              "{'type':'device_command','device_id':'hall','command':'blink'}")) {
        device.say(more);
        device.error("forbidden");
      }
      Check.equal("http", 403, t.status("GET", "/api/devices", token));
      Peer tools = t.connect("/ws/tools", Map.of("authorization", "Bearer " + token));
      tools.say("{'op':'hello'}");
      tools.next();
      tools.say("{'op':'call_tool','request_id':'a','name':'status'}");
      Check.equal("error", "UNAUTHORIZED", part(tools.next(), "error").get("code"));
      for (int i = 0; i < 9; i++) {
        Check.equal(
            "guess",
            404,
            t.http("POST", "/api/pairings", redeem.formatted("AAAAAAA" + i, "x")).statusCode());
      }
      Check.equal(
          "too many",
          429,
          t.http("POST", "/api/pairings", redeem.formatted("AAAAAAAA", "x")).statusCode());
      Check.equal(
          "revoked",
          204,
          t.http("DELETE", "/api/pairings/" + pairing.text("pairing_id"), null).statusCode());
      Check.equal("reason", "revoked", device.error("unauthorized").text("reason"));
      device.closed(4001);
      Peer again = t.connect("/ws/device", Map.of("authorization", "Bearer " + token));
      again.error("unauthorized");
      again.closed(4001);
    }
  }

  private static void succeeds(Trial t, String command, String event) throws Exception {
    Owned owned = owned(t, "cam");
    Peer owner = owned.owner();
    Peer device = owned.device();
    String id = order(owner, "cam", command, "");
    device.next("command");
    device.say(
        "{'type':'result','command_id':'%s','success':true,'data':{'caf\u00e9':[1,null]}}", id);
    Map<?, ?> said = told(owner, event);
    Check.equal("device_id", "cam", said.get("device_id"));
    Check.equal("command_id", id, said.get("command_id"));
    Check.equal("success", true, said.get("success"));
    Check.equal("data", Frame.of("{\"caf\u00e9\":[1,null]}").fields(), said.get("data"));
    audited(owner, "succeeded");
    owner.next("device_result");
    String failing = order(owner, "cam", command, "");
    device.next("command");
    device.say("{'type':'result','command_id':'%s','success':false,'error':'no'}", failing);
    Check.equal(
        "error",
        Map.of("code", "device_error", "message", "no"),
        audited(owner, "failed").get("error"));
    owner.next("device_result");
  }

  private static void photo(Trial t) throws Exception {
    Owned owned = owned(t, "cam");
    Peer owner = owned.owner();
    Peer device = owned.device();
    String id = order(owner, "cam", "camera_snap", "");
    byte[] picture = picture(3_000_000);
    Frame stored = created(t.upload(path(device), "image/jpeg", picture, true));
    device.say("{'type':'result','command_id':'%s','success':true}", id);
    Map<?, ?> media = (Map<?, ?>) told(owner, "device:camera:ready").get("media");
    Check.equal("media", stored.fields(), media);
    audited(owner, "succeeded");
    Check.equal("media", media, part(owner.next("device_result"), "media"));
    java.net.http.HttpResponse<byte[]> got = t.bytes(String.valueOf(stored.text("url")));
    Check.that("bytes", java.util.Arrays.equals(picture, got.body()), got.body().length);
    for (Map.Entry<String, String> header :
        Map.of(
                "content-type", "image/jpeg",
                "x-content-type-options", "nosniff",
                "content-security-policy", "default-src 'none'; sandbox")
            .entrySet()) {
      Check.equal(
          header.getKey(),
          header.getValue(),
          got.headers().firstValue(header.getKey()).orElse(null));
    }
    Check.equal(
        "content-length", 3_000_000L, got.headers().firstValueAsLong("content-length").orElse(-1));
    Check.that(
        "content-disposition",
        got.headers().firstValue("content-disposition").orElse("").startsWith("attachment"),
        got.headers());
    Check.equal(
        "deleted", 204, t.http("DELETE", String.valueOf(stored.text("url")), null).statusCode());
    Check.equal(
        "media_id", stored.text("media_id"), audited(owner, "media_deleted").get("media_id"));
    Check.equal("gone", 404, t.http("GET", String.valueOf(stored.text("url")), null).statusCode());
  }

  private static void location(Trial t) throws Exception {
    succeeds(t, "get_location", "device:location:update");
    Owned owned = owned(t, "phone");
    Peer owner = owned.owner();
    Peer device = owned.device();
    String user = owned.user();
    for (int i = 0; i < 3; i++) {
      device.say("{'type':'event','id':'e%d','name':'location','data':{'lat':%d}}", i, i);
      device.next("ack");
      Check.equal("data", Map.of("lat", i), told(owner, "device:location:update").get("data"));
    }
    device.say("{'type':'event','name':'battery','data':50}");
    owner.nothing();
    Frame one = t.json(t.http("GET", "/api/devices/phone?user_id=" + user, null));
    Check.equal(
        "values", Map.of("location", Map.of("lat", 2), "battery", 50), one.fields().get("values"));
  }

  private static void output(Trial t) throws Exception {
    Owned owned = owned(t, "box");
    Peer owner = owned.owner();
    Peer device = owned.device();
    String id = order(owner, "box", "execute_command", ",'params':{'command':'uptime'}");
    device.next("command");
    device.say(
        "{'type':'result','command_id':'%s','success':true,'data':{'output':'up','exit_code':0}}",
        id);
    Check.equal(
        "data",
        Map.of("output", "up", "exit_code", 0),
        told(owner, "device:command:output").get("data"));
    audited(owner, "succeeded");
    owner.next("device_result");
    String failing = order(owner, "box", "execute_command", "");
    device.next("command");
    device.say(
        "{'type':'result','command_id':'%s','success':false,'error':'not allowed'}", failing);
    Check.equal("success", false, told(owner, "device:command:output").get("success"));
  }

  private static void refreshes(Trial t) throws Exception {
    Owned owned = owned(t, "cam");
    Peer owner = owned.owner();
    Peer device = owned.device();
    String user = owned.user();
    device.say("{'type':'refresh','id':'r','token':'%s'}", t.token(user));
    device.next("refreshed");
    order(owner, "cam", "blink", "");
    device.next("command");
    device.say("{'type':'refresh','id':'s','token':'%s'}", t.token(Trial.name("bob")));
    device.error("forbidden");
  }
}
