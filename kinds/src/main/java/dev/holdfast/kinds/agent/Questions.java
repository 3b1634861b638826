package dev.holdfast.kinds.agent;

import dev.holdfast.kinds.common.Members;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a run waits for somebody to decide. Guarded by its run. */
final class Questions {

  private final Map<String, Approval> open = new LinkedHashMap<>();
  private int count;

  /**
   * Another one.
   *
   * @return how it is told
   */
  Members ask(
      String question,
      String otherwise,
      Duration within,
      long nowMillis,
      Consumer<String> decided) {
    String id = "a" + ++count;
    Members asked =
        new Members()
            .text("approval_id", id)
            .text("question", question)
            .text("default", otherwise)
            .number("expires_in_ms", within.toMillis());
    open.put(
        id, new Approval(id, asked.object(), otherwise, nowMillis + within.toMillis(), decided));
    return asked;
  }

  /** Takes one that is decided now; null where there is nothing of that id to decide any more. */
  @Nullable Approval take(String id) {
    return open.remove(id);
  }

  /** Those that nobody has decided in time. */
  List<Approval> late(long nowMillis) {
    return open.values().stream().filter(one -> nowMillis >= one.untilMillis()).toList();
  }

  /** Nobody waits for any of them any more. */
  void clear() {
    open.clear();
  }

  /** Those that are open, as a JSON list. */
  String described() {
    return open.values().stream()
        .map(Approval::question)
        .collect(Collectors.joining(",", "[", "]"));
  }
}
