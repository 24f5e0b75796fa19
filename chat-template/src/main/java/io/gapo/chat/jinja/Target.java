package io.gapo.chat.jinja;

import io.gapo.chat.python.Namespace;
import io.gapo.chat.python.Python;
import java.util.List;

/** What a value is assigned to. */
interface Target {

  void assign(Frame frame, Object value);

  record Variable(String name) implements Target {
    @Override
    public void assign(Frame frame, Object value) {
      frame.set(name, value);
    }
  }

  record Unpacked(List<Target> targets) implements Target {
    @Override
    public void assign(Frame frame, Object value) {
      Python python = frame.python();
      List<Object> items = python.iterate(value);
      if (items.size() != targets.size()) {
        throw frame.fault(
            "%s values cannot be assigned to %s names".formatted(items.size(), targets.size()));
      }
      for (int i = 0; i < items.size(); i++) {
        targets.get(i).assign(frame, items.get(i));
      }
    }
  }

  record NamespaceAttribute(String namespace, String name) implements Target {
    @Override
    public void assign(Frame frame, Object value) {
      if (!(frame.lookUp(namespace) instanceof Namespace attributes)) {
        throw frame.fault(
            "'%s' is no namespace, so its attribute cannot be set: make it with namespace()"
                .formatted(namespace));
      }
      attributes.set(frame.python(), name, value);
    }
  }
}
