/** Tests of what operators ask for. */
@NullMarked
package io.crossfade.proxy.migration.admin;

import org.jspecify.annotations.NullMarked;
