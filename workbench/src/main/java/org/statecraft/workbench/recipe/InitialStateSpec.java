package org.statecraft.workbench.recipe;

import org.statecraft.peft.initialstate.InitialStateConfig.Form;
import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.Named;

/**
 * Initial-state tuning.
 *
 * @param form the state alone, or the window of the convolution too
 * @param layers that get one
 */
@Named("initial-state")
public record InitialStateSpec(@Default("state") Form form, @Default("all") String layers) implements MethodSpec {}
