package dev.holdfast.server.http;

import dev.holdfast.kinds.terminal.Terminal;
import dev.holdfast.kinds.terminal.Terminals;
import dev.holdfast.session.Principal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Terminals, for whoever opened them. */
final class TerminalRoutes {

  private final Terminals terminals;

  TerminalRoutes(Parts parts) {
    this.terminals = parts.terminals();
  }

  void addTo(Routes routes) {
    routes.add("GET", "/api/terminals", Routes.ANYBODY, (r, v, p) -> list(p));
    routes.add("DELETE", "/api/terminals/{id}", Routes.ANYBODY, (r, v, p) -> close(v, p));
  }

  private Reply list(Principal who) {
    List<Map<String, Object>> all =
        terminals.list(who.userId(), who.admin()).stream().map(TerminalRoutes::shown).toList();
    return Reply.json(200, Map.of("terminals", all));
  }

  private static Map<String, Object> shown(Terminal terminal) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("terminal_id", terminal.id());
    shown.put("feed", terminal.feed().id().toString());
    shown.put("user_id", terminal.user());
    shown.put("command", terminal.command());
    shown.put("rows", terminal.size().rows());
    shown.put("cols", terminal.size().cols());
    shown.put("viewers", terminal.viewers());
    shown.put("running", terminal.endedMillis() == 0);
    return shown;
  }

  private Reply close(Map<String, String> path, Principal who) {
    Terminal terminal = terminals.find(path.getOrDefault("id", ""), who.userId(), who.admin());
    if (terminal == null) {
      return Reply.error(404, "not_found", "no such terminal");
    }
    terminal.close();
    return Reply.nothing();
  }
}
