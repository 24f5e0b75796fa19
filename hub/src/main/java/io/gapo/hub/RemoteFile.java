package io.gapo.hub;

/**
 * A file of a repository, as the hub describes it.
 *
 * @param size in bytes
 */
record RemoteFile(String name, Checksum checksum, long size) {}
