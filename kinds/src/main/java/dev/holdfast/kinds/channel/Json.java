package dev.holdfast.kinds.channel;

import java.nio.charset.StandardCharsets;
import tools.jackson.core.io.JsonStringEncoder;

/** Pieces of event bodies: JSON members in UTF-8. Any thread. */
final class Json {

  private Json() {}

  /** {@code "name":"value"}. */
  static byte[] member(String name, String value) {
    return join(name(name), quoted(value));
  }

  /** A string as JSON text, quotation marks included. */
  static byte[] quoted(String value) {
    byte[] plain = new byte[value.length() + 2];
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c >= 0x7f || c == '"' || c == '\\') {
        return ("\"" + new String(JsonStringEncoder.getInstance().quoteAsCharArray(value)) + "\"")
            .getBytes(StandardCharsets.UTF_8);
      }
      plain[i + 1] = (byte) c;
    }
    plain[0] = '"';
    plain[plain.length - 1] = '"';
    return plain;
  }

  /** {@code "name":}, for a value that is JSON already. */
  static byte[] name(String name) {
    return ("\"" + name + "\":").getBytes(StandardCharsets.UTF_8);
  }

  /** The pieces one behind the other in one array. */
  static byte[] join(byte[]... pieces) {
    int length = 0;
    for (byte[] piece : pieces) {
      length += piece.length;
    }
    byte[] whole = new byte[length];
    int at = 0;
    for (byte[] piece : pieces) {
      System.arraycopy(piece, 0, whole, at, piece.length);
      at += piece.length;
    }
    return whole;
  }
}
