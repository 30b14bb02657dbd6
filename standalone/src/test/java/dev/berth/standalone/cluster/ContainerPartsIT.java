package dev.berth.standalone.cluster;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;

class ContainerPartsIT {
    @Test
    void withoutADockerEngineTheSwitchSaysWhatIsMissing() {
        assumeFalse(DockerClientFactory.instance().isDockerAvailable(), "there is a Docker engine");

        assertThatThrownBy(ContainerParts::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("-Dberth.test.parts=testcontainers needs a Docker engine");
    }
}
