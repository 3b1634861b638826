package dev.holdfast.conformance;

import static dev.holdfast.conformance.Case.Need.OWN;

import dev.holdfast.client.Frame;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What keeps calls of tools, and those who make them, within bounds: TOL11 to TOL14 and TOL17. */
final class ToolLimitCases {

  private ToolLimitCases() {}

  static List<Case> all() {
    return List.of(
        new Case(
            "TOL11",
            "no more calls run than there are slots, and none is lost",
            OWN,
            ToolLimitCases::quotas),
        new Case("TOL12", "calls come no faster than their rate", OWN, ToolLimitCases::rates),
        new Case(
            "TOL13", "the tool's deadline comes before all others", OWN, ToolLimitCases::timeouts),
        new Case(
            "TOL14", "a call gives signs of life, and not too many", OWN, ToolLimitCases::beats),
        new Case("TOL17", "there are no more sessions than may be", OWN, ToolLimitCases::sessions));
  }

  private static void quotas(Trial shared) throws Exception {
    try (Programs programs = new Programs()) {
      String provider = programs.provider("").replace("\"limit\":100", "\"limit\":1");
      Trial t =
          shared.own(
              true,
              "tools.max_calls",
              "3",
              "tools.max_per_session",
              "2",
              "tools.providers",
              "[" + provider + "]");
      Ops one = Ops.as(t, "ann");
      Ops other = Ops.as(t, "zoe");
      one.call("a", "sleep", "{'seconds':60}");
      one.call("b", "sleep", "{'seconds':61}");
      for (int i = 0; i < 20; i++) {
        one.call("c" + i, "sleep", "{'seconds':" + (70 + i) + "}");
        Map<?, ?> full = Ops.error(one.result("c" + i), "OVER_CAPACITY");
        Check.that("retry_after_ms", full.get("retry_after_ms") instanceof Number, full);
      }
      other.call("a", "sticks", "{}");
      other.next("call_tool_ack", "a");
      other.call("b", "sleep", "{'seconds':60}");
      Ops.error(other.result("b"), "OVER_CAPACITY");
      Check.equal("slots", 3.0, t.metric("holdfast_calls"));
      one.say("{'op':'cancel','request_id':'b'}");
      one.result("b");
      // There is room in all, and none for that provider.
      other.call("d", "third", "{}");
      Ops.error(other.result("d"), "OVER_CAPACITY");
      Check.becomes(
          "there is room",
          () -> {
            String id = Trial.name("e");
            other.call(id, "sleep", "{'seconds':0.1}");
            return other.result(id).json().contains("slept for 0.1 s");
          });
      one.say("{'op':'cancel','request_id':'a'}");
      other.say("{'op':'cancel','request_id':'a'}");
      Check.becomes("no slot is lost", () -> t.metric("holdfast_calls") == 0);
      // Where calls may wait, they do.
      Trial patient = shared.own(true, "tools.max_calls", "1", "tools.queue_timeout", "10s");
      Ops queued = Ops.as(patient, "ann");
      queued.call("a", "sleep", "{'seconds':0.5}");
      queued.call("b", "sleep", "{'seconds':0.4}");
      Check.equal("text", "slept for 0.5 s", Ops.text(queued.result("a")));
      Check.equal("text", "slept for 0.4 s", Ops.text(queued.result("b")));
      Check.becomes("no slot is lost", () -> patient.metric("holdfast_calls") == 0);
    }
  }

  private static void rates(Trial shared) throws Exception {
    Trial t = shared.own(true, "tools.rate_per_user", "5");
    Ops ann = Ops.as(t, "ann");
    int refused = 0;
    for (int i = 0; i < 50; i++) {
      ann.call("a" + i, "echo", "{'text':'x'}");
    }
    for (int i = 0; i < 50; i++) {
      Frame result = ann.result("a" + i);
      if (!Boolean.TRUE.equals(result.fields().get("ok"))) {
        Map<?, ?> error = Ops.error(result, "OVER_CAPACITY");
        Check.that("retry_after_ms", error.get("retry_after_ms") instanceof Number, error);
        refused++;
      }
    }
    Check.that("refused", refused >= 30, refused);
    Ops zoe = Ops.as(t, "zoe");
    zoe.call("a", "echo", "{'text':'hers'}");
    Check.equal("text", "hers", Ops.text(zoe.result("a")));
    ann.nothing();
  }

  private static void timeouts(Trial shared) throws Exception {
    Trial t = shared.own(true, "timeouts.tool", "3s");
    Ops ops = Ops.silent(t, "/");
    ops.say("{'op':'hello'}");
    Frame ack = ops.next("hello_ack");
    Check.that(
        "timeouts",
        ack.json()
            .contains("\"tool_ms\":3000,\"gateway_ms\":4500,\"proxy_ms\":6000,\"client_ms\":7500"),
        ack);
    ops.call("a", "sleep", "{'seconds':60}");
    Check.equal("timeout_ms", 3_000, ops.next("call_tool_ack").number("timeout_ms", 0));
    Map<?, ?> late = Ops.error(ops.result("a"), "TIMEOUT");
    Check.equal("message", "the tool took longer than 3000 ms", late.get("message"));
    Check.becomes("no slot is lost", () -> t.metric("holdfast_calls") == 0);
    String complaint =
        ChildGateways.refused(Map.of("timeouts.tool", "300s", "timeouts.gateway", "60s"));
    Check.that("both values", complaint.contains("300s") && complaint.contains("60s"), complaint);
  }

  private static void beats(Trial shared) throws Exception {
    try (Programs programs = new Programs()) {
      Trial t =
          shared.own(
              true,
              "tools.progress_interval",
              "200ms",
              "tools.providers",
              "[" + programs.provider("") + "]");
      Ops ops = Ops.as(t, "ann");
      ops.call("a", "third", "{}");
      ops.next("call_tool_ack");
      Frame frame = ops.next("progress");
      // The program may say nothing for as long as a first sign of life takes.
      while (frame.number("total_steps", 0) == 0) {
        frame = ops.next("progress");
      }
      Check.that("percent", frame.json().contains("\"progress_pct\":33.3,"), frame);
      Check.that("estimate", frame.json().contains("\"estimated_remaining_secs\":"), frame);
      Check.equal("message", "one", frame.text("message"));
      int beats = 0;
      frame = ops.peer.next();
      while (!"call_tool_res".equals(frame.text("op"))) {
        Check.equal("op", "progress", frame.text("op"));
        Check.that("elapsed", frame.json().contains("\"elapsed_secs\":"), frame);
        beats++;
        frame = ops.peer.next();
      }
      Check.that("beats", beats >= 2 && beats <= 12, beats);
    }
  }

  private static void sessions(Trial shared) throws Exception {
    Trial t = shared.own(true, "session.max", "2", "session.resume_window", "300ms");
    Ops one = Ops.as(t, "ann");
    Ops two = Ops.as(t, "zoe");
    Ops three = Ops.silent(t, "/ws/tools");
    three.say("{'op':'hello','user_id':'eve'}");
    Frame ack = three.next("hello_ack");
    Check.equal("ok", false, ack.fields().get("ok"));
    Check.equal("message", "Maximum concurrent sessions (2) exceeded", ack.text("message"));
    three.peer.closed(1008);
    Check.equal("sessions", 2.0, t.metric("holdfast_sessions"));
    Check.equal("active", 2.0, t.metric("holdfast_sessions_active"));
    Map<String, Long> ages = sessionFigures(t);
    long oldest = ages.getOrDefault("oldest_ms", -1L);
    long newest = ages.getOrDefault("newest_ms", -1L);
    long average = ages.getOrDefault("average_ms", -1L);
    Check.that("ages", oldest >= average && average >= newest && newest >= 0, ages);
    one.peer.cut();
    two.peer.cut();
    Check.becomes("they are forgotten", () -> t.metric("holdfast_sessions") == 0);
    Check.equal("cleaned up", 2.0, t.metric("holdfast_sessions_expired_total"));
    Ops four = Ops.as(t, "eve");
    four.nothing();
    Map<String, Long> now = sessionFigures(t);
    for (var figure : Map.of("total", 1L, "active", 1L, "begun", 3L, "expired", 2L).entrySet()) {
      Check.equal(figure.getKey(), figure.getValue(), now.get(figure.getKey()));
    }
  }

  private static Map<String, Long> sessionFigures(Trial t) throws Exception {
    Map<String, Long> figures = new HashMap<>();
    if (t.json(t.http("GET", "/api/figures", null)).fields().get("sessions")
        instanceof Map<?, ?> told) {
      told.forEach((name, value) -> {
        if (value instanceof Number number) {
          figures.put(String.valueOf(name), number.longValue());
        }
      });
    }
    return figures;
  }
}
