package dev.berth.gateway.http.upcall;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.berth.gateway.http.Call;
import dev.berth.gateway.http.JsonIn;
import dev.berth.schemas.config.Json;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.ShardGeneration;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a pageserver wants validated: usually 128 entries, many calls a second, so the expected form is read without a tree. */
final class ValidateBody {
    private ValidateBody() {}

    static List<ShardGeneration> read(Call call) {
        List<ShardGeneration> quick = call.body().length == 0 ? null : quick(call.body());
        // The other reader takes every form there is and says what is wrong with one that is none.
        return quick != null ? quick : slow(call.json());
    }

    private static List<ShardGeneration> slow(JsonIn body) {
        return body.required("tenants")
                .list(entry -> new ShardGeneration(
                        entry.required("id").text(TenantShardId::of),
                        new Generation(entry.required("gen").u32())));
    }

    /** Null unless the body is exactly {"tenants": [{"id": .., "gen": ..}, ..]}. */
    private static @Nullable List<ShardGeneration> quick(byte[] body) {
        try (JsonParser parser = Json.mapper().getFactory().createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT
                    || !"tenants".equals(parser.nextFieldName())
                    || parser.nextToken() != JsonToken.START_ARRAY) {
                return null;
            }
            List<ShardGeneration> entries = new ArrayList<>(128);
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                ShardGeneration entry = entry(parser);
                if (entry == null) {
                    return null;
                }
                entries.add(entry);
            }
            boolean ends = parser.currentToken() == JsonToken.END_ARRAY
                    && parser.nextToken() == JsonToken.END_OBJECT
                    && parser.nextToken() == null;
            return ends ? entries : null;
        } catch (IOException | IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable ShardGeneration entry(JsonParser parser) throws IOException {
        String id = "id".equals(parser.nextFieldName()) ? parser.nextTextValue() : null;
        if (id == null || !"gen".equals(parser.nextFieldName()) || parser.nextToken() != JsonToken.VALUE_NUMBER_INT) {
            return null;
        }
        ShardGeneration entry = new ShardGeneration(TenantShardId.of(id), new Generation(parser.getLongValue()));
        return parser.nextToken() == JsonToken.END_OBJECT ? entry : null;
    }
}
