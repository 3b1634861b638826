package dev.holdfast.bench;

import io.netty.buffer.ByteBuf;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Talks to a terminal: a message is typed, what comes is what the program says. The bytes of that
 * are told by {@link #bytes}.
 */
interface TerminalDialogue extends Dialogue {

  /**
   * How many bytes of output have come by that frame, or came in it where {@link #adds}; more than
   * any number where it tells of the end.
   */
  long bytes(ByteBuf in);

  /** Whether {@link #bytes} is to be added up. */
  boolean adds();

  /**
   * The gateway: one connection opens a terminal with a command, or attaches to that of its group;
   * and may open another, whose command floods. For one connection.
   */
  final class Holdfast implements TerminalDialogue {
    private static final Pattern ID = Pattern.compile("\"terminal_id\":\"([^\"]+)\"");
    private static final byte[] OUTPUT = Dialogue.bytes("{\"type\":\"output\"");
    private static final byte[] CLOSED = Dialogue.bytes("{\"type\":\"closed\"");
    private static final byte[] COUNT = Dialogue.bytes("\"bytes\":");

    private final java.util.Map<String, String> shared;
    private final String run;
    private final String flood;
    private String terminal = "";
    private byte[] feed = {};

    Holdfast(java.util.Map<String, String> shared, String run, String flood) {
      this.shared = shared;
      this.run = run;
      this.flood = flood;
    }

    @Override
    public String target(String group) {
      return "/ws?token=dev-token";
    }

    private static String open(String id, String run) {
      return "{\"type\":\"open_terminal\",\"id\":\"%s\",\"command\":[\"sh\",\"-c\",\"%s\"]}"
          .formatted(id, run);
    }

    private static String attach(String id) {
      return "{\"type\":\"attach\",\"feed\":\"terminal:%s\",\"from\":\"start\"}".formatted(id);
    }

    @Override
    public List<String> then(String group, String frame) {
      if (frame.startsWith("{\"type\":\"connected\"")) {
        String there = shared.get(group);
        if (there != null) {
          use(there);
          return List.of(attach(there));
        }
        return flood.isEmpty()
            ? List.of(open("run", run))
            : List.of(open("flood", flood), open("run", run));
      }
      Matcher id = ID.matcher(frame);
      if (frame.startsWith("{\"type\":\"ack\"") && id.find()) {
        String opened = id.group(1);
        if (frame.contains("\"id\":\"run\"")) {
          use(opened);
          shared.put(group, opened);
        }
        return List.of(attach(opened));
      }
      return List.of();
    }

    private void use(String id) {
      terminal = id;
      feed = Dialogue.bytes("\"feed\":\"terminal:" + id + "\"");
    }

    @Override
    public boolean ready(String frame) {
      return !terminal.isEmpty()
          && frame.startsWith("{\"type\":\"attached\"")
          && frame.contains(terminal);
    }

    @Override
    public byte[] message(String group, String payload) {
      return Dialogue.bytes(
          "{\"type\":\"input\",\"terminal_id\":\"%s\",\"data\":\"%s\"}"
              .formatted(terminal, payload));
    }

    @Override
    public boolean isMessage(ByteBuf in) {
      return (Dialogue.begins(in, OUTPUT) || Dialogue.begins(in, CLOSED))
          && last(in, feed, 200) >= 0;
    }

    @Override
    public long bytes(ByteBuf in) {
      if (Dialogue.begins(in, CLOSED)) {
        return Long.MAX_VALUE;
      }
      int at = last(in, COUNT, 250);
      long bytes = 0;
      for (int i = at + COUNT.length; at >= 0 && Character.isDigit(in.getByte(i)); i++) {
        bytes = bytes * 10 + in.getByte(i) - '0';
      }
      return bytes;
    }

    @Override
    public boolean adds() {
      return false;
    }

    /** Where something begins for the last time, not so far from the end; -1 for nowhere. */
    private static int last(ByteBuf in, byte[] what, int within) {
      int end = in.writerIndex();
      for (int at = end - what.length; at >= Math.max(in.readerIndex(), end - within); at--) {
        int same = 0;
        while (same < what.length && in.getByte(at + same) == what[same]) {
          same++;
        }
        if (same == what.length) {
          return at;
        }
      }
      return -1;
    }
  }

  /** node-pty behind ws: text as it comes. */
  record NodePty(String run) implements TerminalDialogue {

    @Override
    public String target(String group) {
      return "/" + group + "?run=" + URLEncoder.encode(run, StandardCharsets.UTF_8);
    }

    @Override
    public boolean ready(String frame) {
      return frame.isEmpty();
    }

    @Override
    public byte[] message(String group, String payload) {
      return Dialogue.bytes(payload.equals("\\n") ? "\n" : payload);
    }

    @Override
    public boolean isMessage(ByteBuf in) {
      return true;
    }

    @Override
    public long bytes(ByteBuf in) {
      return in.readableBytes();
    }

    @Override
    public boolean adds() {
      return true;
    }
  }
}
