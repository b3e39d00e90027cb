@NullMarked
package io.crossfade.proxy.kit.report;

import org.jspecify.annotations.NullMarked;
