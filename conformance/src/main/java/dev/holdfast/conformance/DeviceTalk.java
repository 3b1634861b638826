package dev.holdfast.conformance;

import dev.holdfast.client.Frame;
import java.util.Map;

/** What devices and their users say in the cases about them. Stateless; any thread. */
final class DeviceTalk {

  private DeviceTalk() {}

  /** Every capability that the cases need, as a list without its brackets. */
  static final String ALL =
      "'camera_snap','screen_record_start','screen_record_stop','get_location',"
          + "'send_notification','execute_command','blink'";

  /** A connection to the endpoint of devices, admitted. */
  static Peer line(Trial t, String user) throws Exception {
    Peer device = t.connect("/ws/device");
    t.hello(device, user, "");
    device.next("connected");
    return device;
  }

  /** A device that is registered, with every capability. */
  static Peer device(Trial t, String user, String id) throws Exception {
    Peer device = line(t, user);
    register(device, id, "");
    return device;
  }

  /** A user, and a device of that user that is there, which the user has been told. */
  record Owned(String user, Peer owner, Peer device) {}

  /** A new user who has a device of that id. */
  static Owned owned(Trial t, String id) throws Exception {
    String user = Trial.name("ann");
    Peer owner = t.as(user);
    Peer device = device(t, user, id);
    present(owner);
    return new Owned(user, owner, device);
  }

  static Frame register(Peer device, String id, String more) throws Exception {
    device.say(
        "{'type':'register','device_id':'%s','device_info':{'name':'Cam','type':'camera',"
            + "'platform':'linux','version':'1.2','architecture':'arm64','capabilities':[%s]}%s}",
        id, ALL, more);
    Frame connected = device.next("connected");
    Check.equal("device_id", id, connected.text("device_id"));
    Check.that(
        "heartbeat_interval_ms", connected.number("heartbeat_interval_ms", 0) > 0, connected);
    Check.that("server_time", connected.text("server_time") != null, connected);
    Frame registered = device.next("registered");
    Check.equal("device_id", id, registered.text("device_id"));
    Check.that("registered_at", registered.text("registered_at") != null, registered);
    return registered;
  }

  /** What an event of the user's channel says. */
  static Map<?, ?> told(Peer owner, String event) throws Exception {
    return part(owner.next(event), "data");
  }

  /** An object within a frame. */
  static Map<?, ?> part(Frame frame, String name) {
    return part(frame.fields(), name);
  }

  static Map<?, ?> part(Map<?, ?> whole, String name) {
    if (whole.get(name) instanceof Map<?, ?> part) {
      return part;
    }
    throw new AssertionError("no " + name + ": " + whole);
  }

  static Map<?, ?> audited(Peer owner, String action) throws Exception {
    Map<?, ?> said = told(owner, "device:audit:log");
    Check.equal("action", action, said.get("action"));
    return said;
  }

  /** The user has been told that a device is there. */
  static void present(Peer owner) throws Exception {
    told(owner, "device:registered");
    told(owner, "device:session:created");
  }

  /** Has a device do something; the command's id. */
  static String order(Peer owner, String device, String command, String more) throws Exception {
    owner.say(
        "{'type':'device_command','id':'%s','device_id':'%s','command':'%s'%s}",
        Trial.name("k"), device, command, more);
    String id = String.valueOf(owner.next("ack").text("command_id"));
    Map<?, ?> said = told(owner, "device:command");
    Check.equal("command_id", id, said.get("command_id"));
    Check.equal("command", command, said.get("command"));
    Check.equal("command_id", id, audited(owner, "command").get("command_id"));
    return id;
  }

  /** The next frame of that type, whatever comes before it. */
  static Frame until(Peer peer, String type) throws Exception {
    Frame frame = peer.next();
    while (!frame.type().equals(type)) {
      frame = peer.next();
    }
    return frame;
  }

  static Frame created(java.net.http.HttpResponse<String> response) {
    Check.equal("status", 201, response.statusCode());
    return Frame.of(response.body());
  }

  /** The first bytes of a picture, and others. */
  static byte[] picture(int size) {
    byte[] picture = new byte[size];
    new java.util.Random(size).nextBytes(picture);
    picture[0] = (byte) 0xff;
    picture[1] = (byte) 0xd8;
    picture[2] = (byte) 0xff;
    return picture;
  }

  /** Where a device that was given a command is to upload what it yields. */
  static String path(Peer device) throws Exception {
    return String.valueOf(part(device.next("command"), "upload").get("url"));
  }
}
