package dev.holdfast.kinds.device;

import dev.holdfast.kinds.common.Ids;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What devices upload, whole or piece by piece: the rights to, and how far each has come. What is
 * whole is stored under a name of the gateway's making. Any thread; what takes bytes waits for who
 * sends them and for the disk.
 */
public final class Uploads implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Uploads.class.getName());

  /** Commands whose result is something to be uploaded. */
  private static final Map<String, Upload.Yield> YIELD =
      Map.of(
          "camera_snap", Upload.Yield.PICTURE,
          "screen_record_start", Upload.Yield.BEGUN,
          "screen_record_stop", Upload.Yield.RECORDING);

  private static final String TOO_LATE = "the command has ended";
  private static final String TAKEN_OVER = "another connection goes on with it";
  private static final int ID_LONGS = 2;
  private static final int TOKEN_LONGS = 3;

  private final Bounds bounds;
  private final InstantSource clock;
  private final LongSupplier random;
  private final MediaStore media;
  private final ConcurrentMap<String, Upload> open = new ConcurrentHashMap<>();
  private final ConcurrentMap<Recorder, Upload> recordings = new ConcurrentHashMap<>();

  /** A device of a user that records. */
  private record Recorder(String user, String deviceId) {}

  /**
   * How much is kept.
   *
   * @param mostBytes of one upload
   * @param mostPerUser bytes of one user
   * @param mostInAll bytes in all
   * @param age after which it is deleted
   */
  public record Bounds(long mostBytes, long mostPerUser, long mostInAll, Duration age) {}

  /** What came of an upload, or of a piece of it. */
  public sealed interface Outcome {

    /** It is stored. */
    record Stored(Media media) implements Outcome {}

    /**
     * So far it has come.
     *
     * @param length of the whole, in bytes; -1 where it is not known yet
     * @param untilMillis until when it is good, in milliseconds since 1970 UTC
     */
    record At(long offset, long length, long untilMillis) implements Outcome {}

    /** It is not taken. */
    record Refused(Why why, String message) implements Outcome {}
  }

  /** Why not. */
  public enum Why {
    UNKNOWN,
    TOO_LARGE,
    NOT_MEDIA,
    NO_ROOM,
    BROKEN_OFF,
    /** It has come to another place, or another connection writes it. */
    ELSEWHERE,
    WRONG_LENGTH
  }

  /**
   * @param folder where it is kept; null for one that goes when this is closed
   * @param random gives ids that nobody can guess
   * @throws IOException when nothing can be kept there
   */
  public Uploads(@Nullable Path folder, Bounds bounds, InstantSource clock, LongSupplier random)
      throws IOException {
    this.bounds = bounds;
    this.clock = clock;
    this.random = random;
    this.media = new MediaStore(folder, bounds, clock);
  }

  /** What was uploaded. */
  public MediaStore media() {
    return media;
  }

  /** How much is taken. */
  public Bounds bounds() {
    return bounds;
  }

  /**
   * The right to upload what a command yields; null where it yields nothing. A command that ends a
   * recording has that of the one that began it, where there is one.
   */
  @Nullable Upload offer(
      String user, String deviceId, String commandId, String command, long deadlineMillis) {
    Upload.Yield yield = YIELD.get(command);
    if (yield == null) {
      return null;
    }
    long now = clock.millis();
    Upload begun = recordings.get(new Recorder(user, deviceId));
    if (yield == Upload.Yield.RECORDING && begun != null && begun.ask(now, deadlineMillis)) {
      return begun;
    }
    Arrival arrival =
        new Arrival(
            Ids.of(random, ID_LONGS),
            user,
            deviceId,
            commandId,
            yield == Upload.Yield.PICTURE,
            bounds.mostBytes(),
            media);
    Upload upload = new Upload(Ids.of(random, TOKEN_LONGS), yield, arrival, now, deadlineMillis);
    open.put(upload.token, upload);
    return upload;
  }

  private static Recorder recorder(Upload upload) {
    return new Recorder(upload.arrival.user, upload.arrival.deviceId);
  }

  /**
   * A command has ended: what was uploaded for it, which is deleted where it failed. A recording
   * that has begun goes on, whatever becomes of a command to end it that fails.
   */
  @Nullable Media end(Upload upload, boolean success) {
    if (!success && upload.askedInVain()) {
      return null;
    }
    if (success && upload.run(clock.millis())) {
      Upload before = recordings.put(recorder(upload), upload);
      if (before != null) {
        close(before);
      }
      return null;
    }
    close(upload);
    Media whole = upload.media();
    if (whole != null && !success) {
      Thread.ofVirtual().name("media-delete").start(() -> media.delete(whole));
      return null;
    }
    return whole;
  }

  /** A device is known no more: what it records is not taken any more. */
  void forget(String user, String deviceId) {
    Upload begun = recordings.get(new Recorder(user, deviceId));
    if (begun != null) {
      close(begun);
    }
  }

  /** It is good no more; nothing is left of what is not whole. */
  private void close(Upload upload) {
    open.remove(upload.token);
    recordings.remove(recorder(upload), upload);
    if (upload.end()) {
      Thread.ofVirtual().name("media-delete").start(upload::discard);
    }
  }

  /** What is done with an upload by the one who writes it. */
  private interface Deed {
    Outcome with(Upload upload) throws IOException;
  }

  private Outcome with(String token, InputStream body, Deed deed) {
    Upload upload = open.get(token);
    if (upload == null || upload.untilMillis() <= clock.millis()) {
      return refused(Why.UNKNOWN, "no such upload, or not any more");
    }
    if (!upload.begin(body)) {
      return refused(Why.ELSEWHERE, TAKEN_OVER);
    }
    try {
      return deed.with(upload);
    } catch (Arrival.DiskException e) {
      upload.arrival.discard();
      LOG.log(System.Logger.Level.WARNING, "an upload is not stored: {0}", e.getMessage());
      return refused(Why.NO_ROOM, "it can't be stored");
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "an upload broke off", e);
      return switch (upload.use(body)) {
        case OVER -> refused(Why.UNKNOWN, TOO_LATE);
        case TAKEN_OVER -> refused(Why.ELSEWHERE, TAKEN_OVER);
        case GOOD -> refused(Why.BROKEN_OFF, "the upload broke off");
      };
    } finally {
      if (upload.use(body) == Upload.Use.OVER) {
        upload.arrival.discard();
      }
      upload.finish(body);
    }
  }

  private static Outcome.Refused refused(Why why, String message) {
    return new Outcome.Refused(why, message);
  }

  /**
   * Takes an upload whole, as it comes; what had arrived of it before is thrown away.
   *
   * @param announced bytes; -1 for none
   * @param claim of its type; null for none
   */
  public Outcome take(String token, long announced, @Nullable String claim, InputStream body) {
    return with(
        token,
        body,
        upload -> {
          if (upload.media() != null) {
            return refused(Why.UNKNOWN, "it has been uploaded already");
          }
          upload.arrival.discard();
          boolean whole = false;
          try {
            Outcome.Refused refused = upload.arrival.take(body, announced, () -> upload.use(body));
            whole = refused == null;
            return refused == null ? store(upload, claim) : refused;
          } finally {
            if (!whole) {
              upload.arrival.discard();
            }
          }
        });
  }

  /**
   * Takes a piece of an upload, after what has arrived of it. What has come of a piece that breaks
   * off stays; what is refused leaves nothing of the whole.
   *
   * @param offset of the piece, in bytes
   * @param length of the whole, in bytes; -1 where it is not known yet
   * @param announced bytes of the piece; -1 for none
   */
  public Outcome append(String token, long offset, long length, long announced, InputStream body) {
    return with(
        token,
        body,
        upload -> {
          Arrival arrival = upload.arrival;
          long before = arrival.bytes();
          if (offset != before) {
            return refused(Why.ELSEWHERE, "Upload-Offset: it has come to " + before);
          }
          if (length >= 0 && !arrival.mayBe(length)) {
            return refused(Why.WRONG_LENGTH, "Upload-Length: is not what it was, or exceeded");
          }
          if (upload.media() != null) {
            return at(upload);
          }
          Outcome.Refused refused;
          try {
            refused = arrival.tell(length);
            if (refused == null) {
              refused = arrival.take(body, announced, () -> upload.use(body));
            }
          } finally {
            if (arrival.bytes() > before) {
              upload.renew(clock.millis());
            }
          }
          if (refused == null
              && arrival.whole()
              && store(upload, null) instanceof Outcome.Refused r) {
            refused = r;
          }
          return refused == null ? at(upload) : refused;
        });
  }

  /** How far an upload has come; whoever writes it is broken off, so that this holds. */
  public Outcome progress(String token) {
    return with(token, InputStream.nullInputStream(), Uploads::at);
  }

  /** Gives an upload up: nothing of it is left, and its path is good no more. */
  public Outcome giveUp(String token) {
    return with(
        token,
        InputStream.nullInputStream(),
        upload -> {
          if (upload.media() != null) {
            return refused(Why.ELSEWHERE, "it is whole, and its user's");
          }
          Outcome at = at(upload);
          close(upload);
          return at;
        });
  }

  private static Outcome at(Upload upload) {
    return new Outcome.At(upload.arrival.bytes(), upload.arrival.length(), upload.untilMillis());
  }

  private Outcome store(Upload upload, @Nullable String claim) throws IOException {
    Outcome outcome = upload.arrival.store(claim, clock.millis());
    if (outcome instanceof Outcome.Stored(Media whole)) {
      media.add(whole);
      if (!upload.done(whole)) {
        media.delete(whole);
        return refused(Why.UNKNOWN, TOO_LATE);
      }
    }
    return outcome;
  }

  /** Ends recordings to which nothing was added for too long, and deletes what is too old. */
  public void sweep() {
    long now = clock.millis();
    recordings.values().stream().filter(upload -> upload.untilMillis() <= now).forEach(this::close);
    media.sweep();
  }

  @Override
  public void close() {
    open.values().forEach(Upload::end);
    media.close();
  }
}
