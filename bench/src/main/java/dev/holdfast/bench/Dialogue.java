package dev.holdfast.bench;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * How to talk to one of the servers that are compared, so that all of them are given the same work
 * by the same client. Any thread.
 */
interface Dialogue {

  /** The target of the handshake of a connection that joins a group, or echoes alone. */
  String target(String group);

  /** What is said after the handshake, in this order. */
  default List<String> opening(String group) {
    return List.of();
  }

  /** What is said to a frame that comes before the connection is ready. */
  default List<String> then(String group, String frame) {
    return List.of();
  }

  /** Whether a connection is ready once this frame has come. */
  boolean ready(String frame);

  /** A message with that payload, which comes back to the whole group. */
  byte[] message(String group, String payload);

  /** Whether a frame, which begins at the reader index, is such a message. */
  boolean isMessage(ByteBuf in);

  /** The answer to a frame that keeps the connection alive; empty for none. */
  default byte[] answer(ByteBuf in) {
    return NOTHING;
  }

  byte[] NOTHING = {};

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Whether what begins at the reader index begins with that. */
  static boolean begins(ByteBuf in, byte[] with) {
    if (in.readableBytes() < with.length) {
      return false;
    }
    for (int i = 0; i < with.length; i++) {
      if (in.getByte(in.readerIndex() + i) != with[i]) {
        return false;
      }
    }
    return true;
  }

  /** The gateway's own protocol, in development mode, on the endpoint that serves everything. */
  interface OfGateway extends Dialogue {

    @Override
    default String target(String group) {
      return "/ws?token=dev-token";
    }

    @Override
    default boolean ready(String frame) {
      return frame.startsWith("{\"type\":\"connected\"");
    }
  }

  /** Channels of the gateway. */
  final class Holdfast implements OfGateway {
    private static final byte[] MESSAGE = bytes("{\"type\":\"message\"");
    private static final byte[] BEFORE = bytes("{\"type\":\"message\",\"content\":\"");

    @Override
    public String target(String group) {
      return "/ws/chat?token=dev-token&channel=" + group;
    }

    @Override
    public byte[] message(String group, String payload) {
      byte[] text = bytes(payload);
      byte[] message = java.util.Arrays.copyOf(BEFORE, BEFORE.length + text.length + 2);
      System.arraycopy(text, 0, message, BEFORE.length, text.length);
      message[message.length - 2] = '"';
      message[message.length - 1] = '}';
      return message;
    }

    @Override
    public boolean isMessage(ByteBuf in) {
      return begins(in, MESSAGE);
    }
  }

  /** A bare server, and the npm package ws: a JSON object comes back, or goes to the group. */
  record Plain(boolean fanOut) implements Dialogue {
    @Override
    public String target(String group) {
      return fanOut ? "/fanout/" + group : "/echo";
    }

    @Override
    public boolean ready(String frame) {
      return frame.isEmpty();
    }

    @Override
    public byte[] message(String group, String payload) {
      return bytes("{\"type\":\"message\",\"content\":\"" + payload + "\"}");
    }

    @Override
    public boolean isMessage(ByteBuf in) {
      return true;
    }
  }

  /** The npm package socket.io (Engine.IO 4 over WebSocket alone). */
  record SocketIo(boolean fanOut) implements Dialogue {
    private static final byte[] EVENT = bytes("42");
    private static final byte[] PING = bytes("2");
    private static final byte[] PONG = bytes("3");

    @Override
    public String target(String group) {
      return "/socket.io/?EIO=4&transport=websocket";
    }

    @Override
    public List<String> then(String group, String frame) {
      if (frame.startsWith("0{")) {
        return List.of("40");
      }
      return fanOut && frame.startsWith("40{")
          ? List.of("420[\"join\",\"" + group + "\"]")
          : List.of();
    }

    @Override
    public boolean ready(String frame) {
      return frame.startsWith(fanOut ? "430" : "40{");
    }

    @Override
    public byte[] message(String group, String payload) {
      String message = "{\"type\":\"message\",\"content\":\"" + payload + "\"}";
      return bytes(
          fanOut
              ? "42[\"publish\",\"" + group + "\"," + message + "]"
              : "42[\"echo\"," + message + "]");
    }

    @Override
    public boolean isMessage(ByteBuf in) {
      return begins(in, EVENT);
    }

    @Override
    public byte[] answer(ByteBuf in) {
      return in.readableBytes() == 1 && begins(in, PING) ? PONG : NOTHING;
    }
  }
}
