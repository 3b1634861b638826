package dev.holdfast.client.command;

import dev.holdfast.client.Device.Order;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What this machine does as a device: programs that were allowed, and no others. Any thread. */
final class Programs {

  /** What is told of a program's output, in bytes. */
  private static final int MOST_OUTPUT = 16 * 1024;

  /** And as JSON, where a control character takes six: a result has to fit into a frame. */
  private static final int MOST_JSON = 48 * 1024;

  private static final int ESCAPED = 6;

  private static final String NOTIFY = "notify-send";

  /** What runs is not left running when this machine is a device no more. */
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().unstarted(() -> RUNNING.forEach(Programs::destroy)));
  }

  private final Set<String> allowed;

  /**
   * @param allowed as commands name them
   */
  Programs(List<String> allowed) {
    this.allowed = Set.copyOf(allowed);
  }

  /**
   * Runs {@code params.command}: a list of words, or a text that is cut at its blanks. No shell
   * sees it.
   */
  Object execute(Order order) throws IOException, InterruptedException {
    List<String> words = words(order.params().get("command"));
    if (words.isEmpty()) {
      throw new IOException("command: must be a list of texts, or a text");
    }
    if (!allowed.contains(words.getFirst())) {
      throw new IOException("'" + words.getFirst() + "' is not allowed here");
    }
    return run(words, order.deadline());
  }

  private static List<String> words(@Nullable Object command) {
    List<String> words = new ArrayList<>();
    if (command instanceof String text) {
      for (String word : text.strip().split("\\s+", -1)) {
        if (!word.isEmpty()) {
          words.add(word);
        }
      }
    } else if (command instanceof List<?> list) {
      for (Object word : list) {
        if (!(word instanceof String text)) {
          return List.of();
        }
        words.add(text);
      }
    }
    return words;
  }

  /** Whether there is somebody to show a notification to. */
  static boolean desktop() {
    Map<String, String> environment = System.getenv();
    if (!environment.containsKey("DISPLAY") && !environment.containsKey("WAYLAND_DISPLAY")) {
      return false;
    }
    for (String folder : environment.getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, NOTIFY))) {
        return true;
      }
    }
    return false;
  }

  /** Shows {@code params.title} and {@code params.body}. */
  static @Nullable Object notify(Order order) throws IOException, InterruptedException {
    String title = String.valueOf(order.params().get("title"));
    Object body = order.params().get("body");
    // What begins with a dash is no option.
    Map<String, Object> done =
        run(
            List.of(NOTIFY, "--", title, body == null ? "" : String.valueOf(body)),
            order.deadline());
    if (!Integer.valueOf(0).equals(done.get("exit_code"))) {
      throw new IOException(NOTIFY + ": " + done.get("output"));
    }
    return null;
  }

  private static Map<String, Object> run(List<String> words, Instant deadline)
      throws IOException, InterruptedException {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    RUNNING.add(process);
    try {
      process.getOutputStream().close();
      CompletableFuture<byte[]> output = new CompletableFuture<>();
      Thread.ofPlatform().daemon().name("device-out").start(() -> read(process, output));
      long left = Math.max(0, Duration.between(Instant.now(), deadline).toMillis());
      if (!process.waitFor(left, TimeUnit.MILLISECONDS)) {
        throw new IOException("did not end by the deadline");
      }
      byte[] said = output.get(1, TimeUnit.SECONDS);
      String text = new String(said, 0, Math.min(said.length, MOST_OUTPUT), StandardCharsets.UTF_8);
      String told = fitting(text);
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("exit_code", process.exitValue());
      result.put("output", told);
      result.put("truncated", said.length > MOST_OUTPUT || told.length() < text.length());
      return result;
    } catch (TimeoutException | java.util.concurrent.ExecutionException e) {
      throw new IOException("its output can't be read", e);
    } finally {
      destroy(process);
      RUNNING.remove(process);
    }
  }

  private static void destroy(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** As much of a text as fits, whatever it consists of. */
  private static String fitting(String text) {
    int end = 0;
    for (int bytes = 0; end < text.length(); end += Character.charCount(text.codePointAt(end))) {
      int one = text.codePointAt(end);
      String character = Character.toString(one);
      bytes +=
          Character.isISOControl(one) || one == '"' || one == '\\'
              ? ESCAPED
              : character.getBytes(StandardCharsets.UTF_8).length;
      if (bytes > MOST_JSON) {
        break;
      }
    }
    return text.substring(0, end);
  }

  /** Reads all that it says, and keeps no more than is told, and one byte. */
  private static void read(Process process, CompletableFuture<byte[]> into) {
    try (InputStream in = process.getInputStream()) {
      byte[] kept = in.readNBytes(MOST_OUTPUT + 1);
      in.transferTo(java.io.OutputStream.nullOutputStream());
      into.complete(kept);
    } catch (IOException e) {
      into.completeExceptionally(e);
    }
  }
}
