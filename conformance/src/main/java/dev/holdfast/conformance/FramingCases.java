package dev.holdfast.conformance;

import static dev.holdfast.conformance.Case.Need.OWN;
import static dev.holdfast.conformance.Case.Need.USERS;

import dev.holdfast.client.Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The sections of the Autobahn test suite, which is no more to be had, against what RFC 6455 and
 * RFC 7692 say: HRD5. An echo is here the {@code pong} to a {@code ping} with a timestamp.
 */
final class FramingCases {

  private static final HexFormat HEX = HexFormat.of();
  private static final int RSV1 = 0x40;
  private static final int LARGEST = 65_536;

  /** What is none of UTF-8, after Markus Kuhn's stress test: each is closed 1007. */
  private static final List<String> NO_UTF_8 =
      List.of(
          // Beyond U+10FFFF, and of five and six bytes.
          "f4908080 f7bfbfbf f888808080 fbbfbfbfbf fc8480808080 fdbfbfbfbfbf",
          // Continuations without a beginning, beginnings without a continuation.
          "80 bf 80bf 80bf80 80bf80bf 80bf80bf80bf c020 df20 e020 ef20 f020 f720 f820 fc20",
          // The last bytes are missing.
          "c0 df e080 efbf f08080 f7bfbf f8808080 fbbfbfbf fc80808080 fdbfbfbfbf c0e080f08080",
          "fe ff fefeffff",
          // Longer than they have to be.
          "c0af e080af f08080af f8808080af fc80808080af c1bf e09fbf f08fbfbf c080 e08080 f0808080",
          // Surrogates, alone and in pairs.
          "eda080 edadbf edae80 edafbf edb080 edbe80 edbfbf eda080edb080 edadbfedbfbf");

  private static final List<String> UTF_8 =
      List.of(
          "\u03ba\u1f79\u03c3\u03bc\u03b5",
          "\u0080\u07ff\u0800\ud7ff\ue000\ufffd\uffff",
          "\ud800\udc00\ud83d\ude00\udbff\udfff",
          "\ufffe\ufdd0\ud83f\udffe");

  private FramingCases() {}

  static List<Case> all() {
    return List.of(
        new Case("HRD5", "frames of every length", USERS, FramingCases::lengths),
        new Case("HRD5", "pings and pongs", USERS, FramingCases::pings),
        new Case("HRD5", "reserved bits and opcodes", USERS, FramingCases::reserved),
        new Case("HRD5", "fragments", USERS, FramingCases::fragments),
        new Case("HRD5", "UTF-8 and what is none", USERS, FramingCases::characters),
        new Case("HRD5", "closes, their codes and reasons", USERS, FramingCases::closes),
        new Case("HRD5", "compressed messages", OWN, FramingCases::compressed));
  }

  /** A connection that is told bytes; what it answers is noted in words. */
  private static final class Line {
    private final Wire wire;
    private final List<String> heard = new ArrayList<>();
    private boolean closed;

    Line(Trial t, Map<String, String> headers) throws IOException {
      String user = Trial.name("u");
      if (t.gateway().secret() == null) {
        wire = Wire.open(t.gateway().ws("/ws"), headers);
        wire.text("{\"type\":\"connect\",\"user_id\":\"" + user + "\"}");
      } else {
        wire = Wire.open(t.gateway().ws("/ws?token=" + t.token(user)), headers);
      }
      wire.patience(1_000 * Check.PATIENCE_SECONDS);
      hear(1);
      Check.equal("admitted", List.of("connected"), heard);
      heard.clear();
    }

    /** Hears so many answers, or up to the end. */
    private void hear(int count) throws IOException {
      while (!closed && heard.size() < count) {
        Wire.Heard frame = wire.hear();
        if (frame == null) {
          heard.add("cut");
          closed = true;
        } else if ((frame.first() & 0xf) != Wire.PING) {
          closed = (frame.first() & 0xf) == Wire.CLOSE;
          heard.add(words(frame));
        }
      }
    }

    private static String words(Wire.Heard frame) throws IOException {
      byte[] payload = frame.payload();
      return switch (frame.first() & 0xf) {
        case Wire.PONG -> "pong " + HEX.formatHex(payload);
        case Wire.CLOSE ->
            payload.length == 0
                ? "close"
                : "close " + (ByteBuffer.wrap(payload).getShort() & 0xffff);
        default -> {
          boolean deflated = (frame.first() & RSV1) != 0;
          String text = new String(deflated ? inflated(payload) : payload, StandardCharsets.UTF_8);
          Frame said = Frame.of(text);
          yield switch (said.type()) {
            case "pong" -> "echo " + said.text("timestamp");
            case "error" -> "error " + said.text("code");
            default -> said.type();
          };
        }
      };
    }
  }

  private static byte[] inflated(byte[] payload) throws IOException {
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(join(payload, HEX.parseHex("0000ffff")));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] some = new byte[8192];
      int length;
      while ((length = inflater.inflate(some)) > 0) {
        out.write(some, 0, length);
      }
      return out.toByteArray();
    } catch (DataFormatException e) {
      throw new IOException(e);
    } finally {
      inflater.end();
    }
  }

  /** Says those bytes on a connection of their own, and hears exactly that. */
  private static void row(Trial t, String name, byte[] bytes, String... expected)
      throws IOException {
    row(t, Map.of(), name, List.of(bytes), expected);
  }

  private static void row(
      Trial t, Map<String, String> headers, String name, List<byte[]> pieces, String... expected)
      throws IOException {
    Line line = new Line(t, headers);
    try {
      for (byte[] piece : pieces) {
        line.wire.raw(piece);
      }
      line.hear(expected.length);
      if (!line.closed) {
        // Nothing else comes: this is answered next.
        line.wire.send(Wire.PING, HEX.parseHex("0e0d"));
        line.hear(expected.length + 1);
        Check.equal(name + ": nothing else", "pong 0e0d", line.heard.removeLast());
      }
      boolean same = List.of(expected).equals(line.heard);
      Check.that(
          "expected %s of '%s'".formatted(brief(List.of(expected)), name), same, brief(line.heard));
    } finally {
      line.wire.cut();
    }
  }

  private static List<String> brief(List<String> heard) {
    return heard.stream()
        .map(one -> one.length() < 60 ? one : one.substring(0, 50) + "… " + one.length())
        .toList();
  }

  private static byte[] text(String text) {
    return Wire.frame(Wire.FINAL | Wire.TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String ping(String timestamp) {
    return "{\"type\":\"ping\",\"timestamp\":\"" + timestamp + "\"}";
  }

  /** A ping of that timestamp, whose bytes may be no UTF-8. */
  private static byte[] ping(byte[] timestamp) {
    String[] around = ping("|").split("\\|");
    return join(
        around[0].getBytes(StandardCharsets.UTF_8),
        timestamp,
        around[1].getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] join(byte[]... all) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] one : all) {
      joined.writeBytes(one);
    }
    return joined.toByteArray();
  }

  private static List<byte[]> octets(byte[] bytes) {
    return IntStream.range(0, bytes.length)
        .mapToObj(i -> Arrays.copyOfRange(bytes, i, i + 1))
        .toList();
  }

  /** A message in fragments of that many bytes. */
  private static byte[] fragmented(int rsv, byte[] message, int size) {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    for (int at = 0; at < message.length; at += size) {
      int end = Math.min(message.length, at + size);
      int first = (at == 0 ? rsv | Wire.TEXT : 0) | (end == message.length ? Wire.FINAL : 0);
      frames.writeBytes(Wire.frame(first, Arrays.copyOfRange(message, at, end)));
    }
    return frames.toByteArray();
  }

  private static void lengths(Trial t) throws Exception {
    int around = ping("").length();
    for (int length : List.of(125, 126, 127, 128, 65_535, LARGEST)) {
      String stamp = "x".repeat(length - around);
      row(t, "text of " + length, text(ping(stamp)), "echo " + stamp);
    }
    row(t, "text of more", text(ping("x".repeat(LARGEST + 1 - around))), "close 1009");
    row(t, Map.of(), "octet by octet", octets(text(ping("slowly"))), "echo slowly");
    row(t, "empty text", text(""), "error bad_json");
    for (int length : List.of(0, 125, 126, 127, 128, LARGEST)) {
      byte[] binary = Wire.frame(Wire.FINAL | Wire.BINARY, new byte[length]);
      row(t, "binary of " + length, binary, "error bad_request");
    }
  }

  private static void pings(Trial t) throws Exception {
    for (String payload : List.of("", "48656c6c6f", "00fffefdfcfb00ff", "fe".repeat(125))) {
      byte[] frame = Wire.frame(Wire.FINAL | Wire.PING, HEX.parseHex(payload));
      row(t, "ping " + payload, frame, "pong " + payload);
      row(t, Map.of(), "octet by octet", octets(frame), "pong " + payload);
    }
    row(t, "too long", Wire.frame(Wire.FINAL | Wire.PING, new byte[126]), "close 1002");
    for (int length : List.of(0, 5, 125)) {
      row(t, "unasked pong", Wire.frame(Wire.FINAL | Wire.PONG, new byte[length]));
    }
    byte[] ten = new byte[0];
    List<String> pongs = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      ten = join(ten, Wire.frame(Wire.FINAL | Wire.PING, HEX.parseHex("0" + i)));
      pongs.add("pong 0" + i);
    }
    row(t, "ten pings", ten, pongs.toArray(String[]::new));
  }

  private static void reserved(Trial t) throws Exception {
    for (int bits = 1; bits < 8; bits++) {
      for (int opcode : List.of(Wire.TEXT, Wire.BINARY, Wire.PING, Wire.CLOSE)) {
        byte[] frame = Wire.frame(Wire.FINAL | bits << 4 | opcode, new byte[0]);
        row(t, "reserved bits " + bits + " with opcode " + opcode, frame, "close 1002");
      }
    }
    for (int opcode : List.of(3, 4, 5, 6, 7, 11, 12, 13, 14, 15)) {
      for (int length : List.of(0, 9)) {
        byte[] frame = Wire.frame(Wire.FINAL | opcode, new byte[length]);
        row(t, "opcode " + opcode + " with " + length, frame, "close 1002");
      }
    }
  }

  private static void fragments(Trial t) throws Exception {
    byte[] message = ping("in pieces").getBytes(StandardCharsets.UTF_8);
    for (int size : List.of(1, 7, message.length - 1)) {
      byte[] frames = fragmented(0, message, size);
      row(t, "fragments of " + size, frames, "echo in pieces");
      row(t, Map.of(), "octet by octet", octets(frames), "echo in pieces");
    }
    byte[] first = Wire.frame(Wire.TEXT, Arrays.copyOf(message, 5));
    byte[] rest = Arrays.copyOfRange(message, 5, message.length);
    byte[] last = Wire.frame(Wire.FINAL, rest);
    byte[] between = Wire.frame(Wire.FINAL | Wire.PING, HEX.parseHex("07"));
    row(t, "ping between", join(first, between, last), "pong 07", "echo in pieces");
    byte[] empty = Wire.frame(0, new byte[0]);
    row(t, "empty ones", join(first, empty, empty, last), "echo in pieces");
    byte[] whole = Wire.frame(Wire.TEXT, message);
    row(
        t,
        "empty at both ends",
        join(Wire.frame(Wire.TEXT, new byte[0]), Wire.frame(0, message), frame(Wire.FINAL)),
        "echo in pieces");
    row(t, "whole but for its end", join(whole, frame(Wire.FINAL)), "echo in pieces");
    String[] refused = {"close 1002"};
    row(t, "a ping in two", Wire.frame(Wire.PING, new byte[1]), refused);
    row(t, "a pong in two", Wire.frame(Wire.PONG, new byte[1]), refused);
    row(t, "a close in two", Wire.frame(Wire.CLOSE, new byte[2]), refused);
    row(t, "nothing to continue", last, refused);
    row(t, "nothing to continue, nor the end", Wire.frame(0, rest), refused);
    row(t, "another begins in the middle", join(first, text(ping("x"))), refused);
    row(t, "a binary one in the middle", join(first, frame(Wire.FINAL | Wire.BINARY)), refused);
    int around = ping("").length();
    String large = "x".repeat(LARGEST - around);
    byte[] bytes = ping(large).getBytes(StandardCharsets.UTF_8);
    for (int size : List.of(64, 4_096, 32_768)) {
      row(t, "64 KiB in " + size, fragmented(0, bytes, size), "echo " + large);
    }
  }

  private static byte[] frame(int first) {
    return Wire.frame(first, new byte[0]);
  }

  private static void characters(Trial t) throws Exception {
    for (String good : UTF_8) {
      byte[] message = ping(good.getBytes(StandardCharsets.UTF_8));
      row(t, good, Wire.frame(Wire.FINAL | Wire.TEXT, message), "echo " + good);
      row(t, good + ", each byte alone", fragmented(0, message, 1), "echo " + good);
    }
    for (String line : NO_UTF_8) {
      for (String bad : line.split(" ")) {
        byte[] message = ping(HEX.parseHex(bad));
        row(t, bad, Wire.frame(Wire.FINAL | Wire.TEXT, message), "close 1007");
      }
    }
    byte[] message = ping(HEX.parseHex("cebaeda080"));
    row(t, "in fragments", fragmented(0, message, 1), "close 1007");
    byte[] unfinished = Wire.frame(Wire.FINAL | Wire.TEXT, HEX.parseHex("22e282"));
    row(t, "unfinished at the end", unfinished, "close 1007");
  }

  private static void closes(Trial t) throws Exception {
    row(t, "no code", Wire.frame(Wire.FINAL | Wire.CLOSE, new byte[0]), "close 1000");
    for (int code :
        List.of(1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999)) {
      row(t, "code " + code, close(code, ""), "close " + code);
      row(t, "code " + code + " and a reason", close(code, "x".repeat(123)), "close " + code);
    }
    for (int code : List.of(0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999)) {
      row(t, "code " + code, close(code, ""), "close 1002");
    }
    row(t, "half a code", Wire.frame(Wire.FINAL | Wire.CLOSE, new byte[1]), "close 1002");
    row(t, "too long a reason", close(1000, "x".repeat(124)), "close 1002");
    byte[] reason = join(HEX.parseHex("03e8"), HEX.parseHex("cebaeda080"));
    row(t, "a reason of no UTF-8", Wire.frame(Wire.FINAL | Wire.CLOSE, reason), "close 1007");
    byte[] after = Wire.frame(Wire.FINAL | Wire.PING, new byte[1]);
    row(t, "a ping after it", join(close(1000, ""), after), "close 1000");
    row(t, "two of them", join(close(1000, ""), close(1001, "")), "close 1000");
    byte[] part = Wire.frame(Wire.TEXT, "{".getBytes(StandardCharsets.UTF_8));
    row(t, "in the middle of a message", join(part, close(1000, "")), "close 1000");
  }

  private static byte[] close(int code, String reason) {
    byte[] number = {(byte) (code >> 8), (byte) code};
    return Wire.frame(
        Wire.FINAL | Wire.CLOSE, join(number, reason.getBytes(StandardCharsets.UTF_8)));
  }

  private static void compressed(Trial shared) throws Exception {
    Trial t = shared.own(false, "server.deflate", "true");
    Map<String, String> offer =
        Map.of(
            "Sec-WebSocket-Extensions",
            "permessage-deflate; client_no_context_takeover; server_no_context_takeover");
    int around = ping("").length();
    for (int length : List.of(1, 16, 64, 256, 1_024, 4_096, 16_384, LARGEST - around)) {
      String stamp = "xyz ".repeat(length).substring(0, length);
      byte[] deflated = HostileCases.deflated(ping(stamp).getBytes(StandardCharsets.UTF_8));
      byte[] whole = Wire.frame(Wire.FINAL | RSV1 | Wire.TEXT, deflated);
      String echo = "echo " + stamp;
      row(t, offer, "deflated " + length, List.of(whole, whole), echo, echo);
      row(t, offer, "in pieces", List.of(fragmented(RSV1, deflated, 16)), echo);
      row(t, offer, "not deflated", List.of(text(ping(stamp))), echo);
    }
    byte[] no = HostileCases.deflated(ping(HEX.parseHex("eda080")));
    byte[] broken = Wire.frame(Wire.FINAL | RSV1 | Wire.TEXT, no);
    row(t, offer, "no UTF-8 inside", List.of(broken), "close 1007");
    byte[] bit = Wire.frame(Wire.FINAL | RSV1 | Wire.PING, new byte[0]);
    row(t, offer, "a deflated ping", List.of(bit), "close 1002");
    byte[] deflated = HostileCases.deflated(ping("again").getBytes(StandardCharsets.UTF_8));
    for (int bits : List.of(1, 2, 3, 5, 6, 7)) {
      byte[] marked = Wire.frame(Wire.FINAL | bits << 4 | Wire.TEXT, deflated);
      row(t, offer, "reserved bits " + bits, List.of(marked), "close 1002");
    }
    byte[] begun = Wire.frame(RSV1 | Wire.TEXT, Arrays.copyOf(deflated, 5));
    byte[] more = Wire.frame(Wire.FINAL | RSV1, Arrays.copyOfRange(deflated, 5, deflated.length));
    row(t, offer, "a later piece that is marked", List.of(begun, more), "close 1002");
    byte[] large = fragmented(0, new byte[LARGEST + 1], 32_768);
    row(t, offer, "too much in pieces", List.of(large), "close 1009");
    row(t, "not negotiated", broken, "close 1002");
  }
}
