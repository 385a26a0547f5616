/** Full and partial fine-tuning: copies of a model's own parameters, trained. */
package org.statecraft.peft.full;
