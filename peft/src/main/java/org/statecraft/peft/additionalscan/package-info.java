/** Additional-scan: a model with more columns of the state, of which only those are trained. */
package org.statecraft.peft.additionalscan;
