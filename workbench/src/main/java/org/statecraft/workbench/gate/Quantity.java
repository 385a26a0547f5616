package org.statecraft.workbench.gate;

/**
 * A number beside the scores that tells at what price they were reached.
 *
 * @param name {@code trainableParameters}, {@code totalParameters} or {@code stateBytesPerSequence} of a run; of a task {@code
 *     generatedTokens}, or what else its samples or its metrics hold
 * @param evaluation null, like the task, for a quantity of the whole run
 */
public record Quantity(String name, String evaluation, String task) {

    static Quantity ofRun(String name) {
        return new Quantity(name, null, null);
    }

    @Override
    public String toString() {
        return task == null ? name : evaluation + "/" + task + "/" + name;
    }
}
