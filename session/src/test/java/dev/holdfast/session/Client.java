package dev.holdfast.session;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A client without a socket: what it was sent, and whether it answers pings. */
final class Client implements Pipe {

  private static final Pattern STRING = Pattern.compile("\"%s\":\"([^\"]*)\"");

  final List<String> frames = new ArrayList<>();
  private final Stepped world;
  private final Stepped.StepLoop on;
  private @Nullable Connection connection;
  Knock.@Nullable Refused refused;
  int room = 1 << 20;
  int closeCode;
  String closeReason = "";
  boolean admitted;
  boolean reading = true;
  boolean answersPings = true;
  int pings;
  int flushes;

  Client(Stepped world, Stepped.StepLoop on) {
    this.world = world;
    this.on = on;
  }

  void open(Connection opened) {
    connection = opened;
  }

  Connection connection() {
    if (connection == null) {
      throw new IllegalStateException("not connected: " + refused);
    }
    return connection;
  }

  /** Says something; the loops run until they are idle. */
  Client say(String json) {
    connection().text(json.getBytes(StandardCharsets.UTF_8));
    on.loop.afterRead();
    world.run();
    return this;
  }

  /** The socket is cut. */
  void cut() {
    connection().closed();
    world.run();
  }

  /** What came since the last call. */
  List<String> take() {
    List<String> taken = List.copyOf(frames);
    frames.clear();
    return taken;
  }

  /** The only frame that came since the last call. */
  String only() {
    List<String> taken = take();
    if (taken.size() != 1) {
      throw new AssertionError("one frame expected: " + taken);
    }
    return taken.getFirst();
  }

  static String text(String frame, String field) {
    Matcher matcher = Pattern.compile(STRING.pattern().formatted(field)).matcher(frame);
    if (!matcher.find()) {
      throw new AssertionError("no " + field + " in " + frame);
    }
    return matcher.group(1);
  }

  void makeRoom(int bytes) {
    room = bytes;
    connection().writable();
    world.run();
  }

  @Override
  public int room() {
    return room;
  }

  @Override
  public void send(byte[] text) {
    frames.add(new String(text, StandardCharsets.UTF_8));
    room -= text.length;
  }

  @Override
  public void ping(long token) {
    pings++;
    if (answersPings) {
      on.execute(() -> connection().pong(token));
    }
  }

  @Override
  public void admitted() {
    admitted = true;
  }

  @Override
  public void flush() {
    flushes++;
  }

  @Override
  public void reading(boolean goOn) {
    reading = goOn;
  }

  @Override
  public void close(int code, String reason) {
    closeCode = code;
    closeReason = reason;
  }
}
