package dev.holdfast.kinds.device;

import dev.holdfast.kinds.common.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * The photos and recordings that there are: each a file in one folder, with another beside it that
 * says what it is. Any thread; what touches files waits for the disk.
 */
public final class MediaStore implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(MediaStore.class.getName());

  private final @Nullable Path configured;
  private @Nullable Path folder;
  private final Duration age;
  private final InstantSource clock;
  private final ConcurrentMap<String, Media> stored = new ConcurrentHashMap<>();
  private final Quota quota;

  /**
   * @param folder null for one that goes when this is closed
   * @throws IOException when nothing can be kept there
   */
  MediaStore(@Nullable Path folder, Uploads.Bounds bounds, InstantSource clock) throws IOException {
    this.configured = folder;
    this.age = bounds.age();
    this.clock = clock;
    this.quota = new Quota(bounds.mostPerUser(), bounds.mostInAll());
    if (folder != null) {
      load();
    }
  }

  private void load() throws IOException {
    for (Path file : files()) {
      String name = file.getFileName().toString();
      if (name.endsWith(Arrival.SUFFIX)) {
        Files.deleteIfExists(file);
      } else if (name.endsWith(Media.SUFFIX)) {
        try {
          load(file, Media.read(Files.readAllBytes(file)));
        } catch (JacksonException | IllegalArgumentException e) {
          LOG.log(System.Logger.Level.WARNING, "is not of an upload: {0}", file);
        }
      }
    }
  }

  private void load(Path file, Media media) throws IOException {
    if (!file.equals(file(media.id() + Media.SUFFIX))) {
      return;
    }
    if (Files.exists(file(media.id()))) {
      stored.put(media.id(), media);
      quota.count(media.user(), media.bytes());
      quota.countFile(media.user());
    } else {
      // The gateway was killed as it stored it, or deleted it.
      Files.delete(file);
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder())) {
      return files.toList();
    }
  }

  /** Where they are, which is made where it is not there. */
  synchronized Path folder() throws IOException {
    Path there = folder;
    if (there == null) {
      if (configured == null) {
        there = Files.createTempDirectory("holdfast-media");
      } else {
        PrivateFiles.folder(configured);
        there = configured;
      }
      folder = there;
    }
    return there;
  }

  private Path file(String id) throws IOException {
    return folder().resolve(id);
  }

  /** What has room here. */
  Quota quota() {
    return quota;
  }

  /** There is one more, whose files are there, and counted. */
  void add(Media media) {
    stored.put(media.id(), media);
  }

  /** What was stored under an id; null for nothing. */
  public @Nullable Media find(String id) {
    return stored.get(id);
  }

  /** What was stored of a user, or of all, in no order. */
  public Stream<Media> list(String user, boolean all) {
    return stored.values().stream().filter(media -> all || media.user().equals(user));
  }

  /**
   * Opens the bytes of one; it is forgotten where somebody has deleted its file.
   *
   * @throws IOException when they can't be read, or are not as many as they were
   */
  public InputStream read(Media media) throws IOException {
    Path file = file(media.id());
    try {
      if (Files.size(file) != media.bytes()) {
        throw new IOException(media.id() + " has not the length that it was stored with");
      }
      return Files.newInputStream(file);
    } catch (NoSuchFileException e) {
      LOG.log(System.Logger.Level.WARNING, "is not there any more: {0}", file);
      delete(media);
      throw e;
    }
  }

  /** Deletes one, if it is there still. */
  public void delete(Media media) {
    if (stored.remove(media.id(), media)) {
      quota.release(media.user(), media.bytes());
      quota.releaseFile(media.user());
      try {
        Files.deleteIfExists(file(media.id()));
        Files.deleteIfExists(file(media.id() + Media.SUFFIX));
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "can''t be deleted: " + media.id(), e);
      }
    }
  }

  /** Deletes what is too old. */
  void sweep() {
    long before = clock.millis() - age.toMillis();
    stored.values().stream().filter(m -> m.createdMillis() <= before).forEach(this::delete);
  }

  /** Bytes that are stored, or about to be. */
  public long bytes() {
    return quota.usedInAll();
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
