package dev.holdfast.conformance;

import dev.holdfast.client.Delivery;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A subscriber that keeps what it was given. */
final class Collected implements Flow.Subscriber<Delivery> {

  final CompletableFuture<@Nullable Throwable> ended = new CompletableFuture<>();
  private final BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
  private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
  private final long demand;

  Collected(long demand) {
    this.demand = demand;
  }

  static Collected of(Flow.Publisher<Delivery> publisher) {
    Collected collected = new Collected(Long.MAX_VALUE);
    publisher.subscribe(collected);
    return collected;
  }

  Flow.Subscription subscription() {
    return subscription.orTimeout(Check.PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  int size() {
    return deliveries.size();
  }

  Delivery next() throws InterruptedException {
    Delivery next = deliveries.poll(20, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("no delivery within 20 s");
    }
    return next;
  }

  /** The contents of so many messages, which come one after the other with no gap between. */
  List<Object> contents(int count) throws InterruptedException {
    List<Object> contents = new ArrayList<>(count);
    long offset = -1;
    while (contents.size() < count) {
      if (!(next() instanceof Delivery.Event event)) {
        throw new AssertionError("a gap after " + contents.size() + " events");
      }
      long now = event.frame().number("offset", -1);
      if (offset >= 0 && now != offset + 1) {
        throw new AssertionError(now + " after " + offset);
      }
      offset = now;
      contents.add(String.valueOf(event.frame().fields().get("content")));
    }
    return contents;
  }

  @Override
  public void onSubscribe(Flow.Subscription s) {
    if (demand > 0) {
      s.request(demand);
    }
    subscription.complete(s);
  }

  @Override
  public void onNext(Delivery delivery) {
    deliveries.add(delivery);
  }

  @Override
  public void onError(Throwable why) {
    ended.complete(why);
  }

  @Override
  public void onComplete() {
    ended.complete(null);
  }
}
