package io.gapo.chat.jinja;

import io.gapo.chat.python.Arguments;
import io.gapo.chat.python.Invocable;
import io.gapo.chat.python.Python;
import io.gapo.chat.python.Undefined;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The blocks that a chat template may contain. */
final class Statements {

  private Statements() {}

  record Data(int line, String text) implements Statement {
    @Override
    public Flow execute(Frame frame) {
      frame.write(text);
      return Flow.NEXT;
    }
  }

  record Print(int line, Expression value) implements Statement {
    @Override
    public Flow execute(Frame frame) {
      frame.write(frame.python().text(frame.value(value)));
      return Flow.NEXT;
    }
  }

  record Assign(int line, Target target, Expression value) implements Statement {
    @Override
    public Flow execute(Frame frame) {
      target.assign(frame, frame.value(value));
      return Flow.NEXT;
    }
  }

  /**
   * A variable set to what its body writes.
   *
   * @param filtered the body's text, {@link #BODY}, and the filters that it goes through
   */
  record AssignBlock(int line, Target target, Expression filtered, List<Statement> body)
      implements Statement {

    static final String BODY = " body";

    @Override
    public Flow execute(Frame frame) {
      Frame inner = frame.capturing();
      inner.run(body);
      inner.set(BODY, inner.written());
      target.assign(frame, inner.value(filtered));
      return Flow.NEXT;
    }
  }

  record Branch(Expression condition, List<Statement> body) {}

  record If(int line, List<Branch> branches, List<Statement> otherwise) implements Statement {
    @Override
    public Flow execute(Frame frame) {
      for (Branch branch : branches) {
        if (frame.python().isTrue(frame.value(branch.condition()))) {
          return frame.run(branch.body());
        }
      }
      return frame.run(otherwise);
    }
  }

  record For(
      int line,
      Target target,
      Expression items,
      @Nullable Expression filter,
      List<Statement> body,
      List<Statement> otherwise)
      implements Statement {
    @Override
    public Flow execute(Frame frame) {
      List<Object> visited = visited(frame);
      Loop loop = new Loop(visited);
      for (int i = 0; i < visited.size(); i++) {
        frame.python().budget().steps(1);
        loop.moveTo(i);
        Frame inner = frame.inner();
        inner.set("loop", loop);
        target.assign(inner, visited.get(i));
        if (inner.run(body) == Flow.BREAK) {
          break;
        }
      }
      if (visited.isEmpty()) {
        frame.inner().run(otherwise);
      }
      return Flow.NEXT;
    }

    private List<Object> visited(Frame frame) {
      List<Object> all = frame.python().iterate(frame.value(items));
      if (filter == null) {
        return all;
      }
      List<Object> passed = new ArrayList<>();
      for (Object item : all) {
        Frame inner = frame.inner();
        target.assign(inner, item);
        if (frame.python().isTrue(inner.value(filter))) {
          frame.python().budget().elements(1);
          passed.add(item);
        }
      }
      return passed;
    }
  }

  record LoopControl(int line, Flow flow) implements Statement {
    @Override
    public Flow execute(Frame frame) {
      return flow;
    }
  }

  /** Marks what an assistant writes; it changes nothing about the text. */
  record Generation(int line, List<Statement> body) implements Statement {
    @Override
    public Flow execute(Frame frame) {
      return frame.inner().run(body);
    }
  }

  record Parameter(String name, @Nullable Expression otherwise) {}

  record Macro(int line, String name, List<Parameter> parameters, List<Statement> body)
      implements Statement {
    @Override
    public Flow execute(Frame frame) {
      frame.set(
          name, (Invocable) (python, arguments) -> call(frame.capturing(), python, arguments));
      return Flow.NEXT;
    }

    private Object call(Frame frame, Python python, Arguments arguments) {
      String[] names = parameters.stream().map(Parameter::name).toArray(String[]::new);
      List<@Nullable Object> bound = arguments.bind(python, "the macro " + name, names);
      for (int i = 0; i < names.length; i++) {
        Object given = bound.get(i);
        Expression otherwise = parameters.get(i).otherwise();
        if (given != null) {
          frame.set(names[i], given);
        } else if (otherwise != null) {
          frame.set(names[i], frame.value(otherwise));
        } else {
          frame.set(
              names[i],
              new Undefined("the macro %s got no argument '%s'".formatted(name, names[i])));
        }
      }
      frame.run(body);
      return frame.written();
    }
  }
}
