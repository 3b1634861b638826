package dev.holdfast.kinds.tool;

import dev.holdfast.kinds.common.ProcessGroup;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Tools that are programs: one process a call, in a process group of its own, which is killed when
 * the call is to stop. It is given the arguments as JSON on its standard input and writes lines of
 * JSON. Any thread.
 */
public final class ProcessProvider implements Provider {

  private static final System.Logger LOG = System.getLogger(ProcessProvider.class.getName());

  private static final int ERROR_CHARS = 2_000;
  private static final int LINE_CHARS = 16 << 20;
  private static final int AFTERMATH_MILLIS = 1_000;

  /**
   * One tool.
   *
   * @param command the program and its arguments
   */
  public record Program(Described described, List<String> command) implements Offered {
    public Program {
      command = List.copyOf(command);
    }
  }

  private final String id;
  private final List<Program> programs;
  private final @Nullable Path folder;
  private final Map<String, String> environment;

  /**
   * @param folder where they work; null for where the gateway does
   * @param environment all that they have of one
   */
  public ProcessProvider(
      String id, List<Program> programs, @Nullable Path folder, Map<String, String> environment) {
    this.id = id;
    this.programs = List.copyOf(programs);
    this.folder = folder;
    this.environment = Map.copyOf(environment);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public List<Described> tools() {
    return Offered.tools(programs);
  }

  @Override
  public String call(Work work) throws ToolException, InterruptedException {
    Process process = start(Offered.named(work.tool(), programs).command());
    work.closeAtEnd(() -> ProcessGroup.kill(process));
    StringBuilder complaints = new StringBuilder();
    CompletableFuture<@Nullable String> said = new CompletableFuture<>();
    try {
      // Reading from a pipe blocks in native code.
      thread(work, "err", () -> complain(process, complaints));
      thread(work, "out", () -> said.complete(listen(process, work)), said);
      thread(work, "in", () -> tell(process, work));
      int code = process.waitFor();
      String outputs = said.get(AFTERMATH_MILLIS, TimeUnit.MILLISECONDS);
      if (code != 0) {
        LOG.log(
            System.Logger.Level.WARNING,
            "tool {0}: exit code {1}: {2}",
            work.tool(),
            code,
            tail(complaints));
        throw ToolException.execution("the program ended with code " + code);
      }
      return outputs == null ? "[]" : outputs;
    } catch (TimeoutException e) {
      throw ToolException.execution("the program has ended, but a process of it holds its output");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Failed failed) {
        throw ToolException.execution(String.valueOf(failed.getMessage()));
      }
      throw ToolException.provider("the program's output can't be read");
    } finally {
      ProcessGroup.kill(process);
    }
  }

  private Process start(List<String> command) throws ToolException {
    try {
      return ProcessGroup.start(command, folder, environment);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "a tool''s program can''t be started", e);
      throw ToolException.provider("the program can't be started");
    }
  }

  private interface Job {
    void run() throws IOException;
  }

  private static void thread(Work work, String name, Job job) {
    thread(work, name, job, new CompletableFuture<>());
  }

  private static void thread(Work work, String name, Job job, CompletableFuture<?> failing) {
    Thread.ofPlatform()
        .daemon()
        .name("tool-" + work.tool() + "-" + name)
        .start(() -> {
          try {
            job.run();
          } catch (IOException | RuntimeException e) {
            // The process is gone, or does not want to know.
            failing.completeExceptionally(e);
          }
        });
  }

  private static void tell(Process process, Work work) throws IOException {
    try (OutputStream in = process.getOutputStream()) {
      in.write((work.arguments() + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void complain(Process process, StringBuilder into) throws IOException {
    try (InputStream err = process.getErrorStream()) {
      byte[] room = new byte[1024];
      int read;
      while ((read = err.read(room)) >= 0) {
        synchronized (into) {
          into.append(new String(room, 0, read, StandardCharsets.UTF_8));
          into.delete(0, Math.max(0, into.length() - ERROR_CHARS));
        }
      }
    }
  }

  private static String tail(StringBuilder complaints) {
    synchronized (complaints) {
      return complaints.toString().strip();
    }
  }

  /** The program says that it failed. */
  private static final class Failed extends RuntimeException {
    Failed(String message) {
      super(message, null, false, false);
    }
  }

  /** Reads its lines: progress, chunks, a result or an error. */
  private static @Nullable String listen(Process process, Work work) throws IOException {
    String outputs = null;
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String line;
      while ((line = reader.readLine()) != null) {
        if (line.length() > LINE_CHARS) {
          throw new Failed("the program wrote too long a line");
        }
        String result = line.isBlank() ? null : heard(line, work);
        if (result != null) {
          outputs = result;
        }
      }
    }
    return outputs;
  }

  private static @Nullable String heard(String line, Work work) {
    JsonNode said;
    try {
      said = Arguments.JSON.readTree(line);
    } catch (JacksonException e) {
      said = null;
    }
    if (said == null || !said.isObject()) {
      throw new Failed("the program wrote a line that is no JSON object");
    }
    switch (Said.of(said)) {
      case Said.Progress(double step, double steps, String message) ->
          work.progress(step, steps, message);
      case Said.Chunk(String text) -> work.chunk(text);
      case Said.Failed(String message) -> throw new Failed(message);
      case Said.Result(String outputs) -> {
        return outputs;
      }
      case null -> {}
    }
    return null;
  }

  @Override
  public void close() {
    // Each process is killed with its call.
  }
}
