package dev.holdfast.conformance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.holdfast.conformance.Browsers.button;
import static dev.holdfast.conformance.Browsers.field;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.WaitForSelectorState;
import dev.holdfast.client.Client;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What people do with the console, in a real browser beside a gateway in development mode. */
@Timeout(120)
class ConsoleTest {

  @RegisterExtension static final SharedBrowsers BROWSERS = new SharedBrowsers();

  private final BrowserContext person = browsers().person();

  private static Browsers browsers() {
    return BROWSERS.get();
  }

  @AfterEach
  void leave() {
    person.close();
  }

  private Page open(String page) {
    return browsers().open(person, page);
  }

  private static void run(Page tab, String prompt) {
    field(tab, "Prompt").fill(prompt);
    button(tab, "Run").click();
  }

  private static void call(Page tab, String name) {
    button(tab, "Change name").click();
    field(tab, "Name, in development").fill(name);
    button(tab, "Be that").click();
    assertThat(tab.locator(".me .name")).hasText(name);
  }

  @Test
  void twoPeopleTalkAndEachSeesTheOther() {
    Page ann = open("chat/talk");
    BrowserContext other = browsers().person();
    Page bob = browsers().open(other, "chat/talk");
    call(bob, "bob");
    field(ann, "Message").fill("hi from Ann");
    ann.keyboard().press("Enter");
    assertThat(bob.locator(".said .what")).hasText("hi from Ann");
    field(bob, "Message").fill("hi from Bob");
    button(bob, "Send").click();
    assertThat(ann.locator(".said .what")).hasText(new String[] {"hi from Ann", "hi from Bob"});
    assertThat(ann.locator(".said.own .what")).hasText("hi from Ann");
    assertThat(ann.locator(".members .chip")).hasText(new String[] {"bob", "dev-user"});
    Browsers.picture(ann, "chat");
    other.close();
    assertThat(ann.locator(".members .chip")).hasText(new String[] {"dev-user"});
  }

  @Test
  void aRunStreamsItsTokensAndASecondTabFollowsItFromTheStart() {
    Page tab = open("agents");
    String prompt = "one two three ".repeat(100).strip();
    run(tab, prompt);
    assertThat(tab.locator(".run-text.streaming")).containsText("one two three one");
    assertThat(tab).hasURL(Pattern.compile(".*#/agents/.+"));
    Page second = person.newPage();
    second.navigate(tab.url());
    assertThat(tab.locator(".run-text")).hasText(prompt);
    assertThat(second.locator(".run-text")).hasText(prompt);
    assertThat(tab.locator("main section.card .badge.good")).hasText("done");
    assertThat(tab.getByText("300 tokens in")).isVisible();
    Browsers.picture(tab, "agents");
  }

  @Test
  void aRunAsksIsApprovedAndAnotherIsCancelled() {
    Page tab = open("agents");
    tab.locator("select[name=action]").selectOption("approve");
    button(tab, "Run").click();
    assertThat(tab.getByText("Shall it go on?")).isVisible();
    Browsers.picture(tab, "approval");
    button(tab, "Approve").click();
    assertThat(tab.locator("pre.output")).containsText("approve");
    tab.locator("select[name=action]").selectOption("wait");
    button(tab, "Run").click();
    button(tab, "Cancel").click();
    assertThat(tab.locator("main section.card .badge.warn")).hasText("cancelled");
    assertThat(tab.locator(".list .badge").first()).hasText("cancelled");
  }

  @Test
  void anAgentThatTakesNoPromptsIsGivenNone() {
    Page tab = open("agents");
    tab.evaluate(
        """
        async () => {
          const { connect } = await import('/holdfast.js');
          const agents = [{ agent_id: 'worker-bee', actions: ['gather'], prompts: false }];
          await connect().command('serve', { agents });
        }
        """);
    tab.locator("select[name=agent] option").filter(containing("worker-bee")).waitFor(ATTACHED);
    tab.locator("select[name=agent]").selectOption("worker-bee");
    assertThat(tab.locator("select[name=action]")).hasValue("gather");
    assertThat(tab.locator("select[name=action] option")).hasCount(1);
    assertThat(field(tab, "Prompt")).hasCount(0);
  }

  private static final Locator.WaitForOptions ATTACHED =
      new Locator.WaitForOptions().setState(WaitForSelectorState.ATTACHED);

  private static Locator.FilterOptions containing(String text) {
    return new Locator.FilterOptions().setHasText(text);
  }

  @Test
  void aToolIsCalledFromAFormMadeOfItsSchema() {
    Page tab = open("tools/sleep");
    field(tab, "seconds").fill("1.5");
    button(tab, "Call").click();
    Locator call = tab.locator(".call").first();
    assertThat(call.locator("progress")).isVisible();
    Browsers.picture(tab, "tools");
    assertThat(call.locator("pre.output")).hasText("slept for 1.5 s");
    field(tab, "seconds").fill("60");
    button(tab, "Call").click();
    call.getByText("Cancel").click();
    assertThat(call.locator(".badge")).hasText("cancelled");
    assertThat(tab.locator(".provider").first()).containsText("in order");
  }

  @Test
  void aTerminalIsSharedAndWhoOnlyViewsCannotType() {
    Page tab = open("terminals");
    button(tab, "Open").click();
    Locator glass = tab.locator(".xterm-rows");
    assertThat(glass).containsText(Pattern.compile("[#$] "));
    tab.keyboard().type("echo from-$((40+2))\n");
    assertThat(glass).containsText("from-42");
    Page viewer = browsers().open(person, tab.url().replaceAll(".*#/", "") + "/view");
    assertThat(viewer.locator(".xterm-rows")).containsText("from-42");
    viewer.locator(".glass").click();
    viewer.keyboard().type("echo never\n");
    tab.bringToFront();
    tab.locator(".glass").click();
    tab.keyboard().type("printf '\\033[38;2;255;128;0mseen by both\\033[0m\\n'; stty size\n");
    assertThat(viewer.locator(".xterm-rows")).containsText("seen by both");
    assertThat(viewer.locator(".xterm-rows")).not().containsText("never");
    assertThat(glass.locator("span[style*='255, 128, 0']").first()).containsText("seen by both");
    Browsers.picture(tab, "terminals");
    tab.setViewportSize(900, 600);
    assertThat(tab.locator(".screen h2 .hint")).not().hasText("");
    button(tab, "End").click();
    assertThat(tab.locator(".screen header .badge")).containsText("ended");
    assertThat(viewer.locator(".screen header .badge")).containsText("ended");
  }

  @ParameterizedTest
  @FieldSource("dev.holdfast.conformance.FullScreen#ALL")
  void whatUsesAllOfTheScreenIsUsedInTheBrowserAndThereAgainAfterAReload(
      FullScreen program, @TempDir Path folder) throws Exception {
    ShellInTerminalTest.installed(program);
    Path file = folder.resolve("file");
    Page tab = open("terminals");
    field(tab, "Command").fill(program.on(file));
    button(tab, "Open").click();
    Locator glass = tab.locator(".xterm-rows");
    assertThat(glass).containsText(program.begins());
    tab.keyboard().type(program.keys());
    assertThat(glass).containsText(program.shows());
    Browsers.picture(tab, program.program());
    tab.reload();
    assertThat(glass).containsText(program.shows());
    tab.keyboard().type(program.quits());
    assertThat(tab.locator(".screen header .badge")).containsText("ended with 0");
    assertThat(Files.readAllLines(file).getLast()).isEqualTo(program.last());
  }

  @Test
  void whatIsPublishedToAChannelIsShownAndKept() {
    Page tab = open("channels/orders");
    assertThat(tab.getByText("Nothing is kept of it yet.")).isVisible();
    assertThat(tab.locator(".problem")).hasCount(0);
    field(tab, "Event").fill("order:made");
    field(tab, "Data, as JSON").fill("{\"id\": 7}");
    button(tab, "Publish").click();
    assertThat(tab.locator(".event-row")).containsText("order:made");
    field(tab, "Data, as JSON").fill("{\"id\":");
    button(tab, "Publish").click();
    assertThat(tab.getByRole(AriaRole.ALERT)).containsText("not JSON");
    tab.reload();
    assertThat(tab.locator(".event-row pre")).hasText("{\n  \"id\": 7\n}");
    Browsers.picture(tab, "channels");
  }

  @Test
  void whoeverTookAnotherNameHasItOverHttpToo() {
    BrowserContext other = browsers().person();
    Page bob = browsers().open(other, "devices");
    call(bob, "bob.b");
    Request asked = bob.waitForRequest("**/api/devices*", bob::reload);
    assertThat(asked.headerValue("x-user-id")).isEqualTo("bob.b");
    assertThat(asked.response().status()).isEqualTo(200);
    other.close();
  }

  @Test
  void theFiguresMove() {
    Page tab = open("overview");
    assertThat(tab.locator(".chart canvas")).hasCount(8);
    assertThat(tab.locator(".figure dd").first()).hasText("1");
    Page other = open("chat");
    assertThat(other.locator("h1")).hasText("Chat");
    assertThat(tab.locator(".figure dd").first()).hasText("2");
    Browsers.picture(tab, "overview");
    // Whoever comes later sees the minutes before.
    other.close();
    assertThat(tab.locator(".figure dd").first()).hasText("1");
    tab.reload();
    assertThat(tab.locator(".figure dd").first()).hasText("1");
    assertThat(tab.locator(".plot").first())
        .hasAttribute("aria-label", Pattern.compile("Connections .*: [0-9]+ to ([2-9]|[0-9]{2,})"));
  }

  @Test
  void anAdministratorSeesWhoIsThereAndSendsThemAway() {
    Page tab = open("sessions");
    BrowserContext other = browsers().person();
    Page bob = browsers().open(other, "chat");
    call(bob, "mallory");
    assertThat(tab.locator("tbody").first()).containsText("this tab");
    button(tab, "Disconnect mallory").click();
    assertThat(bob.locator("h1")).hasText("Disconnected");
    Browsers.picture(bob, "disconnected");
    assertThat(tab.locator("main")).containsText("disconnected by an administrator");
    button(bob, "Connect again").click();
    assertThat(bob.locator("h1")).hasText("Chat");
    Browsers.picture(tab, "sessions");
    other.close();
  }

  @Test
  void aRunShowsItsStepsOnTheCanvasAndWhatIsPresentedIsDrawn() {
    Page tab = open("canvas");
    assertThat(tab.locator("h1")).hasText("Canvas");
    Page agents = open("agents");
    run(agents, "hello");
    assertThat(tab.locator(".board").first()).containsText("completed");
    Page channels = open("channels/user:dev-user");
    for (String data :
        List.of(
            "{\"canvas_id\":\"m\",\"component\":\"markdown\",\"title\":\"Text\",\"content\":\"#"
                + " Head\\n\\n**bold** and `code`\\n\\n- one\\n- two\"}",
            "{\"canvas_id\":\"t\",\"component\":\"table\",\"title\":\"Rows\",\"columns\":[\"name\"],\"rows\":[[\"cell-1\"]]}",
            "{\"canvas_id\":\"b\",\"component\":\"bar_chart\",\"title\":\"Bars\",\"labels\":[\"a\",\"b\"],\"values\":[1,2]}",
            "{\"canvas_id\":\"l\",\"component\":\"line_chart\",\"title\":\"Lines\",\"labels\":[\"a\",\"b\"],\"values\":[1,2]}",
            "{\"canvas_id\":\"p\",\"component\":\"pie_chart\",\"title\":\"Pie\",\"labels\":[\"a\",\"b\"],\"values\":[1,3]}",
            "{\"canvas_id\":\"o\",\"component\":\"agent_operation_tracker\",\"status\":\"running\",\"current_step\":\"Reading\",\"current_step_index\":2,\"total_steps\":3,\"steps\":[\"Ask\",\"Read\",\"Write\"]}",
            "{\"canvas_id\":\"s\",\"component\":\"status_panel\",\"title\":\"State\",\"status\":\"degraded\",\"items\":[{\"label\":\"db\",\"status\":\"ok\"}]}",
            "{\"canvas_id\":\"f\",\"component\":\"form\",\"title\":\"Form\",\"fields\":[{\"name\":\"city\",\"label\":\"City\",\"required\":true}]}")) {
      field(channels, "Event").fill("canvas:present");
      field(channels, "Data, as JSON").fill(data);
      button(channels, "Publish").click();
      assertThat(field(channels, "Data, as JSON")).hasValue("");
    }
    assertThat(tab.locator(".markdown strong")).hasText("bold");
    assertThat(tab.locator(".markdown li")).hasText(new String[] {"one", "two"});
    assertThat(tab.locator(".board td")).hasText("cell-1");
    assertThat(tab.locator(".steps .now")).containsText("Read");
    assertThat(tab.locator(".steps .done")).containsText("Ask");
    assertThat(tab.locator(".board rect.hue-0[y]")).hasCount(2);
    assertThat(tab.locator(".board polyline")).hasCount(1);
    assertThat(tab.locator(".board .slice")).hasCount(2);
    assertThat(tab.locator(".board").getByText("degraded")).isVisible();
    field(tab, "City").fill("Bern");
    button(tab, "Send").click();
    assertThat(tab.getByText("Sent.")).isVisible();
    assertThat(channels.locator(".event-row").first()).containsText("canvas:execute");
    assertThat(channels.locator(".event-row").first()).containsText("Bern");
    Browsers.picture(tab, "canvas");
    tab.reload();
    assertThat(tab.locator(".markdown strong")).hasText("bold");
  }

  @Test
  void theCanvasGoesOnWhereItsChannelWasReadInTheSameTab() {
    Page tab = open("canvas");
    assertThat(tab.locator("h1")).hasText("Canvas");
    go(tab, "channels/user:dev-user");
    present(tab, "while its channel was read");
    go(tab, "canvas");
    Locator board = tab.locator(".board h2");
    assertThat(board.getByText("while its channel was read")).isVisible();
    Page other = open("channels/user:dev-user");
    present(other, "after that");
    assertThat(board.getByText("after that")).isVisible();
  }

  private static void go(Page tab, String page) {
    tab.evaluate("page => (location.hash = '#/' + page)", page);
  }

  private static void present(Page channel, String title) {
    field(channel, "Event").fill("canvas:present");
    field(channel, "Data, as JSON")
        .fill("{\"component\":\"markdown\",\"title\":\"" + title + "\",\"content\":\"x\"}");
    button(channel, "Publish").click();
    assertThat(field(channel, "Data, as JSON")).hasValue("");
  }

  @Test
  void theKeyboardLeavesATerminalThatTakesEveryOtherKey() {
    Page tab = open("terminals");
    button(tab, "Open").click();
    Locator glass = tab.locator(".xterm-rows");
    assertThat(glass).containsText(Pattern.compile("[#$] "));
    Locator keys = tab.locator(".xterm-helper-textarea");
    assertThat(keys).isFocused();
    tab.keyboard().press("Tab");
    tab.keyboard().press("Escape");
    assertThat(keys).isFocused();
    tab.keyboard().press("Control+Shift+M");
    assertThat(tab.locator(".screen h2")).isFocused();
    tab.keyboard().press("Tab");
    assertThat(tab.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("View only")))
        .isFocused();
    button(tab, "Read out").click();
    assertThat(tab.locator(".xterm-accessibility")).containsText(Pattern.compile("[#$] "));
    button(tab, "Read out").click();
    button(tab, "End").click();
    assertThat(tab.locator(".screen header .badge")).containsText("ended");
    keys.focus();
    tab.keyboard().press("Tab");
    assertThat(keys).not().isFocused();
  }

  /** Says so many things in a channel; the last of them is {@code last}. */
  private static void say(Page tab, int count, String last) {
    tab.evaluate(
        """
        async ([count, last]) => {
          const { connect } = await import('/holdfast.js');
          const other = connect({ user: 'chatty' });
          const said = Array.from({ length: count - 1 }, (_, at) => other.message('chatty', `message ${at}`));
          await Promise.all([...said, other.message('chatty', last)]);
          other.close();
        }
        """,
        List.of(count, last));
    assertThat(tab.locator(".said .what").last()).hasText(last);
  }

  @Test
  void aPageIsNoLargerForAllThatItHasSeen() {
    Page tab = open("chat/chatty");
    assertThat(tab.locator("h1")).hasText("Chat");
    String nodes =
        """
        () => {
          const all = document.createTreeWalker(document, NodeFilter.SHOW_ALL);
          let count = 0;
          while (all.nextNode()) count++;
          return count;
        }
        """;
    say(tab, 600, "the first are gone");
    int before = (Integer) tab.evaluate(nodes);
    say(tab, 3_000, "thousands more");
    assertThat(tab.locator(".said")).hasCount(500);
    assertThat((Integer) tab.evaluate(nodes)).isEqualTo(before);
  }

  private static Client client(String user) {
    return Client.of(browsers().gateway().base()).user(user).connect().join();
  }

  @Test
  void aLongListIsShownPageByPageAndSearchedByTheGateway() {
    try (Client many = client("collector")) {
      for (int i = 0; i < 230; i++) {
        many.command("subscribe", Map.of("channel", "zz-many-" + i)).join();
      }
      Page tab = open("channels");
      Locator list = tab.locator("nav[aria-label=Channels] li");
      assertThat(list).hasCount(100);
      assertThat(tab.locator("main")).containsText("100 of ");
      button(tab, "More").click();
      assertThat(list).hasCount(200);
      field(tab, "Find").fill("MANY-22");
      assertThat(list).hasCount(11);
      field(tab, "Find").fill("nowhere");
      assertThat(tab.locator("main")).containsText("There are none that have this in them.");
      assertThat(list).hasCount(0);
      field(tab, "Find").fill("");
      assertThat(list).hasCount(100);
    }
  }

  @Test
  void sessionsAreAskedForNoFurtherThanTheyAreShown() {
    List<Client> guests = new ArrayList<>();
    try {
      for (int i = 0; i < 120; i++) {
        guests.add(client("zz-guest-" + i));
      }
      Page tab = open("sessions");
      Locator rows = tab.locator("[aria-label=Sessions] tbody tr");
      assertThat(rows).hasCount(100);
      tab.waitForResponse(
          response -> response.url().endsWith("/api/sessions?limit=100&q=guest"),
          () -> field(tab, "Find").fill("guest"));
      assertThat(rows).hasCount(100);
      assertThat(tab.locator("main")).containsText("100 of 120.");
      tab.waitForResponse(
          response -> response.url().endsWith("/api/sessions?limit=200&q=guest"),
          () -> button(tab, "More").click());
      assertThat(rows).hasCount(120);
      field(tab, "Find").fill("guest-77");
      assertThat(rows).hasCount(1);
    } finally {
      guests.forEach(Client::close);
    }
  }

  @Test
  void everythingIsReachedByTheKeyboardAlone() {
    Page tab = open("overview");
    assertThat(tab.locator("h1")).hasText("Overview");
    tab.keyboard().press("Tab");
    assertThat(tab.locator(".skip")).isFocused();
    tab.keyboard().press("Enter");
    assertThat(tab.locator("main")).isFocused();
    tab.locator(".skip").focus();
    Locator chat =
        tab.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Chat").setExact(true));
    for (int i = 0;
        i < 10 && !(Boolean) chat.evaluate("link => link === document.activeElement");
        i++) {
      tab.keyboard().press("Tab");
      assertThat(tab.locator(":focus")).not().hasCSS("outline-style", "none");
    }
    assertThat(chat).isFocused();
    tab.keyboard().press("Enter");
    assertThat(tab.locator("h1")).hasText("Chat");
    assertThat(field(tab, "Message")).isFocused();
    tab.keyboard().type("by keyboard");
    tab.keyboard().press("Enter");
    assertThat(tab.locator(".said .what").last()).hasText("by keyboard");
  }
}
