package io.gapo.architecture;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Which packages of a module use which others of it. */
record PackageGraph(Map<String, Set<String>> uses) {

  PackageGraph {
    Map<String, Set<String>> sorted = new TreeMap<>();
    uses.forEach((name, used) -> sorted.put(name, new TreeSet<>(used)));
    uses = sorted;
  }

  /** The graph of the classes whose package is {@code root} or below it. */
  static PackageGraph of(JavaClasses classes, String root) {
    Map<String, Set<String>> uses = new TreeMap<>();
    for (JavaClass each : classes) {
      if (!isIn(each, root)) {
        continue;
      }
      Set<String> used = uses.computeIfAbsent(each.getPackageName(), name -> new TreeSet<>());
      each.getDirectDependenciesFromSelf().stream()
          .map(Dependency::getTargetClass)
          .map(JavaClass::getBaseComponentType)
          .filter(target -> isIn(target, root))
          .map(JavaClass::getPackageName)
          .filter(name -> !name.equals(each.getPackageName()))
          .forEach(used::add);
    }
    return new PackageGraph(uses);
  }

  private static boolean isIn(JavaClass each, String root) {
    return each.getPackageName().equals(root) || each.getPackageName().startsWith(root + ".");
  }

  /** The packages that no order can sort, since they use each other in a circle; empty if none. */
  Set<String> inCycles() {
    Map<String, Set<String>> left = new TreeMap<>();
    uses.forEach((name, used) -> left.put(name, new TreeSet<>(used)));
    while (true) {
      List<String> free =
          left.entrySet().stream()
              .filter(e -> e.getValue().isEmpty())
              .map(Map.Entry::getKey)
              .toList();
      if (free.isEmpty()) {
        break;
      }
      free.forEach(left::remove);
      left.values().forEach(used -> used.removeAll(free));
    }
    return left.keySet().stream()
        .filter(name -> reaches(name, name))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private boolean reaches(String from, String to) {
    Set<String> seen = new TreeSet<>();
    Deque<String> open = new ArrayDeque<>(uses.getOrDefault(from, Set.of()));
    while (!open.isEmpty()) {
      String next = open.pop();
      if (next.equals(to)) {
        return true;
      }
      if (seen.add(next)) {
        open.addAll(uses.getOrDefault(next, Set.of()));
      }
    }
    return false;
  }

  /** A line for each package, those that use none first, each after all that it uses. */
  List<String> lines(String root) {
    List<String> order = new ArrayList<>();
    uses.keySet().forEach(name -> visit(name, order, new TreeSet<>()));
    return order.stream()
        .map(
            name ->
                uses.get(name).isEmpty()
                    ? shortName(name, root)
                    : shortName(name, root)
                        + " -> "
                        + uses.get(name).stream()
                            .map(used -> shortName(used, root))
                            .collect(Collectors.joining(" ")))
        .toList();
  }

  private void visit(String name, List<String> order, Set<String> onTheWay) {
    if (!order.contains(name) && onTheWay.add(name)) {
      uses.get(name).forEach(used -> visit(used, order, onTheWay));
      order.add(name);
    }
  }

  private static String shortName(String name, String root) {
    return name.equals(root) ? "." : name.substring(root.length() + 1);
  }
}
