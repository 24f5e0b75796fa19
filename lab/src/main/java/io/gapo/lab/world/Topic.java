package io.gapo.lab.world;

/** The thing that a prompt is about, for example a rusty kayak. */
public record Topic(String adjective, String noun) {

  @Override
  public String toString() {
    return adjective + " " + noun;
  }
}
