package dev.berth.standalone.bench;

import dev.berth.standalone.bench.HttpConnection.Answer;

/** An operation that was not answered as it must be. */
final class WrongAnswer extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN_MAX = 200;

    WrongAnswer(String message) {
        super(message);
    }

    static void unless(boolean isRight, String what, Answer answer) throws WrongAnswer {
        if (!isRight) {
            String text = answer.text();
            throw new WrongAnswer(
                    what + ": " + answer.status() + " " + text.substring(0, Math.min(SHOWN_MAX, text.length())));
        }
    }
}
