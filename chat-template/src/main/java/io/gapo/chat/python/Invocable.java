package io.gapo.chat.python;

/** What a template can call: a function, a macro, or a method together with its object. */
@FunctionalInterface
public interface Invocable {

  Object call(Python python, Arguments arguments);
}
