package io.gapo.ops.config;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  @ValueSource(
      strings = {
        "rollout-generator",
        "reward-scorer",
        "cost-scorer",
        "gradient-collector",
        "mgda-combiner",
        "optimizer"
      })
  void nameThreadsAfterTheStage(String stage) {
    assertThat(threadOfAnActor(stage)).contains(stage);
  }

  @Test
  void giveEveryActorAThreadOfItsOwn() {
    assertThat(threadOfAnActor("cost-scorer")).isNotEqualTo(threadOfAnActor("cost-scorer"));
  }

  private static String threadOfAnActor(String stage) {
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
