package io.crossfade.proxy.driver.pgvector;

import static java.util.Objects.requireNonNull;

import com.pgvector.PGvector;
import io.crossfade.proxy.index.Hit;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.ParamSupport;
import io.crossfade.proxy.index.VectorCheck;
import io.crossfade.proxy.index.VectorQuery;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.Value;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Finds documents by vector. The engine's index is asked first. It may find fewer than there are, when a filter lets few pass or
 * many rows were deleted; and under cosine it has no zero vectors, which score 0. So if hits are missing, or those with a score
 * of 0 would be among them, all vectors that match are looked at.
 */
final class Search {
    private static final String EF = "ef";
    private static final int MOST_EF = 1000;

    static final ParamSupport PARAMS = ParamSupport.of(Map.of(EF, new ParamSupport.WholeNumber(1, MOST_EF)));

    private final Table table;
    private final PgvectorIndexSettings settings;

    Search(Table table, PgvectorIndexSettings settings) {
        this.table = table;
        this.settings = settings;
    }

    List<Hit> query(Connection connection, VectorQuery query, Map<String, Space> fields) throws SQLException {
        String problem = VectorCheck.problem(fields, query.field(), query.vector());
        if (problem != null) {
            throw new IndexException(IndexException.Kind.INVALID, problem);
        }
        int ef = ef(query);
        if (!new Reader(table).holds(query.namespace())) {
            return List.of();
        }
        Table.VectorColumn column = requireNonNull(table.vectors().get(query.field()));
        boolean isCosine = column.space().metric() == Space.Metric.COSINE;
        if (!(isCosine && isZero(query))) {
            setEf(connection, Math.max(ef, (int) Math.min(MOST_EF, (long) query.topK() + query.offset())));
            List<Hit> hits = hits(connection, query, column, column.distance());
            boolean mayLackZeros =
                    isCosine && !hits.isEmpty() && hits.get(hits.size() - 1).score() < 0;
            if (hits.size() >= query.topK() && !mayLackZeros) {
                return enough(hits, query);
            }
        }
        return enough(hits(connection, query, column, exact(column)), query);
    }

    /** The same distance, in words that no index answers. */
    private static String exact(Table.VectorColumn column) {
        return "COALESCE(NULLIF(" + column.distance() + ", 'NaN'), 1)";
    }

    private static boolean isZero(VectorQuery query) {
        for (int i = 0; i < query.vector().dimensions(); i++) {
            if (query.vector().get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private int ef(VectorQuery query) {
        PARAMS.require(query.params());
        return query.params().get(EF) instanceof Value.Int64 asked ? (int) asked.value() : settings.ef();
    }

    private void setEf(Connection connection, int ef) throws SQLException {
        if (ef != settings.ef()) {
            Sql sql = new Sql()
                    .add("SELECT set_config('hnsw.ef_search', ")
                    .value(String.valueOf(ef))
                    .add(", true)");
            try (PreparedStatement statement = sql.prepare(connection)) {
                statement.execute();
            }
        }
    }

    private List<Hit> hits(Connection connection, VectorQuery query, Table.VectorColumn column, String distance)
            throws SQLException {
        RowReader rows = new RowReader(table, query.wanted());
        PGvector vector = new PGvector(query.vector().toFloats());
        // The nearest rows first, then what belongs to them: so the index is walked whatever is joined.
        Sql sql = new Sql()
                .add("SELECT " + rows.columns() + ", t.cf_distance FROM (SELECT t.*, ")
                .value(vector, distance)
                .add(" AS cf_distance FROM " + table.quoted() + " t WHERE t." + column.quoted() + " IS NOT NULL");
        table.addFixed(sql);
        new Reader(table).addNamespace(sql, query.namespace());
        Filter filter = query.filter();
        if (filter != null) {
            sql.add(" AND ").add(filter.match(new FilterSql(table)));
        }
        sql.add(" ORDER BY ")
                .value(vector, distance)
                .add(" LIMIT " + query.topK() + " OFFSET " + query.offset() + ") t" + table.joinedStamps());
        List<Hit> hits = new ArrayList<>();
        try (PreparedStatement statement = sql.prepare(connection);
                ResultSet row = statement.executeQuery()) {
            int last = row.getMetaData().getColumnCount();
            while (row.next()) {
                hits.add(new Hit(rows.document(row), column.score(row.getDouble(last))));
            }
        }
        hits.sort(Comparator.comparingDouble(Hit::score).reversed());
        return hits;
    }

    private static List<Hit> enough(List<Hit> hits, VectorQuery query) {
        return hits.stream().filter(hit -> hit.score() >= query.minScore()).collect(Collectors.toList());
    }
}
