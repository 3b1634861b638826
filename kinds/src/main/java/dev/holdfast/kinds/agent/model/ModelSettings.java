package dev.holdfast.kinds.agent.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a chat model is reached and asked. Immutable; any thread.
 *
 * @param provider such as {@code openai}, which many servers speak
 * @param url the base of its API; null for the provider's own
 * @param model its name there
 * @param apiKey never shown; null for none
 * @param system what the model is told first; null for nothing
 * @param temperature null for the model's own
 * @param maxTokens of an answer; null for the model's own
 * @param memory messages of a conversation that are kept
 * @param schema a JSON schema that the answer is to have; null for free text
 * @param connectTimeout for a connection
 * @param idleTimeout for the next sign of life of a model that has been asked
 * @param retries of a request that failed before its first token
 * @param retryDelay before the first of them; doubled for each further one
 * @param approveTools whether a person has to approve each call of a tool
 */
public record ModelSettings(
    String provider,
    @Nullable String url,
    String model,
    @Nullable String apiKey,
    @Nullable String system,
    @Nullable Double temperature,
    @Nullable Integer maxTokens,
    int memory,
    @Nullable String schema,
    Duration connectTimeout,
    Duration idleTimeout,
    int retries,
    Duration retryDelay,
    boolean approveTools) {

  /** The same with that key. */
  public ModelSettings withKey(@Nullable String key) {
    return new ModelSettings(
        provider,
        url,
        model,
        key,
        system,
        temperature,
        maxTokens,
        memory,
        schema,
        connectTimeout,
        idleTimeout,
        retries,
        retryDelay,
        approveTools);
  }

  /** Without the key. */
  @Override
  public String toString() {
    return provider + " " + model;
  }
}
