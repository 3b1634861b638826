package dev.holdfast.conformance;

import static dev.holdfast.conformance.Case.Need.UPSTREAM;

import dev.holdfast.client.Frame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Agents that are models, asked over real HTTP; and programs: AGT4, 8, 9, 11 and 12. */
final class ModelCases {

  private ModelCases() {}

  static List<Case> all() {
    return List.of(
        new Case(
            "AGT4",
            "cancelling closes the upstream's connection and ends the program's whole group",
            UPSTREAM,
            ModelCases::cancelled),
        new Case(
            "AGT8",
            "an upstream that fails is told as a final error, with what came before kept",
            UPSTREAM,
            ModelCases::failing),
        new Case(
            "AGT9",
            "a silent upstream has heartbeats, and ends at its time limits",
            UPSTREAM,
            ModelCases::silent),
        new Case(
            "AGT11",
            "models of both protocols answer, and call tools in the middle",
            UPSTREAM,
            ModelCases::tools),
        new Case(
            "AGT12",
            "a conversation goes on over runs and restarts, and nobody else hears of it",
            UPSTREAM,
            ModelCases::memory));
  }

  private static String model(Upstream upstream, String id, String more) {
    return "{id: %s, type: model, url: \"%s\", model: gpt-4o, retry_delay: 20ms%s}"
        .formatted(id, upstream.url(), more.isEmpty() ? "" : ", " + more);
  }

  private static String[] settings(String... agents) {
    return new String[] {"agents.list", "[" + String.join(", ", agents) + "]"};
  }

  /** All that a run says from its start to its end, its name first. */
  private static List<Frame> all(Peer peer, String agent, String prompt)
      throws IOException, InterruptedException {
    peer.say("{'type':'run','agent_id':'%s','prompt':'%s'}", agent, prompt);
    List<Frame> all = new ArrayList<>();
    while (true) {
      Frame frame = peer.next();
      all.add(frame);
      if (List.of("done", "error", "cancelled").contains(frame.type())) {
        return all;
      }
    }
  }

  private static String text(List<Frame> frames) {
    StringBuilder text = new StringBuilder();
    for (Frame frame : frames) {
      if (frame.type().equals("token")) {
        text.append(frame.text("text"));
      }
    }
    return text.toString();
  }

  private static void failed(List<Frame> frames, String code, boolean retryable) {
    Frame last = frames.getLast();
    Check.equal("code of " + last, code, last.text("code"));
    Check.equal("final", true, last.fields().get("final"));
    Check.equal("retryable", retryable, last.fields().get("retryable"));
    Check.that("nothing of the upstream's", !last.json().contains("secret"), last);
  }

  private static void cancelled(Trial shared) throws Exception {
    Path pids = Files.createTempFile("holdfast-pids", ".txt");
    try (Upstream upstream = Upstream.start()) {
      Trial t =
          shared.own(
              true,
              settings(
                  model(upstream, "m", ""),
                  "{id: p, type: process, command: [sh, -c, \"sleep 1000 & echo $! >> %s; echo up;"
                          .formatted(pids)
                      + " wait\"]}"));
      Peer peer = t.as("ann");
      for (String prompt : List.of("long", "silent")) {
        peer.say("{'type':'run','id':'%s','agent_id':'m','prompt':'%s'}", prompt, prompt);
        String run = String.valueOf(peer.next("ack").text("run_id"));
        peer.next("started");
        if (prompt.equals("long")) {
          peer.next("token");
        }
        Check.becomes("the model is being asked", () -> upstream.open() == 1);
        long began = System.nanoTime();
        peer.say("{'type':'cancel','run_id':'%s'}", run);
        Frame frame = peer.next();
        while (!frame.type().equals("cancelled")) {
          frame = peer.next();
        }
        Check.becomes("its connection is closed", () -> upstream.open() == 0);
        tell("the upstream's connection was closed", began);
      }
      peer.say("{'type':'run','id':'p','agent_id':'p','prompt':'go'}");
      String run = String.valueOf(peer.next("ack").text("run_id"));
      peer.next("started");
      peer.next("token");
      long pid = Long.parseLong(Files.readString(pids).strip());
      Check.that("the child lives", ProcessHandle.of(pid).isPresent(), pid);
      long began = System.nanoTime();
      peer.say("{'type':'cancel','run_id':'%s'}", run);
      peer.next("cancelled");
      Check.becomes("the child is gone", () -> !lives(pid));
      tell("the program and its child were gone", began);
      Check.becomes("no run is left", () -> t.metric("holdfast_runs") == 0);
    } finally {
      Files.delete(pids);
    }
  }

  private static boolean lives(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException e) {
      return ProcessHandle.of(pid).isPresent() && !Files.isDirectory(Path.of("/proc"));
    }
  }

  private static void tell(String what, long beganNanos) {
    System.out.println(what + " after " + (System.nanoTime() - beganNanos) / 1_000_000 + " ms");
  }

  private static void failing(Trial shared) throws Exception {
    try (Upstream upstream = Upstream.start()) {
      List<String> agents = new ArrayList<>();
      for (String id :
          List.of("cut", "fault", "denied", "broken", "gone", "busy", "soon", "form")) {
        agents.add(model(upstream, id, "retries: 1"));
      }
      agents.add(
          "{id: nowhere, type: model, url: \"http://127.0.0.1:1/v1\", model: m, retries: 0}");
      agents.add(model(upstream, "shape", "schema: {type: object}"));
      Trial t = shared.own(true, settings(agents.toArray(String[]::new)));
      Peer peer = t.as("ann");

      List<Frame> cut = all(peer, "cut", "cut");
      failed(cut, "upstream_error", true);
      String kept = text(cut);
      Check.that("what came before", kept.startsWith("w0 w1"), kept);
      Peer late = t.as("ann");
      late.say(
          "{'type':'attach','feed':'%s','from':'start'}",
          String.valueOf(cut.getLast().text("feed")));
      late.next("attached");
      late.next("started");
      Check.equal("kept", kept, late.next("token").text("text"));
      Check.equal("end", "error", late.next().type());

      failed(all(peer, "fault", "fault"), "upstream_error", true);
      failed(all(peer, "denied", "denied"), "upstream_error", false);
      failed(all(peer, "broken", "broken"), "upstream_error", true);
      failed(all(peer, "gone", "gone"), "upstream_error", true);
      failed(all(peer, "busy", "busy"), "rate_limited", true);
      failed(all(peer, "nowhere", "hi"), "upstream_error", true);
      failed(all(peer, "shape", "shapeless"), "upstream_error", true);

      List<Frame> soon = all(peer, "soon", "soon");
      Check.equal("asked again", "now it works", text(soon));
      Check.equal("type", "done", soon.getLast().type());

      for (int i = 0; i < 4; i++) {
        all(peer, "fault", "fault");
      }
      failed(all(peer, "fault", "hi"), "unavailable", true);
      Check.equal("others go on", "done", all(peer, "soon", "hi").getLast().type());

      peer.say("{'type':'run','agent_id':'cut','prompt':'long'}");
      peer.next("started");
      peer.next("token");
      upstream.stop();
      Frame frame = peer.next();
      while (frame.type().equals("token")) {
        frame = peer.next();
      }
      failed(List.of(frame), "upstream_error", true);
      failed(all(peer, "shape", "hi"), "upstream_error", true);
      Check.becomes("no run is left", () -> t.metric("holdfast_runs") == 0);
      peer.nothing();
    }
  }

  private static void silent(Trial shared) throws Exception {
    try (Upstream upstream = Upstream.start()) {
      Trial t =
          shared.own(
              true,
              "agents.heartbeat",
              "200ms",
              "agents.list",
              "["
                  + model(upstream, "m", "")
                  + ", "
                  + model(upstream, "idle", "retries: 0, idle_timeout: 700ms")
                  + ", "
                  + model(upstream, "late", "deadline: 600ms")
                  + "]");
      Peer peer = t.as("ann");
      peer.say("{'type':'run','agent_id':'m','prompt':'silent','deadline_ms':1000}");
      peer.next("started");
      Check.that("elapsed", peer.next("heartbeat").number("elapsed_ms", 0) >= 200, "");
      Frame frame = peer.next("heartbeat");
      while (frame.type().equals("heartbeat")) {
        frame = peer.next();
      }
      failed(List.of(frame), "timeout", true);
      for (String agent : List.of("idle", "late")) {
        failed(all(peer, agent, "silent"), "timeout", true);
      }
      Check.becomes("no connection is left", () -> upstream.open() == 0);
      Check.becomes("no run is left", () -> t.metric("holdfast_runs") == 0);
    }
  }

  private static void tools(Trial shared) throws Exception {
    try (Upstream upstream = Upstream.start()) {
      String lookup =
          "tools: [{name: lookup, agent: echo, action: test_action, description: weather,"
              + " parameters: {city: where}}]";
      Trial t =
          shared.own(
              true,
              settings(
                  model(upstream, "openai", lookup),
                  model(upstream, "anthropic", "provider: anthropic, " + lookup),
                  model(upstream, "asks", "approve_tools: true, " + lookup),
                  model(
                      upstream,
                      "form",
                      "schema: {type: object, properties: {city: {type:"
                          + " string}, rain: {type: boolean}}, required: [city, rain]}")));
      Peer peer = t.as("ann");
      for (String agent : List.of("openai", "anthropic")) {
        List<Frame> frames = all(peer, agent, "the weather?");
        Frame call = one(frames, "tool_call");
        Check.equal("tool", "lookup", call.text("name"));
        Check.equal("arguments", Map.of("city", "Oslo"), call.fields().get("arguments"));
        Frame result = one(frames, "tool_result");
        Check.equal("same call", call.text("call_id"), result.text("call_id"));
        Check.equal("ok", true, result.fields().get("ok"));
        Check.equal("result", "{\"echo\":{\"city\":\"Oslo\"}}", result.text("result"));
        Check.equal("text", "It rains in Oslo.", text(frames));
        Check.equal("done", "It rains in Oslo.", frames.getLast().text("text"));
        List<Frame> plain = all(peer, agent, "hi");
        Check.equal("text", "Hello there, how can I help you?", text(plain));
      }
      Frame end = all(peer, "openai", "hi").getLast();
      Check.that("usage", end.json().matches(".*\"tokens_in\":[1-9].*\"first_token_ms\":.*"), end);

      peer.say("{'type':'run','id':'a','agent_id':'asks','prompt':'the weather?'}");
      String run = String.valueOf(peer.next("ack").text("run_id"));
      peer.next("started");
      peer.next("tool_call");
      Frame asked = peer.next("approval_request");
      peer.say(
          "{'type':'approve','run_id':'%s','approval_id':'%s','decision':'reject'}",
          run, String.valueOf(asked.text("approval_id")));
      peer.next("approval");
      Check.equal("ok", false, peer.next("tool_result").fields().get("ok"));
      Frame frame = peer.next();
      while (!frame.type().equals("done")) {
        frame = peer.next();
      }

      List<Frame> form = all(peer, "form", "form");
      Check.equal(
          "result",
          Map.of("city", "Oslo", "rain", true),
          one(form, "result").fields().get("result"));
    }
  }

  private static Frame one(List<Frame> frames, String type) {
    List<Frame> found = frames.stream().filter(f -> f.type().equals(type)).toList();
    Check.equal(type + " events", 1, found.size());
    return found.getFirst();
  }

  private static void memory(Trial shared) throws Exception {
    Path data = Files.createTempDirectory("holdfast-data");
    try (Upstream upstream = Upstream.start()) {
      String[] settings = {
        "server.data", data.toString(), "agents.list", "[" + model(upstream, "m", "memory: 4") + "]"
      };
      Trial t = shared.own(true, settings);
      Peer ann = t.as("ann");
      say(ann, "first");
      Check.equal(
          "remembered",
          "user:first|assistant:Hello there, how can I help you?|user:recall",
          said(ann, "'conversation_id':'c'"));
      Check.equal("without one", "user:recall", said(ann, "'guidance':false"));
      Check.equal("another", "user:recall", said(ann, "'conversation_id':'d'"));
      Peer bob = t.as("bob");
      Check.equal("another's", "user:recall", said(bob, "'conversation_id':'c'"));

      Trial again = shared.own(true, settings);
      Peer back = again.as("ann");
      say(back, "third");
      String text = said(back, "'conversation_id':'c'");
      Check.that("bounded", text.startsWith("user:recall|assistant:user:first|"), text);
      Check.that(
          "and on",
          text.endsWith("user:third|assistant:Hello there, how can I help" + " you?|user:recall"),
          text);
      back.say("{'type':'run','agent_id':'m','prompt':'x','conversation_id':'%s'}", "../../etc");
      back.next("started");
    } finally {
      try (var files = Files.walk(data)) {
        for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static void say(Peer peer, String prompt) throws IOException, InterruptedException {
    peer.say("{'type':'run','agent_id':'m','prompt':'%s','conversation_id':'c'}", prompt);
    Frame frame = peer.next();
    while (!frame.type().equals("done")) {
      frame = peer.next();
    }
  }

  /** What the model has been told, in its own words. */
  private static String said(Peer peer, String more) throws IOException, InterruptedException {
    peer.say("{'type':'run','agent_id':'m','prompt':'recall',%s}", more);
    Frame frame = peer.next();
    while (!frame.type().equals("done")) {
      frame = peer.next();
    }
    return Objects.requireNonNull(frame.text("text"));
  }
}
