/**
 * Files that are either complete or not there: written under a temporary name, made durable and published by one rename, with
 * a manifest of sizes and SHA-256 where a whole folder is published. I/O failures come out as one readable message.
 */
package org.statecraft.model.files;
