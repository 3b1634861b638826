package dev.holdfast.bench;

import com.pty4j.PtyProcess;
import com.pty4j.PtyProcessBuilder;
import com.pty4j.unix.UnixPtyProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * The ceiling of terminals: a loop that reads a pseudo-terminal, and one that types and waits for
 * the echo, with nothing behind them. Told what to do by one line, answers with one.
 */
@SuppressWarnings("restricted") // the launcher allows native access
final class BarePty {

  private static final int ROOM = 64 * 1024;

  /** The system's own, as the streams of libraries ask before each read whether there is any. */
  private static final MethodHandle READ =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("read"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_INT,
                  ValueLayout.ADDRESS,
                  ValueLayout.JAVA_LONG));

  private BarePty() {}

  /** Serves one request after the other. */
  public static void main(String... args) throws IOException, InterruptedException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      System.out.println("listening on http://127.0.0.1:" + server.getLocalPort());
      while (true) {
        try (Socket socket = server.accept();
            BufferedReader in =
                new BufferedReader(
                    new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
          String line = in.readLine();
          if (line != null) {
            String answer = line.startsWith("echo ") ? echo(line.substring(5)) : read(line);
            socket.getOutputStream().write((answer + "\n").getBytes(StandardCharsets.UTF_8));
          }
        }
      }
    }
  }

  private static PtyProcess start(String run) throws IOException {
    return new PtyProcessBuilder(new String[] {"sh", "-c", run})
        .setEnvironment(Map.of("PATH", "/usr/bin:/bin", "TERM", "xterm-256color"))
        .setInitialColumns(80)
        .setInitialRows(24)
        .start();
  }

  /** Reads all that a command says: bytes and nanoseconds. */
  private static String read(String run) throws IOException, InterruptedException {
    PtyProcess process = start(run);
    long bytes = 0;
    long begun = System.nanoTime();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment room = arena.allocate(ROOM);
      int descriptor = ((UnixPtyProcess) process).getPty().getMasterFD();
      long read;
      // Where the program has gone it fails, instead of telling of an end.
      while ((read = (long) READ.invokeExact(descriptor, room, (long) ROOM)) > 0) {
        bytes += read;
      }
    } catch (Throwable e) {
      throw new IOException(e);
    }
    long nanos = System.nanoTime() - begun;
    process.waitFor();
    return bytes + " " + nanos;
  }

  /** Types a key and waits for its echo, for so many seconds: p50, p99 and p99.9 in ns. */
  private static String echo(String seconds) throws IOException, InterruptedException {
    PtyProcess process = start("stty raw -echo; echo up; exec cat");
    Histogram nanos = new Histogram(3);
    try (InputStream out = process.getInputStream();
        OutputStream in = process.getOutputStream()) {
      StringBuilder up = new StringBuilder();
      while (up.indexOf("up") < 0) {
        up.append((char) out.read());
      }
      TimeUnit.MILLISECONDS.sleep(100);
      while (out.available() > 0) {
        int _ = out.read();
      }
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.parseLong(seconds));
      while (System.nanoTime() < until) {
        long begun = System.nanoTime();
        in.write('x');
        in.flush();
        int c = out.read();
        while (c != 'x') {
          c = out.read();
        }
        nanos.recordValue(System.nanoTime() - begun);
        TimeUnit.MILLISECONDS.sleep(5);
      }
    }
    process.destroyForcibly();
    return nanos.getValueAtPercentile(50)
        + " "
        + nanos.getValueAtPercentile(99)
        + " "
        + nanos.getValueAtPercentile(99.9);
  }
}
