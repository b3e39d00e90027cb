/**
 * A whole migration to watch: real text, two real models, an app that never stops, and everything that can go wrong.
 */
@NullMarked
package io.crossfade.proxy.demo;

import org.jspecify.annotations.NullMarked;
