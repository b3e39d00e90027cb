/**
 * A client for Crossfade.
 *
 * <pre>{@code
 * try (CrossfadeClient client = CrossfadeClient.builder("127.0.0.1:7400").build()) {
 *     CrossfadeCollection products = client.collection("products");
 *     products.upsert(Doc.of("sku-1").text("red running shoe").metadata("price", 59)).requireApplied();
 *
 *     Search search = Search.text("shoes for a marathon").topK(10).where(Filters.lt("price", 100));
 *     for (Hit hit : products.query(search).hits()) {
 *         System.out.println(hit.score() + " " + hit.doc().id());
 *     }
 *
 *     CompletableFuture<WriteResults> later = products.async().delete("sku-2");
 * }
 * }</pre>
 *
 * <p>A call is repeated until its deadline while the sidecar cannot be reached, is overloaded or does not answer: a
 * sidecar that restarts within that time fails no call. Every write carries a {@code write_id}, the same in each
 * attempt, so a repeated write is one write. What is refused for good fails at once, with a {@link
 * io.crossfade.client.CrossfadeException} that says why.
 */
@NullMarked
package io.crossfade.client;

import org.jspecify.annotations.NullMarked;
