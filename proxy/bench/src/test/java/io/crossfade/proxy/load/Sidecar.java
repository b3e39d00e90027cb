package io.crossfade.proxy.load;

import io.crossfade.proxy.Proxy;
import io.crossfade.proxy.config.CrossfadeConfig;
import java.nio.file.Path;

/** A real sidecar that says on which free ports it listens: data and admin. */
final class Sidecar {
    private Sidecar() {}

    public static void main(String[] config) throws Exception {
        try (Proxy proxy = Proxy.start(CrossfadeConfig.load(Path.of(config[0])))) {
            System.out.println(Child.READY + proxy.dataPort() + " " + proxy.adminPort());
            Child.waitForEndOfInput();
        }
    }
}
