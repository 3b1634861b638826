/** One client: attachments, commands, resume, limits. No socket in it. */
@NullMarked
package dev.holdfast.session;

import org.jspecify.annotations.NullMarked;
