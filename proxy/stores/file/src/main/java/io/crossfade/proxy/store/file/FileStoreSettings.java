package io.crossfade.proxy.store.file;

import io.crossfade.proxy.settings.Default;
import java.nio.file.Path;

/**
 * The options of store {@code file}.
 *
 * @param dir where the records are; relative to {@code data_dir}, if not absolute
 */
record FileStoreSettings(@Default("control") Path dir) {}
