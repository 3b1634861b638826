package dev.holdfast.kinds.agent;

import java.time.Duration;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an agent in another process says of its run: one JSON object with one of the members that
 * are listed in docs/agents.md. Stateless; any thread.
 */
final class Report {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final long MOST_PATIENCE_MILLIS = Duration.ofDays(1).toMillis();

  private Report() {}

  /** What a report means for its run beyond what is told to the run's readers. */
  sealed interface Meaning {

    /** It goes on. */
    record GoesOn() implements Meaning {}

    /** It is done. */
    record Done() implements Meaning {}

    /** It has failed. */
    record Failed(AgentException why) implements Meaning {}

    /** Not a report, and why. */
    record Wrong(String message) implements Meaning {}
  }

  private static final Meaning GOES_ON = new Meaning.GoesOn();

  /** One object's members, leniently read. */
  record Parts(JsonNode object) {

    static Parts of(String json) {
      return new Parts(JSON.readTree(json));
    }

    @Nullable String text(String name) {
      JsonNode value = object.get(name);
      return value == null || value.isNull()
          ? null
          : value.isString() ? value.stringValue() : value.toString();
    }

    String text(String name, String otherwise) {
      String text = text(name);
      return text == null ? otherwise : text;
    }

    long number(String name) {
      JsonNode value = object.get(name);
      return value != null && value.isNumber() ? Math.round(value.doubleValue()) : 0;
    }

    boolean flag(String name, boolean otherwise) {
      JsonNode value = object.get(name);
      return (value != null && value.isBoolean()) ? value.booleanValue() : otherwise;
    }

    String json(String name) {
      JsonNode value = object.get(name);
      return value == null ? "null" : value.toString();
    }
  }

  /**
   * Has a run say what an agent reports.
   *
   * @param json an object, or an array of them
   * @param decided is told the approval's id and the decision, later
   */
  static Meaning apply(String json, Run run, BiConsumer<String, String> decided) {
    JsonNode node;
    try {
      node = JSON.readTree(json);
    } catch (JacksonException e) {
      return new Meaning.Wrong("is not JSON");
    }
    if (!node.isArray()) {
      return applyOne(node, run, decided);
    }
    Meaning last = GOES_ON;
    for (JsonNode one : node) {
      last = applyOne(one, run, decided);
      if (!(last instanceof Meaning.GoesOn)) {
        return last;
      }
    }
    return last;
  }

  private static Meaning applyOne(JsonNode node, Run run, BiConsumer<String, String> decided) {
    if (!node.isObject()) {
      return new Meaning.Wrong("is not an object");
    }
    Parts all = new Parts(node);
    if (node.has("token")) {
      run.token(all.text("token", ""));
    } else if (node.has("progress")) {
      run.progress(
          Math.clamp(all.number("progress"), 0, 100),
          all.text("message", ""),
          (int) all.number("step"),
          (int) all.number("total_steps"));
    } else if (node.has("status")) {
      run.status(all.text("status", ""));
    } else if (node.has("log")) {
      run.log(all.text("level", "info"), all.text("log", ""));
    } else if (node.has("tool_call")) {
      Parts call = new Parts(node.get("tool_call"));
      run.toolCall(call.text("call_id", ""), call.text("name", ""), call.json("arguments"));
    } else if (node.has("tool_result")) {
      Parts call = new Parts(node.get("tool_result"));
      run.toolResult(
          call.text("call_id", ""),
          call.text("name", ""),
          call.flag("ok", true),
          call.json("result"));
    } else if (node.has("result")) {
      run.result(all.json("result"));
    } else if (node.has("usage")) {
      Parts usage = new Parts(node.get("usage"));
      run.took(usage.number("tokens_in"), usage.number("tokens_out"));
    } else if (node.has("approval_request")) {
      ask(new Parts(node.get("approval_request")), run, decided);
    } else if (node.has("error")) {
      return new Meaning.Failed(failure(node.get("error")));
    } else if (node.has("done")) {
      return new Meaning.Done();
    } else {
      return new Meaning.Wrong("has none of the members that a report has");
    }
    return GOES_ON;
  }

  private static void ask(Parts asked, Run run, BiConsumer<String, String> decided) {
    long millis = asked.number("expires_in_ms");
    Duration within =
        millis <= 0 ? PATIENCE : Duration.ofMillis(Math.min(millis, MOST_PATIENCE_MILLIS));
    String mine = asked.text("approval_id", "");
    run.ask(
        asked.text("question", ""),
        asked.text("default", "reject"),
        within,
        decision -> decided.accept(mine, decision));
  }

  private static AgentException failure(JsonNode error) {
    if (!error.isObject()) {
      String message = error.isString() ? error.stringValue() : error.toString();
      return new AgentException("upstream_error", message, false);
    }
    Parts parts = new Parts(error);
    return new AgentException(
        parts.text("code", "upstream_error"),
        parts.text("message", "the agent failed"),
        parts.flag("retryable", false));
  }
}
