package org.statecraft.workbench.recipe;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.statecraft.model.InputException;

/** A recipe that was read without a mistake: one run, with the files that it needs. */
public final class ResolvedRecipe {
    private final Recipe recipe;
    private final String variant;
    private final Path source;
    private final Places places;
    private final Map<String, LocatedTask> tasks;

    ResolvedRecipe(Recipe recipe, String variant, Path source, Places places, Map<String, LocatedTask> tasks) {
        this.recipe = recipe;
        this.variant = variant;
        this.source = source;
        this.places = places;
        this.tasks = Map.copyOf(tasks);
    }

    /** The recipe with every default filled in; its name ends with that of the variant. */
    public Recipe recipe() {
        return recipe;
    }

    /** The name of the variant, or null for a recipe without variants. */
    public String variant() {
        return variant;
    }

    /** The file that was read. */
    public Path source() {
        return source;
    }

    /**
     * The absolute folders in which relative paths of this recipe are looked up first. Handing them to
     * {@link ReadOptions#withFolders} lets {@link #toYaml} be read in any other place.
     */
    public List<Path> folders() {
        return places.folders().stream()
                .map(folder -> folder.toAbsolutePath().normalize())
                .toList();
    }

    /**
     * The model folder of a recipe that names one.
     *
     * @throws InputException if it is gone since the recipe was read
     * @throws IllegalStateException where the first step trains the model
     */
    public Path modelFolder() {
        if (recipe.model() == null) {
            throw new IllegalStateException(source + " names no model");
        }
        return modelFolder(recipe.model());
    }

    /**
     * A model folder that the recipe names, by the path as given there.
     *
     * @throws InputException if it is gone since the recipe was read
     */
    public Path modelFolder(String given) {
        return found(places.model(given), "model folder", given);
    }

    /**
     * A data file of the recipe, by the path as given there.
     *
     * @throws InputException if it is gone since the recipe was read
     */
    public Path dataFile(String given) {
        return found(places.data(given), "data file", given);
    }

    /** A task that an evaluate step of this recipe names. */
    public LocatedTask task(String name) {
        LocatedTask task = tasks.get(name);
        if (task == null) {
            throw new IllegalArgumentException("no evaluate step of " + source + " names the task " + name);
        }
        return task;
    }

    private static Path found(Places.Search search, String noun, String given) {
        if (search.found() == null) {
            throw new InputException("no " + noun + " '" + given + "'; looked at " + search.lookedAtText());
        }
        return search.found();
    }

    /** The recipe as YAML with every default written out; reading it gives an equal recipe. Paths stay as given. */
    public String toYaml() {
        return RecipeWriter.toYaml(recipe);
    }

    /** What {@link #toYaml} writes, as maps, lists, numbers and texts. */
    public Map<String, Object> toMap() {
        return RecipeWriter.toMap(recipe);
    }

    /** SHA-256 of {@link #toYaml} in hexadecimal. */
    public String recipeHash() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(toYaml().getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
