package org.statecraft.workbench.run;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.Utils;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the native tensor library says about itself.
 *
 * @param gpus that the library can use
 * @param findings what is wrong with it
 */
record EngineProbe(EnvironmentReport.Engine engine, int gpus, List<String> findings) {
    static EngineProbe run() {
        List<String> findings = new ArrayList<>();
        Path cache = Utils.getCacheDir();
        if (!writable(cache)) {
            findings.add("the native library is unpacked to " + cache
                    + ", which cannot be written; set the environment variable DJL_CACHE_DIR to a folder that can");
        }
        try {
            Engine engine = Engine.getEngine("PyTorch");
            int gpus = engine.getGpuCount();
            return new EngineProbe(
                    new EnvironmentReport.Engine(
                            Engine.getDjlVersion(),
                            engine.getVersion(),
                            gpus > 0 ? "cuda:0" : "cpu",
                            JniUtils.getNumThreads(),
                            cache.toString()),
                    gpus,
                    findings);
        } catch (EngineException | LinkageError | IllegalStateException e) {
            findings.add("the native PyTorch library cannot be loaded (" + rootMessage(e) + ")");
            return new EngineProbe(
                    new EnvironmentReport.Engine(Engine.getDjlVersion(), null, null, null, cache.toString()),
                    0,
                    findings);
        }
    }

    private static boolean writable(Path folder) {
        Path there = folder.toAbsolutePath();
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        return there != null && Files.isDirectory(there) && Files.isWritable(there);
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }
}
