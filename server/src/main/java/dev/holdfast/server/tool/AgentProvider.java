package dev.holdfast.server.tool;

import dev.holdfast.feed.Delivery;
import dev.holdfast.feed.Event;
import dev.holdfast.feed.Feed;
import dev.holdfast.feed.From;
import dev.holdfast.feed.Reader;
import dev.holdfast.kinds.agent.Agents;
import dev.holdfast.kinds.agent.Outcome;
import dev.holdfast.kinds.agent.Request;
import dev.holdfast.kinds.agent.Run;
import dev.holdfast.kinds.agent.Terms;
import dev.holdfast.kinds.tool.Outputs;
import dev.holdfast.kinds.tool.Provider;
import dev.holdfast.kinds.tool.ToolError;
import dev.holdfast.kinds.tool.ToolException;
import dev.holdfast.kinds.tool.Work;
import dev.holdfast.server.config.ProviderSpec.AgentRole;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tools that are agents of the gateway: each call is a run, in the name of whoever calls. Its
 * tokens are chunks, and its progress is the call's. Any thread.
 */
public final class AgentProvider implements Provider {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern HOLE = Pattern.compile("\\{([A-Za-z0-9_]+)}");
  private static final long BATCH = 64 * 1024;

  private final String id;
  private final List<AgentRole> roles;
  private final Agents agents;

  public AgentProvider(String id, List<AgentRole> roles, Agents agents) {
    this.id = id;
    this.roles = List.copyOf(roles);
    this.agents = agents;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public List<Described> tools() {
    return Offered.tools(roles);
  }

  @Override
  public String call(Work work) throws ToolException, InterruptedException {
    Run run = begun(work, Offered.named(work.tool(), roles));
    try {
      return followed(run.feed(), work);
    } catch (InterruptedException e) {
      var _ = agents.cancel(run.id(), work.user(), true);
      throw e;
    }
  }

  private Run begun(Work work, AgentRole role) throws ToolException {
    String prompt = role.prompt();
    Outcome outcome =
        agents.start(
            new Request(
                work.user(),
                work.roles(),
                work.admin(),
                role.agentId(),
                prompt == null ? null : filled(prompt, work.arguments()),
                role.action(),
                prompt == null ? work.arguments().toString() : null,
                new Terms(
                    Duration.ofMillis(Math.max(1, work.leftMillis())), null, null, null, false)));
    return switch (outcome) {
      case Outcome.Done(Run run) -> run;
      case Outcome.Refused(Outcome.Why why, String message, long _) ->
          throw new ToolException(
              why == Outcome.Why.OVER_CAPACITY
                  ? ToolError.OVER_CAPACITY
                  : ToolError.TOOL_EXECUTION_ERROR,
              message,
              null,
              false);
    };
  }

  private static String filled(String prompt, JsonNode arguments) {
    return HOLE.matcher(prompt)
        .replaceAll(hole -> {
          JsonNode value = arguments.path(hole.group(1));
          String text =
              value.isMissingNode()
                  ? ""
                  : value.isString() ? value.stringValue() : value.toString();
          return Matcher.quoteReplacement(text);
        });
  }

  /** Tells of the run until its end; gives its outputs. */
  private static String followed(Feed feed, Work work) throws ToolException, InterruptedException {
    Semaphore wake = new Semaphore(0);
    Telling telling = new Telling(work);
    try (Feed.Watch _ = feed.watch(wake::release)) {
      Reader reader = feed.attach(From.START).reader();
      while (true) {
        do {
          telling.caughtUp = false;
          reader.poll(BATCH, telling::accept);
        } while (!telling.caughtUp);
        if (telling.ended) {
          return telling.outputs();
        }
        wake.acquire();
        wake.drainPermits();
      }
    }
  }

  /** Tells a call of what a run says. */
  private static final class Telling {

    private final Work work;
    private boolean caughtUp;
    private boolean ended;
    private @Nullable String outputs;
    private @Nullable ToolException failure;

    Telling(Work work) {
      this.work = work;
    }

    void accept(Delivery delivery) {
      if (delivery instanceof Event event) {
        said(event);
      } else if (delivery instanceof Delivery.Mark mark) {
        caughtUp = true;
        ended = mark == Delivery.Mark.END;
      }
    }

    private void said(Event event) {
      String body = new String(event.body(), StandardCharsets.UTF_8);
      switch (event.type()) {
        case "token" -> work.chunk(read(body).path("text").asString(""));
        case "progress" -> {
          JsonNode said = read(body);
          work.progress(said.path("progress").asDouble(0), 100, said.path("message").asString(""));
        }
        case "done" -> outputs = Outputs.text(read(body).path("text").asString(""));
        case "complete" -> outputs = Outputs.text(read(body).path("result").toString());
        case "cancelled" ->
            failure = new ToolException(ToolError.CANCELLED, "the run was cancelled", null, false);
        case "error" -> {
          JsonNode said = read(body);
          String message = said.path("message").asString("");
          failure =
              said.path("retryable").asBoolean(false)
                  ? ToolException.provider(message)
                  : ToolException.execution(message);
        }
        default -> {}
      }
    }

    private static JsonNode read(String members) {
      return JSON.readTree("{" + members + "}");
    }

    String outputs() throws ToolException {
      if (failure != null) {
        throw failure;
      }
      return outputs == null ? "[]" : outputs;
    }
  }

  @Override
  public void close() {
    // Runs are stopped with their calls.
  }
}
