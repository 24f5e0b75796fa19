package io.gapo.testing;

import java.lang.reflect.Method;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.ReflectionSupport;

/** Calls a method with {@link Cases} once a case, all within one test of JUnit's. */
final class CasesExtension implements InvocationInterceptor, ParameterResolver {

  private static final String FIRST_SEED = "gapo.cases.seed";

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Draw.class;
  }

  /** For JUnit, which asks before the test; each case has its own. */
  @Override
  public Draw resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return new Draw(0);
  }

  @Override
  public void interceptTestMethod(
      Invocation<@Nullable Void> once,
      ReflectiveInvocationContext<Method> test,
      ExtensionContext context) {
    once.skip();
    Method method = test.getExecutable();
    int cases = AnnotationSupport.findAnnotation(method, Cases.class).orElseThrow().value();
    Object instance = test.getTarget().orElseThrow();
    check(cases, draw -> ReflectionSupport.invokeMethod(method, instance, draw));
  }

  static void check(int cases, Consumer<Draw> property) {
    long first = Long.getLong(FIRST_SEED, 0);
    for (long seed = first; seed < first + cases; seed++) {
      try {
        property.accept(new Draw(seed));
      } catch (Throwable failure) { // Whatever it is, even a stack overflow: its seed repeats it.
        throw new AssertionError(
            "seed %s (-D%s=%s repeats it): %s"
                .formatted(seed, FIRST_SEED, seed, failure.getMessage()),
            failure);
      }
    }
  }
}
