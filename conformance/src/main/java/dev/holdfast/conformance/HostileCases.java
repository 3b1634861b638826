package dev.holdfast.conformance;

import static dev.holdfast.conformance.Case.Need.OWN;
import static dev.holdfast.conformance.Case.Need.USERS;

import dev.holdfast.client.Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.Deflater;

/** What nobody should send, and somebody will: HRD1 to HRD4. */
final class HostileCases {

  private static final int[] BROKEN = {
    0x83, 0x87, 0x8b, 0x8f, 0xc1, 0xa1, 0x91, 0x09, 0x08, 0x0a, 0x80
  };

  private HostileCases() {}

  static List<Case> all() {
    return List.of(
        new Case(
            "HRD1",
            "malformed frames are answered with their reason, and the connection stays",
            USERS,
            HostileCases::malformed),
        new Case(
            "HRD2",
            "broken WebSocket frames are closed 1002, 1007 and 1009",
            USERS,
            HostileCases::broken),
        new Case(
            "HRD2", "what inflates beyond the limit is closed 1009", OWN, HostileCases::inflated),
        new Case("HRD3", "random and mutated frames harm nobody", OWN, HostileCases::random),
        new Case(
            "HRD4",
            "half-open sockets and slow handshakes end; thousands idle without harm",
            OWN,
            HostileCases::idle));
  }

  private static Map<String, String> frames() {
    Map<String, String> frames = new LinkedHashMap<>();
    for (String text :
        List.of(
            "",
            " ",
            "nonsense",
            "[]",
            "[{}]",
            "1",
            "null",
            "true",
            "\"text\"",
            "{",
            "{}}",
            "{\"type\":\"ping\"} x",
            "{\"type\":\"ping\",}",
            "{'type':'ping'}",
            "{\"type\":\"ping\"",
            "{\"type\":\"message\",\"content\":01}",
            "{\"type\":\"message\",\"content\":NaN}",
            "{\"type\":\"message\",\"content\":\"\u0001\"}",
            "{\"type\":\"message\",\"content\":\"\\x\"}",
            "{\"type\":\"message\",\"content\":" + "[".repeat(100) + "]".repeat(100) + "}",
            "[".repeat(60_000))) {
      frames.put(text, "bad_json");
    }
    for (String text :
        List.of(
            "{}",
            "{\"type\":1}",
            "{\"type\":null}",
            "{\"type\":{}}",
            "{\"type\":\"message\"}",
            "{\"type\":\"message\",\"channel\":1,\"content\":1}",
            "{\"type\":\"message\",\"channel\":\"a b\",\"content\":1}",
            "{\"type\":\"message\",\"channel\":\"\",\"content\":1}",
            "{\"type\":\"message\",\"id\":1,\"content\":1}",
            "{\"type\":\"message\",\"id\":\"\",\"content\":1}",
            "{\"type\":\"message\",\"id\":\"" + "x".repeat(200) + "\",\"content\":1}",
            "{\"type\":\"subscribe\"}",
            "{\"type\":\"subscribe\",\"channel\":\"c\",\"from\":7}",
            "{\"type\":\"subscribe\",\"channel\":\"c\",\"presence\":\"yes\"}",
            "{\"type\":\"attach\",\"feed\":\"no-kind\"}",
            "{\"type\":\"history\"}",
            "{\"type\":\"history\",\"feed\":\"channel:c\",\"limit\":1e400}",
            "{\"type\":\"history\",\"feed\":\"channel:c\",\"limit\":99999999999999999999}",
            "{\"type\":\"publish\",\"channel\":\"c\",\"event\":\"plain\",\"data\":1}",
            "{\"type\":\"publish\",\"channel\":\"c\",\"event\":\"a:b\"}",
            "{\"type\":\"direct\",\"content\":1}",
            "{\"type\":\"refresh\"}",
            "{\"type\":\"message\",\"content\":\"\\ud800\"}",
            "{\"type\":\"message\",\"content\":1,\"content\":2}",
            "{\"type\":\"ping\",\"type\":\"message\",\"content\":2}")) {
      frames.put(text, "bad_request");
    }
    frames.put("{\"type\":\"nonsense\"}", "unknown_type");
    frames.put("{\"type\":\"\"}", "unknown_type");
    frames.put("{\"type\":\"__proto__\"}", "unknown_type");
    return frames;
  }

  private static void malformed(Trial t) throws Exception {
    Peer peer = t.as(Trial.name("u"));
    for (Map.Entry<String, String> frame : frames().entrySet()) {
      peer.sayRaw(frame.getKey());
      Frame answer = peer.next("error");
      String shown =
          frame.getKey().length() > 80 ? frame.getKey().substring(0, 80) : frame.getKey();
      Check.equal(shown, frame.getValue(), answer.text("code"));
      String message = String.valueOf(answer.text("message"));
      Check.that("one line", !message.contains("\n") && !message.contains("xception"), message);
      peer.nothing();
    }
    peer.wire().send(Wire.BINARY, new byte[] {1, 2, 3});
    peer.error("bad_request");
    peer.say("{'type':'message','id':'known','channel':7,'content':1}");
    Frame named = peer.error("bad_request");
    Check.equal("id", "known", named.text("id"));
    Check.that(
        "names the field", String.valueOf(named.text("message")).startsWith("channel:"), named);
    peer.nothing();
  }

  private static void broken(Trial t) throws Exception {
    closes(t, 1007, Wire.frame(Wire.FINAL | Wire.TEXT, new byte[] {'"', (byte) 0xc3, '"'}));
    closes(
        t,
        1007,
        Wire.frame(Wire.FINAL | Wire.TEXT, new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}));
    closes(t, 1007, Wire.frame(Wire.FINAL | Wire.CLOSE, new byte[] {3, (byte) 0xe8, (byte) 0xff}));
    byte[] large = new byte[70_000];
    Arrays.fill(large, (byte) 'x');
    closes(t, 1009, Wire.frame(Wire.FINAL | Wire.TEXT, large));
    byte[] part = Arrays.copyOf(large, 40_000);
    closes(t, 1009, join(Wire.frame(Wire.TEXT, part), Wire.frame(Wire.FINAL, part)));
    closes(t, 1009, new byte[] {(byte) 0x81, (byte) 0xff, 0x7f, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4});
    for (int first : BROKEN) {
      closes(t, 1002, Wire.frame(first, new byte[] {'h', 'i'}));
    }
    closes(t, 1002, new byte[] {(byte) 0x81, 2, 'h', 'i'});
    closes(t, 1002, Wire.frame(Wire.FINAL | Wire.PING, new byte[126]));
    closes(t, 1002, Wire.frame(Wire.FINAL | Wire.CLOSE, new byte[1]));
    closes(t, 1002, Wire.frame(Wire.FINAL | Wire.CLOSE, new byte[] {0, 1}));
    closes(t, 1002, join(Wire.frame(Wire.TEXT, part), Wire.frame(Wire.FINAL | Wire.TEXT, part)));
  }

  private static byte[] join(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  private static void closes(Trial t, int code, byte[] bytes) throws Exception {
    Peer peer = t.as(Trial.name("u"));
    peer.wire().raw(bytes);
    int closed = peer.ended().code();
    Check.equal(
        "close code after " + Arrays.toString(Arrays.copyOf(bytes, Math.min(16, bytes.length))),
        code,
        closed);
  }

  private static void inflated(Trial t) throws Exception {
    Trial own = t.own(false, "server.deflate", "true");
    Map<String, String> offer =
        Map.of(
            "Sec-WebSocket-Extensions",
            "permessage-deflate; client_no_context_takeover; server_no_context_takeover");
    Peer healthy = own.connect("/ws?token=" + own.token("ann"), offer);
    healthy.next("connected");
    healthy
        .wire()
        .raw(
            Wire.frame(
                0xc1,
                deflated("{\"type\":\"ping\",\"timestamp\":1}".getBytes(StandardCharsets.UTF_8))));
    Check.equal("timestamp", 1, healthy.next("pong").number("timestamp", -1));
    Peer bomb = own.connect("/ws?token=" + own.token("bob"), offer);
    bomb.next("connected");
    bomb.wire().raw(Wire.frame(0xc1, deflated(new byte[50_000_000])));
    bomb.closed(1009);
    Peer garbage = own.connect("/ws?token=" + own.token("zoe"), offer);
    garbage.next("connected");
    garbage.wire().raw(Wire.frame(0xc1, new byte[] {(byte) 0xff, (byte) 0xff, 7}));
    int code = garbage.ended().code();
    Check.that("what can't be inflated: " + code, code == 1002 || code == 1007, code);
    healthy.nothing();
  }

  /** The payload of a message, as permessage-deflate has it. */
  static byte[] deflated(byte[] text) {
    Deflater deflater = new Deflater(9, true);
    try {
      deflater.setInput(text);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] buffer = new byte[8192];
      int count;
      do {
        count = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
        out.write(buffer, 0, count);
      } while (count == buffer.length);
      byte[] all = out.toByteArray();
      return Arrays.copyOf(all, all.length - 4);
    } finally {
      deflater.end();
    }
  }

  private static void random(Trial t) throws Exception {
    Trial own = t.own(false);
    Random random = new Random(t.seed());
    Peer healthy = own.as("healthy");
    Trial.subscribe(healthy, "c");
    List<String> good = new ArrayList<>(frames().keySet());
    good.add("{\"type\":\"message\",\"channel\":\"d\",\"content\":{\"a\":[1,2]}}");
    good.add("{\"type\":\"subscribe\",\"channel\":\"d\",\"from\":\"start\"}");
    long until = System.nanoTime() + Long.getLong("holdfast.hostile.seconds", 3) * 1_000_000_000L;
    int rounds = 0;
    int said = 0;
    while (System.nanoTime() < until) {
      try (Peer rude = own.connect("/ws?token=" + own.token("rude"))) {
        rude.tally(text -> {});
        for (int i = 0; i < 50 && rude.open(); i++) {
          rude.wire().raw(mutated(random, good.get(random.nextInt(good.size()))));
        }
      } catch (IOException e) {
        // Closed in the middle of what it said, as it should be.
      }
      rounds++;
      healthy.say("{'type':'message','channel':'c','content':%d}", ++said);
      Check.equal("content", said, healthy.next("message").number("content", -1));
    }
    Check.that("rounds", rounds > 1, rounds);
    healthy.nothing();
    Check.becomes("only the healthy one is left", () -> own.metric("holdfast_connections") == 1);
    Check.equal("internal errors", 0.0, own.metric("holdfast_refusals_total{reason=\"internal\"}"));
  }

  private static byte[] mutated(Random random, String text) {
    byte[] payload = text.getBytes(StandardCharsets.UTF_8);
    for (int i = random.nextInt(4); i > 0 && payload.length > 0; i--) {
      payload[random.nextInt(payload.length)] = (byte) random.nextInt(256);
    }
    return switch (random.nextInt(12)) {
      case 0 -> {
        byte[] noise = new byte[random.nextInt(200)];
        random.nextBytes(noise);
        yield noise;
      }
      case 1 ->
          Wire.frame(random.nextInt(256), Arrays.copyOf(payload, Math.min(payload.length, 100)));
      case 2 -> {
        byte[] frame = Wire.frame(Wire.FINAL | Wire.TEXT, payload);
        frame[random.nextInt(Math.min(frame.length, 14))] ^= (byte) (1 << random.nextInt(8));
        yield frame;
      }
      default -> Wire.frame(Wire.FINAL | Wire.TEXT, payload);
    };
  }

  private static void idle(Trial t) throws Exception {
    Trial own =
        t.own(false, "server.request_timeout", "500ms", "session.connects_per_second", "100000");
    Peer healthy = own.as("healthy");
    byte[] half = "GET /ws HTTP/1.1\r\nHost: 127.0".getBytes(StandardCharsets.US_ASCII);
    List<Wire> sockets = new ArrayList<>();
    List<Peer> idle = new ArrayList<>();
    try {
      for (int i = 0; i < 500; i++) {
        Wire wire = Wire.connect(own.gateway().base());
        sockets.add(wire);
        if (i % 2 == 0) {
          wire.raw(half);
        }
      }
      for (int i = 0; i < 2_000; i++) {
        Peer peer = own.connect("/ws");
        own.hello(peer, "u" + i, "");
        idle.add(peer);
      }
      for (Peer peer : idle) {
        peer.next("connected");
      }
      healthy.nothing();
      for (Wire wire : sockets) {
        Check.that("a handshake that takes too long ends", wire.closesWithin(5_000), wire);
      }
      Check.equal("connections", 2_001.0, own.metric("holdfast_connections"));
      healthy.nothing();
    } finally {
      sockets.forEach(Wire::cut);
      idle.forEach(Peer::cut);
    }
    Check.becomes("only the healthy one is left", () -> own.metric("holdfast_connections") == 1);
  }
}
