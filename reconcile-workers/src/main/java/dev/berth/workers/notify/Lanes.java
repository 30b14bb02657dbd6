package dev.berth.workers.notify;

import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Who is told next, and how many at a time. What is new goes before what is repeated, and what is repeated never takes more than half of
 * the places: receivers that do not answer hold up nobody else for long.
 */
final class Lanes {
    /** Why a tenant's computes are told. */
    enum Lane {
        FRESH,
        PATIENT
    }

    /** A recipient's turn; void when the recipient has a newer one. */
    record Turn(Recipient recipient, long number, Lane lane) {}

    private final int places;
    private final Map<Lane, Queue<Turn>> waiting = new EnumMap<>(Lane.class);
    private int taken;
    private int takenByPatient;

    Lanes(int places) {
        this.places = places;
        for (Lane lane : Lane.values()) {
            waiting.put(lane, new ArrayDeque<>());
        }
    }

    synchronized void add(Turn turn) {
        queue(turn.lane()).add(turn);
    }

    /** Takes the next turn with its place; null when none may begin now. */
    synchronized @Nullable Turn next() {
        if (taken == places) {
            return null;
        }
        Turn turn = queue(Lane.FRESH).poll();
        if (turn == null && takenByPatient < places / 2) {
            turn = queue(Lane.PATIENT).poll();
        }
        if (turn != null) {
            taken++;
            takenByPatient += turn.lane() == Lane.PATIENT ? 1 : 0;
        }
        return turn;
    }

    synchronized void leave(Turn turn) {
        taken--;
        takenByPatient -= turn.lane() == Lane.PATIENT ? 1 : 0;
    }

    private Queue<Turn> queue(Lane lane) {
        Queue<Turn> queue = waiting.get(lane);
        if (queue == null) {
            throw new IllegalStateException("no lane " + lane);
        }
        return queue;
    }
}
