package io.crossfade.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the API says of itself, read from its source: the generated descriptors have no comments. */
final class ApiCommentsTest {
    private static final int LONGEST_LINE = 160;

    /** A message, an enum, a service, a call, a oneof, a field or an enum value. */
    private static final Pattern DECLARATION = Pattern.compile(
            "\\s*(message|enum|service|rpc|oneof) .*|\\s*(optional |repeated )?[A-Za-z0-9_.<>, ]+ = \\d+;");

    private static final List<String> LINES = new ArrayList<>();

    @BeforeAll
    static void read() throws IOException {
        for (Path file : ApiSource.files()) {
            LINES.addAll(Files.readAllLines(file));
        }
    }

    @Test
    void everyDeclaration_isDocumentedWhereItStands() {
        List<String> bare = new ArrayList<>();
        int declarations = 0;
        for (int i = 1; i < LINES.size(); i++) {
            if (isDeclaration(LINES.get(i))) {
                declarations++;
                if (!isComment(LINES.get(i - 1))) {
                    bare.add(LINES.get(i).strip());
                }
            }
        }

        assertThat(declarations).isGreaterThan(300);
        assertThat(bare).isEmpty();
    }

    @Test
    void noLine_isTooLong() {
        assertThat(LINES).filteredOn(line -> line.length() > LONGEST_LINE).isEmpty();
    }

    private static boolean isDeclaration(String line) {
        return !isComment(line) && DECLARATION.matcher(line).matches();
    }

    private static boolean isComment(String line) {
        return line.strip().startsWith("//");
    }
}
