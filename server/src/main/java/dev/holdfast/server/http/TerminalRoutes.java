package dev.holdfast.server.http;

import dev.holdfast.feed.Event;
import dev.holdfast.feed.Feed;
import dev.holdfast.kinds.terminal.Recorded;
import dev.holdfast.kinds.terminal.Recording;
import dev.holdfast.kinds.terminal.Size;
import dev.holdfast.kinds.terminal.Terminal;
import dev.holdfast.kinds.terminal.Terminals;
import dev.holdfast.kinds.terminal.Viewer;
import dev.holdfast.server.terminal.TerminalRights;
import dev.holdfast.session.Principal;
import dev.holdfast.transport.HttpBody;
import dev.holdfast.transport.HttpRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;

/** Terminals, for whoever opened them. */
final class TerminalRoutes {

  private static final int PAGE = 100;

  private final Terminals terminals;

  TerminalRoutes(Parts parts) {
    this.terminals = parts.terminals();
  }

  void addTo(Routes routes) {
    routes.add("GET", "/api/terminals", Routes.ANYBODY, (r, v, p) -> Reply.later(() -> list(r, p)));
    routes.add("GET", "/api/terminals/{id}", Routes.ANYBODY, (r, v, p) -> one(v, p));
    routes.add(
        "GET", "/api/terminals/{id}/recording", Routes.ANYBODY, (r, v, p) -> recording(v, p));
    routes.add("DELETE", "/api/terminals/{id}", Routes.ANYBODY, (r, v, p) -> close(v, p));
  }

  private Reply list(HttpRequest request, Principal who) {
    return Paging.of(request)
        .of(
            terminals.list(who.userId(), TerminalRights.seesAll(who)),
            Terminal::id,
            one -> one.id() + " " + one.user() + " " + String.join(" ", one.command()))
        .reply("terminals", TerminalRoutes::shown);
  }

  private static Map<String, Object> shown(Terminal terminal) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("terminal_id", terminal.id());
    shown.put("feed", terminal.feed().id().toString());
    shown.put("user_id", terminal.user());
    shown.put("command", terminal.command());
    shown.put("rows", terminal.size().rows());
    shown.put("cols", terminal.size().cols());
    shown.put("viewers", terminal.viewers().size());
    shown.put("bytes", terminal.bytes());
    shown.put("paused", terminal.paused());
    shown.put("running", terminal.endedMillis() == 0);
    if (terminal.agentSession() != null) {
      shown.put("agent_session_id", terminal.agentSession());
    }
    return shown;
  }

  private Reply one(Map<String, String> path, Principal who) {
    Terminal terminal = found(path, who);
    Map<String, Object> shown = shown(terminal);
    shown.put("watching", terminal.viewers().stream().map(TerminalRoutes::shown).toList());
    return Reply.json(200, shown);
  }

  private static Map<String, Object> shown(Viewer viewer) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("user_id", viewer.user());
    shown.put("session_id", viewer.session());
    shown.put("lag", viewer.lag());
    shown.put("mode", viewer.viewOnly() ? "view" : "type");
    shown.put("visible", viewer.visible());
    Size size = viewer.size();
    if (size != null) {
      shown.put("rows", size.rows());
      shown.put("cols", size.cols());
    }
    return shown;
  }

  private Terminal found(Map<String, String> path, Principal who) {
    Terminal terminal = TerminalRights.find(terminals, path.getOrDefault("id", ""), who);
    if (terminal == null) {
      throw new Refusal(404, "not_found", "no such terminal");
    }
    return terminal;
  }

  private Reply recording(Map<String, String> path, Principal who) {
    Terminal terminal = found(path, who);
    return Reply.stream(
        Map.of("content-type", "application/x-asciicast"),
        (body, wake) -> {
          Recorded recorded = terminal.recording();
          if (recorded != null && recorded.bytes() > 0) {
            try (InputStream in = Files.newInputStream(recorded.file())) {
              Reply.send(in, recorded.bytes(), body);
            }
          } else {
            retained(terminal, body);
          }
        });
  }

  /** What is retained of it, from where that begins. */
  private static void retained(Terminal terminal, HttpBody body)
      throws IOException, InterruptedException {
    Feed.Page page = terminal.feed().history(null, PAGE, false);
    Event first = page.events().isEmpty() ? null : page.events().getFirst();
    long begun = first == null ? terminal.openedMillis() : first.millis();
    Size size = first == null ? terminal.size() : terminal.sizeAfter(first.offset() - 1);
    StringBuilder lines = new StringBuilder();
    lines.append(Recording.header(size, terminal.command(), begun));
    boolean more = true;
    while (more) {
      for (Event event : page.events()) {
        lines.append(Recording.line(event, begun));
      }
      body.write(lines.toString().getBytes(StandardCharsets.UTF_8));
      lines.setLength(0);
      more = !page.complete() && !page.events().isEmpty();
      if (more) {
        page = terminal.feed().history(page.events().getLast().offset(), PAGE, false);
      }
    }
  }

  private Reply close(Map<String, String> path, Principal who) {
    Terminal terminal = found(path, who);
    if (!TerminalRights.mayType(terminal, who)) {
      return Reply.error(403, "forbidden", "it may only be viewed");
    }
    terminal.close();
    return Reply.nothing();
  }
}
