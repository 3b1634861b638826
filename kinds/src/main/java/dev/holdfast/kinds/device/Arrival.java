package dev.holdfast.kinds.device;

import dev.holdfast.kinds.device.Uploads.Outcome;
import dev.holdfast.kinds.device.Uploads.Why;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What has arrived of one upload: a file in the making, which counts from its first byte. It goes
 * on where it broke off; what is refused leaves nothing, and may begin anew. One thread at a time:
 * the one that has the upload's pen.
 */
final class Arrival {

  /** It can't be written. */
  static final class DiskException extends IOException {
    DiskException(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  static final String SUFFIX = ".part";

  private static final int PIECE = 64 * 1024;

  final String mediaId;
  final String user;
  final String deviceId;
  final String commandId;
  final boolean picture;
  final long mostBytes;
  private final MediaStore store;
  private final byte[] head = new byte[MediaType.HEAD_BYTES];
  private long bytes;
  private long length = -1;
  private boolean stored;

  Arrival(
      String mediaId,
      String user,
      String deviceId,
      String commandId,
      boolean picture,
      long mostBytes,
      MediaStore store) {
    this.mediaId = mediaId;
    this.user = user;
    this.deviceId = deviceId;
    this.commandId = commandId;
    this.picture = picture;
    this.mostBytes = mostBytes;
    this.store = store;
  }

  /** So many have come. */
  long bytes() {
    return bytes;
  }

  /** So many there will be; -1 where that is not known yet. */
  long length() {
    return length;
  }

  boolean whole() {
    return bytes == length;
  }

  /** Whether it may come to that length, after what is known. */
  boolean mayBe(long told) {
    return told >= bytes && (length < 0 || told == length);
  }

  /** It will be that long; -1 for not known yet. Why it must not be, or null. */
  Outcome.@Nullable Refused tell(long told) {
    if (told > mostBytes) {
      discard();
      return tooLarge(mostBytes);
    }
    length = told < 0 ? length : told;
    return null;
  }

  private static Outcome.Refused tooLarge(long most) {
    return new Outcome.Refused(Why.TOO_LARGE, "at most " + most + " bytes are taken");
  }

  /**
   * Takes what comes, as it comes, after what is there. Why not, or null when all of it was taken.
   *
   * @param announced bytes; -1 for none
   * @param use of taking it: it is not taken any more where there is none
   * @throws DiskException when it can't be written
   * @throws IOException when it breaks off; what came before stays
   */
  Outcome.@Nullable Refused take(InputStream body, long announced, Supplier<Upload.Use> use)
      throws IOException {
    long most = length < 0 ? mostBytes : length;
    Outcome.Refused refused = announced > most - bytes ? tooLarge(most) : null;
    if (refused == null) {
      try (FileChannel out = open()) {
        refused = write(body, most, use, out);
      }
    }
    if (refused != null) {
      discard();
    }
    return refused;
  }

  private FileChannel open() throws DiskException {
    try {
      return FileChannel.open(file(SUFFIX), StandardOpenOption.CREATE, StandardOpenOption.WRITE)
          .position(bytes);
    } catch (IOException e) {
      throw new DiskException(e);
    }
  }

  private Outcome.@Nullable Refused write(
      InputStream body, long most, Supplier<Upload.Use> use, FileChannel out) throws IOException {
    byte[] piece = new byte[PIECE];
    for (int count = body.read(piece); count >= 0; count = body.read(piece)) {
      if (use.get() != Upload.Use.GOOD) {
        throw new IOException("nobody is to write it any more");
      }
      Outcome.Refused refused = refusal(piece, count, most);
      if (refused != null) {
        return refused;
      }
      // Counted before it is there, so that none of it is forgotten where it can't be written.
      bytes += count;
      write(ByteBuffer.wrap(piece, 0, count), out);
    }
    return null;
  }

  private static void write(ByteBuffer left, FileChannel out) throws DiskException {
    try {
      while (left.hasRemaining()) {
        out.write(left);
      }
    } catch (IOException e) {
      throw new DiskException(e);
    }
  }

  /** Makes room for more. Why not, or null. */
  private Outcome.@Nullable Refused refusal(byte[] piece, int count, long most) {
    if (bytes + count > most) {
      return tooLarge(most);
    }
    if (bytes < head.length) {
      int some = (int) Math.min(count, head.length - bytes);
      System.arraycopy(piece, 0, head, (int) bytes, some);
      if (bytes + some == head.length && type(head.length) == null) {
        return notTaken();
      }
    }
    return store.quota().take(user, count)
        ? null
        : new Outcome.Refused(Why.NO_ROOM, "there is no room for more uploads");
  }

  private Outcome.Refused notTaken() {
    return new Outcome.Refused(
        Why.NOT_MEDIA, "is no " + (picture ? "picture" : "recording") + " that is taken");
  }

  private @Nullable MediaType type(int known) {
    MediaType type = MediaType.of(Arrays.copyOf(head, known));
    return type != null && type.picture() == picture ? type : null;
  }

  private Path file(String suffix) throws IOException {
    return store.folder().resolve(mediaId + suffix);
  }

  /**
   * That was all: makes it one that is stored.
   *
   * @param claim of its type; null for none
   * @throws DiskException when it can't be stored; nothing of it is there then
   */
  Outcome store(@Nullable String claim, long nowMillis) throws IOException {
    MediaType type = type((int) Math.min(bytes, head.length));
    if (type == null || !type.fits(claim)) {
      discard();
      return type == null
          ? notTaken()
          : new Outcome.Refused(Why.NOT_MEDIA, "content-type: it is " + type.text());
    }
    if (!store.quota().takeFile(user)) {
      discard();
      return new Outcome.Refused(
          Why.NO_ROOM, "a user may have no more than " + Quota.MOST_FILES + " of them");
    }
    Media media = new Media(mediaId, user, deviceId, commandId, type, bytes, nowMillis);
    try {
      Files.write(file(Media.SUFFIX), media.stored());
      Files.move(file(SUFFIX), file(""), StandardCopyOption.ATOMIC_MOVE);
      stored = true;
      length = bytes;
      return new Outcome.Stored(media);
    } catch (IOException e) {
      throw new DiskException(e);
    } finally {
      if (!stored) {
        store.quota().releaseFile(user);
        Files.deleteIfExists(file(Media.SUFFIX));
        discard();
      }
    }
  }

  /** Nothing is left of it, unless it is stored. */
  void discard() {
    if (stored) {
      return;
    }
    try {
      Files.deleteIfExists(file(SUFFIX));
    } catch (IOException e) {
      System.getLogger(Arrival.class.getName())
          .log(System.Logger.Level.WARNING, "can''t be deleted: " + mediaId, e);
    }
    store.quota().release(user, bytes);
    bytes = 0;
    length = -1;
  }
}
