package io.gapo.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test of what holds for every input: its method is called once a case, with a {@link Draw} to
 * make the case's input of. The cases have the seeds 0, 1, 2, …, the same in every run.
 *
 * <p>A failure names its seed. {@code -Dgapo.cases.seed=N} makes N the first seed: that of a
 * failure repeats it at once, and any other number tries other cases.
 */
@Test
@ExtendWith(CasesExtension.class)
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Cases {

  /** How many cases. */
  int value() default 1000;
}
