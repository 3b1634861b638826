package dev.holdfast.feed;

import java.time.InstantSource;
import java.util.function.LongSupplier;

class MemoryEngineModelTest extends EngineModelContract {
  @Override
  protected Engine engine(InstantSource clock, LongSupplier epochs) {
    return Engine.inMemory(clock, epochs);
  }
}
