package org.statecraft.workbench.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Where and how a verb that loads a model computes. */
final class ComputeOptions {
    private static final String AUTO = "auto";

    @Option(
            names = "--device",
            paramLabel = "NAME",
            description = "auto, cpu or cuda:N (default: auto, or what the recipe says).")
    private String device;

    @Option(
            names = "--kernel",
            paramLabel = "NAME",
            description = "auto or a kernel that 'statecraft env' lists (default: auto, or what the recipe says).")
    private String kernel;

    String device() {
        return device == null ? AUTO : device;
    }

    String kernel() {
        return kernel == null ? AUTO : kernel;
    }

    /** What was given, as differences against a recipe. */
    List<String> settings() {
        List<String> settings = new ArrayList<>();
        if (device != null) {
            settings.add("device=" + device);
        }
        if (kernel != null) {
            settings.add("kernel=" + kernel);
        }
        return settings;
    }
}
