package io.gapo.lab.training;

/** How good a model is on examples that it was not trained on. */
public sealed interface HeldOutReport permits SupervisedReport, PreferenceReport {

  /** In a line, with standard errors. */
  String text();
}
