package dev.holdfast.server.tool;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.Duration;
import ch.qos.logback.core.util.FileSize;
import dev.holdfast.kinds.tool.Call;
import dev.holdfast.kinds.tool.CallLog;
import dev.holdfast.kinds.tool.ToolError;
import dev.holdfast.server.config.ToolConfig;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes calls to a file, as lines of JSON, on a thread of its own. Where that can't follow, lines
 * wait, and those that find no room any more are lost rather than a call delayed; none is lost when
 * the gateway stops. Any thread.
 */
public final class CallLogFile implements CallLog, AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();
  private static final int MOST_WAITING = 65_536;
  private static final int LONGEST_VALUE = 500;
  private static final int FLUSH_MILLIS = 5_000;
  private static final double ROUND = 1e6;
  private static final Set<String> SECRETS =
      Set.of("token", "secret", "password", "passwd", "api_key", "apikey", "authorization");

  private final InstantSource clock;
  private final Logger lines;
  private final AsyncAppender queue;

  /** Opens it, or goes on with the one that is there. */
  public CallLogFile(ToolConfig.Log to, InstantSource clock) {
    this.clock = clock;
    // A context of its own: the gateway's log has another form.
    LoggerContext context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%msg%n");
    encoder.start();
    RollingFileAppender<ILoggingEvent> file = new RollingFileAppender<>();
    file.setContext(context);
    file.setFile(to.file().toString());
    file.setEncoder(encoder);
    FixedWindowRollingPolicy rolling = new FixedWindowRollingPolicy();
    rolling.setContext(context);
    rolling.setParent(file);
    rolling.setFileNamePattern(to.file() + ".%i");
    rolling.setMinIndex(1);
    rolling.setMaxIndex(to.files());
    rolling.start();
    SizeBasedTriggeringPolicy<ILoggingEvent> size = new SizeBasedTriggeringPolicy<>();
    size.setContext(context);
    size.setMaxFileSize(new FileSize(to.bytes()));
    size.setCheckIncrement(Duration.buildByMilliseconds(0));
    size.start();
    file.setRollingPolicy(rolling);
    file.setTriggeringPolicy(size);
    file.start();
    queue = new AsyncAppender();
    queue.setContext(context);
    queue.setQueueSize(MOST_WAITING);
    queue.setDiscardingThreshold(0);
    queue.setNeverBlock(true);
    queue.setMaxFlushTime(FLUSH_MILLIS);
    queue.addAppender(file);
    queue.start();
    lines = context.getLogger("calls");
    lines.setLevel(Level.INFO);
    lines.addAppender(queue);
  }

  @Override
  public void began(Call call, JsonNode arguments) {
    ObjectNode line = line("tool_start", call);
    line.put("provider", call.tool().provider());
    line.set("arguments", masked(arguments));
    lines.info(line.toString());
  }

  @Override
  public void served(Call call, boolean cached) {
    ObjectNode line = line("tool_start", call);
    line.put("provider", call.tool().provider());
    line.put(cached ? "cached" : "coalesced", true);
    lines.info(line.toString());
    if (cached) {
      ended(call, 0, null, null);
    }
  }

  @Override
  public void progressed(Call call, String message) {
    ObjectNode line = line("tool_progress", call);
    line.put("message", cut(message));
    lines.info(line.toString());
  }

  @Override
  public void ended(
      Call call, double seconds, @Nullable ToolError error, @Nullable String message) {
    ObjectNode line = line(error == null ? "tool_complete" : "tool_error", call);
    line.put("duration_secs", Math.round(seconds * ROUND) / ROUND);
    if (error != null) {
      line.put("code", error.name());
      line.put("message", cut(String.valueOf(message)));
    }
    lines.info(line.toString());
  }

  private ObjectNode line(String event, Call call) {
    ObjectNode line = JSON.createObjectNode();
    line.put("timestamp", Instant.ofEpochMilli(clock.millis()).toString());
    line.put("event", event);
    line.put("tool", call.tool().name());
    line.put("request_id", call.requestId());
    line.put("call_id", call.id());
    line.put("session", call.session());
    return line;
  }

  private static JsonNode masked(JsonNode value) {
    if (value.isObject()) {
      ObjectNode object = JSON.createObjectNode();
      value.forEachEntry((name, member) ->
          object.set(
              name, secret(name) ? JSON.getNodeFactory().stringNode("******") : masked(member)));
      return object;
    }
    if (value.isArray()) {
      var array = JSON.createArrayNode();
      value.forEach(item -> array.add(masked(item)));
      return array;
    }
    return value.isString() ? JSON.getNodeFactory().stringNode(cut(value.stringValue())) : value;
  }

  private static boolean secret(String name) {
    String lower = name.toLowerCase(Locale.ROOT).replace('-', '_');
    return SECRETS.stream().anyMatch(lower::contains);
  }

  private static String cut(String text) {
    return text.length() <= LONGEST_VALUE
        ? text
        : text.substring(0, LONGEST_VALUE) + "… (" + text.length() + " characters)";
  }

  /** Writes what waits, and closes. */
  @Override
  public void close() {
    queue.stop();
    queue.detachAndStopAllAppenders();
  }
}
