package dev.holdfast.kinds.common;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Folders and files of which other people of the machine see nothing, where its file system knows
 * of people. What is there already is left as it is. Any thread.
 */
public final class PrivateFiles {

  private PrivateFiles() {}

  /** A folder, made where it is not there, like those above it. */
  public static void folder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder, only(folder, "rwx------"));
    }
  }

  /** An empty file, made where there is none. */
  public static void file(Path file) throws IOException {
    try {
      Files.createFile(file, only(file, "rw-------"));
    } catch (FileAlreadyExistsException e) {
      // It is there.
    }
  }

  private static FileAttribute<?>[] only(Path path, String owner) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(owner))
        }
        : new FileAttribute<?>[0];
  }
}
