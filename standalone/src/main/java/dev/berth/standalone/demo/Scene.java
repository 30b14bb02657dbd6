package dev.berth.standalone.demo;

import dev.berth.standalone.client.CallFailure;
import dev.berth.standalone.client.ControllerApi;
import dev.berth.standalone.client.ControllerApi.Node;
import dev.berth.standalone.parts.PartFailure;
import dev.berth.standalone.up.Console;
import dev.berth.standalone.up.Installation;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** What the acts share: the installation, the cast, and how they speak and wait. */
record Scene(Installation berth, ControllerApi api, Console console, Cast cast) {
    static final Duration SETTLE_MAX = Duration.ofMinutes(3);
    static final Duration POLL = Duration.ofMillis(200);

    /** A question to the controller, which may fail while parts are dead. */
    interface Question {
        boolean isSo() throws CallFailure;
    }

    /** A call that may be repeated. */
    interface Call {
        void make() throws CallFailure;
    }

    void act(String title) {
        console.line("\n== " + title);
    }

    void line(String text) {
        console.line("   " + text);
    }

    static String pageserver(int id) {
        return "pageserver-" + id;
    }

    void killSchedulerAndWorkers() {
        berth.kill("scheduler");
        berth.kill("workers");
    }

    boolean areAllActive() throws CallFailure {
        long active = api.nodes().stream()
                .filter(node -> node.availability().equals("Active"))
                .count();
        return active == berth.pageserverIds().size();
    }

    boolean isNode(int id, Predicate<Node> so) throws CallFailure {
        return node(id).filter(so).isPresent();
    }

    Optional<Node> node(int id) throws CallFailure {
        return api.nodes().stream().filter(node -> node.id() == id).findFirst();
    }

    /** Says what has become so, and after what time; what does not become so ends the story. */
    void await(String what, Question question) throws InterruptedException {
        long begun = System.nanoTime();
        String last = "";
        while (System.nanoTime() - begun < SETTLE_MAX.toNanos()) {
            try {
                if (question.isSo()) {
                    line(what + " after " + Console.seconds(Duration.ofNanos(System.nanoTime() - begun)));
                    return;
                }
            } catch (CallFailure e) {
                last = " (" + e.getMessage() + ")";
            }
            TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
        }
        throw new PartFailure("after " + SETTLE_MAX.toSeconds() + " s it is not so that " + what + last);
    }

    /** Waits until nothing is left to do; {@code what} says what that means here. */
    void awaitQuiet(String what) throws InterruptedException {
        await(what, () -> api.reconcileAll() == 0);
    }

    /** Repeats the call while the controller answers that it was not done in time. */
    static void repeatedWhileLate(Call call) throws CallFailure {
        long begun = System.nanoTime();
        while (true) {
            try {
                call.make();
                return;
            } catch (CallFailure e) {
                boolean isLate = e.status() == 408 || e.status() == 503;
                if (!isLate || System.nanoTime() - begun > SETTLE_MAX.toNanos()) {
                    throw e;
                }
            }
        }
    }
}
