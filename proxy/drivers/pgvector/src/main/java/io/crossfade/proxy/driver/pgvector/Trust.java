package io.crossfade.proxy.driver.pgvector;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertPathBuilderException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Says by the name of an option why no connection with TLS, or none as this user, came about. Looks at the files only once there
 * is none: the driver of the database looks at them itself, and says less.
 */
final class Trust {
    /** Who looks whether a certificate is for a name; the driver of the database says so in whatever language. */
    private static final String NAMES = "PgjdbcHostnameVerifier";

    /** The server wants to know something that there is not, such as a password. */
    private static final String NOT_GIVEN = "08004";

    private static final String PEM = "-----BEGIN PRIVATE KEY-----";

    private final PgvectorIndexSettings settings;

    Trust(PgvectorIndexSettings settings) {
        this.settings = settings;
    }

    /** {@code option: value (expected: ...)}; null if it was nothing of TLS and nothing of the user. */
    @Nullable
    String problem(SQLException failed) {
        String state = String.valueOf(failed.getSQLState());
        if (state.startsWith("28") || state.equals(NOT_GIVEN)) {
            return failed.getMessage() + " (expected: another user, password, cert_file or tls)";
        } else if (settings.tls() == PgvectorIndexSettings.Tls.DISABLE || !state.startsWith("08")) {
            return null;
        }
        String ofFiles = ofFiles();
        return ofFiles != null ? ofFiles : ofHandshake(failed);
    }

    private @Nullable String ofFiles() {
        try {
            if (settings.caFile() != null) {
                certificates("ca_file", settings.caFile());
            }
            if (settings.certFile() != null && settings.keyFile() != null) {
                X509Certificate own = certificates("cert_file", settings.certFile());
                key(settings.keyFile(), own.getPublicKey());
            }
            return null;
        } catch (Useless e) {
            return e.getMessage();
        }
    }

    private static X509Certificate certificates(String option, Path file) throws Useless {
        byte[] content = read(option, file);
        try {
            Collection<? extends Certificate> all = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new java.io.ByteArrayInputStream(content));
            X509Certificate first = (X509Certificate) all.iterator().next();
            if (option.equals("cert_file")) {
                first.checkValidity();
            }
            return first;
        } catch (CertificateExpiredException | CertificateNotYetValidException e) {
            String when = e instanceof CertificateExpiredException ? "expired" : "not valid yet";
            throw new Useless(option, file, "has " + when + ": " + e.getMessage(), "one that is valid now");
        } catch (CertificateException | java.util.NoSuchElementException e) {
            throw new Useless(option, file, "no certificate in it", "certificates in PEM");
        }
    }

    private static void key(Path file, PublicKey publicKey) throws Useless {
        byte[] content = read("key_file", file);
        try {
            PrivateKey key = KeyFactory.getInstance(publicKey.getAlgorithm())
                    .generatePrivate(new PKCS8EncodedKeySpec(decoded(content)));
            boolean isIts = key instanceof RSAKey mine && publicKey instanceof RSAKey its
                    ? mine.getModulus().equals(its.getModulus())
                    : !(key instanceof ECKey) || publicKey instanceof ECKey;
            if (!isIts) {
                throw new Useless("key_file", file, "does not belong to cert_file", "the key of that certificate");
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new Useless("key_file", file, "no key in it", "PKCS-8 in DER or PEM, without a password");
        }
    }

    private static byte[] decoded(byte[] content) {
        String text = new String(content, StandardCharsets.ISO_8859_1);
        return text.contains(PEM) ? Base64.getMimeDecoder().decode(text.replaceAll("-----[A-Z ]+-----", "")) : content;
    }

    private static byte[] read(String option, Path file) throws Useless {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(1 << 20);
        } catch (IOException e) {
            String problem = Files.isDirectory(file) || !Files.exists(file) ? "no file" : "cannot be read";
            throw new Useless(option, file, problem, "a file that this user may read");
        }
    }

    private @Nullable String ofHandshake(SQLException failed) {
        String tls = "tls: " + settings.tls().name().toLowerCase(Locale.ROOT) + ": ";
        String message = String.valueOf(failed.getMessage());
        if (message.contains(NAMES)) {
            return tls + "the server's certificate is not for its name, " + settings.where()
                    + " (expected: one for the host as it is configured)";
        }
        for (Throwable cause = failed.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateExpiredException || cause instanceof CertificateNotYetValidException) {
                return tls + "the server's certificate has expired, or is not valid yet: " + cause.getMessage();
            } else if (cause instanceof CertPathBuilderException) {
                return tls + "the server's certificate is not from ca_file " + settings.caFile()
                        + " (expected: the authority that signed it)";
            } else if (isRefusal(cause)) {
                return "cert_file: " + settings.certFile() + ": refused by the server: " + cause.getMessage();
            }
        }
        return settings.keyFile() != null && message.contains(settings.keyFile().toString())
                ? "key_file: " + message
                : null;
    }

    /** An alert of the other side is about our certificate. */
    private static boolean isRefusal(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        return cause instanceof SSLException
                && List.of("certificate", "unknown_ca").stream().anyMatch(message::contains)
                && message.contains("alert");
    }

    /** A file that is of no use. */
    private static final class Useless extends Exception {
        private static final long serialVersionUID = 1;

        Useless(String option, Path file, String problem, String expected) {
            super(option + ": " + file + ": " + problem + " (expected: " + expected + ")", null, false, false);
        }
    }
}
