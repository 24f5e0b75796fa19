package io.gapo.lab.training;

/**
 * What a policy should answer.
 *
 * @param prompt without template
 * @param response as it follows the templated prompt, without an end-of-sequence token
 */
public record Demonstration(String prompt, String response) {}
