package io.gapo.chat.python;

/**
 * What one rendering may spend, and the line that it has come to. All that a template can make
 * large is paid for here before it is made, so that a hostile template ends in bounded time and
 * memory. Not thread-safe.
 */
public final class Budget {

  /** Operations; a conversation of a thousand messages takes a few hundred thousand. */
  public static final long STEPS = 20_000_000;

  /** UTF-16 units of all texts that the rendering makes, the output included. */
  public static final long CHARACTERS = 1L << 26;

  /** Elements of all lists and dicts that the rendering makes. */
  public static final long ELEMENTS = 4_000_000;

  /** Expressions, statements, calls and values within each other; a thread's stack holds them. */
  public static final int DEPTH = 400;

  private static final int CHARACTERS_A_STEP = 64;

  private long steps;
  private long characters;
  private long elements;
  private int depth;
  private int line = 1;

  /** Begins something at a line that may contain more of its kind; {@link #leave} ends it. */
  public void enter(int itsLine) {
    line = itsLine;
    enter();
  }

  /** Begins something within what has begun. */
  public void enter() {
    steps(1);
    if (++depth > DEPTH) {
      throw fault(
          "it is nested more than %s deep: a template that calls itself without end cannot be used"
              .formatted(DEPTH));
    }
  }

  public void leave() {
    depth--;
  }

  public void steps(long count) {
    steps += count;
    if (steps > STEPS) {
      throw fault(
          "it takes more than %s steps: shorten the conversation, or use a template whose loops end"
              .formatted(STEPS));
    }
  }

  /** Pays for a text that is about to be made. */
  public void characters(long count) {
    characters += count;
    if (characters > CHARACTERS) {
      throw fault(
          "it makes texts of more than %s characters: shorten the conversation, or use a template"
                  .formatted(CHARACTERS)
              + " that writes less");
    }
    read(count);
  }

  /** Pays for looking through a text. */
  public void read(long count) {
    steps(count / CHARACTERS_A_STEP);
  }

  /** Pays for looking for a text in another, which may compare each letter with each. */
  public void search(String text, String sought) {
    read((long) text.length() * Math.max(1, sought.length()));
  }

  /** Pays for a list or a dict that is about to be made. */
  public void elements(long count) {
    elements += count;
    if (elements > ELEMENTS) {
      throw fault(
          "it makes lists of more than %s elements: shorten the conversation, or use a template"
                  .formatted(ELEMENTS)
              + " that needs fewer");
    }
    steps(count);
  }

  public TemplateFault fault(String message) {
    return new TemplateFault(line, message);
  }
}
