/** Low-rank adaptation (Hu et al. 2021) with its variants rsLoRA and DoRA, in files that Hugging Face peft reads and writes. */
package org.statecraft.peft.lora;
