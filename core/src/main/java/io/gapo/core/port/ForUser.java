package io.gapo.core.port;

/**
 * Marks an exception whose message is written for the user: it names what is wrong and the remedy,
 * and needs no stack trace.
 */
public interface ForUser {}
