package dev.holdfast.kinds.agent;

import dev.holdfast.kinds.common.Members;
import dev.holdfast.kinds.common.ProcessGroup;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * An agent that is a program: one process a run, in a process group of its own, which is killed
 * when the run is cancelled. Any thread.
 *
 * <p>Pipes are read on platform threads: a read from one blocks in native code.
 */
public final class ProcessAgent implements Agent {

  /** How the program is told what to do, and how it is understood. */
  public enum Talk {
    /** The prompt on its standard input; what it writes are tokens. */
    TEXT,
    /** The prompt as the argument that says {@code {prompt}}; what it writes are tokens. */
    ARGUMENT,
    /** Lines of JSON in both directions. */
    JSON
  }

  private static final System.Logger LOG = System.getLogger(ProcessAgent.class.getName());

  /** What is kept of what the program says on its standard error. */
  private static final int ERROR_CHARS = 2_000;

  /** A line longer than that is no report. */
  private static final int LINE_CHARS = 1 << 20;

  /** How long output is awaited once the process is gone: a child may hold the pipe. */
  private static final int AFTERMATH_MILLIS = 1_000;

  /** What may have been said to the program that it has not read. */
  private static final int MOST_UNREAD = 1_000;

  private final List<String> command;
  private final Talk talk;
  private final @Nullable Path folder;
  private final Map<String, String> environment;

  /**
   * @param command the program and its arguments; {@code {prompt}} and {@code {action}} in an
   *     argument stand for those
   * @param folder where it works; null for where the gateway does
   * @param environment all that it has of an environment
   */
  public ProcessAgent(
      List<String> command, Talk talk, @Nullable Path folder, Map<String, String> environment) {
    this.command = List.copyOf(command);
    this.talk = talk;
    this.folder = folder;
    this.environment = Map.copyOf(environment);
  }

  @Override
  public void work(Run run) throws InterruptedException, AgentException {
    Process process = start(run);
    run.closeAtEnd(() -> ProcessGroup.kill(process));
    Talking talking = new Talking(run, process);
    try {
      talking.begin();
      int code = process.waitFor();
      talking.finish(code);
    } finally {
      ProcessGroup.kill(process);
      talking.end();
    }
  }

  private Process start(Run run) throws AgentException {
    List<String> argv = command.stream().map(argument -> filled(argument, run.request())).toList();
    try {
      return ProcessGroup.start(argv, folder, environment);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "an agent''s program can''t be started", e);
      throw new AgentException("unavailable", "the agent's program can't be started", false);
    }
  }

  private static String filled(String argument, Request request) {
    String prompt = request.prompt();
    String action = request.action();
    return switch (argument) {
      case "{prompt}" -> prompt == null ? "" : prompt.replace("\0", "");
      case "{action}" -> action == null ? "" : action;
      default -> argument;
    };
  }

  /** The talk with one process. */
  private final class Talking {
    private final Run run;
    private final Process process;
    private final StringBuilder complaints = new StringBuilder();
    private final BlockingQueue<String> outbox = new LinkedBlockingQueue<>(MOST_UNREAD);
    private final CompletableFuture<@Nullable AgentException> heard = new CompletableFuture<>();
    private final CompletableFuture<Boolean> complained = new CompletableFuture<>();
    private @Nullable Thread teller;

    Talking(Run run, Process process) {
      this.run = run;
      this.process = process;
    }

    void begin() {
      thread(
          "out",
          () -> {
            try {
              heard.complete(listen());
            } catch (IOException _) {
              // The process is gone, and its pipe with it.
              heard.complete(null);
            } catch (RuntimeException e) {
              heard.completeExceptionally(e);
            }
          });
      thread(
          "err",
          () -> {
            try {
              complaints();
            } catch (IOException _) {
              // As above.
            } finally {
              complained.complete(true);
            }
          });
      teller = thread("in", this::tell);
    }

    void end() {
      if (teller != null) {
        teller.interrupt();
      }
    }

    private Thread thread(String name, Runnable work) {
      return Thread.ofPlatform().daemon().name("run-" + run.id() + "-" + name).start(work);
    }

    /** Says what there is to say, one after the other, until the process has ended. */
    private void tell() {
      Request request = run.request();
      String prompt = request.prompt();
      try (OutputStream in = process.getOutputStream()) {
        if (talk != Talk.JSON) {
          say(in, talk == Talk.TEXT && prompt != null ? prompt : "");
          return;
        }
        Members asked =
            new Members()
                .text("run_id", run.id())
                .text("agent_id", request.agentId())
                .text("user_id", request.user())
                .text("prompt", prompt)
                .text("action", request.action())
                .raw("params", request.params())
                .text("conversation_id", request.terms().conversationId());
        say(in, asked.object() + "\n");
        run.inputTo(words -> outbox.offer(new Members().raw("input", words).object()));
        while (true) {
          say(in, outbox.take() + "\n");
        }
      } catch (IOException e) {
        // It does not want to know, or is gone: that is told by its end.
        LOG.log(System.Logger.Level.DEBUG, "an agent''s program does not listen", e);
      } catch (InterruptedException _) {
        // There is nobody left to tell.
      }
    }

    private static void say(OutputStream in, String text) throws IOException {
      in.write(text.getBytes(StandardCharsets.UTF_8));
      in.flush();
    }

    private static Reader reader(InputStream bytes) {
      return new InputStreamReader(
          bytes,
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPLACE)
              .onUnmappableCharacter(CodingErrorAction.REPLACE));
    }

    private @Nullable AgentException listen() throws IOException {
      try (Reader reader = reader(process.getInputStream())) {
        return talk == Talk.JSON ? reports(reader) : tokens(reader);
      }
    }

    private @Nullable AgentException tokens(Reader reader) throws IOException {
      // Never half a pair: the decoder gives both halves or neither.
      char[] room = new char[4096];
      int read;
      while ((read = reader.read(room)) >= 0) {
        run.token(new String(room, 0, read));
      }
      return null;
    }

    private @Nullable AgentException reports(Reader reader) throws IOException {
      StringBuilder line = new StringBuilder();
      char[] room = new char[8192];
      int read;
      while ((read = reader.read(room)) >= 0) {
        for (int i = 0; i < read; i++) {
          if (room[i] != '\n') {
            line.append(room[i]);
            if (line.length() > LINE_CHARS) {
              return new AgentException("upstream_error", "the agent wrote too long a line", false);
            }
            continue;
          }
          AgentException failed = report(line.toString());
          line.setLength(0);
          if (failed != null) {
            return failed;
          }
        }
      }
      return report(line.toString());
    }

    private @Nullable AgentException report(String line) {
      if (line.isBlank()) {
        return null;
      }
      Report.Meaning meaning = Report.apply(line, run, this::decided);
      return switch (meaning) {
        case Report.Meaning.GoesOn _, Report.Meaning.Done _ -> null;
        case Report.Meaning.Failed(AgentException why) -> why;
        case Report.Meaning.Wrong(String why) -> {
          run.log("warn", "the agent wrote a line that " + why);
          yield null;
        }
      };
    }

    private void decided(String asked, String decision) {
      Members approval = new Members().text("approval_id", asked).text("decision", decision);
      if (!outbox.offer(new Members().raw("approval", approval.object()).object())) {
        run.log("warn", "the agent does not listen to what was decided");
      }
    }

    private void complaints() throws IOException {
      try (Reader reader = reader(process.getErrorStream())) {
        char[] room = new char[1024];
        int read;
        while ((read = reader.read(room)) >= 0) {
          synchronized (complaints) {
            complaints.append(room, 0, read);
            complaints.delete(0, Math.max(0, complaints.length() - ERROR_CHARS));
          }
        }
      }
    }

    /** Hears the rest once the process has ended, and says how it went. */
    void finish(int code) throws InterruptedException, AgentException {
      AgentException failed = null;
      try {
        failed = heard.get(AFTERMATH_MILLIS, TimeUnit.MILLISECONDS);
        complained.get(AFTERMATH_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        run.log("warn", "the agent's program has ended, but a process of it holds its output");
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
      if (failed != null) {
        throw failed;
      }
      if (code != 0 && !run.cancelled()) {
        String last;
        synchronized (complaints) {
          last = complaints.toString().strip();
        }
        // For the operator alone: it may hold what users should not see.
        LOG.log(System.Logger.Level.WARNING, "run {0}: exit code {1}: {2}", run.id(), code, last);
        throw new AgentException("upstream_error", "the agent ended with code " + code, false);
      }
    }
  }
}
