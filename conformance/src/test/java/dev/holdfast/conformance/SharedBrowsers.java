package dev.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One Chromium, beside one gateway in development mode, for all tests of a class. Whatever a page
 * complains about fails the test in which it does. One thread.
 */
final class SharedBrowsers
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

  private @Nullable Browsers shared;

  Browsers get() {
    return Objects.requireNonNull(shared);
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    shared = Browsers.start(true);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    get().complaints();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    assertThat(get().complaints()).isEmpty();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (shared != null) {
      shared.close();
    }
  }
}
