/** BitFit (Ben Zaken et al. 2022): changes of the biases that a model has. */
package org.statecraft.peft.bitfit;
