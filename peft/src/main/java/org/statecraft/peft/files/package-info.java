/** Adapters on disk, in the layout of Hugging Face PEFT. */
package org.statecraft.peft.files;
