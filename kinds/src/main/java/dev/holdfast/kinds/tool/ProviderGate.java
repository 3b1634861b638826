package dev.holdfast.kinds.tool;

import dev.holdfast.kinds.common.Bucket;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.core.IntervalFunction;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the calls of one provider have to pass, whatever becomes of the others: its breaker, and its
 * rate. Any thread.
 */
final class ProviderGate {

  private static final int TRIALS = 3;
  private static final int ENOUGH = 2;
  private static final float ALL = 100;
  private static final double SPREAD = 0.2;

  private final Provider provider;
  private final ProviderSettings settings;
  private final InstantSource clock;
  private final CircuitBreaker breaker;
  private final IntervalFunction pauses;
  private final AtomicInteger trialsWon = new AtomicInteger();
  private final Bucket rate;
  private volatile long restsUntil;

  ProviderGate(Provider provider, ProviderSettings settings, InstantSource clock) {
    this.provider = provider;
    this.settings = settings;
    this.clock = clock;
    this.rate = new Bucket(settings.perSecond());
    this.breaker =
        CircuitBreaker.of(
            provider.id(),
            CircuitBreakerConfig.custom()
                .slidingWindowType(SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(settings.failures())
                .minimumNumberOfCalls(settings.failures())
                .failureRateThreshold(ALL)
                .waitDurationInOpenState(settings.rest())
                .permittedNumberOfCallsInHalfOpenState(TRIALS)
                .currentTimestampFunction(now -> clock.millis(), TimeUnit.MILLISECONDS)
                .writableStackTraceEnabled(false)
                .clock(new SourcedClock(clock))
                .build());
    breaker
        .getEventPublisher()
        .onStateTransition(event -> {
          trialsWon.set(0);
          if (event.getStateTransition().getToState() == State.OPEN) {
            restsUntil = clock.millis() + settings.rest().toMillis();
          }
        });
    this.pauses = IntervalFunction.ofExponentialRandomBackoff(settings.retryDelay(), 2.0, SPREAD);
  }

  Provider provider() {
    return provider;
  }

  ProviderSettings settings() {
    return settings;
  }

  /**
   * Lets a call pass, which then has to be {@link #went} or {@link #forget}.
   *
   * @throws ToolException where the provider is left alone at present, or is asked too often
   */
  void pass() throws ToolException {
    long wait = rate.take(System.nanoTime());
    if (wait > 0) {
      throw new ToolException(
          ToolError.OVER_CAPACITY, "too many calls to '" + provider.id() + "'", null, wait, false);
    }
    if (!breaker.tryAcquirePermission()) {
      long after = Math.max(1, restsUntil - clock.millis());
      throw new ToolException(
          ToolError.SERVICE_UNAVAILABLE,
          "'" + provider.id() + "' fails at present",
          null,
          after,
          false);
    }
  }

  /** The provider did its part, or failed. */
  void went(boolean well) {
    boolean trial = breaker.getState() == State.HALF_OPEN;
    if (well) {
      breaker.onSuccess(0, TimeUnit.NANOSECONDS);
      if (trial && trialsWon.incrementAndGet() >= ENOUGH && breaker.getState() == State.HALF_OPEN) {
        breaker.transitionToClosedState();
      }
    } else {
      breaker.onError(
          0, TimeUnit.NANOSECONDS, ToolException.provider("'" + provider.id() + "' failed"));
      if (trial && breaker.getState() == State.HALF_OPEN) {
        breaker.transitionToOpenState();
      }
    }
  }

  /** The call says nothing of the provider. */
  void forget() {
    breaker.releasePermission();
  }

  /** How long to wait before that retry, from 1. */
  long pauseMillis(int retry) {
    return pauses.apply(retry);
  }

  /** Where its breaker is. */
  String state() {
    return breaker.getState().name().toLowerCase(Locale.ROOT);
  }
}
