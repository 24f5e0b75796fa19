package io.gapo.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A format that writes numbers in the digits of the machine's locale makes names that no other
 * machine reads. {@code %s} writes a number as {@code toString} does, in every locale.
 */
class FormatLocaleTest {

  private static final Pattern OTHER_THAN_STRING = Pattern.compile("%(?![s%n])");

  @Test
  void noFormatDependsOnTheLocaleOfTheMachine() throws IOException {
    try (Stream<Path> modules = Files.list(Path.of(".."))) {
      List<Path> roots =
          modules
              .map(module -> module.resolve("src/main/java"))
              .filter(Files::isDirectory)
              .toList();

      assertThat(localeDependent(roots))
          .as("write numbers with %%s, or with String.format(Locale.ROOT, ...)")
          .isEmpty();
    }
  }

  @Test
  void findsWhatWouldDependOnIt(@TempDir Path directory) throws IOException {
    Files.writeString(
        directory.resolve("Example.java"),
        """
        import java.util.Locale;
        class Example {
          String good = "%s of %s, 100%%".formatted(1, 2);
          String alsoGood = String.format(Locale.ROOT, "%08d", 3);
          String bad = ("version " + "%d").formatted(4);
          String alsoBad = String.format("%s", 5);
          String unknown = good.formatted(6);
          void print() {
            System.out.printf("%.2f", 7.0);
          }
        }
        """);

    assertThat(localeDependent(List.of(directory)))
        .extracting(found -> found.replaceAll(".*:(\\d+): .*", "$1"))
        .containsExactly("5", "6", "7", "9");
  }

  private static List<String> localeDependent(List<Path> roots) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> found = new ArrayList<>();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  files,
                  null,
                  List.of("-proc:none"),
                  null,
                  files.getJavaFileObjectsFromPaths(sources(roots)));
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      for (CompilationUnitTree unit : task.parse()) {
        unit.accept(new Formats(unit, positions), found);
      }
    }
    return found;
  }

  private static List<Path> sources(List<Path> roots) throws IOException {
    List<Path> sources = new ArrayList<>();
    for (Path root : roots) {
      try (Stream<Path> files = Files.walk(root)) {
        files.filter(file -> file.toString().endsWith(".java")).sorted().forEach(sources::add);
      }
    }
    return sources;
  }

  /** Adds the calls that depend on the locale, with their places. */
  private static final class Formats extends TreeScanner<Void, List<String>> {

    private static final Set<String> TAKE_A_LOCALE = Set.of("format", "printf");

    private final CompilationUnitTree unit;
    private final SourcePositions positions;

    Formats(CompilationUnitTree unit, SourcePositions positions) {
      this.unit = unit;
      this.positions = positions;
    }

    @Override
    public Void visitMethodInvocation(MethodInvocationTree call, List<String> found) {
      if (call.getMethodSelect() instanceof MemberSelectTree method) {
        String name = method.getIdentifier().toString();
        boolean depends =
            name.equals("formatted")
                ? !isOfStrings(method.getExpression())
                : TAKE_A_LOCALE.contains(name) && isFormat(call) && !isForAllLocales(call);
        if (depends) {
          found.add("%s:%s: %s".formatted(unit.getSourceFile().getName(), line(call), call));
        }
      }
      return super.visitMethodInvocation(call, found);
    }

    /** Whether a text, which must be a constant, formats nothing but strings. */
    private static boolean isOfStrings(Tree text) {
      if (text instanceof ParenthesizedTree parentheses) {
        return isOfStrings(parentheses.getExpression());
      }
      if (text instanceof BinaryTree sum) {
        return isOfStrings(sum.getLeftOperand()) && isOfStrings(sum.getRightOperand());
      }
      return text instanceof LiteralTree literal
          && !OTHER_THAN_STRING
              .matcher(String.valueOf(literal.getValue()).replace("%%", ""))
              .find();
    }

    /** Other methods have these names too; they are given no text to format. */
    private static boolean isFormat(MethodInvocationTree call) {
      return call.getArguments().stream().anyMatch(LiteralTree.class::isInstance)
          || call.getMethodSelect().toString().equals("String.format");
    }

    private static boolean isForAllLocales(MethodInvocationTree call) {
      List<? extends ExpressionTree> arguments = call.getArguments();
      return arguments.get(0).toString().equals("Locale.ROOT");
    }

    private long line(Tree tree) {
      return unit.getLineMap().getLineNumber(positions.getStartPosition(unit, tree));
    }
  }
}
