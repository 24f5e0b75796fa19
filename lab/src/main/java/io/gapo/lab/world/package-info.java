/**
 * The demo's small world: prompts, answers, preferences over them, and a grader that knows the
 * rules by which all were made.
 */
@NullMarked
package io.gapo.lab.world;

import org.jspecify.annotations.NullMarked;
