/** The dashboard over the workbench. Nothing here yet. */
package org.statecraft.webui;
