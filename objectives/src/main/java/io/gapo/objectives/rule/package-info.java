/**
 * Objectives that are rules over a response: each says its range, higher is better, and works in
 * time that is linear in the response's length, or nearly so.
 */
@NullMarked
package io.gapo.objectives.rule;

import org.jspecify.annotations.NullMarked;
