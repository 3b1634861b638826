package dev.holdfast.conformance;

import static dev.holdfast.conformance.Case.Need.OWN;
import static dev.holdfast.conformance.Case.Need.TOKENS;
import static dev.holdfast.conformance.Case.Need.USERS;
import static dev.holdfast.conformance.DeviceTalk.audited;
import static dev.holdfast.conformance.DeviceTalk.device;
import static dev.holdfast.conformance.DeviceTalk.line;
import static dev.holdfast.conformance.DeviceTalk.order;
import static dev.holdfast.conformance.DeviceTalk.owned;
import static dev.holdfast.conformance.DeviceTalk.part;
import static dev.holdfast.conformance.DeviceTalk.present;
import static dev.holdfast.conformance.DeviceTalk.register;
import static dev.holdfast.conformance.DeviceTalk.told;
import static dev.holdfast.conformance.DeviceTalk.until;

import dev.holdfast.client.Frame;
import dev.holdfast.conformance.DeviceTalk.Owned;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Commands to devices: EVT9. */
final class DeviceCommandCases {

  private DeviceCommandCases() {}

  static List<Case> all() {
    return List.of(
        new Case(
            "EVT9",
            "a command goes to the device, and its result comes back",
            USERS,
            DeviceCommandCases::commanded),
        new Case(
            "EVT9",
            "a command to a device that is away waits, and is delivered once",
            USERS,
            DeviceCommandCases::away),
        new Case(
            "EVT9",
            "what was lost on the way is delivered again to a device that says so",
            USERS,
            DeviceCommandCases::lost),
        new Case(
            "EVT9",
            "who was cut before the result gets it by saying the command again",
            USERS,
            DeviceCommandCases::saidAgain),
        new Case(
            "EVT9",
            "a device that begins anew is told which command it is held to have got last",
            USERS,
            DeviceCommandCases::anew),
        new Case(
            "EVT9",
            "a command that a device comes back without is refused before it reaches it",
            USERS,
            DeviceCommandCases::undeclared),
        new Case(
            "EVT9",
            "a command that waits outlasts the gateway's end, and is delivered once",
            OWN,
            DeviceCommandCases::restarted),
        new Case(
            "EVT9", "a command ends at its deadline, once", USERS, DeviceCommandCases::deadline),
        new Case(
            "EVT9",
            "one's own devices are one's own, or by role",
            TOKENS,
            DeviceCommandCases::rights),
        new Case("EVT9", "commands over HTTP", USERS, DeviceCommandCases::http));
  }

  private static void commanded(Trial t) throws Exception {
    Owned owned = owned(t, "cam");
    Peer owner = owned.owner();
    Peer device = owned.device();
    String id = order(owner, "cam", "blink", ",'params':{'times':3}");
    Frame command = device.next("command");
    Check.equal("command_id", id, command.text("command_id"));
    Check.equal("params", Map.of("times", 3), command.fields().get("params"));
    Check.that("deadline", command.text("deadline") != null, command);
    owner.say("{'type':'attach','feed':'device:cam'}");
    owner.next("attached");
    device.say("{'type':'progress','id':'p','command_id':'%s','progress':50,'message':'half'}", id);
    device.next("ack");
    Frame progress = owner.next("progress");
    Check.equal("progress", 50, progress.fields().get("progress"));
    Check.equal("message", "half", progress.text("message"));
    device.say("{'type':'progress','command_id':'%s','progress':101}", id);
    device.error("bad_request");
    device.say("{'type':'result','id':'r','command_id':'%s','success':true,'data':{'done':3}}", id);
    device.next("ack");
    Frame result = until(owner, "device_result");
    Check.equal("command_id", id, result.text("command_id"));
    Check.equal("success", true, result.fields().get("success"));
    Check.equal("data", Map.of("done", 3), result.fields().get("data"));
    device.say("{'type':'result','command_id':'%s','success':true}", id);
    device.error("conflict");
    owner.say("{'type':'device_command','device_id':'cam','command':'explode'}");
    Check.equal(
        "message",
        "command: the device has not declared 'explode'",
        until(owner, "error").text("message"));
    owner.say("{'type':'device_command','device_id':'toaster','command':'blink'}");
    until(owner, "error");
    device.nothing();
  }

  private static void away(Trial t) throws Exception {
    Owned owned = owned(t, "cam");
    Peer owner = owned.owner();
    Peer device = owned.device();
    String user = owned.user();
    device.cut();
    told(owner, "device:session:closed");
    String one = order(owner, "cam", "blink", "");
    String other = order(owner, "cam", "blink", "");
    Peer back = device(t, user, "cam");
    present(owner);
    Check.equal("first", one, back.next("command").text("command_id"));
    Check.equal("second", other, back.next("command").text("command_id"));
    back.cut();
    told(owner, "device:session:closed");
    Peer again = device(t, user, "cam");
    present(owner);
    again.nothing();
    // It may still say what came of what it got by another connection.
    again.say("{'type':'result','id':'r','command_id':'%s','success':true}", one);
    again.next("ack");
    Check.equal("command_id", one, until(owner, "device_result").text("command_id"));
  }

  private static void lost(Trial t) throws Exception {
    Owned owned = owned(t, "cam");
    Peer owner = owned.owner();
    Peer device = owned.device();
    String got = order(owner, "cam", "blink", "");
    device.next("command");
    deliveredAgain(t, owned, device, got);
  }

  /** A command that is lost on the way is given to who comes back and says which it got before. */
  private static void deliveredAgain(Trial t, Owned owned, Peer device, String last)
      throws Exception {
    Peer owner = owned.owner();
    String missed = order(owner, "cam", "blink", "");
    device.next("command");
    device.cut();
    told(owner, "device:session:closed");
    Peer back = line(t, owned.user());
    register(back, "cam", ",'last_command_id':'" + last + "'");
    Check.equal("command", missed, back.next("command").text("command_id"));
    back.nothing();
  }

  private static void saidAgain(Trial t) throws Exception {
    String user = Trial.name("ann");
    Peer device = device(t, user, "cam");
    Peer owner = t.connect("/ws");
    t.hello(owner, user, "");
    String session = String.valueOf(owner.next("connected").text("session_id"));
    String ask = "{'type':'device_command','id':'k','device_id':'cam','command':'blink'}";
    owner.say(ask);
    String id = String.valueOf(until(owner, "ack").text("command_id"));
    device.next("command");
    owner.cut();
    Peer back = t.resume(user, session);
    Check.equal("resumed", true, back.next("connected").fields().get("resumed"));
    back.say(ask);
    Frame still = until(back, "ack");
    Check.equal("command_id", id, still.text("command_id"));
    Check.equal("duplicate", true, still.fields().get("duplicate"));
    back.cut();
    device.say("{'type':'result','id':'r','command_id':'%s','success':true,'data':7}", id);
    device.next("ack");
    Peer again = t.resume(user, session);
    again.next("connected");
    again.say(ask);
    Frame result = until(again, "device_result");
    Check.equal("id", "k", result.text("id"));
    Check.equal("command_id", id, result.text("command_id"));
    Check.equal("data", 7, result.fields().get("data"));
    Check.equal("duplicate", true, result.fields().get("duplicate"));
    device.nothing();
  }

  private static void anew(Trial t) throws Exception {
    Owned owned = owned(t, "cam");
    Peer owner = owned.owner();
    Peer device = owned.device();
    String user = owned.user();
    String got = order(owner, "cam", "blink", "");
    device.next("command");
    device.cut();
    told(owner, "device:session:closed");
    Peer process = line(t, user);
    String last = String.valueOf(register(process, "cam", "").text("last_command_id"));
    Check.equal("last_command_id", got, last);
    present(owner);
    deliveredAgain(t, owned, process, last);
  }

  private static void undeclared(Trial t) throws Exception {
    Owned owned = owned(t, "cam");
    Peer owner = owned.owner();
    String user = owned.user();
    owned.device().cut();
    told(owner, "device:session:closed");
    String id = order(owner, "cam", "blink", "");
    Peer back = line(t, user);
    back.say(
        "{'type':'register','device_id':'cam','device_info':{'capabilities':['get_location']}}");
    back.next("connected");
    back.next("registered");
    Frame result = until(owner, "device_result");
    Check.equal("command_id", id, result.text("command_id"));
    Check.equal("code", "conflict", part(result, "error").get("code"));
    back.nothing();
  }

  private static void restarted(Trial trial) throws Exception {
    Path folder = Files.createTempDirectory("holdfast-restart");
    try {
      String user;
      String one;
      String other;
      try (Trial t = trial.own(false, "server.data", folder.toString())) {
        Owned owned = owned(t, "cam");
        user = owned.user();
        owned.device().cut();
        told(owned.owner(), "device:session:closed");
        one = order(owned.owner(), "cam", "blink", ",'params':{'times':3},'deadline_ms':600000");
        other = order(owned.owner(), "cam", "blink", ",'deadline_ms':600000");
        end(t.gateway());
      }
      try (Trial t = trial.own(false, "server.data", folder.toString())) {
        Peer owner = t.as(user);
        Peer back = device(t, user, "cam");
        present(owner);
        Frame command = back.next("command");
        Check.equal("first", one, command.text("command_id"));
        Check.equal("params", Map.of("times", 3), command.fields().get("params"));
        Check.equal("second", other, back.next("command").text("command_id"));
        back.nothing();
        // As it comes: nothing is written any more.
        t.gateway().close();
      }
      try (Trial t = trial.own(false, "server.data", folder.toString())) {
        Peer owner = t.as(user);
        Peer again = line(t, user);
        // It got the first alone: the other was lost on the way when the gateway was killed.
        register(again, "cam", ",'last_command_id':'" + one + "'");
        present(owner);
        Check.equal("again", other, again.next("command").text("command_id"));
        again.say("{'type':'result','id':'r','command_id':'%s','success':true}", one);
        again.next("ack");
        Check.equal("ended", one, audited(owner, "succeeded").get("command_id"));
        again.nothing();
      }
    } finally {
      try (Stream<Path> left = Files.walk(folder)) {
        for (Path file : left.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** Ends a gateway as an operator does. */
  private static void end(Gateway gateway) throws InterruptedException {
    gateway.terminate();
    boolean over = gateway.process() == null || gateway.process().waitFor(30, TimeUnit.SECONDS);
    Check.that("over", over, gateway);
  }

  private static void deadline(Trial t) throws Exception {
    Owned owned = owned(t, "cam");
    Peer owner = owned.owner();
    Peer device = owned.device();
    String user = owned.user();
    String id = order(owner, "cam", "blink", ",'deadline_ms':1000");
    device.next("command");
    Frame result = until(owner, "device_result");
    Check.equal("success", false, result.fields().get("success"));
    Check.equal("code", "timeout", part(result, "error").get("code"));
    device.say("{'type':'result','command_id':'%s','success':true}", id);
    device.error("conflict");
    audited(owner, "refused");
    device.cut();
    told(owner, "device:session:closed");
    order(owner, "cam", "blink", ",'deadline_ms':300");
    until(owner, "device_result");
    Peer back = device(t, user, "cam");
    present(owner);
    back.nothing();
    owner.nothing();
  }

  private static void rights(Trial t) throws Exception {
    String ann = Trial.name("ann");
    Peer device = device(t, ann, "cam");
    String ask = "{'type':'device_command','device_id':'cam','user_id':'" + ann + "','command':";
    Peer bob = t.as(Trial.name("bob"));
    bob.say(ask + "'blink'}");
    Check.equal("message", "device_id: no such device", bob.error("not_found").text("message"));
    Peer viewer = t.at("/ws", Trial.name("viewer"), "device:view");
    viewer.say(ask + "'blink'}");
    viewer.error("forbidden");
    viewer.say("{'type':'attach','feed':'device:" + ann + "/cam','from':'start'}");
    viewer.next("attached");
    viewer.next("registered");
    Peer blinker = t.at("/ws", Trial.name("blinker"), "device:blink");
    blinker.say(ask + "'execute_command'}");
    blinker.error("forbidden");
    blinker.say(ask + "'blink','id':'b'}");
    blinker.next("ack");
    device.next("command");
    Peer all = t.at("/ws", Trial.name("all"), "device:command");
    all.say(ask + "'execute_command','id':'b'}");
    all.next("ack");
    device.next("command");
  }

  private static void http(Trial t) throws Exception {
    String user = Trial.name("ann");
    Peer device = device(t, user, "cam");
    Frame one = t.json(t.http("GET", "/api/devices/cam?user_id=" + user, null));
    Check.equal("online", true, one.fields().get("online"));
    String command = "{'command':'blink','user_id':'" + user + "','wait':%s}";
    Check.equal(
        "taken",
        202,
        t.http("POST", "/api/devices/cam/commands", command.formatted("false")).statusCode());
    String id = String.valueOf(device.next("command").text("command_id"));
    device.say("{'type':'result','command_id':'%s','success':true}", id);
    Thread answers =
        Thread.startVirtualThread(() -> {
          try {
            String asked = String.valueOf(device.next("command").text("command_id"));
            device.say(
                "{'type':'result','command_id':'%s','success':false,'error':'broken'}", asked);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    Frame result = t.json(t.http("POST", "/api/devices/cam/commands", command.formatted("true")));
    answers.join();
    Check.equal("success", false, result.fields().get("success"));
    Check.equal(
        "error", Map.of("code", "device_error", "message", "broken"), result.fields().get("error"));
    Check.equal(
        "unknown",
        404,
        t.http("POST", "/api/devices/toaster/commands", "{'command':'blink'}").statusCode());
    Check.equal(
        "undeclared",
        409,
        t.http("POST", "/api/devices/cam/commands", "{'command':'fly','user_id':'" + user + "'}")
            .statusCode());
    Check.equal(
        "forgotten", 204, t.http("DELETE", "/api/devices/cam?user_id=" + user, null).statusCode());
    device.closed(4001);
  }
}
