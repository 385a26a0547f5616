/** Parameter-efficient fine-tuning: adapters, one folder for each method, and the trainer. */
package org.statecraft.peft;
