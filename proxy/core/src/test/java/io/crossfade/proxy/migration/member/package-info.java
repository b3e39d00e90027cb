/** Tests of members and their steps. */
@NullMarked
package io.crossfade.proxy.migration.member;

import org.jspecify.annotations.NullMarked;
