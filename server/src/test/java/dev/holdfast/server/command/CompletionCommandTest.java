package dev.holdfast.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionCommandTest {

  @TempDir private Path folder = Path.of("");

  private List<String> complete(String... words) throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/bin/bash")), "needs bash, which this machine lacks");
    StringWriter script = new StringWriter();
    PrintWriter out = new PrintWriter(script);
    assertThat(new CompletionCommand().run(out, out)).isZero();
    Path file = Files.writeString(folder.resolve("completion"), script.toString());
    String ask =
        "set -u; source '%s'; COMP_WORDS=(holdfast %s); COMP_CWORD=%d; _holdfast; printf '%%s\\n' \"${COMPREPLY[@]}\""
            .formatted(file, String.join(" ", words), words.length);
    Process bash = new ProcessBuilder("/bin/bash", "-c", ask).redirectErrorStream(true).start();
    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor(40, TimeUnit.SECONDS)).isTrue();
    assertThat(bash.exitValue()).as(said).isZero();
    return said.lines().toList();
  }

  @Test
  void bashCompletesSubcommandsAndTheirOptions() throws Exception {
    assertThat(complete("ser")).containsExactly("serve");
    assertThat(complete("serve", "--tr")).as("hidden options stay hidden").containsExactly("");
    assertThat(complete("serve", "--de")).containsExactly("--dev");
    assertThat(complete("token", "--us")).containsExactly("--user");
    assertThat(complete("--ver")).containsExactly("--version");
  }

  @Test
  void argumentsAreNotTaken() {
    StringWriter err = new StringWriter();
    PrintWriter to = new PrintWriter(err);
    assertThat(new CompletionCommand().run(to, to, "bash")).isEqualTo(2);
    assertThat(err.toString()).contains("Usage: source <(holdfast completion)");
  }
}
