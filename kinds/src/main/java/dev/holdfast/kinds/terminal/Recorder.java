package dev.holdfast.kinds.terminal;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * Writes all that a terminal says to a file, up to a size. Any thread.
 *
 * <p>Source: the asciicast file format, version 2.
 */
final class Recorder implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Recorder.class.getName());

  private final Path file;
  private final BufferedWriter out;
  private final long begun;
  private long left;
  private boolean closed;

  private Recorder(Path file, BufferedWriter out, long begun, long most) {
    this.file = file;
    this.out = out;
    this.begun = begun;
    this.left = most;
  }

  /**
   * Begins a recording.
   *
   * @param most bytes of it, about
   * @throws IOException when it can't be written
   */
  static Recorder begin(Path file, Size size, List<String> command, long millis, long most)
      throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException("no folder for " + file);
    }
    Files.createDirectories(folder);
    if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      // What is said in terminals is nobody else's business.
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }
    Recorder recorder =
        new Recorder(file, Files.newBufferedWriter(file, StandardCharsets.UTF_8), millis, most);
    recorder.write(Recording.header(size, command, millis));
    return recorder;
  }

  Path file() {
    return file;
  }

  void said(long millis, String text) {
    write(Recording.said(millis - begun, text));
  }

  void resized(long millis, Size size) {
    write(Recording.resized(millis - begun, size));
  }

  private synchronized void write(String line) {
    if (left < line.length()) {
      left = 0;
      return;
    }
    left -= line.length();
    try {
      out.write(line);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "a recording ends, as it can''t be written", e);
      left = 0;
    }
  }

  /** All that was said is in the file. */
  synchronized void flush() {
    if (closed) {
      return;
    }
    try {
      out.flush();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "a recording ends, as it can''t be written", e);
    }
  }

  @Override
  public synchronized void close() {
    left = 0;
    closed = true;
    try {
      out.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "a recording ends, as it can''t be written", e);
    }
  }

  /** The recording is gone, with its file. */
  void forget() {
    close();
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "a recording can''t be deleted", e);
    }
  }
}
