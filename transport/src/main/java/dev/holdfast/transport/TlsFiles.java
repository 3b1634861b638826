package dev.holdfast.transport;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The certificate in use, read anew when its files change. Any thread. */
final class TlsFiles {

  private static final System.Logger LOG = System.getLogger(TlsFiles.class.getName());

  private record Version(FileTime certificate, FileTime key) {
    static Version of(TransportSettings.Tls files) throws IOException {
      return new Version(time(files.certificate()), time(files.key()));
    }

    private static FileTime time(Path file) throws IOException {
      return Files.getLastModifiedTime(file);
    }
  }

  private final TransportSettings.Tls files;
  private volatile SslContext context;
  private @Nullable Version version;

  /**
   * @throws IOException when the files can't be read or hold no certificate and key
   */
  TlsFiles(TransportSettings.Tls files) throws IOException {
    this.files = files;
    this.version = Version.of(files);
    this.context = read(files);
  }

  SslHandler handler(ByteBufAllocator allocator) {
    return context.newHandler(allocator);
  }

  /** Takes changed files; keeps what it has when they are not usable. */
  synchronized void reload() {
    try {
      Version now = Version.of(files);
      if (!now.equals(version)) {
        version = now;
        context = read(files);
        LOG.log(System.Logger.Level.INFO, "TLS certificate read anew");
      }
    } catch (IOException | IllegalArgumentException e) {
      LOG.log(
          System.Logger.Level.ERROR,
          "the changed TLS files are not usable, the certificate before stays: {0}",
          e.getMessage());
    }
  }

  private static SslContext read(TransportSettings.Tls files) throws SSLException {
    return SslContextBuilder.forServer(files.certificate().toFile(), files.key().toFile())
        .sslProvider(SslProvider.JDK)
        .protocols("TLSv1.3", "TLSv1.2")
        .build();
  }
}
