package dev.holdfast.server.http;

/** Ends the handling of a request with an error response; never leaves this package. */
final class Refusal extends RuntimeException {

  private final transient Reply reply;

  Refusal(int status, String code, String message) {
    super(message, null, false, false);
    this.reply = Reply.error(status, code, message);
  }

  Refusal(Reply reply) {
    super("refused", null, false, false);
    this.reply = reply;
  }

  static Refusal badRequest(String message) {
    return new Refusal(400, "bad_request", message);
  }

  Reply reply() {
    return reply;
  }
}
