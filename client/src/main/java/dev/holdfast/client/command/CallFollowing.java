package dev.holdfast.client.command;

import dev.holdfast.client.Client;
import dev.holdfast.client.Frame;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shows what comes of a call until its end. Any thread. */
final class CallFollowing extends Following {

  private final boolean json;
  private boolean streamed;

  /**
   * @param ack the answer to the command
   * @param json whether the result is shown as it comes
   */
  CallFollowing(Client client, Frame ack, boolean json, PrintWriter out, PrintWriter err) {
    super(
        client,
        String.valueOf(ack.text("feed")),
        Map.of("request_id", String.valueOf(ack.text("id"))),
        out,
        err);
    this.json = json;
  }

  @Override
  void state(Map<?, ?> state, Frame frame) {
    if (state.get("result") instanceof Map<?, ?> result) {
      result(result, frame.json());
    }
  }

  @Override
  void event(Frame frame) {
    switch (frame.type()) {
      case "progress" -> {
        long percent =
            frame.fields().get("progress_pct") instanceof Number number ? number.longValue() : 0;
        bar.show(percent, line(frame, "message"));
      }
      case "chunk" -> {
        bar.clear();
        if (!json) {
          out.print(Talk.plain(String.valueOf(frame.text("chunk"))));
          streamed = true;
        }
      }
      case "result" -> result(frame.fields(), frame.json());
      default -> {}
    }
  }

  private void result(Map<?, ?> result, String whole) {
    bar.clear();
    boolean ok = Boolean.TRUE.equals(result.get("ok"));
    if (streamed) {
      out.println();
    }
    if (json) {
      out.println(Talk.plain(whole));
    } else if (ok && result.get("outputs") instanceof List<?> outputs) {
      outputs.forEach(this::print);
    } else if (result.get("error") instanceof Map<?, ?> error) {
      note("failed: " + error.get("code") + ": " + error.get("message"));
    }
    ended(ok);
  }

  private void print(@Nullable Object output) {
    if (output instanceof Map<?, ?> one && one.get("text") instanceof String text) {
      out.println(Talk.plain(text));
    } else if (output instanceof Map<?, ?> one) {
      out.println("(" + one.get("type") + ", shown with --json)");
    }
  }
}
