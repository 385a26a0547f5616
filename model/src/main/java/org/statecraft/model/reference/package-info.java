/** The reference kernel: every architecture as plain array code, one class for each. */
package org.statecraft.model.reference;
