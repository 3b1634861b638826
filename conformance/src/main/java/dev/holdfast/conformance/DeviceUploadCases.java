package dev.holdfast.conformance;

import static dev.holdfast.conformance.Case.Need.OWN;
import static dev.holdfast.conformance.Case.Need.USERS;
import static dev.holdfast.conformance.DeviceTalk.audited;
import static dev.holdfast.conformance.DeviceTalk.device;
import static dev.holdfast.conformance.DeviceTalk.order;
import static dev.holdfast.conformance.DeviceTalk.owned;
import static dev.holdfast.conformance.DeviceTalk.part;
import static dev.holdfast.conformance.DeviceTalk.path;
import static dev.holdfast.conformance.DeviceTalk.present;
import static dev.holdfast.conformance.DeviceTalk.told;
import static dev.holdfast.conformance.DeviceTalk.until;
import static dev.holdfast.conformance.Pieces.part;
import static dev.holdfast.conformance.Pieces.recording;

import dev.holdfast.client.Frame;
import dev.holdfast.conformance.DeviceTalk.Owned;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Recordings that are uploaded piece by piece: EVT11, and HRD1. */
final class DeviceUploadCases {

  private static final String START = "screen_record_start";
  private static final String STOP = "screen_record_stop";

  private DeviceUploadCases() {}

  static List<Case> all() {
    return List.of(
        new Case(
            "EVT11",
            "a recording is uploaded piece by piece while it is made",
            USERS,
            DeviceUploadCases::pieces),
        new Case(
            "EVT11",
            "an upload that is cut goes on at the exact byte, and the newer of two writers has it",
            OWN,
            DeviceUploadCases::cut),
        new Case("HRD1", "pieces that mean no good", OWN, DeviceUploadCases::hostile));
  }

  private static String begun(Peer owner, Peer device) throws Exception {
    String id = order(owner, "cam", START, "");
    String path = path(device);
    device.say("{'type':'result','command_id':'%s','success':true}", id);
    audited(owner, "succeeded");
    owner.next("device_result");
    return path;
  }

  private static void pieces(Trial t) throws Exception {
    Owned owned = owned(t, "cam");
    Peer owner = owned.owner();
    Peer device = owned.device();
    byte[] whole = recording(300_000);
    String path = begun(owner, device);
    try (Pieces pieces = new Pieces(t, path)) {
      Check.equal("before", 0L, pieces.offset());
      Check.equal("piece", 204, pieces.piece(0, part(whole, 0, 7)));
      Check.equal("piece", 204, pieces.unannounced(7, part(whole, 7, 100_000)));
      Check.equal("far", 100_000L, pieces.offset());
      String id = order(owner, "cam", STOP, "");
      Check.equal("the same", path, path(device));
      Check.equal("piece", 204, pieces.piece(100_000, part(whole, 100_000, 299_000)));
      Check.equal("last", 204, pieces.last(299_000, 300_000, part(whole, 299_000, 300_000)));
      Check.equal("far", 300_000L, pieces.offset());
      device.say("{'type':'result','command_id':'%s','success':true}", id);
      Map<?, ?> media = part(told(owner, "device:recording:complete"), "media");
      Check.equal("bytes", 300_000, media.get("bytes"));
      Check.equal("content_type", "video/webm", media.get("content_type"));
      byte[] got = t.bytes(String.valueOf(media.get("url"))).body();
      Check.that("whole", Arrays.equals(whole, got), got.length);
      Check.equal("over", 404, pieces.status("HEAD"));
    }
    audited(owner, "succeeded");
    owner.next("device_result");
    // A device that knows nothing of pieces uploads it at once, as ever.
    begun(owner, device);
    String id = order(owner, "cam", STOP, "");
    String at = path(device);
    Check.equal("whole", 201, t.upload(at, "video/webm", whole, true).statusCode());
    device.say("{'type':'result','command_id':'%s','success':true}", id);
    Check.equal("bytes", 300_000, part(until(owner, "device_result"), "media").get("bytes"));
  }

  private static void cut(Trial trial) throws Exception {
    try (Trial t = trial.own(false)) {
      Owned owned = owned(t, "cam");
      Peer owner = owned.owner();
      Peer device = owned.device();
      byte[] whole = recording(500_000);
      String id = order(owner, "cam", STOP, "");
      try (Pieces pieces = new Pieces(t, path(device))) {
        try (Socket cut = pieces.half(whole, 0, 123_456)) {
          stored(t, 123_456);
          Check.that("open", !cut.isClosed(), cut);
        }
        Check.equal("kept", 123_456L, pieces.offset());
        Check.equal("again", 409, pieces.piece(0, part(whole, 0, 500_000)));
        Check.equal("ahead", 409, pieces.piece(123_457, part(whole, 123_457, 500_000)));
        try (Socket stuck = pieces.half(whole, 123_456, 200_000)) {
          stored(t, 200_000);
          // Nobody knows that nothing more will come by that one.
          Check.equal("taken over", 200_000L, pieces.offset());
          String answer =
              new String(stuck.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
          Check.equal("older", "HTTP/1.1 409", answer);
        }
        Check.equal("last", 204, pieces.last(200_000, 500_000, part(whole, 200_000, 500_000)));
      }
      device.say("{'type':'result','command_id':'%s','success':true}", id);
      Map<?, ?> media = part(told(owner, "device:recording:complete"), "media");
      byte[] got = t.bytes(String.valueOf(media.get("url"))).body();
      Check.that("whole", Arrays.equals(whole, got), got.length);
    }
  }

  private static void stored(Trial t, long bytes) throws Exception {
    Check.becomes(bytes + " stored", () -> t.metric("holdfast_media_bytes") == bytes);
  }

  private static void hostile(Trial trial) throws Exception {
    Path folder = Files.createTempDirectory("holdfast-pieces");
    try (Trial t =
        trial.own(
            false,
            "devices.media",
            folder.toString(),
            "devices.media_max",
            "1MiB",
            "devices.media_per_user",
            "1536KiB",
            "devices.media_total",
            "2MiB")) {
      Owned owned = owned(t, "cam");
      Peer owner = owned.owner();
      Peer device = owned.device();
      String user = owned.user();
      String path = begun(owner, device);
      try (Pieces pieces = new Pieces(t, path)) {
        refused(pieces);
        byte[] whole = recording(1 << 20);
        for (int at = 0; at < 1 << 20; at += 1 << 18) {
          Check.equal("piece " + at, 204, pieces.piece(at, part(whole, at, at + (1 << 18))));
        }
        Check.equal("one too many", 413, pieces.unannounced(1 << 20, new byte[1]));
        nothing(t, folder);
        Check.equal("anew", 0L, pieces.offset());
        Check.equal("announced", 413, pieces.last(0, (1 << 20) + 1, new byte[0]));
        Check.equal("piece", 204, pieces.piece(0, part(whole, 0, 1 << 19)));
        Check.equal("shrinks", 400, pieces.last(1 << 19, 7, new byte[0]));
        Check.equal("told", 204, pieces.last(1 << 19, 1 << 20, new byte[0]));
        Check.equal("changes", 400, pieces.last(1 << 19, (1 << 20) - 1, new byte[0]));
        room(t, folder, device, owner, pieces, whole);
      }
      order(owner, "cam", STOP, ",'deadline_ms':500");
      try (Pieces late = new Pieces(t, path(device))) {
        Check.equal("piece", 204, late.piece(0, recording(1_000)));
        until(owner, "device_result");
        Check.equal("late", 404, late.piece(1_000, new byte[1]));
        nothing(t, folder);
      }
      String last = begun(owner, device);
      try (Pieces forgotten = new Pieces(t, last)) {
        Check.equal("piece", 204, forgotten.piece(0, recording(1_000)));
        t.http("DELETE", "/api/devices/cam?user_id=" + user, null);
        Check.equal("forgotten", 404, forgotten.piece(1_000, new byte[1]));
        nothing(t, folder);
      }
    } finally {
      try (Stream<Path> left = Files.list(folder)) {
        for (Path file : left.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  /** What is refused before anything is taken, and lies. */
  private static void refused(Pieces pieces) throws Exception {
    byte[] some = recording(100);
    String type = "application/offset+octet-stream";
    Check.equal(
        "type",
        415,
        pieces
            .ask("PATCH", Map.of("content-type", "video/webm", "upload-offset", "0"), some)
            .statusCode());
    Check.equal(
        "offset", 400, pieces.ask("PATCH", Map.of("content-type", type), some).statusCode());
    for (String offset : List.of("-1", "x", "1e3", "9".repeat(30), "")) {
      Map<String, String> headers = Map.of("content-type", type, "upload-offset", offset);
      Check.equal(offset, 400, pieces.ask("PATCH", headers, some).statusCode());
    }
    Check.equal(
        "length",
        400,
        pieces
            .ask(
                "PATCH",
                Map.of("content-type", type, "upload-offset", "0", "upload-length", "-5"),
                some)
            .statusCode());
    Check.equal(
        "version", 412, pieces.ask("HEAD", Map.of("tus-resumable", "0.2"), some).statusCode());
    Check.equal("options", 204, pieces.status("OPTIONS"));
    byte[] page = "<html><script>alert(1)</script>".getBytes(StandardCharsets.UTF_8);
    Check.equal("a page", 415, pieces.piece(0, page));
    Check.equal("begins", 204, pieces.piece(0, part(page, 0, 9)));
    Check.equal("goes on as one", 415, pieces.piece(9, part(page, 9, page.length)));
    Check.equal("short", 415, pieces.last(0, 5, part(page, 0, 5)));
    Check.equal("a picture", 415, pieces.piece(0, DeviceTalk.picture(100)));
    Check.equal("anew", 0L, pieces.offset());
  }

  /** A user's room, and that of all. */
  private static void room(
      Trial t, Path folder, Peer device, Peer owner, Pieces pieces, byte[] whole) throws Exception {
    order(owner, "cam", "camera_snap", "");
    String photo = path(device);
    byte[] picture = DeviceTalk.picture(1 << 20);
    Check.equal("photo", 201, t.upload(photo, "image/jpeg", picture, true).statusCode());
    Check.equal("no room", 507, pieces.piece(1 << 19, part(whole, 1 << 19, 1 << 20)));
    String bob = Trial.name("bob");
    Peer other = t.as(bob);
    Peer cam = device(t, bob, "cam");
    present(other);
    order(other, "cam", STOP, "");
    try (Pieces more = new Pieces(t, path(cam))) {
      Check.equal("piece", 204, more.piece(0, part(whole, 0, 1 << 19)));
      Check.equal("piece", 204, more.piece(1 << 19, part(whole, 1 << 19, 1 << 20)));
      Check.equal("in all", 507, pieces.piece(0, whole));
      Check.equal("given up", 204, more.status("DELETE"));
      Check.equal("gone", 404, more.status("HEAD"));
    }
    Check.equal("given up", 204, pieces.status("DELETE"));
    Frame all = t.json(t.http("GET", "/api/media", null));
    String url = all.json().replaceFirst(".*\"url\":\"([^\"]*)\".*", "$1");
    // Somebody has deleted the file: whoever asks for it is not left waiting.
    Files.delete(folder.resolve(url.substring(url.lastIndexOf('/') + 1)));
    Check.equal("lost", 404, t.http("GET", url, null).statusCode());
    nothing(t, folder);
  }

  /** Nothing is left, nor counted. */
  private static void nothing(Trial t, Path folder) throws Exception {
    stored(t, 0);
    Check.becomes("empty", () -> empty(folder));
  }

  private static boolean empty(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }
}
