package io.gapo.lab.world;

/**
 * A prompt together with what it means.
 *
 * @param text what the policy sees, without template
 */
public record WorldPrompt(String text, Intent intent, Topic topic) {

  public PromptKind kind() {
    return intent.kind();
  }
}
