package dev.holdfast.server.http;

import dev.holdfast.kinds.terminal.Milestone;
import dev.holdfast.kinds.terminal.Milestones;
import dev.holdfast.kinds.terminal.Terminal;
import dev.holdfast.server.terminal.TerminalRights;
import dev.holdfast.session.Principal;
import dev.holdfast.transport.HttpRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Milestones, for those who made them. */
final class MilestoneRoutes {

  private static final List<String> ROLES =
      List.of(TerminalRights.OPEN, TerminalRights.VIEW, TerminalRights.TYPE);
  private static final List<String> MAKERS = List.of(TerminalRights.OPEN);
  private static final int NAME_LENGTH = 200;
  private static final int COMMAND_LENGTH = 16 * 1024;
  private static final int FOLDER_LENGTH = 4_096;

  private final Milestones milestones;

  MilestoneRoutes(Parts parts) {
    this.milestones = parts.milestones();
  }

  void addTo(Routes routes) {
    routes.add("POST", "/api/milestones", MAKERS, (r, v, p) -> create(r, p));
    routes.add("GET", "/api/milestones", ROLES, (r, v, p) -> Reply.later(() -> list(r, p)));
    routes.add("GET", "/api/milestones/{id}", ROLES, (r, v, p) -> Reply.json(200, one(v, p)));
    routes.add("PATCH", "/api/milestones/{id}", MAKERS, this::change);
    routes.add("DELETE", "/api/milestones/{id}", MAKERS, (r, v, p) -> remove(v, p));
  }

  private Reply create(HttpRequest request, Principal who) {
    Body body = Body.of(request);
    String name = name(body.text("name"));
    List<String> command = command(body);
    String folder = folder(body);
    Milestone.Status status = status(body);
    Milestone.Status begun = Objects.requireNonNullElse(status, Milestone.Status.PENDING);
    return Reply.later(() ->
        switch (milestones.create(who.userId(), name, begun, command, folder)) {
          case Milestones.Made.Done(Milestone made) -> Reply.json(201, shown(made));
          case Milestones.Made.Refused(String message) ->
              Reply.error(503, "over_capacity", message + ": delete some that are over");
        });
  }

  private static String name(String name) {
    if (name.length() > NAME_LENGTH) {
      throw Refusal.badRequest("name: must be at most " + NAME_LENGTH + " characters");
    }
    return name;
  }

  private static @Nullable String folder(Body body) {
    String folder = body.optionalText("cwd");
    if (folder != null && (folder.indexOf('\0') >= 0 || folder.length() > FOLDER_LENGTH)) {
      throw Refusal.badRequest("cwd: is no path");
    }
    return folder;
  }

  private static @Nullable List<String> command(Body body) {
    List<String> command = body.optionalCommand("command");
    if (command != null && command.stream().mapToInt(String::length).sum() > COMMAND_LENGTH) {
      throw Refusal.badRequest("command: must be at most " + COMMAND_LENGTH + " characters");
    }
    return command;
  }

  private static Milestone.@Nullable Status status(Body body) {
    String text = body.optionalText("status");
    if (text == null) {
      return null;
    }
    Milestone.Status status = Milestone.Status.named(text);
    if (status == null) {
      throw Refusal.badRequest("status: must be pending, in_progress, completed or failed");
    }
    return status;
  }

  private Reply list(HttpRequest request, Principal who) {
    return Paging.of(request)
        .of(
            milestones.list(who.userId(), TerminalRights.seesAll(who)),
            one -> one.name() + "/" + one.id(),
            one -> one.name() + " " + one.id() + " " + one.user() + " " + one.status().text())
        .reply("milestones", this::shown);
  }

  private Map<String, Object> one(Map<String, String> path, Principal who) {
    return shown(found(path, who, TerminalRights.seesAll(who)));
  }

  private Milestone found(Map<String, String> path, Principal who, boolean all) {
    String id = path.getOrDefault("id", "");
    if (!Milestone.validId(id)) {
      throw Refusal.badRequest("id: is 24 hexadecimal digits");
    }
    Milestone milestone = milestones.find(id, who.userId(), all);
    if (milestone == null) {
      throw new Refusal(404, "not_found", "no such milestone");
    }
    return milestone;
  }

  private Reply change(HttpRequest request, Map<String, String> path, Principal who) {
    Milestone before = found(path, who, who.admin());
    Body body = Body.of(request);
    String name = body.optionalText("name");
    Milestone.Status status = status(body);
    List<String> command = command(body);
    String folder = folder(body);
    String checked = name == null ? null : name(name);
    return Reply.later(() -> {
      Milestone after =
          milestones.change(
              before.id(),
              was ->
                  new Milestone(
                      was.id(),
                      was.user(),
                      Objects.requireNonNullElse(checked, was.name()),
                      Objects.requireNonNullElse(status, was.status()),
                      command == null ? was.command() : command,
                      folder == null ? was.folder() : folder));
      return after == null
          ? Reply.error(404, "not_found", "no such milestone")
          : Reply.json(200, shown(after));
    });
  }

  private Reply remove(Map<String, String> path, Principal who) {
    Milestone milestone = found(path, who, who.admin());
    return Reply.later(() -> {
      milestones.remove(milestone.id());
      return Reply.nothing();
    });
  }

  private Map<String, Object> shown(Milestone milestone) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("id", milestone.id());
    shown.put("user_id", milestone.user());
    shown.put("name", milestone.name());
    shown.put("status", milestone.status().text());
    if (milestone.command() != null) {
      shown.put("command", milestone.command());
    }
    if (milestone.folder() != null) {
      shown.put("cwd", milestone.folder());
    }
    Terminal terminal = milestones.terminal(milestone);
    shown.put(
        "terminal_id", terminal == null || terminal.endedMillis() != 0 ? null : terminal.id());
    return shown;
  }
}
