package io.gapo.lab.report;

/**
 * A drawn chart.
 *
 * @param name of its file, without ending
 * @param title in a few words
 * @param svg one element that stands alone or in a page
 */
record Chart(String name, String title, String svg) {}
