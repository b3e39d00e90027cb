package io.crossfade.proxy.observe;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.util.OptionHelper;
import io.crossfade.proxy.settings.Check;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Logs to standard error, a line an event, as text or JSON. Found by Logback itself, which does not read any file then:
 * an XML parser and what interprets its result would be a tenth of a sidecar's way to being ready. A file that is
 * named, or a test's, goes first.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class LogSetup extends ContextAwareBase implements Configurator {
    private static final String LEVEL = "CROSSFADE_LOG_LEVEL";
    private static final String FORMAT = "CROSSFADE_LOG_FORMAT";
    private static final List<String> LEVELS = List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF");
    private static final List<String> FORMATS = List.of("text", "json");
    private static final String PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} %msg %kvp{NONE}%n";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (System.getProperty("logback.configurationFile") != null
                || LogSetup.class.getResource("/logback-test.xml") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        setUp(context);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /**
     * Checks what the environment says of the log.
     *
     * @throws InvalidSettingsException with every value that is not one of those that there are
     */
    public static void check(Map<String, String> environment) {
        new Check()
                .that(
                        LEVELS.contains(environment.getOrDefault(LEVEL, "INFO").toUpperCase(Locale.ROOT)),
                        LEVEL,
                        shown(environment, LEVEL),
                        one(LEVELS))
                .that(
                        FORMATS.contains(environment.getOrDefault(FORMAT, "text")),
                        FORMAT,
                        shown(environment, FORMAT),
                        one(FORMATS))
                .done();
    }

    private static String shown(Map<String, String> environment, String name) {
        return environment.getOrDefault(name, "");
    }

    private static String one(List<String> known) {
        return "one of " + String.join(", ", known);
    }

    static void setUp(LoggerContext context) {
        Encoder<ILoggingEvent> encoder = setting(context, FORMAT, "").equals("json") ? json() : text(context);
        encoder.setContext(context);
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setName("console");
        console.setTarget("System.err");
        console.setEncoder(encoder);
        console.start();
        context.getLogger("ROOT").setLevel(Level.WARN);
        context.getLogger("ROOT").addAppender(console);
        context.getLogger("io.crossfade").setLevel(Level.toLevel(setting(context, LEVEL, "INFO"), Level.INFO));
        // It warns that it was given no length. LangChain4j gives it none, and cuts long texts by itself.
        context.getLogger("ai.djl.huggingface.tokenizers").setLevel(Level.ERROR);
    }

    private static Encoder<ILoggingEvent> text(LoggerContext context) {
        PatternLayoutEncoder text = new PatternLayoutEncoder();
        text.setContext(context);
        text.setPattern(PATTERN);
        return text;
    }

    private static Encoder<ILoggingEvent> json() {
        JsonEncoder json = new JsonEncoder();
        json.setWithContext(false);
        json.setWithSequenceNumber(false);
        json.setWithNanoseconds(false);
        json.setWithMessage(false);
        json.setWithArguments(false);
        json.setWithFormattedMessage(true);
        return json;
    }

    /** A setting: of the context, else a property of the Java machine, else of the environment. */
    private static String setting(LoggerContext context, String name, String otherwise) {
        String own = context.getProperty(name);
        String found = own == null ? OptionHelper.getSystemProperty(name, OptionHelper.getEnv(name)) : own;
        return found == null ? otherwise : found;
    }
}
