package org.statecraft.model;

import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;

/** Work without gradients in the middle of what may be recorded. */
final class Unrecorded {
    private Unrecorded() {}

    static <T> T call(Supplier<T> work) {
        boolean recording = JniUtils.isGradMode();
        JniUtils.setGradMode(false);
        try {
            return work.get();
        } finally {
            JniUtils.setGradMode(recording);
        }
    }
}
