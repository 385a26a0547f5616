/**
 * Recipes: YAML files bound to records, with every mistake of a file reported at once and in its place.
 *
 * <p>{@link org.statecraft.workbench.recipe.RecipeReader} is the way in. It composes the file to a node tree that keeps
 * line and column, merges what the file extends, applies presets, variants and {@code --set}, and binds the tree to
 * {@link org.statecraft.workbench.recipe.Recipe}. What a key may hold stands at the record component of the same name.
 */
package org.statecraft.workbench.recipe;
