/** The demo: models for the small world, and how well a policy does in it. */
@NullMarked
package io.gapo.lab.demo;

import org.jspecify.annotations.NullMarked;
