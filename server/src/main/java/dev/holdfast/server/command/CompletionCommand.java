package dev.holdfast.server.command;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;

/**
 * {@code holdfast completion}: a script by which a shell completes the subcommands and their
 * options. It asks each subcommand for its help, so that it knows those of every room.
 */
public final class CompletionCommand implements ToolProvider {

  private static final Pattern OPTION = Pattern.compile("--[a-z][a-z0-9-]+");

  @Override
  public String name() {
    return "completion";
  }

  @Override
  public Optional<String> description() {
    return Optional.of("print a completion script for bash and zsh");
  }

  @Override
  public int run(PrintWriter out, PrintWriter err, String... args) {
    if (args.length > 0) {
      boolean help = args.length == 1 && (args[0].equals("--help") || args[0].equals("-h"));
      (help ? out : err).println("Usage: source <(holdfast completion)");
      return help ? 0 : 2;
    }
    TreeMap<String, String> options = new TreeMap<>();
    for (ToolProvider tool :
        ServiceLoader.load(ToolProvider.class, CompletionCommand.class.getClassLoader())) {
      if (tool.getClass().getName().startsWith("dev.holdfast.")) {
        options.put(tool.name(), optionsOf(tool));
      }
    }
    out.print(script(options));
    out.flush();
    return 0;
  }

  private static String optionsOf(ToolProvider tool) {
    StringWriter help = new StringWriter();
    if (!tool.name().equals("completion")) {
      PrintWriter to = new PrintWriter(help, true);
      tool.run(to, to, "--help");
    }
    return OPTION
        .matcher(help.toString())
        .results()
        .map(found -> found.group())
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .collect(Collectors.joining(" "));
  }

  private static String script(Map<String, String> options) {
    StringBuilder cases = new StringBuilder();
    options.forEach((name, all) -> cases.append("    %s) words='%s' ;;%n".formatted(name, all)));
    return """
    # Completion for holdfast: source <(holdfast completion)
    if [ -n "${ZSH_VERSION:-}" ]; then
      autoload -Uz bashcompinit && bashcompinit
    fi
    _holdfast() {
      local word=${COMP_WORDS[COMP_CWORD]} words
      case ${COMP_WORDS[1]} in
    %s    *) words='%s --help --version' ;;
      esac
      if [ "$COMP_CWORD" -eq 1 ]; then
        words='%s --help --version'
      fi
      COMPREPLY=($(compgen -W "$words" -- "$word"))
    }
    complete -o default -F _holdfast holdfast ./holdfast
    """
        .formatted(cases, String.join(" ", options.keySet()), String.join(" ", options.keySet()));
  }
}
