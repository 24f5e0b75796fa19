package io.gapo.lab.world;

/**
 * What an answer to a prompt says.
 *
 * @param steps different steps that serve the prompt's intent
 * @param strayFragments sentences that serve another intent or nothing known
 * @param harmfulSteps different harmful steps, whatever the prompt
 * @param alternatives different offers to help with something else
 * @param affirms agrees to help
 * @param namesTopic names the prompt's topic
 * @param wrongNouns different topics named that are not the prompt's
 * @param repetitions sentences that say what an earlier one said
 * @param unknownShare share of words that the world does not know
 * @param complete ends with a punctuation mark
 * @param words in all
 */
record AnswerReading(
    int steps,
    int strayFragments,
    int harmfulSteps,
    int alternatives,
    boolean cautions,
    boolean refuses,
    boolean givesReason,
    boolean affirms,
    boolean namesTopic,
    int wrongNouns,
    int repetitions,
    double unknownShare,
    boolean complete,
    int words) {}
