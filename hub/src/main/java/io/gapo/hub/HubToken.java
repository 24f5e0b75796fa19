package io.gapo.hub;

import java.util.regex.Pattern;

/** What proves to a hub who asks; its text goes into requests and nowhere else. */
record HubToken(String value) {

  private static final Pattern PRINTABLE = Pattern.compile("[\\x21-\\x7e]+");

  HubToken {
    if (!PRINTABLE.matcher(value).matches()) {
      // Without the text: the message is logged.
      throw new HubException(
          "HF_TOKEN has blanks or other characters that no token has: copy it again from the hub's"
              + " settings");
    }
  }

  @Override
  public String toString() {
    return "***";
  }
}
