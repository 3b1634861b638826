package dev.holdfast.feed;

import java.time.InstantSource;

class MemoryEngineConcurrencyTest extends EngineConcurrencyContract {
  @Override
  protected Engine engine(InstantSource clock) {
    return Engine.inMemory(clock, () -> 1);
  }
}
