package dev.holdfast.kinds.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFilesTest {

  @TempDir private Path temporary;

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void aDatabaseIsItsOwnersAlone() throws Exception {
    Path folder = temporary.resolve("data/below");
    PrivateFiles.folder(folder);
    assertThat(mode(folder)).isEqualTo("rwx------");
    Path file = folder.resolve("holdfast.db");
    try (Database database = new Database("things", file, "CREATE TABLE t (x)")) {
      database.run("INSERT INTO t VALUES (1)");
      try (var all = Files.list(folder)) {
        for (Path one : all.toList()) {
          assertThat(mode(one)).as(one.toString()).isEqualTo("rw-------");
        }
      }
    }
    try (Database again = new Database("things", file, "SELECT 1")) {
      again.read("SELECT x FROM t", row -> assertThat(row.getInt(1)).isEqualTo(1));
    }
  }

  @Test
  void whatIsThereIsLeftAsItIs() throws Exception {
    Path shared = Files.createDirectory(temporary.resolve("shared"));
    Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxr-x---"));
    PrivateFiles.folder(shared);
    assertThat(mode(shared)).isEqualTo("rwxr-x---");
  }
}
