package dev.holdfast.conformance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.holdfast.conformance.Browsers.button;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.holdfast.client.Client;
import dev.holdfast.client.Device;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whether everybody can use the console, as far as a program can tell: the rules of WCAG 2.2, A and
 * AA, on each page with something on it, light and dark, on a desk and on a phone.
 */
@Timeout(180)
class ConsoleAccessTest {

  private static final String RULES =
      """
      async () => {
        const { violations } = await axe.run(document,
          { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
        return violations.flatMap(({ id, nodes }) => nodes.map((one) => `${id}: ${one.html}`));
      }
      """;

  /** Buttons whose names don't keep within them. */
  private static final String SPILLS =
      "() => [...document.querySelectorAll('main button')].filter(one => one.scrollWidth >"
          + " one.clientWidth + 1).map(one => one.textContent)";

  /** The widest text that nobody has put a blank in. */
  private static final String LONG = "without-any-blank-in-it-".repeat(8);

  /** Each page, and what is there once it is drawn. */
  private static final Map<String, String> PAGES =
      Map.ofEntries(
          Map.entry("overview", ".figure"),
          Map.entry("chat", ".said"),
          Map.entry("agents", "main .list li"),
          Map.entry("tools", "main form"),
          Map.entry("terminals", "main .list li"),
          Map.entry("channels/lobby", ".event-row"),
          Map.entry("canvas", ".board"),
          Map.entry("devices/rover", "dl.kv"),
          Map.entry("this-device", "main .card"),
          Map.entry("sessions", "main table"));

  @RegisterExtension static final SharedBrowsers SHARED = new SharedBrowsers();

  private static String script() throws IOException {
    try (InputStream in = AxeBuilder.class.getResourceAsStream("/axe.min.js")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void fit(Page tab, String name) throws IOException {
    tab.evaluate(script());
    assertThat((List<?>) tab.evaluate(RULES)).as(name).isEmpty();
    // What is wider than the window can't be read on a phone.
    assertThat(tab.evaluate("() => document.documentElement.scrollWidth - innerWidth"))
        .as("how much of " + name + " is out of sight")
        .isEqualTo(0);
    assertThat((List<?>) tab.evaluate(SPILLS)).as("buttons of " + name).isEmpty();
  }

  private static void fill(Client client) {
    client.message("lobby", "hello").join();
    client.message("lobby", LONG).join();
    client.command("run", Map.of("agent_id", "echo", "prompt", LONG)).join();
    client.command("open_terminal", Map.of()).join();
    for (Map<String, Object> board :
        List.<Map<String, Object>>of(
            Map.of(
                "component", "markdown", "content", "# A\n* [b](https://c.example) `d`\n" + LONG),
            Map.of("component", "table", "columns", List.of("a"), "rows", List.of(List.of(LONG))),
            Map.of("component", "form", "fields", List.of(Map.of("name", "who", "label", "Who"))),
            Map.of("component", "line_chart", "labels", List.of("a", "b"), "values", List.of(1, 2)),
            Map.of("component", "pie_chart", "labels", List.of("a", "b"), "values", List.of(1, 2)),
            Map.of("component", "status_panel", "status", "error", "message", LONG),
            Map.of("component", "agent_operation_tracker", "steps", List.of("a", LONG)))) {
      Map<String, Object> data = new java.util.HashMap<>(board);
      data.put("canvas_id", board.get("component"));
      data.put("title", "The " + board.get("component"));
      client.publish("user:dev-user", "canvas:present", data, null).join();
    }
  }

  @ParameterizedTest
  @CsvSource({"1280, LIGHT", "1280, DARK", "360, LIGHT", "360, DARK"})
  void everyPageKeepsTheRules(int width, ColorScheme colors) throws Exception {
    Browsers browsers = SHARED.get();
    try (Client client =
            Client.of(browsers.gateway().ws("/ws")).connect().get(20, TimeUnit.SECONDS);
        Device rover =
            new Device(browsers.gateway().base(), "rover")
                .info("name", LONG)
                .can("who", order -> Map.of())
                .can("x".repeat(64), order -> Map.of());
        BrowserContext person = browsers.person(width, 740, colors)) {
      rover.start().join();
      fill(client);
      Page tab = browsers.open(person, "overview");
      for (Map.Entry<String, String> page : PAGES.entrySet()) {
        tab.evaluate("page => { location.hash = '#/' + page; }", page.getKey());
        assertThat(tab.locator(page.getValue()).first()).isVisible();
        fit(tab, page.getKey());
      }
      tab.evaluate("() => { location.hash = '#/terminals'; }");
      tab.locator("main .list a, main .list button").first().click();
      assertThat(tab.locator(".xterm").first()).isVisible();
      fit(tab, "a terminal");
      tab.evaluate("() => { location.hash = '#/agents'; }");
      tab.locator("main .list a, main .list button").first().click();
      assertThat(tab.locator("main .output").first()).isVisible();
      fit(tab, "a run");
      tab.evaluate("() => { location.hash = '#/devices'; }");
      button(tab, "Make a code").click();
      assertThat(tab.locator(".qr")).isVisible();
      fit(tab, "a code");
      tab.evaluate("() => { location.hash = '#/this-device'; }");
      button(tab, "Be a device").click();
      Locator registered = tab.locator("main .badge.good");
      assertThat(registered).hasText("registered");
      String id = tab.locator("main .card h2").textContent();
      client.command("device_command", Map.of("device_id", id, "command", "send_notification"));
      assertThat(button(tab, "Allow")).isVisible();
      fit(tab, "a question");
      button(tab, "Stop everything").first().click();
    }
  }

  @Test
  void soDoesThePageThatAsksWhoOneIs() throws Exception {
    try (Browsers browsers = Browsers.start(false)) {
      for (ColorScheme colors : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
        for (int width : new int[] {1280, 360}) {
          Page tab = browsers.open(browsers.person(width, 740, colors), "overview");
          assertThat(button(tab, "Sign in")).isVisible();
          fit(tab, "sign-in");
        }
      }
    }
  }
}
