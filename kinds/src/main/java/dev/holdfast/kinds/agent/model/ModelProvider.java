package dev.holdfast.kinds.agent.model;

import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.anthropic.AnthropicStreamingChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Opens the models of a provider. Those of other providers are found by {@link ServiceLoader} where
 * their artifact is on the class path. Any thread.
 */
public interface ModelProvider {

  /** What configurations call it. */
  String name();

  /**
   * A model that talks over that HTTP client. It has to ask on the calling thread, and to take all
   * that matters from the settings.
   */
  StreamingChatModel open(ModelSettings settings, HttpClientBuilder http);

  /** The provider of that name, or null. */
  static @Nullable ModelProvider named(String name) {
    return Stream.concat(
            Stream.of(new OpenAi(), new Anthropic()),
            ServiceLoader.load(ModelProvider.class).stream().map(ServiceLoader.Provider::get))
        .filter(provider -> provider.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  /** OpenAI, and all that speak its protocol: vLLM, Ollama, llama.cpp and many more. */
  final class OpenAi implements ModelProvider {

    @Override
    public String name() {
      return "openai";
    }

    @Override
    public StreamingChatModel open(ModelSettings settings, HttpClientBuilder http) {
      var model =
          OpenAiStreamingChatModel.builder()
              .httpClientBuilder(http)
              .modelName(settings.model())
              // Servers on this machine want none, but the client wants one.
              .apiKey(settings.apiKey() == null ? "none" : settings.apiKey());
      if (settings.url() != null) {
        model.baseUrl(settings.url());
      }
      if (settings.temperature() != null) {
        model.temperature(settings.temperature());
      }
      if (settings.maxTokens() != null) {
        model.maxTokens(settings.maxTokens());
      }
      return model.build();
    }
  }

  /** Anthropic. */
  final class Anthropic implements ModelProvider {

    /** What its API wants to be told when nobody says otherwise. */
    private static final int MAX_TOKENS = 4_096;

    @Override
    public String name() {
      return "anthropic";
    }

    @Override
    public StreamingChatModel open(ModelSettings settings, HttpClientBuilder http) {
      var model =
          AnthropicStreamingChatModel.builder()
              .httpClientBuilder(http)
              .modelName(settings.model())
              .apiKey(settings.apiKey() == null ? "none" : settings.apiKey())
              .maxTokens(settings.maxTokens() == null ? MAX_TOKENS : settings.maxTokens());
      if (settings.url() != null) {
        model.baseUrl(settings.url());
      }
      if (settings.temperature() != null) {
        model.temperature(settings.temperature());
      }
      return model.build();
    }
  }
}
