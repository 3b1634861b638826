package dev.holdfast.conformance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.holdfast.conformance.Browsers.button;
import static dev.holdfast.conformance.Browsers.field;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How the console looks to everybody, and that what others say is never more than text. */
@Timeout(180)
class ConsoleLooksTest {

  private static final List<String> PAGES =
      List.of(
          "overview",
          "chat",
          "agents",
          "tools/sleep",
          "terminals",
          "channels/lobby",
          "canvas",
          "sessions",
          "devices",
          "this-device");

  /** Ways in which pages have been made to run what they should show. */
  private static final List<String> CORPUS =
      List.of(
          "<script>window.pwned=1</script>",
          "<img src=x onerror=window.pwned=1>",
          "\"><svg onload=window.pwned=1>",
          "'-window.pwned=1-'",
          "javascript:window.pwned=1",
          "[x](javascript:window.pwned=1)",
          "[x](data:text/html,<script>window.pwned=1</script>)",
          "${window.pwned=1}",
          "{{constructor.constructor('window.pwned=1')()}}",
          "</textarea><iframe src=\"javascript:window.pwned=1\">",
          "<style>*{display:none}</style>",
          "<a href=\"javascript:window.pwned=1\">x</a>");

  /**
   * Every text that is seen, with the ratio of its colour to what lies behind it where too small.
   */
  static final String CONTRAST =
      """
      () => {
        const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
        const rgba = (color) => {
          canvas.clearRect(0, 0, 1, 1);
          canvas.fillStyle = color;
          canvas.fillRect(0, 0, 1, 1);
          const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
          return [r, g, b, a / 255];
        };
        const over = ([r, g, b, a], [x, y, z]) => [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a), 1];
        const behind = (element) => {
          const layers = [];
          for (let at = element; at; at = at.parentElement) {
            layers.push(rgba(getComputedStyle(at).backgroundColor));
          }
          return layers.reverse().reduce((ground, layer) => over(layer, ground), [255, 255, 255, 1]);
        };
        const light = (color) => {
          const [r, g, b] = color.map((one) => (one /= 255) <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const bad = [];
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        let seen = 0;
        while (walker.nextNode()) {
          const element = walker.currentNode.parentElement;
          const box = element.getBoundingClientRect();
          if (!walker.currentNode.data.trim() || box.width < 2 || element.closest('.glass, svg, :disabled, noscript, .hidden, .skip')) {
            continue;
          }
          seen++;
          const style = getComputedStyle(element);
          const ground = behind(element);
          const [one, other] = [light(over(rgba(style.color), ground)), light(ground)].sort((a, b) => b - a);
          const ratio = (one + 0.05) / (other + 0.05);
          const large = parseFloat(style.fontSize) >= 24;
          if (ratio < (large ? 3 : 4.5)) {
            bad.push(`${walker.currentNode.data.trim().slice(0, 40)}: ${ratio.toFixed(2)}`);
          }
        }
        return { seen, bad };
      }
      """;

  @RegisterExtension static final SharedBrowsers BROWSERS = new SharedBrowsers();

  private static Browsers browsers() {
    return BROWSERS.get();
  }

  private static void fill(Page tab, String page) {
    if (page.equals("agents")) {
      field(tab, "Prompt").fill("a few words");
      button(tab, "Run").click();
      assertThat(tab.locator("main section.card .badge.good")).hasText("done");
      assertThat(tab.locator("section[aria-label=Run] h2")).isInViewport();
    } else if (page.equals("canvas")) {
      button(tab, "Show an example").click();
      assertThat(tab.locator(".markdown").first()).isVisible();
    } else if (page.equals("chat")) {
      field(tab, "Message").fill("something that is longer than a phone is wide, so that it wraps");
      tab.keyboard().press("Enter");
      assertThat(tab.locator(".said").first()).isVisible();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LIGHT", "DARK"})
  void everyTextStandsOutEnough(ColorScheme colors) {
    BrowserContext person = browsers().person(1_280, 860, colors);
    for (String page : PAGES) {
      Page tab = browsers().open(person, page);
      assertThat(tab.locator("h1")).isVisible();
      fill(tab, page);
      Map<?, ?> found = (Map<?, ?>) tab.evaluate(CONTRAST);
      assertThat((Integer) found.get("seen")).as(page).isGreaterThan(12);
      assertThat((List<?>) found.get("bad")).as(page).isEmpty();
      Browsers.picture(
          tab, page.replaceAll("/.*", "") + "-" + colors.name().toLowerCase(java.util.Locale.ROOT));
      tab.close();
    }
    person.close();
  }

  @ParameterizedTest
  @CsvSource({"360, 740", "640, 430", "320, 256"})
  void everyPageFitsOntoAPhoneAndIntoAWindowThatIsZoomed(int width, int height) {
    BrowserContext person = browsers().person(width, height, ColorScheme.DARK);
    for (String page : PAGES) {
      Page tab = browsers().open(person, page);
      assertThat(tab.locator("h1")).isVisible();
      fill(tab, page);
      assertThat((Integer) tab.evaluate("() => document.documentElement.scrollWidth - innerWidth"))
          .as(page)
          .isZero();
      assertThat(
              (Integer)
                  tab.evaluate(
                      "() => { const main = document.querySelector('main'); return main.scrollWidth"
                          + " - main.clientWidth; }"))
          .as(page)
          .isZero();
      assertThat(
              (Integer) tab.evaluate("() => document.documentElement.scrollHeight - innerHeight"))
          .as(page)
          .isZero();
      assertThat(tab.locator("nav [aria-current=page]")).isInViewport();
      Browsers.picture(tab, page.replaceAll("/.*", "") + (height > 500 ? "-phone" : "-" + width));
      tab.close();
    }
    person.close();
  }

  private static void publish(String channel, String event, String data) throws Exception {
    String body =
        "{\"channel\":\"%s\",\"event\":\"%s\",\"data\":%s}".formatted(channel, event, data);
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(browsers().gateway().base() + "/api/publish"))
                  .header("content-type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
  }

  private static String json(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  @Test
  void whatOthersSayIsTextWhereverItIsShown() throws Exception {
    BrowserContext person = browsers().person();
    Page chat = browsers().open(person, "chat/xss");
    button(chat, "Change name").click();
    field(chat, "Name, in development").fill("<img/src=x/onerror=window.pwned=1>");
    button(chat, "Be that").click();
    for (String evil : CORPUS) {
      field(chat, "Message").fill(evil);
      chat.keyboard().press("Enter");
      assertThat(chat.locator(".said .what").last()).hasText(evil);
      String quoted = json(evil);
      publish("xss", "evil:event", "{\"key\":%s,%s:1}".formatted(quoted, quoted));
      int at = CORPUS.indexOf(evil);
      publish(
          "user:dev-user",
          "canvas:present",
          "{\"canvas_id\":\"m%d\",\"component\":\"markdown\",\"title\":%s,\"content\":%s}"
              .formatted(at, quoted, quoted));
      publish(
          "user:dev-user",
          "canvas:present",
          "{\"canvas_id\":\"t%d\",\"component\":\"table\",\"columns\":[%s],\"rows\":[[%s]]}"
              .formatted(at, quoted, quoted));
      publish(
          "user:dev-user",
          "canvas:present",
          "{\"canvas_id\":\"b%d\",\"component\":\"pie_chart\",\"labels\":[%s,\"b\"],\"values\":[%s,1]}"
              .formatted(at, quoted, quoted));
      publish(
          "user:dev-user",
          "canvas:update",
          ("{\"operation_id\":\"o%d\",\"action\":\"present\",\"component\":\"agent_operation_tracker\",\"agent_name\":%s,"
               + "\"status\":%s,\"current_step\":%s,\"context\":{\"what\":%s},\"steps\":[%s],\"logs\":[%s]}")
              .formatted(at, quoted, quoted, quoted, quoted, quoted, quoted));
    }
    Page tools = browsers().open(person, "tools/echo");
    field(tools, "text").fill(String.join("\n", CORPUS));
    button(tools, "Call").click();
    assertThat(tools.locator(".call pre.output")).containsText(CORPUS.getFirst());
    Page agents = browsers().open(person, "agents");
    field(agents, "Prompt").fill(String.join(" ", CORPUS));
    button(agents, "Run").click();
    assertThat(agents.locator(".run-text")).hasText(String.join(" ", CORPUS));
    Page terminal = browsers().open(person, "terminals");
    field(terminal, "Command")
        .fill("printf '\\033]0;<img src=x onerror=window.pwned=1>\\007<b>bold</b>'; sleep 30");
    button(terminal, "Open").click();
    assertThat(terminal.locator(".screen h2")).containsText("<img src=x");
    assertThat(terminal.locator(".xterm-rows")).containsText("<b>bold</b>");
    button(terminal, "End").click();
    // Somebody to whom all this was done, by way of every page.
    Page victim = browsers().open(browsers().person(), "canvas");
    assertThat(victim.locator(".board .pie")).hasCount(CORPUS.size());
    for (Page tab : List.of(chat, tools, agents, terminal, victim)) {
      harmless(tab);
    }
    for (String page : List.of("channels/xss", "channels/user:dev-user", "sessions", "agents")) {
      victim.navigate(browsers().gateway().base() + "/#/" + page);
      assertThat(victim.locator("main h1")).isVisible();
      assertThat(victim.locator("main")).containsText("<");
      harmless(victim);
    }
    person.close();
    victim.context().close();
  }

  /**
   * What JSON can be besides a text, made so that whoever takes it for one, or for a template,
   * fails.
   */
  private static final String ODD =
      "{\"toString\":1,\"valueOf\":1,\"nodeType\":1,\"_$litType$\":1,\"strings\":[\"<img src=x"
          + " onerror=window.pwned=1>\"],\"values\":[]}";

  @Test
  void whatHasNotTheShapeOfItsComponentLeavesTheRestOfTheCanvasAsItIs() throws Exception {
    BrowserContext person = browsers().person();
    Page tab = browsers().open(person, "canvas");
    assertThat(tab.locator("h1")).hasText("Canvas");
    List<String> odd =
        List.of(
            "\"component\":\"table\",\"columns\":[null,@,5],\"rows\":[null,5,@,[null,@]]",
            "\"component\":\"form\",\"schema\":{\"required\":5,\"properties\":{\"a\":null,\"b\":{\"enum\":5},\"c\":{\"type\":\"string\",\"default\":@,\"title\":@,\"description\":@}}}",
            "\"component\":\"form\",\"fields\":[null,{\"name\":@,\"label\":@,\"options\":[null,@]}]",
            "\"component\":\"bar_chart\",\"series\":[null,@,{\"name\":@,\"values\":[@,null,\"5\"]}],\"labels\":[@]",
            "\"component\":\"line_chart\",\"values\":@,\"labels\":@",
            "\"component\":\"pie_chart\",\"values\":null",
            "\"component\":\"chart\",\"chart_type\":\"constructor\",\"values\":[1]",
            "\"component\":\"status_panel\",\"status\":@,\"message\":@,\"items\":[null,{\"label\":@,\"status\":@,\"value\":@}]",
            "\"component\":\"agent_operation_tracker\",\"steps\":[null,@],\"logs\":[null,{\"level\":@,\"message\":@}],\"context\":null,\"status\":@,\"progress\":@,\"current_step\":@",
            "\"component\":@,\"title\":@",
            "\"component\":\"markdown\",\"markdown\":@,\"title\":@");
    for (String one : odd) {
      publish("user:dev-user", "canvas:present", "{" + one.replace("@", ODD) + "}");
    }
    publish(
        "user:dev-user",
        "canvas:present",
        "{\"component\":\"markdown\",\"title\":\"the last\",\"content\":\"**drawn**\"}");
    Locator last =
        tab.locator(".board")
            .filter(new Locator.FilterOptions().setHasText("the last").setHasText("drawn"));
    assertThat(last.locator("strong")).hasText("drawn");
    assertThat((Integer) tab.evaluate("() => document.querySelectorAll('.board').length"))
        .isGreaterThan(odd.size());
    harmless(tab);
    person.close();
  }

  @Test
  void whatIsBelowZeroIsDrawnBelowIt() throws Exception {
    BrowserContext person = browsers().person();
    Page tab = browsers().open(person, "canvas");
    publish(
        "user:dev-user",
        "canvas:present",
        "{\"canvas_id\":\"cold\",\"component\":\"bar_chart\",\"title\":\"Below"
            + " zero\",\"labels\":[\"a\",\"b\"],\"values\":[5,-5]}");
    Locator bars =
        tab.locator(".board")
            .filter(new Locator.FilterOptions().setHasText("Below zero"))
            .locator("rect.hue-0[y]");
    assertThat(bars).hasCount(2);
    List<?> ends =
        (List<?>)
            bars.evaluateAll(
                "all => all.flatMap(({y, height}) => [y, height].map(one => one.baseVal.value))");
    assertThat(ends).isEqualTo(List.of(0, 95, 95, 95));
    person.close();
  }

  private static void harmless(Page tab) {
    assertThat(tab.evaluate("() => window.pwned ?? null")).isNull();
    assertThat(
            tab.evaluate(
                """
                () => [...document.querySelectorAll('main script, main iframe, main img, main style, main [onerror], main [onload],'
                  + ' main a')].filter((one) => one.localName !== 'a' || !['http:', 'https:'].includes(one.protocol)).length
                """))
        .isEqualTo(0);
  }

  @Test
  void aTokenThatEndsIsToldBeforeAndAskedForAnew() throws Exception {
    try (Browsers own = Browsers.start(false, Map.of("session.token_warning", "60s"))) {
      Page tab = own.open(own.person(), "agents");
      long end = System.currentTimeMillis() / 1000 + 6;
      field(tab, "Token").fill(Jwt.hs256(Gateways.SECRET, "{\"sub\":\"ann\",\"exp\":" + end + "}"));
      button(tab, "Sign in").click();
      assertThat(tab.locator(".banner.warn")).containsText("Your token ends at");
      assertThat(tab.locator(".sign-in .problem"))
          .containsText("You were signed out: the token has expired");
      field(tab, "Token").fill(Jwt.hs256(Gateways.SECRET, "{\"sub\":\"ann\",\"exp\":4102444800}"));
      button(tab, "Sign in").click();
      assertThat(tab.locator("h1")).hasText("Agents");
      assertThat(tab.locator(".banner")).hasCount(0);
      assertThat(own.complaints()).isEmpty();
    }
  }

  @Test
  void withoutDevelopmentModeATokenIsAskedForAndStaysInItsTab() throws Exception {
    try (Browsers own = Browsers.start(false)) {
      BrowserContext person = own.person();
      Page tab = own.open(person, "chat");
      assertThat(tab.locator("h1")).hasText("Sign in");
      Browsers.picture(tab, "sign-in");
      field(tab, "Token").fill("nonsense");
      button(tab, "Sign in").click();
      assertThat(tab.locator(".problem")).containsText("not taken");
      field(tab, "Token").fill(Jwt.hs256(Gateways.SECRET, "{\"sub\":\"ann\",\"exp\":4102444800}"));
      button(tab, "Sign in").click();
      assertThat(tab.locator(".me .name")).hasText("ann");
      tab.reload();
      assertThat(tab.locator(".me .name")).hasText("ann");
      assertThat(tab.evaluate("() => localStorage.length + document.cookie.length")).isEqualTo(0);
      // Whoever is no administrator begins with a page that is of use.
      Page start = person.newPage();
      start.navigate(own.gateway().base().toString());
      field(start, "Token")
          .fill(Jwt.hs256(Gateways.SECRET, "{\"sub\":\"ann\",\"exp\":4102444800}"));
      button(start, "Sign in").click();
      assertThat(start.locator("h1")).hasText("Agents");
      start.close();
      tab.navigate(own.gateway().base() + "/#/terminals");
      button(tab, "Open").click();
      assertThat(tab.getByRole(AriaRole.ALERT)).containsText("the role terminal");
      tab.navigate(own.gateway().base() + "/#/sessions");
      assertThat(tab.locator("main")).containsText("Sessions are for administrators");
      tab.navigate(own.gateway().base() + "/#/overview");
      assertThat(tab.locator("main")).containsText("for administrators");
      button(tab, "Sign out").click();
      assertThat(tab.locator("h1")).hasText("Sign in");
      assertThat(own.open(person, "chat").locator("h1")).hasText("Sign in");
      own.complaints();
    }
  }
}
