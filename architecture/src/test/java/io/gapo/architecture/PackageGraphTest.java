package io.gapo.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PackageGraphTest {

  @Test
  void namesThePackagesOfACircleAndNotThoseThatLeadIntoItOrOutOfIt() {
    PackageGraph graph =
        new PackageGraph(
            Map.of(
                "a.in", Set.of("a.one"),
                "a.one", Set.of("a.two", "a.out"),
                "a.two", Set.of("a.one"),
                "a.out", Set.of()));

    assertThat(graph.inCycles()).containsExactly("a.one", "a.two");
  }

  @Test
  void findsNoCircleWherePackagesCanBeSorted() {
    PackageGraph graph =
        new PackageGraph(
            Map.of(
                "a.top",
                Set.of("a.left", "a.right"),
                "a.left",
                Set.of("a.right"),
                "a.right",
                Set.of()));

    assertThat(graph.inCycles()).isEmpty();
    assertThat(graph.lines("a")).containsExactly("right", "left -> right", "top -> left right");
  }
}
