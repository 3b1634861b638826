package dev.holdfast.conformance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.holdfast.conformance.Browsers.button;
import static dev.holdfast.conformance.Browsers.field;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import dev.holdfast.client.Device;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A browser as a device, with a camera, a microphone and a place of its own making. */
@Timeout(120)
class ConsoleDeviceTest {

  private Browsers browsers;

  @BeforeEach
  void start() throws IOException {
    browsers = Browsers.start(true);
  }

  @AfterEach
  void stop() {
    if (browsers != null) {
      browsers.close();
      assertThat(browsers.complaints()).isEmpty();
    }
  }

  private static void allow(Page device) {
    button(device, "Allow").click();
  }

  private static Locator done(Page user, String what) {
    Locator result = user.locator(".result").first();
    assertThat(result.locator("h3")).hasText(what);
    assertThat(result.locator(".badge")).hasText("done");
    return result;
  }

  @Test
  @DisplayName(
      "EVT15 a browser is a device: photo, recording, place and notification, each after the"
          + " person's yes")
  void aBrowserGoesThroughAllThatADeviceCanDo() {
    BrowserContext person = browsers.person();
    Page device = browsers.open(person, "this-device");
    button(device, "Be a device").click();
    assertThat(device.locator("main .badge.good")).hasText("registered");
    String id = device.locator("main .card h2").textContent();

    Page user = browsers.open(browsers.person(), "devices/" + id);
    button(user, "Take a photo").click();
    assertThat(device.getByText("take a photo with this camera")).isVisible();
    Browsers.picture(device, "device-asked");
    allow(device);
    Locator photo = done(user, "Take a photo");
    assertThat(photo.locator("img")).isVisible();
    assertThat((Integer) photo.locator("img").evaluate("img => img.naturalWidth")).isEqualTo(640);
    assertThat(photo).containsText("image/jpeg");

    button(user, "Start recording").click();
    allow(device);
    done(user, "Start recording");
    assertThat(device.locator(".live-device")).containsText("Recording");
    Browsers.picture(device, "device-recording");
    button(user, "Stop recording").click();
    Locator recording = done(user, "Stop recording");
    assertThat(recording.locator("video")).isVisible();
    assertThat(recording).containsText("video/webm");
    assertThat(device.locator(".live-device")).hasCount(0);

    button(user, "Where is it?").click();
    allow(device);
    assertThat(done(user, "Where is it?")).containsText("46.948");
    assertThat(user.locator("figcaption")).containsText("46.94800, 7.44740");

    field(user, "Text").fill("<b>hello</b>");
    button(user, "Notify").click();
    allow(device);
    done(user, "Notify");
    assertThat(device.locator("main li.card p").first()).hasText("<b>hello</b>");

    // What was allowed once is not asked again, until everything is stopped.
    button(user, "Take a photo").click();
    done(user, "Take a photo");
    assertThat(user.locator(".result img")).hasCount(2);
    Browsers.picture(user, "devices");

    Page told = browsers.open(person, "channels/user:dev-user");
    for (String event :
        new String[] {
          "device:registered",
          "device:session:created",
          "device:command",
          "device:camera:ready",
          "device:recording:complete",
          "device:location:update",
          "device:notification:sent",
          "device:audit:log",
        }) {
      assertThat(told.locator(".event-row code").getByText(event, exact()).first()).isVisible();
    }

    button(device, "Stop everything").click();
    assertThat(device.locator("main .badge").first()).hasText("off");
    assertThat(user.locator("main section .badge.warn").first()).hasText("away");
    button(user, "Take a photo").click();
    assertThat(user.locator(".result .badge").first()).hasText("waits for the device");
    button(device, "Be a device").click();
    button(device, "Refuse").click();
    assertThat(user.locator(".result .badge").first()).hasText("failed");
    assertThat(user.locator(".result").first()).containsText("said no");
  }

  private static Locator.GetByTextOptions exact() {
    return new Locator.GetByTextOptions().setExact(true);
  }

  /** Keeps what was recorded, to be compared with what arrives. */
  private static final String KEEP =
      """
      window.made = [];
      const start = MediaRecorder.prototype.start;
      MediaRecorder.prototype.start = function (...args) {
        this.addEventListener('dataavailable', ({ data }) => window.made.push(data));
        return start.apply(this, args);
      };
      """;

  private static final String SUM =
      "const sum = async (blob) => new Uint8Array(await crypto.subtle.digest('SHA-256', await"
          + " blob.arrayBuffer())).join();";

  /** Has a browser record, until the gateway has something of it; the page of who asked. */
  private Page recorded(Page device) {
    button(device, "Be a device").click();
    String id = device.locator("main .card h2").textContent();
    Page user = browsers.open(browsers.person(), "devices/" + id);
    button(user, "Start recording").click();
    allow(device);
    done(user, "Start recording");
    assertThat(device.locator("main .ask p").first())
        .containsText(Pattern.compile("has \\d[\\d.]* KB"));
    return user;
  }

  /** What has arrived is what was recorded. */
  private static void whole(Page device, Page user) {
    Object sent = device.evaluate("async () => { " + SUM + " return sum(new Blob(window.made)); }");
    Object got =
        user.evaluate(
            "async () => { "
                + SUM
                + """
                  const { media: [one] } = await (await fetch('/api/media')).json();
                  return sum(await (await fetch(one.url)).blob());
                }
                """);
    assertThat(got).isEqualTo(sent);
  }

  @Test
  @DisplayName("EVT15 a recording outlasts the gateway, and arrives whole at the next")
  void aRecordingOutlastsTheGateway() throws IOException {
    BrowserContext person = browsers.person();
    person.addInitScript(KEEP);
    Page device = browsers.open(person, "this-device");
    Page user = recorded(device);
    browsers.restart();
    assertThat(device.locator("main .badge.good")).hasText("registered");
    assertThat(user.locator(".banner.warn")).hasCount(0);
    Locator there = user.locator("main section .badge.good").first();
    assertThat(there).hasText("there");
    button(user, "Stop recording").click();
    assertThat(done(user, "Stop recording").locator("video")).isVisible();
    whole(device, user);
    // A browser itself tells of the path that the new gateway does not know.
    assertThat(browsers.complaints()).allMatch(one -> one.contains("a status of 404"));
  }

  @Test
  @DisplayName("EVT15 a recording goes on through a cut network and arrives whole")
  void aRecordingThatIsCutInTheMiddleArrivesWhole() throws Exception {
    try (Relay relay = new Relay(browsers.gateway().base().getPort())) {
      BrowserContext person = browsers.person();
      person.addInitScript(KEEP);
      String base = relay.uri("").toString().replaceFirst("^ws", "http");
      Page device = browsers.open(person, base, "this-device");
      Page user = recorded(device);
      person.setOffline(true);
      relay.cut();
      assertThat(device.locator(".banner.warn")).isVisible();
      Browsers.picture(device, "device-cut");
      int made = (Integer) device.evaluate("() => window.made.length");
      device.waitForFunction("made => window.made.length > made + 2", made);
      button(user, "Stop recording").click();
      assertThat(user.locator(".result .badge").first()).hasText("waits for the device");
      person.setOffline(false);
      Locator recording = done(user, "Stop recording");
      assertThat(recording.locator("video")).isVisible();
      whole(device, user);
      assertThat(device.locator(".live-device")).hasCount(0);
    }
    // A piece that was on its way as the network went may be sent again by the browser itself: it
    // is
    // refused, and the page asks how far the recording has come.
    assertThat(browsers.complaints()).allMatch(one -> one.contains("a status of 409"));
  }

  @Test
  @DisplayName("EVT15 a browser that is reloaded is the same device again, with what was on")
  void aBrowserThatIsReloadedIsTheSameDeviceAgain() {
    Page device = browsers.open(browsers.person(), "this-device");
    button(device, "Be a device").click();
    Locator registered = device.locator("main .badge.good");
    assertThat(registered).hasText("registered");
    String id = device.locator("main .card h2").textContent();
    Page user = browsers.open(browsers.person(), "devices/" + id);
    button(user, "Take a photo").click();
    allow(device);
    done(user, "Take a photo");
    button(device, "Keep telling where it is").click();

    // What waits is done once it is back, and once.
    device.navigate("about:blank");
    assertThat(user.locator("main section .badge.warn").first()).hasText("away");
    field(user, "Text").fill("while away");
    button(user, "Notify").click();
    assertThat(user.locator(".result .badge").first()).hasText("waits for the device");
    device.goBack();
    assertThat(registered).hasText("registered");
    assertThat(device.locator("main .card h2").first()).hasText(id);
    assertThat(device.locator(".live-device")).containsText("telling where this is");
    // A question that nobody answered is asked again.
    assertThat(button(device, "Allow")).isVisible();
    device.reload();
    allow(device);
    done(user, "Notify");
    assertThat(device.locator("main li.card")).hasCount(1);
    // What was allowed is not asked again.
    button(user, "Take a photo").click();
    done(user, "Take a photo");

    // Of a recording there is what had arrived.
    button(user, "Start recording").click();
    allow(device);
    done(user, "Start recording");
    assertThat(device.locator("main .ask p").first())
        .containsText(Pattern.compile("has \\d[\\d.]* KB"));
    device.reload();
    assertThat(device.locator("main")).containsText("A recording waits to be fetched");
    button(user, "Stop recording").click();
    assertThat(done(user, "Stop recording").locator("video")).isVisible();

    Page copy = device.waitForPopup(() -> device.evaluate("() => { open(location.href); }"));
    assertThat(button(copy, "Be a device")).isVisible();
    assertThat(copy.locator("main .card h2").first()).not().hasText(id);
    copy.close();
    assertThat(registered).hasText("registered");

    button(device, "Stop everything").first().click();
    device.reload();
    assertThat(button(device, "Be a device")).isVisible();
    assertThat(device.locator(".live-device")).hasCount(0);
    assertThat(device.evaluate("() => sessionStorage.getItem('holdfast.device-state')")).isNull();
  }

  @Test
  void aPlaceIsDrawnAsFarAsItIsOne() throws Exception {
    Object odd = Map.of("toString", 1, "valueOf", 1);
    try (Device device =
        new Device(browsers.gateway().base(), "rover").can("who", order -> Map.of())) {
      device.start().join();
      Page user = browsers.open(browsers.person(), "devices/rover");
      assertThat(user.locator("main section .badge.good").first()).hasText("there");
      device.event("location", Map.of("latitude", 1e300, "longitude", 2, "accuracy", 5));
      device.event("location", Map.of("latitude", 1, "longitude", 2, "accuracy", odd));
      assertThat(user.locator("figcaption")).hasText("1.00000, 2.00000; the ring is 12 m away");
      // Also to whoever comes later.
      user.reload();
      assertThat(user.locator("figcaption")).hasText("1.00000, 2.00000; the ring is 12 m away");
      button(user, "who").click();
      done(user, "who");
    }
  }

  @Test
  void anAdministratorsCommandsGoToTheDeviceThatIsShownAndNotToAnotherOfItsId() throws Exception {
    URI uri = browsers.gateway().base();
    try (Device mine = new Device(uri, "cam").can("who", order -> Map.of("is", "mine"));
        Device bobs =
            new Device(uri, "cam").user("bob").can("who", order -> Map.of("is", "of Bob"))) {
      mine.start().join();
      bobs.start().join();
      Page user = browsers.open(browsers.person(), "devices");
      Locator list = user.locator("nav[aria-label=Devices] a");
      assertThat(list).hasCount(2);
      // Where none is asked for, one of one's own is shown.
      assertThat(user.locator("dl.kv")).containsText("dev-user");
      list.filter(new Locator.FilterOptions().setHasText("bob")).click();
      assertThat(user.locator("dl.kv")).containsText("bob");
      button(user, "who").click();
      assertThat(done(user, "who").locator("pre")).containsText("of Bob");
      Browsers.picture(user, "devices-of-another");
      list.filter(new Locator.FilterOptions().setHasText("dev-user")).click();
      assertThat(user.locator("dl.kv")).containsText("dev-user");
      button(user, "who").click();
      assertThat(done(user, "who").locator("pre")).containsText("mine");
      list.filter(new Locator.FilterOptions().setHasText("bob")).click();
      assertThat(user.locator("dl.kv")).containsText("bob");
      button(user, "Forget").click();
      assertThat(list).hasCount(1);
      assertThat(list).containsText("dev-user");
      assertThat(bobs.ended().get(20, TimeUnit.SECONDS)).contains("revoked");
    }
  }

  @Test
  void aCodeIsShownAndWhatItLetInIsTakenBack() throws Exception {
    Page user = browsers.open(browsers.person(), "devices");
    button(user, "Make a code").click();
    assertThat(user.locator(".code")).hasText(Pattern.compile("[A-Z0-9]{4}-[A-Z0-9]{4}"));
    String answer =
        (String)
            user.evaluate(
                """
                async (code) => {
                  const response = await fetch('/api/pairings', { method: 'POST', headers: { 'content-type': 'application/json' },
                    body: JSON.stringify({ code, device_id: 'lamp', name: 'Lamp' }) });
                  return (await response.json()).token;
                }
                """,
                user.locator(".code").textContent());
    assertThat(answer).startsWith("hfd_");
    assertThat(user.locator(".provider")).containsText("Lamp");
    button(user, "Take back").click();
    assertThat(user.locator(".provider")).hasCount(0);
  }
}
