package dev.holdfast.kinds.agent.model;

import dev.holdfast.kinds.agent.AgentException;
import dev.holdfast.kinds.agent.Run;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks a model, and asks again where that can do no harm: before the first token. Any thread.
 *
 * <p>After five failures in a row, of whichever runs, the model is left alone for half a minute.
 */
final class Asking {

  private static final System.Logger LOG = System.getLogger(Asking.class.getName());

  private static final int FAILURES = 5;
  private static final Duration REST = Duration.ofSeconds(30);
  private static final int TRIALS = 2;
  private static final int TOO_MANY = 429;
  private static final int BAD_REQUEST = 400;
  private static final int FAULT = 500;
  private static final long MOST_PATIENCE_MILLIS = 60_000;

  private final ModelSettings settings;
  private final ModelProvider provider;
  private final CircuitBreaker breaker;
  private final IntervalFunction delays;

  Asking(ModelSettings settings, ModelProvider provider) {
    this.settings = settings;
    this.provider = provider;
    this.breaker =
        CircuitBreaker.of(
            "model",
            CircuitBreakerConfig.custom()
                .slidingWindowSize(FAILURES)
                .minimumNumberOfCalls(FAILURES)
                .failureRateThreshold(100)
                .waitDurationInOpenState(REST)
                .permittedNumberOfCallsInHalfOpenState(TRIALS)
                .build());
    this.delays = IntervalFunction.ofExponentialRandomBackoff(settings.retryDelay(), 2, 0.25);
  }

  /** One answer of the model, which may be a call of tools; its tokens go to the run. */
  ChatResponse ask(Run run, ChatRequest request) throws InterruptedException, AgentException {
    for (int attempt = 1; ; attempt++) {
      if (!breaker.tryAcquirePermission()) {
        throw new AgentException(
            "unavailable", "the model has failed too often and is left alone for a while", true);
      }
      Answer answer = asked(run, request);
      ChatResponse response = answer.response;
      if (response != null) {
        breaker.onSuccess(0, TimeUnit.MILLISECONDS);
        return response;
      }
      if (run.cancelled()) {
        breaker.releasePermission();
        throw new InterruptedException();
      }
      Failure failure = failure(answer);
      if (failure.upstream) {
        breaker.onError(0, TimeUnit.MILLISECONDS, failure.why);
      } else {
        breaker.onSuccess(0, TimeUnit.MILLISECONDS);
      }
      long delay = Math.max(answer.retryAfterMillis, delays.apply(attempt));
      boolean again = failure.why.retryable() && !answer.begun && attempt <= settings.retries();
      if (!again || delay > MOST_PATIENCE_MILLIS) {
        throw failure.why;
      }
      run.status("retrying");
      LOG.log(
          System.Logger.Level.INFO,
          "run {0}: {1}; asked again in {2} ms",
          run.id(),
          failure.why.getMessage(),
          String.valueOf(delay));
      Thread.sleep(delay);
    }
  }

  private Answer asked(Run run, ChatRequest request) {
    Upstream upstream = new Upstream(settings, run);
    StreamingChatModel model = provider.open(settings, upstream.asBuilder());
    Answer answer = new Answer(run);
    try {
      model.chat(request, answer);
    } catch (RuntimeException e) {
      answer.onError(e);
    }
    answer.retryAfterMillis = upstream.retryAfterMillis();
    answer.silent = upstream.silent();
    return answer;
  }

  /** What is heard of one request. On the run's thread. */
  private static final class Answer implements StreamingChatResponseHandler {
    private final Run run;
    @Nullable ChatResponse response;
    @Nullable Throwable error;
    boolean begun;
    boolean silent;
    long retryAfterMillis = -1;

    Answer(Run run) {
      this.run = run;
    }

    @Override
    public void onPartialResponse(String text) {
      begun = true;
      run.token(text);
    }

    @Override
    public void onCompleteResponse(ChatResponse complete) {
      if (error == null) {
        response = complete.finishReason() == null ? null : complete;
      }
    }

    @Override
    public void onError(Throwable why) {
      response = null;
      error = error == null ? why : error;
    }
  }

  /**
   * Why there is no answer.
   *
   * @param upstream whether the model is to blame, so that the breaker counts it
   */
  private record Failure(AgentException why, boolean upstream) {}

  private static Failure failure(Answer answer) {
    if (answer.silent) {
      return new Failure(
          new AgentException("timeout", "the model said nothing for too long", true), true);
    }
    HttpException http = cause(answer.error, HttpException.class);
    if (http != null) {
      int status = http.statusCode();
      // What it says may hold more than users should see.
      LOG.log(
          System.Logger.Level.WARNING,
          "a model answered with status {0}: {1}",
          String.valueOf(status),
          http.getMessage());
      boolean later = status == TOO_MANY || status >= FAULT;
      String code = status == TOO_MANY ? "rate_limited" : "upstream_error";
      return new Failure(
          new AgentException(code, "the model answered with status " + status, later),
          later || status < BAD_REQUEST);
    }
    boolean cut = answer.error == null || cause(answer.error, IOException.class) != null;
    if (!cut) {
      LOG.log(System.Logger.Level.WARNING, "a model''s answer can''t be understood", answer.error);
    }
    String message =
        answer.begun
            ? cut ? "the model's answer broke off" : "the model's answer can't be understood"
            : cut ? "the model can't be reached" : "the model's answer can't be understood";
    return new Failure(new AgentException("upstream_error", message, true), true);
  }

  private static <T extends Throwable> @Nullable T cause(@Nullable Throwable of, Class<T> type) {
    for (Throwable at = of; at != null; at = at.getCause()) {
      if (type.isInstance(at)) {
        return type.cast(at);
      }
    }
    return null;
  }
}
