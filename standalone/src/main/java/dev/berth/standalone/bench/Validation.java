package dev.berth.standalone.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.sim.location.ShardId;
import dev.berth.standalone.bench.BenchCell.Attachment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Questions whether generations are the newest, every second one about the number before; and whether they were answered right. */
final class Validation {
    private final List<String> ids = new ArrayList<>();
    private final List<Boolean> valid = new ArrayList<>();
    private final String body;

    private Validation(List<Map.Entry<ShardId, Attachment>> shards) {
        StringBuilder tenants = new StringBuilder();
        for (Map.Entry<ShardId, Attachment> shard : shards) {
            boolean isNewest = ids.size() % 2 == 0;
            String id = shard.getKey().toString();
            long generation = shard.getValue().generation() - (isNewest ? 0 : 1);
            tenants.append(ids.isEmpty() ? "" : ",").append("{\"id\":\"" + id + "\",\"gen\":" + generation + "}");
            ids.add(id);
            valid.add(isNewest);
        }
        this.body = "{\"tenants\":[" + tenants + "]}";
    }

    /** A number of questions about so many shards each, chosen anew for each. */
    static List<Validation> about(BenchCell cell, int questions, int shards) {
        List<Map.Entry<ShardId, Attachment>> attached = new ArrayList<>();
        cell.attachments().forEach((shard, held) -> attached.add(Map.entry(shard, held.getFirst())));
        List<Validation> all = new ArrayList<>();
        for (int i = 0; i < questions; i++) {
            Collections.shuffle(attached);
            all.add(new Validation(attached.subList(0, Math.min(shards, attached.size()))));
        }
        return all;
    }

    void ask(HttpConnection connection) throws IOException, WrongAnswer {
        HttpConnection.Answer answer = connection.call("POST", "/upcall/v1/validate", body);
        WrongAnswer.unless(answer.status() == 200 && isRight(answer.json().path("tenants")), "validate", answer);
    }

    private boolean isRight(JsonNode tenants) {
        boolean isRight = tenants.size() == ids.size();
        for (int i = 0; isRight && i < ids.size(); i++) {
            JsonNode one = tenants.path(i);
            isRight = one.path("id").asText().equals(ids.get(i))
                    && one.path("valid").isBoolean()
                    && one.path("valid").asBoolean() == valid.get(i);
        }
        return isRight;
    }
}
