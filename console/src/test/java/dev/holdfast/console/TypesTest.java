package dev.holdfast.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The declarations of holdfast.js, by TypeScript itself. */
@Timeout(120)
class TypesTest {

  private static final Path PROJECT = Path.of("src/test/types");
  private static final Path COMPILER = PROJECT.resolve("node_modules/.bin/tsc");
  private static final Pattern FAULT =
      Pattern.compile("^misuses\\.ts\\((\\d+),\\d+\\): error", Pattern.MULTILINE);

  /** A name, a member of a module, a module. */
  private static final Pattern UNKNOWN =
      Pattern.compile("error TS(2304|2305|2307|2448|2552|2724):");

  @BeforeEach
  void theCompilerIsThere() {
    if (System.getenv("CI") == null) {
      Assumptions.assumeTrue(
          Files.exists(COMPILER),
          "the declarations are tried by TypeScript, which is not installed (npm ci in console/"
              + PROJECT
              + ")");
    }
    assertThat(COMPILER).as("TypeScript, which .ci/run installs").exists();
  }

  private static String compiled(String project) throws Exception {
    Process compiler =
        new ProcessBuilder(COMPILER.toAbsolutePath().toString(), "--pretty", "false", "-p", project)
            .directory(PROJECT.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return compiler.waitFor() == 0 ? "" : said + "refused";
  }

  @Test
  void whatPeopleWriteWithItIsTaken() throws Exception {
    assertThat(compiled("tsconfig.json")).isEmpty();
  }

  @Test
  void whatIsWrongIsRefusedLineByLine() throws Exception {
    List<String> lines = Files.readAllLines(PROJECT.resolve("misuses.ts"));
    List<Integer> wrong =
        IntStream.rangeClosed(1, lines.size())
            .filter(line -> lines.get(line - 1).endsWith("// wrong"))
            .boxed()
            .toList();
    List<Integer> refused =
        FAULT
            .matcher(compiled("tsconfig.misuses.json"))
            .results()
            .map(fault -> Integer.valueOf(fault.group(1)))
            .distinct()
            .toList();
    assertThat(wrong).hasSizeGreaterThan(20);
    assertThat(refused).isEqualTo(wrong);
  }

  @Test
  void itHasWhatItsDeclarationsNameAndNothingElse() throws Exception {
    copied();
    assertThat(compiled("tsconfig.against.json")).isEmpty();
  }

  /** The pages have no types: of what is said of them, that alone counts which no browser finds. */
  @Test
  void noPageNamesWhatIsNotThere() throws Exception {
    assertThat(compiled("tsconfig.pages.json").lines())
        .isNotEmpty()
        .noneMatch(line -> UNKNOWN.matcher(line).find());
  }

  private static void copied() throws IOException {
    Path copy = Files.createDirectories(Path.of("target", "types")).resolve("holdfast.js");
    Files.copy(
        Path.of("src/main/resources/dev/holdfast/console/page/holdfast.js"),
        copy,
        StandardCopyOption.REPLACE_EXISTING);
  }
}
