package dev.holdfast.kinds.terminal;

import com.pty4j.WinSize;
import com.pty4j.unix.Pty;
import com.pty4j.unix.UnixPtyProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A program on a pseudo-terminal of its own. The pseudo-terminal has its size before the program
 * begins: pty4j's builder sets it only afterwards, when the program may have asked for it. Any
 * thread.
 *
 * @param descriptor of the side of the pseudo-terminal that is ours
 * @param held the program's side, which stays open until {@link #close}: what the program has said
 *     at its end can be read after it
 */
record PtyProgram(UnixPtyProcess process, int descriptor, int held) {

  private static final System.Logger LOG = System.getLogger(PtyProgram.class.getName());

  /**
   * Starts it. On a platform thread: what it inherits is set for that thread.
   *
   * @throws IOException when it can't be started
   */
  @SuppressWarnings("deprecation") // nothing else of pty4j takes a pseudo-terminal that is prepared
  static PtyProgram start(
      List<String> command, Map<String, String> environment, @Nullable Path folder, Size size)
      throws IOException {
    Pty pty = new Pty();
    int held = -1;
    try {
      held = Posix.openTerminal(pty.getSlaveName());
      pty.setWindowSize(new WinSize(size.cols(), size.rows()), null);
      UnixPtyProcess process =
          Posix.unmasked(() ->
              new UnixPtyProcess(
                  command.toArray(String[]::new),
                  environment.entrySet().stream().map(Map.Entry::toString).toArray(String[]::new),
                  folder == null ? null : folder.toString(),
                  pty,
                  null,
                  false));
      // What nobody has asked for is closed by whoever ends the program, while another still reads
      // it.
      InputStream _ = process.getInputStream();
      OutputStream _ = process.getOutputStream();
      return new PtyProgram(process, pty.getMasterFD(), held);
    } catch (IOException | RuntimeException e) {
      pty.close();
      if (held >= 0) {
        Posix.close(held);
      }
      throw e;
    }
  }

  /** Closes both sides. The program may run on, without a terminal. */
  void close() {
    try {
      process.getInputStream().close();
      process.getOutputStream().close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "closing a terminal", e);
    } finally {
      Posix.close(held);
    }
  }
}
