// Not run: this was written where no container engine runs. Flipsnack.java is in examples/java/src.
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;

@Testcontainers
class FlipsnackContainerTest {
    @Container
    static final GenericContainer<?> FAKE = new GenericContainer<>("flipsnack-mock")
            .withExposedPorts(3547)
            .withEnv("FLIPSNACK_MOCK_DEFAULT_SCHEDULE", "immediate")
            .waitingFor(Wait.forHttp("/health").forPort(3547));

    @Test
    void aPackageIsBuilt() throws Exception {
        var apiUrl = URI.create("http://%s:%d/v1/".formatted(FAKE.getHost(), FAKE.getMappedPort(3547)));
        var flipsnack = new Flipsnack("test-java", "secret-test-java", apiUrl, apiUrl, s -> Thread.sleep(s * 1000L));
        assertTrue(flipsnack.packageUrl("mock-complete").getPath().endsWith(".zip"));
    }
}
