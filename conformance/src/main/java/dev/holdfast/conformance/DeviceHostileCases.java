package dev.holdfast.conformance;

import static dev.holdfast.conformance.Case.Need.OWN;
import static dev.holdfast.conformance.DeviceTalk.created;
import static dev.holdfast.conformance.DeviceTalk.device;
import static dev.holdfast.conformance.DeviceTalk.line;
import static dev.holdfast.conformance.DeviceTalk.order;
import static dev.holdfast.conformance.DeviceTalk.owned;
import static dev.holdfast.conformance.DeviceTalk.path;
import static dev.holdfast.conformance.DeviceTalk.picture;
import static dev.holdfast.conformance.DeviceTalk.register;
import static dev.holdfast.conformance.DeviceTalk.until;

import dev.holdfast.client.Frame;
import dev.holdfast.conformance.DeviceTalk.Owned;
import java.util.List;

/** Devices, and uploads, that mean no good: HRD1. */
final class DeviceHostileCases {

  private DeviceHostileCases() {}

  static List<Case> all() {
    return List.of(
        new Case("HRD1", "a device that means no good", OWN, DeviceHostileCases::hostile),
        new Case("HRD1", "uploads that mean no good", OWN, DeviceHostileCases::hostileUploads));
  }

  private static void hostile(Trial trial) throws Exception {
    try (Trial t = trial.own(false, "devices.rate", "20", "devices.max_per_user", "3")) {
      Peer nobody = t.connect("/ws/device?token=garbage");
      nobody.error("unauthorized");
      nobody.closed(4001);
      Peer unsaid = t.connect("/ws/device");
      unsaid.say("{'type':'register','device_id':'cam','device_info':{}}");
      unsaid.error("unauthorized");
      unsaid.closed(4001);
      String user = Trial.name("eve");
      Peer device = line(t, user);
      for (String id : List.of("../../etc/passwd", "..", ".x", "a/b", "a%2fb", "x".repeat(65))) {
        device.say("{'type':'register','device_id':'%s','device_info':{}}", id);
        device.error("bad_request");
      }
      for (String info :
          List.of(
              "7",
              "{'name':7}",
              "{'name':'" + "x".repeat(201) + "'}",
              "{'capabilities':'all'}",
              "{'capabilities':['']}",
              "{'capabilities':['a b']}",
              "{'capabilities':[" + "'a',".repeat(64) + "'b']}")) {
        device.say("{'type':'register','device_id':'cam','device_info':" + info + "}");
        device.error("bad_request");
      }
      for (String early :
          List.of(
              "{'type':'heartbeat'}",
              "{'type':'result','command_id':'x','success':true}",
              "{'type':'event','name':'location','data':1}")) {
        device.say(early);
        device.error("conflict");
      }
      register(device, "cam", "");
      device.say("{'type':'register','device_id':'other','device_info':{}}");
      device.error("conflict");
      device.say("{'type':'result','command_id':'never','success':true,'data':'<script>'}");
      device.error("conflict");
      device.say("{'type':'result','command_id':'never'}");
      device.error("bad_request");
      for (int i = 0; i < 100; i++) {
        device.say("{'type':'event','name':'spam','data':%d}", i);
      }
      Check.that(
          "retry_after_ms",
          device.error("rate_limited").number("retry_after_ms", 0) > 0,
          "a flood");
      device(t, user, "two");
      device(t, user, "three");
      Peer fourth = line(t, user);
      fourth.say("{'type':'register','device_id':'four','device_info':{}}");
      fourth.error("over_capacity");
      Peer ann = t.as(Trial.name("ann"));
      ann.say("{'type':'attach','feed':'device:" + user + "/cam'}");
      ann.error("not_found");
      ann.say("{'type':'attach','feed':'link:cam'}");
      ann.error("not_found");
      ann.nothing();
    }
  }

  private static void hostileUploads(Trial trial) throws Exception {
    try (Trial t =
        trial.own(false, "devices.media_max", "1MiB", "devices.media_per_user", "2MiB")) {
      Owned owned = owned(t, "cam");
      Peer owner = owned.owner();
      Peer device = owned.device();
      String user = owned.user();
      order(owner, "cam", "camera_snap", "");
      String path = path(device);
      byte[] large = picture((1 << 20) + 1);
      Check.equal("announced", 413, t.upload(path, "image/jpeg", large, true).statusCode());
      Check.equal("unannounced", 413, t.upload(path, "image/jpeg", large, false).statusCode());
      Check.equal("a gigabyte", 413, t.announce(path, 1L << 30));
      byte[] page =
          "<html><script>alert(1)</script>".getBytes(java.nio.charset.StandardCharsets.UTF_8);
      Check.equal("a page", 415, t.upload(path, "image/jpeg", page, true).statusCode());
      byte[] picture = picture(1_000);
      Check.equal("a lie", 415, t.upload(path, "text/html", picture, true).statusCode());
      for (String trick :
          List.of("x", "..%2f..%2fetc%2fpasswd", "%00", "x".repeat(2_000), "x?y=/../z")) {
        Check.equal(
            trick,
            404,
            t.upload("/api/uploads/" + trick, "image/jpeg", picture, true).statusCode());
        Check.equal("media " + trick, 404, t.http("GET", "/api/media/" + trick, null).statusCode());
      }
      Frame stored = created(t.upload(path, "image/jpeg", picture, true));
      Check.equal("twice", 404, t.upload(path, "image/jpeg", picture, true).statusCode());
      Check.equal(
          "another user's",
          404,
          t.status("GET", String.valueOf(stored.text("url")), t.token(Trial.name("ann"))));
      Check.equal(
          "one's own", 200, t.status("GET", String.valueOf(stored.text("url")), t.token(user)));
      order(owner, "cam", "camera_snap", ",'deadline_ms':1000");
      String late = path(device);
      until(owner, "device_result");
      Check.equal("late", 404, t.upload(late, "image/jpeg", picture, true).statusCode());
      order(owner, "cam", "camera_snap", "");
      created(t.upload(path(device), "image/jpeg", picture(1 << 20), false));
      order(owner, "cam", "camera_snap", "");
      Check.equal(
          "no room",
          507,
          t.upload(path(device), "image/jpeg", picture(1 << 20), true).statusCode());
    }
  }
}
