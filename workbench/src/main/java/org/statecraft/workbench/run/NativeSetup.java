package org.statecraft.workbench.run;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * What decides which native PyTorch library is loaded.
 *
 * @param values of {@link #LIBRARY_PATH}, {@link #VERSION}, {@link #FLAVOR} and {@link #OFFLINE}, as far as they are set
 * @param cpuLibrary whether the build holds PyTorch's CPU library
 * @param bridge version of PyTorch that the build's bridge to it is made for; null if it holds none
 */
record NativeSetup(Map<String, String> values, boolean cpuLibrary, String bridge) {
    static final String LIBRARY_PATH = "PYTORCH_LIBRARY_PATH";
    static final String VERSION = "PYTORCH_VERSION";
    static final String FLAVOR = "PYTORCH_FLAVOR";
    static final String OFFLINE = "ai.djl.offline";

    /** The CUDA build for which DJL's jar brings a bridge. */
    private static final String CUDA_FLAVOR = "cu128";

    static NativeSetup ofThisProcess() {
        Map<String, String> values = new LinkedHashMap<>();
        for (String name : List.of(LIBRARY_PATH, VERSION, FLAVOR, OFFLINE)) {
            // as DJL looks them up: a variable of the environment, then a property of the same name
            String value = System.getenv(name) == null ? System.getProperty(name) : System.getenv(name);
            if (value != null && !value.isEmpty()) {
                values.put(name, value);
            }
        }
        ClassLoader loader = NativeSetup.class.getClassLoader();
        return new NativeSetup(values, loader.getResource("native/lib/pytorch.properties") != null, bridge(loader));
    }

    private static String bridge(ClassLoader loader) {
        try (InputStream in = loader.getResourceAsStream("jnilib/pytorch.properties")) {
            if (in == null) {
                return null;
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("jni_version", "").replaceFirst("-.*", "");
        } catch (IOException e) {
            return null;
        }
    }

    /** What is set, for the report of the environment. */
    Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>(values);
        facts.put("CPU library in the build", cpuLibrary ? "yes" : "no");
        return facts;
    }

    /** What stands between this process and a GPU that the driver sees; empty where nothing is known to. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        if (cpuLibrary) {
            missing.add("the build holds PyTorch's CPU library: build without it (echo -Pcuda > .mvn/maven.config)");
        }
        String path = values.get(LIBRARY_PATH);
        if (path == null) {
            if (!"false".equals(values.get(OFFLINE))) {
                missing.add(LIBRARY_PATH + " is not set: let it name the folder lib of an installed PyTorch " + bridge
                        + " with CUDA, or let DJL download one (STATECRAFT_JAVA_OPTS=-D" + OFFLINE + "=false)");
            }
            return missing;
        }
        if (!Files.exists(Path.of(path, "libtorch_cuda.so"))) {
            missing.add(LIBRARY_PATH + " is " + path
                    + ", which holds no libtorch_cuda.so: let it name the folder lib of a PyTorch with CUDA");
        }
        require(VERSION, bridge, missing);
        require(FLAVOR, CUDA_FLAVOR, missing);
        return missing;
    }

    private void require(String name, String expected, List<String> missing) {
        String value = values.get(name);
        if (!expected.equals(value)) {
            missing.add(name + " is " + (value == null ? "not set" : value) + ": set it to " + expected);
        }
    }
}
