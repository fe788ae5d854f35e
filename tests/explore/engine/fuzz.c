/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * fuzz.c - libFuzzer's entry: its bytes are the choices.
 *
 * Besides the code that a schedule reaches, libFuzzer is told which store each load read (a pair of
 * sites): that is what schedules differ in. EXPLORE_PROGRAM names the program, the first without.
 *
 * Source: reads-from pairs as the coverage of a schedule, from RFF (Wolff and others, ASPLOS 2024).
 */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

enum { PAIRS = 1 << 14 };

__attribute__((section("__libfuzzer_extra_counters"))) static uint8_t pairs[PAIRS];

extern const explore_program *const __start_explore_programs[];
extern const explore_program *const __stop_explore_programs[];

void pair_met(site load, site store) {
    pairs[(load * 0x9e3779b1u ^ store * 0x85ebca6bu) >> 18] = 1;
}

static const explore_program *chosen(void) {
    const char *name = getenv("EXPLORE_PROGRAM");
    const explore_program *const *p = __start_explore_programs;
    while (name && p < __stop_explore_programs && strcmp((*p)->name, name) != 0)
        p++;
    if (p < __stop_explore_programs)
        return *p;
    fprintf(stderr, "explore: no program is called %s\n", name);
    exit(2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const explore_program *program;
    static choice choices[CHOICES];
    char text[4096];
    if (!program) {
        program = chosen();
        run_init();
        set.driver = BY_BYTES;
    }
    set.bytes = data;
    set.byte_count = size;
    if (run_once(program, 0) == EXPLORE_PASS)
        return 0;
    uint32_t length = run.choices;
    memcpy(choices, run.made, length * sizeof(choice));
    fprintf(stderr, "%s: %s\n", program->name, run.failure.text);
    minimise(program, choices, &length);
    choices_print(choices, length, text, sizeof text);
    fprintf(stderr, "replay in the same program built without fuzzing: --replay %s\n", text);
    abort();
}
