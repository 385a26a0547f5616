package org.statecraft.workbench.execute;

/** Carries out one step of a recipe. */
interface StepRunner {

    /** What the step is about, in a few words for people. */
    String label(Workspace workspace);

    /** Does the step. A stop request ends it with {@link Cancelled}. */
    Cost run(int index, Workspace workspace);

    /** Brings the workspace to where a finished step left it: called on resume instead of {@link #run}. */
    void restore(int index, Workspace workspace);

    /**
     * Sizes to report; null where they do not apply.
     *
     * @param trainableParameters trained by the step
     * @param totalParameters base and added
     */
    record Cost(Long trainableParameters, Long totalParameters) {
        static final Cost NONE = new Cost(null, null);
    }
}
