package dev.holdfast.conformance;

import static dev.holdfast.conformance.Case.Need.BROWSER;
import static dev.holdfast.conformance.DeviceTalk.order;
import static dev.holdfast.conformance.DeviceTalk.part;
import static dev.holdfast.conformance.DeviceTalk.until;

import dev.holdfast.client.Frame;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Real devices, a browser's page and the device program, through all events: EVT15. */
final class BrowserDeviceCases {

  private BrowserDeviceCases() {}

  static List<Case> all() {
    return List.of(
        new Case(
            "EVT15",
            "a browser's page is a device: photo, recording, place and notification; and a machine"
                + " gives a command's output",
            BROWSER,
            BrowserDeviceCases::devices));
  }

  private static void devices(Trial shared) throws Exception {
    Trial t = shared.own(true);
    Peer owner = t.as("dev-user");
    try (Chromium browser = Chromium.start()) {
      page(t, owner, browser.open(t.gateway().http("/#/this-device").toString()));
    }
    until(owner, "device:session:closed");
    machine(t, owner);
  }

  private static void page(Trial t, Peer owner, Chromium.Tab page) throws Exception {
    page.click("Be a device");
    DeviceTalk.present(owner);
    page.shows("main .badge.good", "registered");
    String id = page.value("document.querySelector('main .card h2').textContent");

    order(owner, id, "camera_snap", "");
    page.allows("take a photo");
    byte[] photo = media(t, until(owner, "device:camera:ready"), "image/jpeg");
    Check.that("a picture", (photo[0] & 0xff) == 0xff && (photo[1] & 0xff) == 0xd8, photo[0]);
    done(owner);

    order(owner, id, "screen_record_start", "");
    page.allows("record this");
    done(owner);
    order(owner, id, "screen_record_stop", "");
    byte[] recording = media(t, until(owner, "device:recording:complete"), "video/webm");
    // The first bytes of any such file.
    Check.equal("EBML", 0x1a45dfa3, java.nio.ByteBuffer.wrap(recording).getInt());
    done(owner);

    order(owner, id, "get_location", "");
    page.allows("know where");
    Map<?, ?> place = data(until(owner, "device:location:update"));
    Check.equal("latitude", "46.948", String.valueOf(place.get("latitude")));
    Check.equal("longitude", "7.4474", String.valueOf(place.get("longitude")));
    done(owner);

    order(owner, id, "send_notification", ",'params':{'title':'Hello','body':'<b>you</b>'}");
    page.allows("show you");
    Check.equal("data", Map.of("shown", true), data(until(owner, "device:notification:sent")));
    done(owner);
    page.shows("main li.card p", "<b>you</b>");
  }

  /** What an event of a command says that the device gave. */
  private static Map<?, ?> data(Frame event) {
    Object given = part(event, "data").get("data");
    return given instanceof Map<?, ?> data ? data : Map.of();
  }

  private static void done(Peer owner) throws Exception {
    Frame result = until(owner, "device_result");
    Check.equal("success", true, result.fields().get("success"));
  }

  /** What was uploaded, as the event tells of it. */
  private static byte[] media(Trial t, Frame event, String type) throws Exception {
    Map<?, ?> media =
        part(event, "data").get("media") instanceof Map<?, ?> given ? given : Map.of();
    Check.equal("content_type", type, media.get("content_type"));
    byte[] bytes = t.bytes(String.valueOf(media.get("url"))).body();
    Check.equal("bytes", media.get("bytes"), bytes.length);
    return bytes;
  }

  /** The device program, which runs what it is allowed to. */
  private static void machine(Trial t, Peer owner) throws Exception {
    String id = Trial.name("box");
    Process process =
        ChildGateways.program(
                List.of(
                    "device",
                    "--url",
                    t.gateway().base().toString(),
                    "--user",
                    "dev-user",
                    "--id",
                    id,
                    "--allow",
                    "echo"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      until(owner, "device:session:created");
      order(owner, id, "execute_command", ",'params':{'command':'echo from afar'}");
      Map<?, ?> output = data(until(owner, "device:command:output"));
      Check.equal("output", "from afar\n", output.get("output"));
      Check.equal("exit_code", 0, output.get("exit_code"));
      done(owner);
    } finally {
      process.destroyForcibly();
      Check.that("it ends", process.waitFor(Check.PATIENCE_SECONDS, TimeUnit.SECONDS), id);
    }
  }
}
