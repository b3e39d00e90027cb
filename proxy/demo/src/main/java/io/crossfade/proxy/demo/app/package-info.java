/** The demo's application: a process that writes to, changes, deletes from and searches a collection all the time. */
@NullMarked
package io.crossfade.proxy.demo.app;

import org.jspecify.annotations.NullMarked;
