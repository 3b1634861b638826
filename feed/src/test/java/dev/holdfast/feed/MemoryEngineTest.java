package dev.holdfast.feed;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

class MemoryEngineTest extends EngineContract {

  private final AtomicLong epochs = new AtomicLong();

  @Override
  protected Engine engine(InstantSource clock) {
    return Engine.inMemory(clock, epochs::incrementAndGet);
  }
}
