package dev.holdfast.kinds.agent.model;

import dev.holdfast.kinds.common.PrivateFiles;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ChatMessageDeserializer;
import dev.langchain4j.data.message.ChatMessageSerializer;
import dev.langchain4j.data.message.UserMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What users and models have said to each other: in files, where there is a folder for them, else
 * in memory, the latest ones. Nothing of one user is told to another. Any thread.
 */
public final class Conversations {

  private static final System.Logger LOG = System.getLogger(Conversations.class.getName());

  /** Conversations that are kept in memory. */
  private static final int MOST = 1_000;

  private final @Nullable Path folder;
  private final Map<String, List<ChatMessage>> latest =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, List<ChatMessage>> eldest) {
          return size() > MOST;
        }
      };

  /**
   * @param folder where files are kept; made on first use; null for memory
   */
  public Conversations(@Nullable Path folder) {
    this.folder = folder;
  }

  /** Names a conversation: of one user with one agent. */
  static String key(String user, String agentId, String conversationId) {
    try {
      byte[] name =
          (user + "\0" + agentId + "\0" + conversationId).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(name));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What was said so far, the earliest first. */
  synchronized List<ChatMessage> said(String key) {
    if (folder == null) {
      return latest.getOrDefault(key, List.of());
    }
    try {
      return ChatMessageDeserializer.messagesFromJson(Files.readString(file(folder, key)));
    } catch (NoSuchFileException _) {
      return List.of();
    } catch (IOException | RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "a conversation can''t be read: " + key, e);
      return List.of();
    }
  }

  /**
   * Adds what was said.
   *
   * @param most messages to keep; earlier ones are forgotten, down to a user's
   */
  synchronized void add(String key, List<ChatMessage> more, int most) {
    List<ChatMessage> all = new ArrayList<>(said(key));
    all.addAll(more);
    while (all.size() > most || (!all.isEmpty() && !(all.getFirst() instanceof UserMessage))) {
      all.removeFirst();
    }
    if (folder == null) {
      latest.put(key, List.copyOf(all));
      return;
    }
    try {
      Path file = file(folder, key);
      PrivateFiles.folder(folder);
      Path fresh = Files.createTempFile(folder, key, ".new");
      Files.writeString(fresh, ChatMessageSerializer.messagesToJson(all));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "a conversation can''t be kept: " + key, e);
    }
  }

  private static Path file(Path folder, String key) {
    return folder.resolve(key + ".json");
  }
}
