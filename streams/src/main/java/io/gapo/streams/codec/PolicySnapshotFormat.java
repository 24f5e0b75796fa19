package io.gapo.streams.codec;

import static io.gapo.streams.codec.ProtobufReader.nonNegative;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.streams.proto.PolicyVersionManifestMessage;
import io.gapo.streams.proto.TensorManifestMessage;
import io.gapo.streams.proto.TensorMessage;
import java.util.List;
import java.util.Optional;

/** What topic {@code policy-versions} carries. */
public final class PolicySnapshotFormat implements TensorFormat<PolicySnapshot> {

  @Override
  public String name() {
    return "policy version";
  }

  @Override
  public List<NamedTensor> tensors(PolicySnapshot snapshot) {
    return snapshot.tensors();
  }

  @Override
  public TensorMessage.Builder manifest(PolicySnapshot snapshot, TensorManifestMessage tensors) {
    return TensorMessage.newBuilder()
        .setPolicyVersion(
            PolicyVersionManifestMessage.newBuilder()
                .setTensors(tensors)
                .setVersion(snapshot.version().number())
                .setEpoch(snapshot.epoch()));
  }

  @Override
  public Optional<TensorManifestMessage> tensors(TensorMessage message) {
    return message.hasPolicyVersion()
        ? Optional.of(message.getPolicyVersion().getTensors())
        : Optional.empty();
  }

  @Override
  public PolicySnapshot join(TensorMessage manifest, List<NamedTensor> tensors) {
    PolicyVersionManifestMessage version = manifest.getPolicyVersion();
    return new PolicySnapshot(
        new PolicyVersion(version.getVersion()), nonNegative("epoch", version.getEpoch()), tensors);
  }
}
