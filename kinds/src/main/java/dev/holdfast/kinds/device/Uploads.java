package dev.holdfast.kinds.device;

import dev.holdfast.kinds.common.Ids;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What devices upload: each thing a file in one folder, under a name of the gateway's making, with
 * another beside it that says what it is. Any thread; what touches files waits for the disk.
 */
public final class Uploads implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Uploads.class.getName());
  private static final JsonMapper JSON = new JsonMapper();

  /** Commands whose result is something to be uploaded: whether it is a picture. */
  private static final Map<String, Boolean> YIELD =
      Map.of("camera_snap", true, "screen_record_stop", false);

  private static final String ABOUT = ".json";
  private static final String PART = ".part";
  private static final String TOO_LATE = "the command has ended";
  private static final int PIECE = 64 * 1024;
  private static final int ID_LONGS = 2;
  private static final int TOKEN_LONGS = 3;

  private final @Nullable Path configured;
  private @Nullable Path folder;
  private final Bounds bounds;
  private final InstantSource clock;
  private final LongSupplier random;
  private final ConcurrentMap<String, Upload> open = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Media> stored = new ConcurrentHashMap<>();
  private final Map<String, Long> used = new HashMap<>();
  private long usedInAll;

  /**
   * How much is kept.
   *
   * @param mostBytes of one upload
   * @param mostPerUser bytes of one user
   * @param mostInAll bytes in all
   * @param age after which it is deleted
   */
  public record Bounds(long mostBytes, long mostPerUser, long mostInAll, Duration age) {}

  /** What came of an upload. */
  public sealed interface Outcome {

    /** It is stored. */
    record Stored(Media media) implements Outcome {}

    /** It is not. */
    record Refused(Why why, String message) implements Outcome {}
  }

  /** Why not. */
  public enum Why {
    UNKNOWN,
    TOO_LARGE,
    NOT_MEDIA,
    NO_ROOM,
    BROKEN_OFF
  }

  /**
   * @param folder where it is kept; null for one that goes when this is closed
   * @param random gives ids that nobody can guess
   * @throws IOException when nothing can be kept there
   */
  public Uploads(@Nullable Path folder, Bounds bounds, InstantSource clock, LongSupplier random)
      throws IOException {
    this.configured = folder;
    this.bounds = bounds;
    this.clock = clock;
    this.random = random;
    if (folder != null) {
      load();
    }
  }

  private void load() throws IOException {
    for (Path file : files()) {
      String name = file.getFileName().toString();
      if (name.endsWith(PART)) {
        Files.deleteIfExists(file);
      } else if (name.endsWith(ABOUT)) {
        try {
          Media media = JSON.readValue(Files.readAllBytes(file), Media.class);
          if (name.equals(media.id() + ABOUT) && Files.exists(file(media.id()))) {
            stored.put(media.id(), media);
            reserve(media.user(), media.bytes(), Long.MAX_VALUE);
          }
        } catch (JacksonException | IllegalArgumentException e) {
          LOG.log(System.Logger.Level.WARNING, "is not of an upload: {0}", file);
        }
      }
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder())) {
      return files.toList();
    }
  }

  /** Where they are, which is made where it is not there. */
  private synchronized Path folder() throws IOException {
    Path there = folder;
    if (there == null) {
      there =
          configured == null
              ? Files.createTempDirectory("holdfast-media")
              : Files.createDirectories(configured);
      folder = there;
    }
    return there;
  }

  private Path file(String id) throws IOException {
    return folder().resolve(id);
  }

  /** The right to upload what a command yields; null where it yields nothing. */
  @Nullable Upload offer(String user, String deviceId, String commandId, String command) {
    Boolean picture = YIELD.get(command);
    if (picture == null) {
      return null;
    }
    Upload upload =
        new Upload(
            Ids.of(random, TOKEN_LONGS), user, deviceId, commandId, picture, bounds.mostBytes());
    open.put(upload.token, upload);
    return upload;
  }

  /** The command has ended: what was uploaded for it, which is deleted where it failed. */
  @Nullable Media end(Upload upload, boolean success) {
    open.remove(upload.token);
    Media media = upload.end();
    if (media != null && !success) {
      Thread.ofVirtual().name("media-delete").start(() -> delete(media));
      return null;
    }
    return media;
  }

  /**
   * Takes an upload, a piece at a time.
   *
   * @param length in bytes, as it is announced; -1 for not at all
   * @param claim of its type; null for none
   */
  public Outcome take(String token, long length, @Nullable String claim, InputStream body) {
    Upload upload = open.get(token);
    if (upload == null) {
      return refused(Why.UNKNOWN, "no such upload, or not any more");
    }
    if (length > bounds.mostBytes()) {
      return tooLarge();
    }
    if (!upload.take()) {
      return refused(Why.UNKNOWN, "it has been uploaded already");
    }
    Outcome outcome = refused(Why.BROKEN_OFF, "the upload broke off");
    try {
      outcome = receive(upload, claim, body);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "an upload broke off", e);
    } finally {
      if (outcome instanceof Outcome.Refused) {
        upload.failed();
      }
    }
    return outcome;
  }

  private static Outcome refused(Why why, String message) {
    return new Outcome.Refused(why, message);
  }

  private Outcome tooLarge() {
    return refused(Why.TOO_LARGE, "at most " + bounds.mostBytes() + " bytes are taken");
  }

  private Outcome receive(Upload upload, @Nullable String claim, InputStream body)
      throws IOException {
    byte[] head = body.readNBytes(MediaType.HEAD_BYTES);
    MediaType type = MediaType.of(head);
    if (type == null || type.picture() != upload.picture) {
      return refused(
          Why.NOT_MEDIA, "is no " + (upload.picture ? "picture" : "recording") + " that is taken");
    }
    if (!type.fits(claim)) {
      return refused(Why.NOT_MEDIA, "content-type: it is " + type.text());
    }
    String id = Ids.of(random, ID_LONGS);
    Path part = file(id + PART);
    long bytes = 0;
    boolean kept = false;
    try {
      try (OutputStream out = Files.newOutputStream(part, StandardOpenOption.CREATE_NEW)) {
        // As it comes: one that comes in drops is given up once its command has ended.
        byte[] piece = Arrays.copyOf(head, PIECE);
        for (int count = head.length; count > 0; count = body.read(piece)) {
          if (upload.over()) {
            return refused(Why.UNKNOWN, TOO_LATE);
          }
          if (bytes + count > bounds.mostBytes()) {
            return tooLarge();
          }
          if (!reserve(upload.user, count, bounds.mostPerUser())) {
            return refused(Why.NO_ROOM, "there is no room for more uploads");
          }
          bytes += count;
          out.write(piece, 0, count);
        }
      }
      Media media =
          new Media(
              id, upload.user, upload.deviceId, upload.commandId, type, bytes, clock.millis());
      Files.write(file(id + ABOUT), JSON.writeValueAsBytes(media));
      Files.move(part, file(id), StandardCopyOption.ATOMIC_MOVE);
      stored.put(id, media);
      kept = upload.done(media);
      if (!kept) {
        stored.remove(id);
        Files.deleteIfExists(file(id));
        return refused(Why.UNKNOWN, TOO_LATE);
      }
      return new Outcome.Stored(media);
    } finally {
      if (!kept) {
        release(upload.user, bytes);
        Files.deleteIfExists(part);
        Files.deleteIfExists(file(id + ABOUT));
      }
    }
  }

  private synchronized boolean reserve(String user, long bytes, long mostPerUser) {
    long mine = used.getOrDefault(user, 0L);
    if (mostPerUser != Long.MAX_VALUE
        && (mine + bytes > mostPerUser || usedInAll + bytes > bounds.mostInAll())) {
      return false;
    }
    used.put(user, mine + bytes);
    usedInAll += bytes;
    return true;
  }

  private synchronized void release(String user, long bytes) {
    used.computeIfPresent(user, (name, mine) -> mine <= bytes ? null : mine - bytes);
    usedInAll -= bytes;
  }

  /** What was stored under an id; null for nothing. */
  public @Nullable Media find(String id) {
    return stored.get(id);
  }

  /** What was stored of a user, or of all, the newest first. */
  public List<Media> list(String user, boolean all) {
    return stored.values().stream()
        .filter(media -> all || media.user().equals(user))
        .sorted(Comparator.comparingLong(Media::createdMillis).reversed())
        .toList();
  }

  /** Opens the bytes of one. */
  public InputStream read(Media media) throws IOException {
    return Files.newInputStream(file(media.id()));
  }

  /** Deletes one, if it is there still. */
  public void delete(Media media) {
    if (stored.remove(media.id(), media)) {
      release(media.user(), media.bytes());
      try {
        Files.deleteIfExists(file(media.id()));
        Files.deleteIfExists(file(media.id() + ABOUT));
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "can''t be deleted: " + media.id(), e);
      }
    }
  }

  /** Deletes what is too old. */
  public void sweep() {
    long before = clock.millis() - bounds.age().toMillis();
    stored.values().stream().filter(m -> m.createdMillis() <= before).forEach(this::delete);
  }

  /** Bytes that are stored, or about to be. */
  public synchronized long bytes() {
    return usedInAll;
  }

  @Override
  public void close() {
    Path passing;
    synchronized (this) {
      passing = configured == null ? folder : null;
    }
    if (passing != null) {
      try {
        for (Path file : files()) {
          Files.deleteIfExists(file);
        }
        Files.deleteIfExists(passing);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
