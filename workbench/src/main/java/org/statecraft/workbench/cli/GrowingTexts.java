package org.statecraft.workbench.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.function.Supplier;
import org.statecraft.model.Snapshot;
import org.statecraft.model.generate.Generation;
import org.statecraft.model.generate.Generator;

/**
 * Prints texts that grow together one behind the other, a blank line between: the first that has not ended as it grows, a
 * later one from its turn on.
 */
final class GrowingTexts implements Generator.Listener {
    private final PrintWriter out;
    private final List<StringBuilder> waiting;
    private final boolean[] ended;
    private int turn;

    /** Prints the first prompt. */
    GrowingTexts(PrintWriter out, List<String> prompts) {
        this.out = out;
        this.waiting = prompts.stream().map(StringBuilder::new).toList();
        this.ended = new boolean[prompts.size()];
        print(waiting.get(0).toString());
    }

    @Override
    public void text(int row, String piece) {
        if (row == turn) {
            print(piece);
        } else {
            waiting.get(row).append(piece);
        }
    }

    @Override
    public void ended(int row, Generation generation, Supplier<Snapshot> state) {
        ended[row] = true;
        while (turn < ended.length && ended[turn]) {
            turn++;
            print(System.lineSeparator());
            if (turn < ended.length) {
                print(System.lineSeparator() + waiting.get(turn));
            }
        }
    }

    private void print(String text) {
        out.print(text);
        out.flush();
    }
}
