/** Prefix tuning for state-space models, also called affix tuning (Yoshimura et al. 2025): learned rows behind in_proj. */
package org.statecraft.peft.prefix;
