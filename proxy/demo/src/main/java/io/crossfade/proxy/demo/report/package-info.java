/** What the demo tells at its end: a table, a JSON report and a page. */
@NullMarked
package io.crossfade.proxy.demo.report;

import org.jspecify.annotations.NullMarked;
