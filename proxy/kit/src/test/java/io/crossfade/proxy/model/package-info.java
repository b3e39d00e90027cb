@NullMarked
package io.crossfade.proxy.model;

import org.jspecify.annotations.NullMarked;
