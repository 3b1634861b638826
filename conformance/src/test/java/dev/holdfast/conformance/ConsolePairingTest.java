package dev.holdfast.conformance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.holdfast.conformance.Browsers.button;
import static dev.holdfast.conformance.Browsers.field;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.DecodeHintType;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A browser that is let in as a device by the QR code that another shows, and is nothing else. */
@Timeout(120)
class ConsolePairingTest {

  private static final int CORNER = 8;

  private Browsers browsers;
  private Page user;

  @BeforeEach
  void start() throws IOException {
    browsers = Browsers.start(false);
    user = browsers.open(browsers.person(), "devices");
    field(user, "Token").fill(Jwt.hs256(Gateways.SECRET, "{\"sub\":\"ann\",\"exp\":4102444800}"));
    button(user, "Sign in").click();
    assertThat(user.locator("h1")).hasText("Devices");
    complaints();
  }

  @AfterEach
  void stop() {
    if (browsers != null) {
      browsers.close();
      assertThat(complaints()).isEmpty();
    }
  }

  /** A browser itself tells of every answer that is a refusal. */
  private java.util.List<String> complaints() {
    return browsers.complaints().stream()
        .filter(one -> !one.contains("the server responded with a status of 40"))
        .toList();
  }

  /** What a camera reads that looks at it. */
  private static String read(Locator code) throws Exception {
    assertThat(code).isVisible();
    BufferedImage whole = ImageIO.read(new ByteArrayInputStream(code.screenshot()));
    // Without its rounded corners, outside which the page may be dark.
    int width = whole.getWidth() - 2 * CORNER;
    int height = whole.getHeight() - 2 * CORNER;
    int[] pixels = whole.getRGB(CORNER, CORNER, width, height, null, 0, width);
    return new QRCodeReader()
        .decode(
            new BinaryBitmap(new HybridBinarizer(new RGBLuminanceSource(width, height, pixels))),
            Map.of(DecodeHintType.PURE_BARCODE, true))
        .getText();
  }

  private String shown() throws Exception {
    button(user, "Make a code").click();
    assertThat(user.locator(".code")).hasText(Pattern.compile("[A-Z0-9]{4}-[A-Z0-9]{4}"));
    return read(user.locator(".qr"));
  }

  /** Another browser at an address that it has read. */
  private Page opened(BrowserContext person, String address) {
    Page tab = browsers.open(person, address.replaceFirst(".*/#/", ""));
    assertThat(tab.locator("h2").first()).hasText("Be a device of whoever showed you this?");
    // The code stands in no address, and in no history.
    assertThat(tab).hasURL(browsers.gateway().base() + "/#/this-device");
    assertThat(tab.evaluate("() => JSON.stringify(sessionStorage) + localStorage.length"))
        .isEqualTo("{}0");
    return tab;
  }

  @Test
  void aPhoneThatReadsTheCodeIsADeviceAfterItsYesAndNothingElse() throws Exception {
    String address = shown();
    String code = user.locator(".code").textContent();
    assertThat(address).isEqualTo(browsers.gateway().base() + "/#/this-device/pair/" + code);
    assertThat(user.locator(".qr")).hasAttribute("aria-label", "QR code of " + address);
    Browsers.picture(user, "pairing");

    Page phone = opened(browsers.person(360, 740, ColorScheme.DARK), address);
    assertThat(field(phone, "Code")).hasValue(code);
    Browsers.picture(phone, "pairing-asked-phone");
    field(phone, "What to call it").fill("Ann's phone");
    button(phone, "Yes, be that device").click();
    assertThat(phone.locator("main .badge.good")).hasText("registered");
    assertThat(phone.locator(".me .name")).hasText("device of ann");
    assertThat(phone.locator("nav a")).hasText(new String[] {"This browser"});
    Browsers.picture(phone, "pairing-done-phone");

    user.locator("nav[aria-label=Devices]").getByText("Ann's phone").click();
    button(user, "Take a photo").click();
    button(phone, "Allow").click();
    assertThat(user.locator(".result img")).isVisible();
    // A token of its own: no user's page is open to it, also not by its address.
    phone.evaluate("() => { location.hash = '#/devices'; }");
    assertThat(phone.locator("h1")).hasText("This browser");
    assertThat(
            phone.evaluate(
                "async () => (await fetch('/api/devices', { headers: { authorization: 'Bearer ' +"
                    + " sessionStorage.getItem('holdfast.token') } })).status"))
        .isEqualTo(403);
    // It is the same after a reload, and not after it was taken back.
    phone.reload();
    assertThat(phone.locator("main .badge.good")).hasText("registered");

    Page other = opened(browsers.person(), address);
    button(other, "Yes, be that device").click();
    assertThat(other.locator("main .problem")).containsText("it lets one device in");
    Browsers.picture(other, "pairing-used");
    button(other, "No").click();
    assertThat(other.locator("h1")).hasText("Sign in");

    button(user, "Take back").click();
    assertThat(phone.locator("h1")).hasText("No device any more");
    button(phone, "Go on without").click();
    assertThat(phone.locator("h1")).hasText("Sign in");
  }

  @Test
  void whoeverIsSignedInIsToldAndHasToSayYesAndACodeThatIsWrongIsToldInPlainWords()
      throws Exception {
    BrowserContext dark = browsers.person(360, 740, ColorScheme.DARK);
    Page bob = browsers.open(dark, "devices");
    field(bob, "Token").fill(Jwt.hs256(Gateways.SECRET, "{\"sub\":\"bob\",\"exp\":4102444800}"));
    button(bob, "Sign in").click();
    button(bob, "Make a code").click();
    String read = read(bob.locator(".qr"));
    Browsers.picture(bob, "pairing-phone");
    // In the same tab: the page is there already.
    user.evaluate("address => { location.href = address; }", read);
    assertThat(user.locator("main")).containsText("signed in no more");
    assertThat(user).hasURL(browsers.gateway().base() + "/#/this-device");
    assertThat(user.locator(".me .name")).hasText("ann");
    button(user, "No").click();
    assertThat(user.locator(".me .name")).hasText("ann");
    Page stranger = opened(browsers.person(), "/#/this-device/pair/%3Cb%3EAAAA");
    assertThat(field(stranger, "Code")).hasValue("<b>AAAA");
    button(stranger, "Yes, be that device").click();
    assertThat(stranger.locator("main .problem")).containsText("not good, or not any more");
    field(stranger, "Code").fill(read.replaceFirst(".*/", "").toLowerCase(java.util.Locale.ROOT));
    button(stranger, "Yes, be that device").click();
    assertThat(stranger.locator(".me .name")).hasText("device of bob");
  }
}
