import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * Runs google-java-format over every source file of the project: {@code --check} names the files that differ and fails,
 * {@code --replace} rewrites them. Started by Maven from the project's root.
 */
void main(String[] args) throws IOException {
  var command = new ArrayList<String>();
  boolean check = args[0].equals("--check");
  command.addAll(check ? List.of("--dry-run", "--set-exit-if-changed") : List.of("--replace"));
  int options = command.size();
  try (Stream<Path> rooms = Files.list(Path.of(""))) {
    for (Path sources : rooms.map(room -> room.resolve("src")).filter(Files::isDirectory).sorted().toList()) {
      try (Stream<Path> files = Files.walk(sources)) {
        files.filter(file -> file.toString().endsWith(".java")).map(Path::toString).sorted().forEach(command::add);
      }
    }
  }
  if (command.size() == options) {
    return;
  }
  var format = ToolProvider.findFirst("google-java-format").orElseThrow();
  int result = format.run(System.out, System.err, command.toArray(String[]::new));
  if (result != 0 && check) {
    System.err.println("The files above are not formatted. Run .ci/format to rewrite them.");
  }
  System.exit(result);
}
