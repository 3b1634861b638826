package dev.holdfast.session;

import dev.holdfast.wire.Dialect;
import dev.holdfast.wire.ErrorCode;
import dev.holdfast.wire.Inbound;
import dev.holdfast.wire.ServerFrame;
import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One socket as the sessions see it: from the handshake to the close, with a session from admission
 * on. On its loop.
 */
public final class Connection {

  private enum State {
    /** Waits for the client to say who it is. */
    HELLO,
    /** Waits for an answer from elsewhere; frames are put aside. */
    BUSY,
    OPEN,
    CLOSED
  }

  /** What a client may say at most before it is admitted, in bytes. */
  private static final int HELLO_BYTES = 16 * 1024;

  /** What one attachment may send before the next one has its turn, in bytes. */
  private static final int SHARE = 16 * 1024;

  private final Gateway gateway;
  private final Ticket ticket;
  private final Pipe pipe;
  private final Loop loop;
  private final String id;
  private final Vitals vitals;
  private final ArrayDeque<Attachment> awake = new ArrayDeque<>(2);
  private final @Nullable Bucket rate;
  private State state = State.HELLO;
  private @Nullable ArrayDeque<byte[]> aside;
  private @Nullable Session session;
  private boolean queued;
  private boolean spoken;
  private int events;
  private long bytes;

  Connection(Gateway gateway, Ticket ticket, Pipe pipe, Loop loop, String id) {
    this.gateway = gateway;
    this.ticket = ticket;
    this.pipe = pipe;
    this.loop = loop;
    this.id = id;
    this.vitals = new Vitals(gateway, ticket.opening().idleTimeout());
    int perSecond = gateway.settings().commandsPerSecond();
    this.rate = perSecond == 0 ? null : new Bucket(perSecond, perSecond, gateway.now());
  }

  /** A whole text message: valid UTF-8, no longer than the settings allow. */
  public void text(byte[] frame) {
    gateway.telemetry().received(frame.length);
    vitals.heard();
    switch (state) {
      case CLOSED -> {}
      case BUSY -> putAside(frame);
      case HELLO -> hello(frame);
      case OPEN -> command(frame);
    }
  }

  private void putAside(byte[] frame) {
    // Reading is off meanwhile, so this holds what had been read by then and no more.
    if (aside == null) {
      aside = new ArrayDeque<>();
    }
    aside.add(frame);
  }

  private void hello(byte[] frame) {
    if (frame.length > HELLO_BYTES) {
      String message = "say who you are first, in at most " + HELLO_BYTES + " bytes";
      if (dialect() == Dialect.OP) {
        turnAway("invalid_hello", message, CloseCode.INVALID_HELLO, null);
      } else {
        refuse(null, message, null);
      }
    } else {
      String type = opening().endpoint().defaultType();
      gateway.admission().hello(this, dialect().decodeFirst(frame, type));
    }
  }

  private void command(byte[] frame) {
    Session by = session;
    if (by == null) {
      return;
    }
    spoken = true;
    by.figures().received(frame.length);
    Inbound said = decode(frame);
    if (rate != null && !rate.take(gateway.now())) {
      gateway.telemetry().refused(ErrorCode.RATE_LIMITED.text());
      by.figures().refused();
      send(
          new ServerFrame.Error(
              said.id(), ErrorCode.RATE_LIMITED, "too many frames", null, rate.waitMillis()));
      return;
    }
    gateway.dispatch().obey(this, by, said);
  }

  private Inbound decode(byte[] frame) {
    return dialect().decode(frame, opening().endpoint().defaultType());
  }

  /** A binary message, which no endpoint takes. */
  public void binary() {
    vitals.heard();
    String message = "binary frames are not taken here: send JSON as text";
    if (state == State.HELLO) {
      Inbound first = new Inbound.Malformed(null, ErrorCode.BAD_REQUEST, message);
      gateway.admission().hello(this, first);
    } else if (state != State.CLOSED) {
      send(new ServerFrame.Error(null, ErrorCode.BAD_REQUEST, message, null, null));
    }
  }

  /** The answer to a ping. */
  public void pong(long token) {
    if (vitals.pong(token) && vitals.mayAsk(loop)) {
      ping();
      pipe.flush();
    }
  }

  /** There is room in the pipe again. */
  public void writable() {
    if (!awake.isEmpty()) {
      loop.pumpSoon(this);
    }
  }

  /** The socket is gone. Once. */
  public void closed() {
    state = State.CLOSED;
    gateway.telemetry().left(id);
    loop.remove(this);
    ticket.release();
    awake.clear();
    aside = null;
    part(null, "the client is gone");
    if (session != null) {
      session.suspend();
      session = null;
    }
  }

  String id() {
    return id;
  }

  String ip() {
    return ticket.opening().ip();
  }

  Opening opening() {
    return ticket.opening();
  }

  Dialect dialect() {
    return opening().endpoint().dialect();
  }

  Ticket ticket() {
    return ticket;
  }

  Loop loop() {
    return loop;
  }

  @Nullable Session session() {
    return session;
  }

  long millis() {
    return gateway.clock().millis();
  }

  boolean isClosed() {
    return state == State.CLOSED;
  }

  boolean behind() {
    return !awake.isEmpty();
  }

  /** Waits for an answer from elsewhere: what the client says meanwhile is put aside. */
  void busy() {
    state = State.BUSY;
    pipe.reading(false);
  }

  /** Is served by that session from now on. */
  void open(Session by) {
    session = by;
    state = State.OPEN;
    pipe.admitted();
    vitals.expiresAt(by.principal().expiresAt());
  }

  /** Has what it waited for: obeys what was put aside. */
  void goOn() {
    if (state == State.CLOSED) {
      return;
    }
    ArrayDeque<byte[]> frames = aside;
    aside = null;
    while (frames != null && !frames.isEmpty()) {
      if (state == State.BUSY) {
        aside = frames;
        return;
      }
      byte[] frame = frames.poll();
      if (frame != null) {
        text(frame);
      }
    }
    if (state != State.BUSY) {
      pipe.reading(true);
    }
    pipe.flush();
  }

  /** Its session is another connection's now. */
  void takenOver() {
    part(CloseCode.TAKEN_OVER, "taken_over");
    session = null;
    close(CloseCode.TAKEN_OVER, "taken_over");
  }

  /** The server goes away: says when to come back. */
  void sendAway() {
    long after = gateway.reconnectAfterMillis();
    String advice = "reconnect_after_ms=" + after;
    if (state == State.HELLO && dialect() == Dialect.OP) {
      gateway.telemetry().refused("draining");
      send(new ServerFrame.HelloRefused("shutdown", "this server is shutting down", after));
      close(CloseCode.GOING_AWAY, advice);
    } else if (state != State.CLOSED) {
      send(new ServerFrame.Reconnect(after));
      close(CloseCode.GOING_AWAY, advice);
    }
  }

  /** Refuses the client and closes. */
  void refuse(@Nullable String commandId, String message, @Nullable String reason) {
    if (dialect() == Dialect.OP && session == null) {
      turnAway("unauthorized", message, CloseCode.NOT_KNOWN, null);
      return;
    }
    gateway.telemetry().refused(ErrorCode.UNAUTHORIZED.text());
    send(new ServerFrame.Error(commandId, ErrorCode.UNAUTHORIZED, message, reason, null));
    int code = dialect() == Dialect.OP ? CloseCode.NOT_KNOWN : CloseCode.UNAUTHORIZED;
    close(code, reason == null ? "unauthorized" : reason);
  }

  /** Does not admit a client of the tools' own dialect, and closes. */
  void turnAway(String reason, String message, int code, @Nullable Long retryAfterMillis) {
    gateway.telemetry().refused(reason);
    send(new ServerFrame.HelloRefused(reason, message, retryAfterMillis));
    endSession(code, reason);
  }

  /**
   * Notes how it ends, for those who look after the gateway; a session has no further part in it.
   */
  private void part(@Nullable Integer code, String reason) {
    Session by = session;
    if (by != null) {
      gateway.parted(
          new Parting(by.sessionId(), by.principal().userId(), ip(), code, reason, millis()));
    }
  }

  void close(int code, String reason) {
    if (state != State.CLOSED) {
      state = State.CLOSED;
      gateway.telemetry().closed(code);
      part(code, reason);
      awake.clear();
      if (session != null) {
        session.suspend();
        session = null;
      }
      pipe.close(code, reason);
    }
  }

  /** Ends the session with the connection: it can't be resumed. */
  void endSession(int code, String reason) {
    part(code, reason);
    if (session != null) {
      session.end();
      session = null;
    }
    close(code, reason);
  }

  void send(ServerFrame frame) {
    sendAnswer(dialect().encode(worded(frame)));
  }

  /** An answer in the words of its endpoint: those of terminals have one code for bad frames. */
  ServerFrame worded(ServerFrame answer) {
    return opening().endpoint().leads()
            && answer
                instanceof ServerFrame.Error(String command, ErrorCode code, String message, _, _)
            && (code == ErrorCode.BAD_REQUEST
                || code == ErrorCode.BAD_JSON
                || code == ErrorCode.UNKNOWN_TYPE)
        ? new ServerFrame.Error(command, ErrorCode.VALIDATION, message, null, null)
        : answer;
  }

  void sendAnswer(byte[] text) {
    if (state != State.CLOSED) {
      pipe.send(text);
    }
  }

  void flush() {
    pipe.flush();
  }

  void sendData(Attachment by, byte[] text) {
    pipe.send(text);
    events++;
    bytes += text.length;
    vitals.sent(by, text.length);
  }

  void sendLost(Attachment by, byte[] text, String reason, long lost) {
    sendData(by, text);
    gateway.telemetry().gap(reason, lost);
  }

  /** Marks an attachment as having something to read; false when it was marked already. */
  boolean awaken(Attachment attachment) {
    if (attachment.awake) {
      return false;
    }
    attachment.awake = true;
    awake.add(attachment);
    return true;
  }

  void pumpSoon(Attachment attachment) {
    awaken(attachment);
    loop.pumpSoon(this);
  }

  /** Whether it was not queued for a turn yet; it is from now on. */
  boolean queue() {
    boolean first = !queued;
    queued = true;
    return first;
  }

  /** Sends what its attachments have and the pipe has room for, each its share in turn. */
  void pump() {
    queued = false;
    int room = 0;
    while (!awake.isEmpty() && (room = pipe.room()) > 0) {
      Attachment attachment = awake.poll();
      if (attachment.poll(Math.min(room, SHARE))) {
        attachment.awake = false;
        if (dialect() == Dialect.OP && session != null) {
          // Clients of that dialect come back to a call by its feed, not by what they confirmed.
          session.sentAll(attachment);
        }
      } else {
        awake.add(attachment);
      }
    }
    if (events > 0) {
      gateway.telemetry().delivered(events, bytes);
      Session to = session;
      if (to != null) {
        to.figures().delivered(events, bytes);
      }
      events = 0;
      bytes = 0;
      if (vitals.mayAsk(loop)) {
        ping();
      }
    }
    pipe.flush();
  }

  private void ping() {
    pipe.ping(vitals.ping());
  }

  /** Turns a client away that has not said in time who it is. */
  private boolean late(long now) {
    boolean op = dialect() == Dialect.OP;
    Settings settings = gateway.settings();
    Duration within = op ? settings.toolHelloTimeout() : settings.helloTimeout();
    if (vitals.age(now) < within.toNanos()) {
      return false;
    }
    if (op) {
      turnAway("hello_timeout", "no hello in time", CloseCode.NO_HELLO, null);
    } else {
      refuse(null, "no connect in time", null);
    }
    return true;
  }

  /** Turns a device away that has not said in time what it is. */
  private boolean mute(long now) {
    if (spoken
        || !opening().endpoint().equals(Endpoint.DEVICE)
        || vitals.age(now) < gateway.settings().helloTimeout().toNanos()) {
      return false;
    }
    send(new ServerFrame.Error(null, ErrorCode.TIMEOUT, "no register in time", null, null));
    endSession(CloseCode.TIMED_OUT, "no register");
    return true;
  }

  void tick(long now, long millis) {
    if ((state == State.HELLO && late(now)) || (state == State.OPEN && mute(now))) {
      return;
    }
    switch (vitals.check(now, millis, state == State.OPEN)) {
      case WELL -> {
        if (state != State.CLOSED && vitals.mayAsk(loop)) {
          ping();
          pipe.flush();
        }
      }
      case PING -> {
        ping();
        pipe.flush();
      }
      case SILENT -> close(CloseCode.TIMED_OUT, "no pong");
      case IDLE -> close(CloseCode.TIMED_OUT, "idle");
      case EXPIRED -> refuse(null, "the token has expired", "expired");
      case EXPIRING -> {
        send(new ServerFrame.TokenExpiring(vitals.expiresInMillis(millis)));
        pipe.flush();
      }
    }
  }
}
