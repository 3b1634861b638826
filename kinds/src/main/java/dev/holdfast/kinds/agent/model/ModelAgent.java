package dev.holdfast.kinds.agent.model;

import dev.holdfast.kinds.agent.Agent;
import dev.holdfast.kinds.agent.AgentException;
import dev.holdfast.kinds.agent.Request;
import dev.holdfast.kinds.agent.Run;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.TokenUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** An agent that is a chat model. Any thread. */
public final class ModelAgent implements Agent {

  /** How often in a row a model may call tools before it answers. */
  private static final int MOST_ROUNDS = 16;

  private static final Duration APPROVAL = Duration.ofMinutes(10);
  private static final JsonMapper JSON = new JsonMapper();

  private final ModelSettings settings;
  private final Conversations conversations;
  private final Map<String, Tool> tools = new LinkedHashMap<>();
  private final Asking asking;

  public ModelAgent(
      ModelSettings settings,
      ModelProvider provider,
      Conversations conversations,
      List<Tool> tools) {
    this.settings = settings;
    this.conversations = conversations;
    tools.forEach(tool -> this.tools.put(tool.name(), tool));
    this.asking = new Asking(settings, provider);
  }

  @Override
  public void work(Run run) throws InterruptedException, AgentException {
    Request request = run.request();
    String conversation = request.terms().conversationId();
    String key =
        conversation == null
            ? null
            : Conversations.key(request.user(), request.agentId(), conversation);
    UserMessage prompt = UserMessage.from(String.valueOf(request.prompt()));
    List<ChatMessage> said = new ArrayList<>();
    if (settings.system() != null) {
      said.add(SystemMessage.from(settings.system()));
    }
    if (key != null) {
      said.addAll(conversations.said(key));
    }
    said.add(prompt);
    for (int round = 0; round < MOST_ROUNDS; round++) {
      ChatResponse response = asking.ask(run, request(said));
      TokenUsage usage = response.tokenUsage();
      if (usage != null) {
        run.took(number(usage.inputTokenCount()), number(usage.outputTokenCount()));
      }
      AiMessage answer = response.aiMessage();
      if (!answer.hasToolExecutionRequests()) {
        answered(run, answer);
        if (key != null) {
          String text = answer.text() == null ? "" : answer.text();
          conversations.add(key, List.of(prompt, AiMessage.from(text)), settings.memory());
        }
        return;
      }
      said.add(answer);
      for (ToolExecutionRequest call : answer.toolExecutionRequests()) {
        said.add(ToolExecutionResultMessage.from(call, called(run, call)));
      }
    }
    throw new AgentException(
        "upstream_error", "the model called tools more than " + MOST_ROUNDS + " times", false);
  }

  private static long number(@Nullable Integer count) {
    return count == null ? 0 : count;
  }

  private ChatRequest request(List<ChatMessage> said) {
    var request = ChatRequest.builder().messages(List.copyOf(said));
    if (!tools.isEmpty()) {
      request.toolSpecifications(tools.values().stream().map(ModelAgent::specified).toList());
    }
    if (settings.schema() != null) {
      request.responseFormat(
          ResponseFormat.builder()
              .type(ResponseFormatType.JSON)
              .jsonSchema(
                  JsonSchema.builder()
                      .name("answer")
                      .rootElement(JsonRawSchema.from(settings.schema()))
                      .build())
              .build());
    }
    return request.build();
  }

  private static ToolSpecification specified(Tool tool) {
    var parameters = JsonObjectSchema.builder();
    tool.parameters().forEach(parameters::addStringProperty);
    return ToolSpecification.builder()
        .name(tool.name())
        .description(tool.description())
        .parameters(parameters.build())
        .build();
  }

  /** Has a tool called, and tells of it. */
  private String called(Run run, ToolExecutionRequest call) throws InterruptedException {
    String callId = call.id() == null ? call.name() : call.id();
    String arguments = object(call.arguments());
    run.toolCall(callId, call.name(), arguments == null ? "null" : arguments);
    Tool.Answer answer = answerOf(run, call.name(), arguments);
    run.toolResult(callId, call.name(), answer.ok(), JSON.writeValueAsString(answer.text()));
    return answer.text();
  }

  private Tool.Answer answerOf(Run run, String name, @Nullable String arguments)
      throws InterruptedException {
    Tool tool = tools.get(name);
    if (tool == null) {
      return new Tool.Answer(false, "there is no tool " + name);
    }
    if (arguments == null) {
      return new Tool.Answer(false, "the arguments are not a JSON object");
    }
    if (settings.approveTools()
        && !run.approval("Call " + name + " with " + arguments + "?", "reject", APPROVAL)
            .equals("approve")) {
      return new Tool.Answer(false, "the user did not approve");
    }
    return tool.work().call(run, arguments);
  }

  /** The same if it is a JSON object, else null; none at all is an empty one. */
  private static @Nullable String object(@Nullable String arguments) {
    if (arguments == null || arguments.isBlank()) {
      return "{}";
    }
    try {
      return JSON.readTree(arguments).isObject() ? arguments : null;
    } catch (JacksonException _) {
      return null;
    }
  }

  private void answered(Run run, AiMessage answer) throws AgentException {
    if (settings.schema() == null) {
      return;
    }
    try {
      run.result(JSON.readTree(String.valueOf(answer.text())).toString());
    } catch (JacksonException _) {
      throw new AgentException("upstream_error", "the model's answer is not JSON", true);
    }
  }
}
