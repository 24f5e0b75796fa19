/**
 * Makes the models that alignment starts from: a policy by supervised learning, reward and cost
 * models from preferences.
 */
@NullMarked
package io.gapo.lab.training;

import org.jspecify.annotations.NullMarked;
