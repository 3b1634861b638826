package dev.holdfast.conformance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every page of the console in a real browser, beside a gateway in development mode. */
@Timeout(120)
class ConsoleTest {

  private static @Nullable Browsers shared;

  private BrowserContext person = browsers().person();

  @BeforeAll
  static void start() throws IOException {
    shared = Browsers.start(true);
  }

  @AfterAll
  static void stop() {
    if (shared != null) {
      shared.close();
    }
  }

  private static Browsers browsers() {
    return java.util.Objects.requireNonNull(shared);
  }

  @BeforeEach
  void come() {
    browsers().complaints();
  }

  @AfterEach
  void nothingWasComplainedOf() {
    person.close();
    assertThat(browsers().complaints()).isEmpty();
  }

  @Test
  void twoTabsTalkAndEachSeesTheOther() {
    Page ann = browsers().open(person, "chat/talk");
    BrowserContext other = browsers().person();
    Page bob = browsers().open(other, "chat/talk");
    bob.getByText("Change name").click();
    bob.getByLabel("Name, in development").fill("bob");
    bob.getByText("Be that").click();
    assertThat(bob.locator(".me .name")).hasText("bob");
    ann.getByLabel("Message", new Page.GetByLabelOptions().setExact(true)).fill("hi from Ann");
    ann.keyboard().press("Enter");
    assertThat(bob.locator(".said .what")).hasText("hi from Ann");
    bob.getByLabel("Message", new Page.GetByLabelOptions().setExact(true)).fill("hi from Bob");
    bob.getByText("Send").click();
    Locator said = ann.locator(".said .what");
    assertThat(said).hasText(new String[] {"hi from Ann", "hi from Bob"});
    assertThat(ann.locator(".said.own .what")).hasText("hi from Ann");
    assertThat(ann.locator(".members .chip")).hasText(new String[] {"bob", "dev-user"});
    Browsers.picture(ann, "chat");
    other.close();
    assertThat(ann.locator(".members .chip")).hasText(new String[] {"dev-user"});
  }
}
