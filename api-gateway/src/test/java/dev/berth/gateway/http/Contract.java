package dev.berth.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.gateway.fake.Http;
import dev.berth.schemas.config.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;

/**
 * Tables of requests and the answers that they must get. A row is {@code METHOD PATH [BODY] -> STATUS ANSWER}; rows run in their
 * order, and names in braces are replaced. The answer is a JSON value that must come exactly so; or {@code like VALUE}, which has the
 * same names with values of the same kinds; or {@code msg TEXT}, an error, where three dots stand for any rest and a bad request has the
 * text in its extra pair of quotes.
 */
final class Contract {
    private static final String ELLIPSIS = "...";

    private record Row(
            String text,
            String method,
            String path,
            @Nullable String body,
            int status,
            String answer) {
        static Row of(String line) {
            int arrow = line.lastIndexOf(" -> ");
            String[] request = line.substring(0, arrow).strip().split("\\s+", 3);
            String[] answer = line.substring(arrow + 4).strip().split("\\s+", 2);
            return new Row(
                    line.strip(),
                    request[0],
                    request[1],
                    request.length > 2 ? request[2].strip() : null,
                    Integer.parseInt(answer[0]),
                    answer[1].strip());
        }
    }

    private final Http http;
    private final Map<String, String> names;

    Contract(Http http, Map<String, String> names) {
        this.http = http;
        this.names = names;
    }

    Stream<DynamicTest> holds(String table) {
        List<Row> rows = new ArrayList<>();
        for (String line : table.lines().toList()) {
            if (!line.isBlank()) {
                rows.add(Row.of(line));
            }
        }
        return rows.stream().map(row -> DynamicTest.dynamicTest(row.text(), () -> check(row)));
    }

    private void check(Row row) {
        Http.Reply reply = http.send(row.method(), named(row.path()), row.body() == null ? null : named(row.body()));

        SoftAssertions softly = new SoftAssertions();
        softly.assertThat(reply.status()).as(reply.body()).isEqualTo(row.status());
        softly.assertThat(reply.header("content-type")).isEqualTo(Answer.JSON);
        softly.assertThat(reply.header("x-request-id")).isNotEmpty();
        compare(softly, named(row.answer()), reply);
        softly.assertAll();
    }

    private static void compare(SoftAssertions softly, String expected, Http.Reply reply) {
        if (expected.startsWith("like ")) {
            softly.assertThat(shape(reply.json()))
                    .as(reply.body())
                    .isEqualTo(shape(Json.parse(expected.substring("like ".length()))));
        } else if (expected.startsWith("msg ")) {
            softly.assertThat(reply.json().properties()).as(reply.body()).hasSize(1);
            softly.assertThat(reply.msg()).matches(message(expected.substring("msg ".length()), reply.status()));
        } else {
            softly.assertThat(reply.json()).isEqualTo(Json.parse(expected));
        }
    }

    private static Pattern message(String text, int status) {
        String whole = status == 400 ? '"' + text.replace("\"", "\\\"") + '"' : text;
        String regex = Stream.of(whole.split(Pattern.quote(ELLIPSIS), -1))
                .map(Pattern::quote)
                .collect(Collectors.joining(".*"));
        return Pattern.compile(regex, Pattern.DOTALL);
    }

    private String named(String text) {
        String result = text;
        for (Map.Entry<String, String> name : names.entrySet()) {
            result = result.replace("{" + name.getKey() + "}", name.getValue());
        }
        return result;
    }

    /** The paths to all values with their kinds; of a list only what its elements have in common. */
    private static Set<String> shape(JsonNode node) {
        Set<String> shape = new TreeSet<>();
        describe("", node, shape);
        return shape;
    }

    private static void describe(String at, JsonNode node, Set<String> shape) {
        if (node.isObject()) {
            node.properties().forEach(field -> describe(at + "." + field.getKey(), field.getValue(), shape));
        } else if (node.isArray()) {
            shape.add(at + "[]");
            node.forEach(element -> describe(at + "[]", element, shape));
        } else {
            shape.add(at + ": " + node.getNodeType());
        }
    }
}
