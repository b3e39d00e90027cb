package io.crossfade.proxy.driver.pgvector;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An authority of its own, and what it signs, made by openssl in a folder. */
final class Certificates {
    private final Path folder;

    Certificates(Path folder) {
        this.folder = folder;
    }

    /** An authority: {@code NAME.pem} and {@code NAME.key}. */
    Path authority(String name) {
        openssl("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=" + name + " -keyout " + name + ".key -out " + name
                + ".pem");
        return file(name + ".pem");
    }

    /** A certificate {@code NAME.pem} for a subject, with its keys {@code NAME.key}, as text, and {@code NAME.pk8}, as the driver takes it. */
    void sign(String authority, String name, String subject, String alternative, boolean isExpired) {
        try {
            Files.writeString(file(name + ".ext"), "subjectAltName=" + alternative);
            Files.writeString(file("index.txt"), "");
            Files.writeString(file("serial"), "01");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        openssl("req -newkey rsa:2048 -nodes -subj /CN=" + subject + " -keyout " + name + ".key -out " + name + ".csr");
        openssl("x509 -req -in " + name + ".csr -CA " + authority + ".pem -CAkey " + authority
                + ".key -CAcreateserial -days " + (isExpired ? "-1" : "2") + " -extfile " + name + ".ext -out " + name
                + ".pem");
        openssl("pkcs8 -topk8 -nocrypt -outform DER -in " + name + ".key -out " + name + ".pk8");
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    private void openssl(String arguments) {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments.split(" ")));
        try {
            Path log = file("openssl.log");
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command + ": " + Files.readString(log));
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
