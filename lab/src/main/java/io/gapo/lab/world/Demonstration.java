package io.gapo.lab.world;

/** A prompt and an answer to imitate. */
public record Demonstration(String prompt, String response) {}
