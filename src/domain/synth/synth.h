/* Invented registers of any size with the statistics of a town's register at the end of 2019, for load and
 * for measuring.
 *
 * Operation: synth. The arithmetic it owns: household i of seed s is always the same household, whatever else
 * is made, so every sheet is streamed on its own and nothing is kept.
 */
#ifndef DOMAIN_SYNTH_SYNTH_H
#define DOMAIN_SYNTH_SYNTH_H
#include "engine/op/op.h"

extern const struct op_list synth_ops;

#endif
