package com.example;

import io.gapo.core.port.ObjectiveModel;
import io.gapo.core.port.ObjectiveProvider;
import io.gapo.core.rollout.Rollout;
import java.util.List;
import java.util.Map;

/** Minus the exclamation marks beyond those that are allowed. */
public final class Exclamations implements ObjectiveProvider {

  private record Counted(String objective, int allowed) implements ObjectiveModel {

    @Override
    public double[] score(List<Rollout> rollouts) {
      return rollouts.stream().mapToDouble(each -> score(each.response())).toArray();
    }

    private double score(String response) {
      return Math.min(0, allowed - response.chars().filter(c -> c == '!').count());
    }

    @Override
    public void close() {}
  }

  @Override
  public String name() {
    return "exclamations";
  }

  @Override
  public ObjectiveModel open(String objective, Map<String, String> settings) {
    return new Counted(objective, Integer.parseInt(settings.getOrDefault("allowed", "0")));
  }
}
