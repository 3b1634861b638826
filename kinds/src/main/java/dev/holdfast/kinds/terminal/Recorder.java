package dev.holdfast.kinds.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.kinds.common.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Records all that a terminal says in a file, up to a size. What is said waits for the thread of
 * all recordings, in bounds: what is beyond them is missing, and a mark in the recording says so.
 * Any thread, none of which waits for the disk, but for {@link #whole}.
 *
 * <p>Source: the asciicast file format, version 2.
 */
final class Recorder {

  private static final System.Logger LOG = System.getLogger(Recorder.class.getName());
  private static final int PATIENCE_SECONDS = 10;

  /** Bytes that are kept for the mark that says that there is no room for more. */
  private static final int ROOM_FOR_MARK = 100;

  /** Ends whatever sequence of a terminal's the gap has come into. */
  private static final String CANCEL = "\u0018";

  private final Recordings recordings;
  private final Path file;
  private final long begun;
  private final LongAdder unrecorded;

  // Of the lock.
  private List<byte[]> waiting = new ArrayList<>();
  private List<CompletableFuture<Long>> asking = new ArrayList<>();
  private long held;
  private long left;
  private long missing;
  private long missingSince;
  private boolean told;
  private boolean scheduled;
  private boolean over;
  private boolean forgotten;

  // Of the thread of all recordings.
  private @Nullable FileChannel out;
  private boolean failed;

  /** Where the last whole line ends. */
  private long end;

  /** What has to be done, as one turn of the writer finds it. */
  private record Work(
      List<byte[]> pieces,
      long bytes,
      List<CompletableFuture<Long>> asking,
      boolean over,
      boolean forgotten) {}

  /**
   * Begins a recording.
   *
   * @param most bytes of it, but for marks where something is missing
   * @param unrecorded counts bytes that are missing in it
   */
  Recorder(
      Recordings recordings,
      Path file,
      Size size,
      List<String> command,
      long millis,
      long most,
      LongAdder unrecorded) {
    this.recordings = recordings;
    this.file = file;
    this.begun = millis;
    this.left = most;
    this.unrecorded = unrecorded;
    put(millis, Recording.header(size, command, millis));
  }

  void said(long millis, String text) {
    put(millis, Recording.said(millis - begun, text));
  }

  void resized(long millis, Size size) {
    put(millis, Recording.resized(millis - begun, size));
  }

  private void put(long millis, String line) {
    byte[] piece = line.getBytes(UTF_8);
    boolean tells = false;
    synchronized (this) {
      if (left == 0) {
        return;
      }
      if (missing == 0 && left < piece.length + ROOM_FOR_MARK) {
        piece = mark(millis, "the recording ends here: there is no room for more").getBytes(UTF_8);
        left = piece.length;
      }
      if (missing == 0
          && held + piece.length <= Recordings.MOST_OF_ONE
          && recordings.take(piece.length)) {
        waiting.add(piece);
        held += piece.length;
        left -= piece.length;
      } else {
        // And all that follows, until the writer has come to this place.
        missingSince = missing == 0 ? millis : missingSince;
        missing += piece.length;
        unrecorded.add(piece.length);
        tells = !told;
        told = true;
      }
      schedule();
    }
    if (tells) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the disk is too slow: some of what terminals say is missing in " + file);
    }
  }

  private String mark(long millis, String text) {
    return Recording.marked(millis - begun, text);
  }

  /** Under the lock. */
  private void schedule() {
    if (!scheduled) {
      scheduled = recordings.execute(this::work);
    }
    if (!scheduled) {
      asking.forEach(each -> each.completeExceptionally(new IOException("closed")));
      asking.clear();
    }
  }

  private synchronized Work next() {
    scheduled = false;
    long bytes = held;
    if (missing > 0) {
      String gap = mark(missingSince, missing + " bytes are missing here: the disk was too slow");
      waiting.add((gap + Recording.said(missingSince - begun, CANCEL)).getBytes(UTF_8));
      missing = 0;
    }
    Work work = new Work(waiting, bytes, asking, over, forgotten);
    waiting = new ArrayList<>();
    asking = new ArrayList<>();
    return work;
  }

  private void work() {
    Work work = next();
    write(work.pieces);
    recordings.giveBack(work.bytes);
    synchronized (this) {
      held -= work.bytes;
    }
    if (work.over) {
      close();
    }
    if (work.forgotten) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "a recording can''t be deleted", e);
      }
    }
    work.asking.forEach(whoever -> whoever.complete(end));
  }

  private void write(List<byte[]> pieces) {
    if (failed) {
      return;
    }
    try {
      for (byte[] piece : pieces) {
        FileChannel to = out == null ? open() : out;
        out = to;
        ByteBuffer rest = ByteBuffer.wrap(piece);
        while (rest.hasRemaining()) {
          int _ = to.write(rest);
        }
        end += piece.length;
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "a recording ends, as it can''t be written", e);
      failed = true;
      synchronized (this) {
        left = 0;
      }
      cut();
      close();
    }
  }

  private FileChannel open() throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException("no folder for " + file);
    }
    PrivateFiles.folder(folder);
    return FileChannel.open(
        file,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
  }

  /** Leaves no line that is half there. */
  private void cut() {
    try {
      if (out != null) {
        out.truncate(end);
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "a recording ends with half a line", e);
    }
  }

  private void close() {
    try {
      if (out != null) {
        out.close();
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "a recording can''t be closed", e);
    }
  }

  /**
   * The recording with all that was said until now. Waits for the disk.
   *
   * @throws IOException when that takes too long
   */
  Recorded whole() throws IOException, InterruptedException {
    CompletableFuture<Long> asked = new CompletableFuture<>();
    synchronized (this) {
      asking.add(asked);
      schedule();
    }
    try {
      return new Recorded(file, asked.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    } catch (ExecutionException e) {
      throw new IOException("nothing is recorded any more", e);
    } catch (TimeoutException e) {
      throw new IOException("the disk does not take what was said", e);
    }
  }

  /** Nothing more is said. */
  synchronized void finish() {
    left = 0;
    over = true;
    schedule();
  }

  /** The recording is gone, with its file. */
  synchronized void forget() {
    forgotten = true;
    finish();
  }
}
