/** Whole migrations between real engines, in real processes, under live traffic and with outages; then all is compared. */
@NullMarked
package io.crossfade.proxy.migrations;

import org.jspecify.annotations.NullMarked;
