package io.gapo.ops.config;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import io.gapo.core.port.Stage;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ModelDispatchersTest {

  private static final ActorTestKit KIT =
      ActorTestKit.create(
          "models",
          ConfigFactory.parseResources("application-test.conf")
              .withFallback(ConfigFiles.load(Optional.empty(), Map.of(), Map.of())));

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @ParameterizedTest
  @EnumSource(Stage.class)
  void nameThreadsAfterTheStage(Stage stage) {
    assertThat(threadOfAnActor(stage)).contains(stage.text());
  }

  @Test
  void giveEveryActorAThreadOfItsOwn() {
    assertThat(threadOfAnActor(Stage.COST_SCORER)).isNotEqualTo(threadOfAnActor(Stage.COST_SCORER));
  }

  private static String threadOfAnActor(Stage stage) {
    TestProbe<String> probe = KIT.createTestProbe();
    ActorRef<ActorRef<String>> actor =
        KIT.spawn(
            Behaviors.receiveMessage(
                replyTo -> {
                  replyTo.tell(Thread.currentThread().getName());
                  return Behaviors.same();
                }),
            ModelDispatchers.of(stage));
    actor.tell(probe.ref());
    return probe.receiveMessage();
  }
}
