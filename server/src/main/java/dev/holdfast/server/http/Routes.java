package dev.holdfast.server.http;

import dev.holdfast.session.Principal;
import dev.holdfast.transport.HttpRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds what answers a request, by method and path. Filled once, then any thread. */
final class Routes {

  /** Answers a request of a principal; the path's variables are by name. */
  interface Action {
    Reply answer(HttpRequest request, Map<String, String> variables, Principal principal);
  }

  /**
   * @param roles one of which is needed; none: open to everybody
   */
  record Route(String method, String template, List<String> roles, Action action) {}

  /** What was found. */
  record Match(Route route, Map<String, String> variables) {}

  /** The roles of a route for everybody who says who it is. */
  static final List<String> ANYBODY = List.of("*");

  private final List<Route> routes = new ArrayList<>();

  void add(String method, String template, List<String> roles, Action action) {
    routes.add(new Route(method, template, roles, action));
  }

  List<Route> all() {
    return List.copyOf(routes);
  }

  /**
   * @param path as it was sent: a name may hold an encoded slash
   * @throws Refusal with 404, or with the methods that the path has
   */
  Match find(String method, String path) {
    TreeSet<String> allowed = new TreeSet<>();
    for (Route route : routes) {
      Map<String, String> variables = match(route.template(), path);
      if (variables != null) {
        if (route.method().equals(method)) {
          return new Match(route, variables);
        }
        allowed.add(route.method());
      }
    }
    if (allowed.isEmpty()) {
      throw new Refusal(404, "not_found", "no such path");
    }
    if (allowed.contains("GET")) {
      allowed.add("HEAD");
    }
    allowed.add("OPTIONS");
    throw new Refusal(otherwise(method, String.join(", ", allowed)));
  }

  /** What is said to a method that a path does not have. */
  static Reply otherwise(String method, String allowed) {
    Reply reply =
        method.equals("OPTIONS")
            ? Reply.nothing()
            : Reply.error(405, "bad_request", "the method is not allowed here");
    return reply.with("allow", allowed);
  }

  private static @Nullable Map<String, String> match(String template, String path) {
    String[] wanted = template.split("/", -1);
    String[] given = path.split("/", -1);
    if (wanted.length != given.length) {
      return null;
    }
    Map<String, String> variables = new HashMap<>();
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i].startsWith("{") && !given[i].isEmpty()) {
        variables.put(wanted[i].substring(1, wanted[i].length() - 1), decoded(given[i]));
      } else if (!wanted[i].equals(given[i])) {
        return null;
      }
    }
    return variables;
  }

  /**
   * @throws IllegalArgumentException where an escape is malformed
   */
  static String decoded(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
