package dev.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A real Chromium without a window, and a gateway for it. Whatever a page complains about fails the
 * test at the end. One thread.
 */
final class Browsers implements AutoCloseable {

  private static final Path SHOTS = Path.of("target", "screenshots");

  private final ChildGateways gateways = new ChildGateways();
  private final List<String> complaints = new ArrayList<>();
  private final Playwright playwright;
  private final Browser browser;
  private final Map<String, String> settings;
  private Gateway gateway;

  private Browsers(Path chromium, boolean dev, Map<String, String> settings) throws IOException {
    this.settings = settings;
    // As long as a machine with much else to do may take.
    PlaywrightAssertions.setDefaultAssertionTimeout(40_000);
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(chromium)
                    .setArgs(
                        List.of(
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-quic",
                            "--no-first-run",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync",
                            "--use-fake-device-for-media-stream",
                            "--use-fake-ui-for-media-stream")));
    gateway = gateways.own(dev, settings);
  }

  /** Skips the test where there is no Chromium. */
  static Browsers start(boolean dev) throws IOException {
    return start(dev, Map.of());
  }

  static Browsers start(boolean dev, Map<String, String> settings) throws IOException {
    Path chromium =
        Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst()
            .orElse(null);
    Assumptions.assumeTrue(
        chromium != null || System.getenv("CI") != null,
        "the console is tried in Chromium, which is not installed (apt-get install chromium)");
    assertThat(chromium).as("Chromium, which .ci/run installs").isNotNull();
    return new Browsers(java.util.Objects.requireNonNull(chromium), dev, settings);
  }

  Gateway gateway() {
    return gateway;
  }

  /** Another gateway in the place of this one, which is killed. */
  void restart() throws IOException {
    int port = gateway.base().getPort();
    gateway.close();
    Map<String, String> again = new HashMap<>(settings);
    again.put("server.port", String.valueOf(port));
    gateway = gateways.own(gateway.dev(), again);
  }

  /** A browser of its own: another person, with nothing shared. */
  BrowserContext person(int width, int height, ColorScheme colors) {
    return browser.newContext(
        new Browser.NewContextOptions()
            .setViewportSize(width, height)
            .setColorScheme(colors)
            .setLocale("en-GB")
            .setGeolocation(46.948, 7.4474)
            .setPermissions(List.of("geolocation", "camera", "microphone", "notifications")));
  }

  BrowserContext person() {
    return person(1280, 860, ColorScheme.LIGHT);
  }

  /** A tab at a page of the console. */
  Page open(BrowserContext person, String page) {
    return open(person, gateway.base().toString(), page);
  }

  Page open(BrowserContext person, String base, String page) {
    Page tab = person.newPage();
    tab.setDefaultTimeout(40_000);
    tab.onPageError(complaints::add);
    tab.onConsoleMessage(this::heard);
    tab.navigate(base + "/#/" + page);
    return tab;
  }

  private void heard(ConsoleMessage message) {
    boolean network =
        message.text().contains("net::ERR_") || message.text().startsWith("WebSocket connection");
    if (!network && (message.type().equals("error") || message.type().equals("warning"))) {
      complaints.add(message.type() + ": " + message.text() + " " + message.location());
    }
  }

  /** A button by its name. */
  static Locator button(Page tab, String name) {
    return tab.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  /** What is filled in, by its label. */
  static Locator field(Page tab, String label) {
    return tab.getByLabel(label, new Page.GetByLabelOptions().setExact(true));
  }

  /** Keeps a picture of a tab, for people to look at. */
  static void picture(Page tab, String name) {
    tab.screenshot(new Page.ScreenshotOptions().setPath(SHOTS.resolve(name + ".png")));
  }

  /** What pages complained of so far, which is forgotten. */
  List<String> complaints() {
    List<String> all = List.copyOf(complaints);
    complaints.clear();
    return all;
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
    gateway.close();
    gateways.close();
    assertThat(gateways.errors()).as("errors that the gateway logged").isEmpty();
  }
}
