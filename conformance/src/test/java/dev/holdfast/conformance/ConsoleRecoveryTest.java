package dev.holdfast.conformance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.holdfast.conformance.Browsers.button;
import static dev.holdfast.conformance.Browsers.field;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.LoadState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What people see of a cut network and of a gateway that is started again. */
@Timeout(180)
class ConsoleRecoveryTest {

  private static final LocatorAssertions.ContainsTextOptions SOON =
      new LocatorAssertions.ContainsTextOptions().setTimeout(30_000);

  private Browsers browsers;
  private Relay relay;

  @BeforeEach
  void start() throws IOException {
    browsers = Browsers.start(true);
    relay = new Relay(browsers.gateway().base().getPort());
  }

  @AfterEach
  void stop() throws IOException {
    if (browsers != null) {
      relay.close();
      browsers.close();
      assertThat(browsers.complaints()).isEmpty();
    }
  }

  private Page open(BrowserContext person, String page) {
    return browsers.open(person, relay.uri("").toString().replaceFirst("^ws", "http"), page);
  }

  /** A port at which nobody listens. */
  private static int nobody() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private static String numbers(int to) {
    return IntStream.rangeClosed(1, to).mapToObj(i -> "w" + i).collect(Collectors.joining(" "));
  }

  @Test
  void aCutWhileTokensStreamAndATerminalPrintsLosesAndRepeatsNothing() throws Exception {
    // So tall that every line of the terminal is on the screen.
    BrowserContext person = browsers.person(1_280, 6_600, ColorScheme.LIGHT);
    Page terminal = open(person, "terminals");
    field(terminal, "Command")
        .fill(
            "i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo line-$i-; sleep 0.02; done; sleep 60");
    button(terminal, "Open").click();
    Locator rows = terminal.locator(".xterm-rows");
    Page agent = open(person, "agents");
    field(agent, "Prompt").fill(numbers(1_000));
    button(agent, "Run").click();
    Locator text = agent.locator(".run-text");
    assertThat(text).containsText("w100 ");
    assertThat(rows).containsText("line-20-");

    relay.retarget(nobody());
    relay.cut();
    assertThat(agent.locator(".banner.warn")).containsText("The connection is lost");
    assertThat(terminal.locator(".banner.warn")).isVisible();
    Browsers.picture(agent, "cut");
    relay.retarget(browsers.gateway().base().getPort());
    assertThat(agent.locator(".banner.good")).containsText("Connected again", SOON);

    assertThat(text).containsText("w1000", SOON);
    assertThat(text.textContent()).isEqualTo(numbers(1_000));
    assertThat(rows).containsText("line-300-", SOON);
    List<String> lines =
        Pattern.compile("line-(\\d+)-")
            .matcher(rows.textContent())
            .results()
            .map(found -> found.group(1))
            .toList();
    assertThat(lines).isEqualTo(IntStream.rangeClosed(1, 300).mapToObj(String::valueOf).toList());
  }

  @Test
  void whatIsSaidWhileTheNetworkIsCutArrivesOnceWhenItIsBack() throws Exception {
    BrowserContext person = browsers.person();
    Page ann = open(person, "chat");
    Page bob = browsers.open(person, "chat");
    field(ann, "Message").fill("before");
    ann.keyboard().press("Enter");
    assertThat(bob.locator(".said .what")).hasText("before");
    relay.retarget(nobody());
    relay.cut();
    assertThat(ann.locator(".banner.warn")).isVisible();
    field(ann, "Message").fill("while cut");
    ann.keyboard().press("Enter");
    field(bob, "Message").fill("to somebody away");
    bob.keyboard().press("Enter");
    assertThat(bob.locator(".said .what")).hasText(new String[] {"before", "to somebody away"});
    relay.retarget(browsers.gateway().base().getPort());
    String[] all = {"before", "to somebody away", "while cut"};
    assertThat(ann.locator(".said .what"))
        .hasText(all, new LocatorAssertions.HasTextOptions().setTimeout(30_000));
    assertThat(bob.locator(".said .what")).hasText(all);
    assertThat(ann.locator(".banner.warn")).hasCount(0);
  }

  @Test
  void whatIsPublishedAfterARestartIsShownBesideNothingOfBefore() throws Exception {
    Page tab = browsers.open(browsers.person(), "channels/news");
    for (String part : new String[] {"before", "before"}) {
      field(tab, "Data, as JSON").fill("\"" + part + "\"");
      button(tab, "Publish").click();
      assertThat(field(tab, "Data, as JSON")).hasValue("");
    }
    assertThat(tab.locator(".event-row pre")).hasText(new String[] {"before", "before"});
    browsers.restart();
    assertThat(tab.locator(".banner.good")).containsText("Connected again", SOON);
    assertThat(tab.locator(".event-row")).hasCount(0);
    field(tab, "Data, as JSON").fill("\"after\"");
    button(tab, "Publish").click();
    assertThat(tab.locator(".event-row pre")).hasText(new String[] {"after"});
  }

  @Test
  void aPageThatWasNotOpenedYetIsThereWhileTheGatewayIsNot() throws Exception {
    Page tab = open(browsers.person(), "chat");
    assertThat(tab.locator("h1")).hasText("Chat");
    tab.waitForLoadState(LoadState.NETWORKIDLE);
    relay.retarget(nobody());
    relay.cut();
    assertThat(tab.locator(".banner.warn")).isVisible();
    tab.evaluate("() => (location.hash = '#/tools')");
    assertThat(tab.locator("h1")).hasText("Tools");
    relay.retarget(browsers.gateway().base().getPort());
    assertThat(tab.locator("main form.card")).isVisible();
  }

  @Test
  void aGatewayThatIsKilledAndStartedAgainIsGoneOnWith() throws Exception {
    BrowserContext person = browsers.person();
    Page ann = browsers.open(person, "chat");
    Page bob = browsers.open(person, "chat");
    Page agent = browsers.open(person, "agents");
    agent.locator("select[name=action]").selectOption("wait");
    button(agent, "Run").click();
    assertThat(agent.locator("main section.card .badge.live")).hasText("running");
    field(ann, "Message").fill("before");
    ann.keyboard().press("Enter");
    assertThat(bob.locator(".said .what")).hasText("before");
    browsers.restart();
    assertThat(ann.locator(".banner.good")).containsText("Connected again", SOON);
    assertThat(bob.locator(".banner.warn"))
        .hasCount(0, new LocatorAssertions.HasCountOptions().setTimeout(30_000));
    field(ann, "Message").fill("after");
    ann.keyboard().press("Enter");
    assertThat(ann.locator(".said .what")).hasText(new String[] {"before", "after"});
    assertThat(bob.locator(".said .what")).hasText(new String[] {"before", "after"});
    assertThat(ann.locator(".talk .note")).containsText("The gateway began anew here");
    assertThat(agent.locator("main section.card .problem"))
        .containsText("not there any more", SOON);
    Browsers.picture(ann, "restarted");
  }
}
