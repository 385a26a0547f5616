package org.statecraft.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where and with how many threads the tensor library computes. */
public final class Devices {
    private static final Pattern CUDA = Pattern.compile("cuda:(\\d{1,3})");

    private Devices() {}

    /** Sets how many threads one operation may use; results are bit-equal only for equal counts. */
    public static void useThreads(int threads) {
        // loads the engine first, which sets its own default
        Engine.getInstance();
        JniUtils.setNumThreads(threads);
    }

    /**
     * The device of that name.
     *
     * @param name {@code auto} (the first GPU if there is one, else the CPU), {@code cpu} or {@code cuda:N}
     */
    public static Device parse(String name) {
        if (name.equals("cpu")) {
            return Device.cpu();
        }
        int gpus = Engine.getInstance().getGpuCount();
        if (name.equals("auto")) {
            return gpus > 0 ? Device.gpu() : Device.cpu();
        }
        Matcher cuda = CUDA.matcher(name);
        if (!cuda.matches()) {
            throw new InputException("device '" + name + "' is not known; expected auto, cpu or cuda:N");
        }
        int index = Integer.parseInt(cuda.group(1));
        if (index >= gpus) {
            throw new InputException(
                    "device " + name + " was asked for, but " + gpus
                            + " CUDA devices were found; use device: auto or cpu, or see what 'statecraft env' says is missing");
        }
        return Device.gpu(index);
    }

    /** The name of a device, as {@link #parse} reads it. */
    public static String name(Device device) {
        return device.isGpu() ? "cuda:" + device.getDeviceId() : "cpu";
    }
}
