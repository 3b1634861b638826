package dev.holdfast.kinds.agent;

import dev.holdfast.kinds.common.Members;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Tells channels of a run: the team's, which watches it ({@code streaming:…}), and the user's own,
 * which shows how far it is ({@code canvas:update}). Called under the run's lock.
 */
final class Announcer implements Witness {

  private static final int LINES = 20;

  private final Publisher publisher;
  private final @Nullable String channel;
  private final @Nullable String own;
  private final Deque<String> lines = new ArrayDeque<>();
  private String status = "running";
  private @Nullable String what;
  private @Nullable String next;
  private long percent;
  private long step;
  private long steps;

  private Announcer(Publisher publisher, Request request) {
    this.publisher = publisher;
    this.channel = request.terms().publishTo();
    this.own = request.terms().guidance() ? "user:" + request.user() : null;
    String prompt = request.prompt();
    this.what = request.action() == null ? prompt : request.action();
  }

  /** Whoever tells channels of a run on those terms; null where nobody is to be told. */
  static @Nullable Witness of(Publisher publisher, Request request) {
    return request.terms().publishTo() == null && !request.terms().guidance()
        ? null
        : new Announcer(publisher, request);
  }

  @Override
  public void said(Run run, String type, String body) {
    if (channel != null) {
      String event =
          switch (type) {
            case "started" -> "streaming:start";
            case "done", "complete", "cancelled" -> "streaming:complete";
            case "error" -> "streaming:error";
            default -> "streaming:update";
          };
      publisher.publish(run, channel, event, stream(run, type, body));
    }
    if (own != null) {
      guide(run, own, type, body);
    }
  }

  private static String stream(Run run, String type, String body) {
    return new Members()
        .text("run_id", run.id())
        .text("agent_id", run.request().agentId())
        .text("kind", type)
        .raw("data", body)
        .object();
  }

  private void guide(Run run, String user, String type, String body) {
    Report.Parts parts = Report.Parts.of(body);
    String action = "update";
    switch (type) {
      case "started" -> action = "present";
      case "progress" -> {
        percent = parts.number("progress");
        step = parts.number("step");
        steps = parts.number("total_steps");
        next = parts.text("message");
      }
      case "status" -> what = parts.text("status");
      case "log" -> line(parts.text("level") + ": " + parts.text("message"));
      case "approval_request" -> {
        status = "waiting_for_approval";
        next = parts.text("question");
      }
      case "approval" -> status = "running";
      case "tool_call" -> line("calls " + parts.text("name"));
      case "done", "complete" -> {
        status = "completed";
        percent = 100;
        action = "close";
      }
      case "cancelled" -> {
        status = "cancelled";
        action = "close";
      }
      case "error" -> {
        status = "failed";
        line("error: " + parts.text("message"));
        action = "close";
      }
      default -> {
        return;
      }
    }
    publisher.publish(run, user, "canvas:update", tracker(run, action));
  }

  private void line(String text) {
    if (lines.size() == LINES) {
      lines.removeFirst();
    }
    lines.addLast(text);
  }

  private String tracker(Run run, String action) {
    Request request = run.request();
    Members context =
        new Members().text("what", what).text("why", request.prompt()).text("next", next);
    String logs =
        lines.stream().map(Members::quoted).collect(java.util.stream.Collectors.joining(","));
    return new Members()
        .text("action", action)
        .text("component", "agent_operation_tracker")
        .text("operation_id", run.id())
        .text("agent_id", request.agentId())
        .text("agent_name", request.agentId())
        .text("operation_type", request.action() == null ? "prompt" : request.action())
        .text("status", status)
        .text("current_step", next)
        .number("current_step_index", step)
        .number("total_steps", steps)
        .number("progress", percent)
        .raw("context", context.object())
        .raw("logs", "[" + logs + "]")
        .object();
  }
}
