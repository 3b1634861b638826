package dev.holdfast.bench;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * How one client talks that will be cut and come back: it remembers what it needs for that. On its
 * event loop.
 */
interface Returning extends Dialogue {

  /** A message has come. */
  void seen(ByteBuf in);

  /** How it talks when it is back. */
  Dialogue again();

  /** What stands after a piece of text, up to the next quotation mark. */
  private static String after(String text, String before) {
    int at = text.indexOf(before) + before.length();
    return text.substring(at, text.indexOf('"', at));
  }

  /** The gateway's sessions and positions. */
  final class Holdfast implements Returning {
    private static final byte[] MESSAGE = Dialogue.bytes("{\"type\":\"message\"");
    private final String token;
    private final String group;
    private final boolean back;
    private final String session;
    private final String position;
    private String newSession = "";
    private String epoch = "";
    private long offset;

    Holdfast(String token, String group) {
      this(token, group, false, "", "");
    }

    private Holdfast(String token, String group, boolean back, String session, String position) {
      this.token = token;
      this.group = group;
      this.back = back;
      this.session = session;
      this.position = position;
    }

    @Override
    public String target(String name) {
      return "/ws";
    }

    @Override
    public List<String> opening(String name) {
      String connect = "{\"type\":\"connect\",\"token\":\"" + token + "\"";
      return back
          ? List.of(
              connect
                  + ",\"session_id\":\"%s\",\"positions\":{\"channel:%s\":\"%s\"}}"
                      .formatted(session, group, position))
          : List.of(connect + "}", "{\"type\":\"subscribe\",\"channel\":\"%s\"}".formatted(group));
    }

    @Override
    public boolean ready(String frame) {
      if (frame.startsWith("{\"type\":\"connected\"")) {
        newSession = after(frame, "\"session_id\":\"");
        return back;
      }
      if (frame.startsWith("{\"type\":\"subscribed\"")) {
        String at = after(frame, "\"position\":\"");
        epoch = at.substring(0, at.indexOf(':'));
        offset = Long.parseLong(at.substring(at.indexOf(':') + 1));
        return true;
      }
      return false;
    }

    @Override
    public byte[] message(String name, String payload) {
      return Dialogue.bytes(
          "{\"type\":\"message\",\"channel\":\"%s\",\"content\":\"%s\"}".formatted(name, payload));
    }

    @Override
    public boolean isMessage(ByteBuf in) {
      return Dialogue.begins(in, MESSAGE);
    }

    @Override
    public void seen(ByteBuf in) {
      offset++;
    }

    @Override
    public Dialogue again() {
      return new Holdfast(token, group, true, newSession, epoch + ":" + offset);
    }
  }

  /** socket.io's connection state recovery. */
  final class SocketIo implements Returning {
    private final Dialogue plain = new Dialogue.SocketIo(true);
    private final String was;
    private String recovery = "";
    private String offset = "";

    SocketIo() {
      this("");
    }

    private SocketIo(String was) {
      this.was = was;
    }

    @Override
    public String target(String group) {
      return plain.target(group);
    }

    @Override
    public List<String> then(String group, String frame) {
      return was.isEmpty()
          ? plain.then(group, frame)
          : frame.startsWith("0{") ? List.of("40" + was) : List.of();
    }

    @Override
    public boolean ready(String frame) {
      if (!was.isEmpty()) {
        // What was missed comes before the answer.
        return frame.startsWith("0{");
      }
      if (frame.startsWith("40{")) {
        recovery = after(frame, "\"pid\":\"");
      }
      return frame.startsWith("430");
    }

    @Override
    public byte[] message(String group, String payload) {
      return plain.message(group, payload);
    }

    @Override
    public boolean isMessage(ByteBuf in) {
      return plain.isMessage(in);
    }

    @Override
    public byte[] answer(ByteBuf in) {
      return plain.answer(in);
    }

    @Override
    public void seen(ByteBuf in) {
      String text = in.toString(StandardCharsets.UTF_8);
      offset = text.substring(text.lastIndexOf(",\"") + 2, text.length() - 2);
    }

    @Override
    public Dialogue again() {
      return new SocketIo("{\"pid\":\"" + recovery + "\",\"offset\":\"" + offset + "\"}");
    }
  }
}
