package dev.holdfast.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PageTest {

  private static final Path FILES = Path.of("src/main/resources/dev/holdfast/console/page");
  private static final Pattern IMPORT =
      Pattern.compile("(?:from|import)\\s*\\(?\\s*['\"](\\.[^'\"$]+)['\"]");
  private static final Pattern LIBRARY = Pattern.compile("/lib/([^/']+)/");
  private static final Pattern LINK = Pattern.compile("(?:href|src)=\"(/[^\"#]*)\"");

  private final Page page = new Page();

  private static List<Path> own() throws IOException {
    try (Stream<Path> all = Files.walk(FILES)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> !file.toString().contains("/lib/"))
          .toList();
    }
  }

  private static String path(Path file) {
    return "/" + FILES.relativize(file).toString().replace('\\', '/');
  }

  @Test
  void everyFileIsServedAndWhateverItAsksForIsThere() throws IOException {
    assertThat(own()).hasSizeGreaterThan(15);
    for (Path file : own()) {
      assertThat(page.find(path(file))).as(path(file)).isNotNull();
      String text = Files.readString(file);
      List<String> asked =
          Stream.concat(
                  IMPORT
                      .matcher(text)
                      .results()
                      .map(found ->
                          Path.of(path(file))
                              .resolveSibling(found.group(1))
                              .normalize()
                              .toString()),
                  LINK.matcher(file.toString().endsWith(".html") ? text : "")
                      .results()
                      .map(found -> found.group(1)))
              .toList();
      assertThat(asked)
          .as(path(file))
          .allSatisfy(one -> assertThat(page.find(one)).as(one).isNotNull());
    }
  }

  @Test
  void noFileSpeaksToAnybodyElseOrMakesMarkupOfText() throws IOException {
    for (Path file : own()) {
      assertThat(Files.readString(file))
          .as(path(file))
          .doesNotContain(
              "innerHTML",
              "insertAdjacentHTML",
              "document.write",
              "unsafeHTML",
              "eval(",
              "new Function")
          .doesNotContainPattern("(src|href|fetch\\()\\s*=?\\s*['\"]https?://");
    }
  }

  /** What others have made is what they published: by {@code sha256sum -c}, so to speak. */
  @Test
  void whatOthersHaveMadeIsAsTheyPublishedIt() throws IOException, NoSuchAlgorithmException {
    String sums;
    try (var in = Objects.requireNonNull(getClass().getResourceAsStream("/vendored.sha256"))) {
      sums = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    List<MatchResult> listed =
        Pattern.compile("(?m)^([0-9a-f]{64})  (.+)$").matcher(sums).results().toList();
    Path lib = FILES.resolve("console/lib");
    for (MatchResult one : listed) {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(Files.readAllBytes(lib.resolve(one.group(2))));
      assertThat(HexFormat.of().formatHex(hash)).as(one.group(2)).isEqualTo(one.group(1));
    }
    try (Stream<Path> all = Files.walk(lib)) {
      assertThat(all.filter(Files::isRegularFile)).hasSize(listed.size());
    }
  }

  /** What an earlier build left behind would hide that a file is asked for and no longer there. */
  @Test
  void noLibraryIsThereThatNothingAsksFor() throws IOException {
    Set<String> asked = new HashSet<>();
    for (Path file : own()) {
      LIBRARY.matcher(Files.readString(file)).results().forEach(found -> asked.add(found.group(1)));
    }
    Path built = Path.of("target/classes/dev/holdfast/console/page/console/lib");
    try (Stream<Path> all = Files.list(built)) {
      assertThat(all.map(library -> String.valueOf(library.getFileName())))
          .as("libraries in %s; `mvn clean` takes away what is no longer used", built)
          .hasSameElementsAs(asked);
    }
  }

  @Test
  void aFileIsReadOnceAndKnownByItsContent() {
    Asset client = Objects.requireNonNull(page.find("/holdfast.js"));
    assertThat(page.find("/holdfast.js")).isSameAs(client);
    assertThat(client.etag()).matches("W/\"[\\w-]{22}\"");
    assertThat(client.lasting()).isFalse();
    assertThat(Objects.requireNonNull(page.find("/")).etag()).isNotEqualTo(client.etag());
    assertThat(page.find("/nothing.js")).isNull();
    assertThat(page.find("/../Page.class")).isNull();
    assertThat(page.find("/console/pages")).isNull();
  }
}
