// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: 2026 The weir authors
//
// weir_bench: every subject under every workload as a benchmark of Google Benchmark's; and, with
// --compare, all subjects side by side (harness/compare.h), which is what ci/bench runs.
#include "harness/compare.h"
#include "harness/remote.h"
#include "harness/rounds.h"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <sys/utsname.h>

namespace {

// -- under Google Benchmark --------------------------------------------------------------------

// The single-thread loops: Google Benchmark finds the number of pairs and takes the time.
void run_pairs(benchmark::State &state, const bench_subject *subject,
               const bench_workload *workload) {
    const uint32_t stop = 0;
    bench_turn turn{};
    turn.object = subject->create(workload->capacity);
    turn.stop = &stop;
    turn.first = 1;
    turn.limit = state.max_iterations * BENCH_BATCH;
    while (state.KeepRunningBatch(state.max_iterations))
        subject->loop[workload->crew[0].role](&turn);
    state.SetItemsProcessed(static_cast<int64_t>(turn.done));
    subject->destroy(turn.object);
}

// The others: an iteration is a round of 8 ms; the time reported is that for one element.
void run_rounds(benchmark::State &state, const bench_subject *subject,
                const bench_workload *workload) {
    bench_round round{};
    double cpu_ns = 0;
    for (auto _ : state) {
        bench_run_round(subject, workload, 8'000'000, &round);
        state.SetIterationTime(round.ns * 1e-9);
        cpu_ns += round.cpu_ns;
    }
    state.counters["cpu_ns"] = cpu_ns / static_cast<double>(state.iterations());
    if (workload->crew[1].role == BENCH_PING)
        state.counters["p50"] = round.delay[0];
}

void enroll(const bench_subject *subject, const bench_workload *workload) {
    const std::string name = std::string(workload->suite) + "/" + workload->name + "/" +
                             std::to_string(workload->item) + "/" +
                             std::to_string(workload->capacity) + "/" + subject->name;
    const bench_role role = workload->crew[0].role;
    if ((role == BENCH_PAIR || role == BENCH_PAIR_N) && !bench_is_remote(subject))
        benchmark::RegisterBenchmark(name.c_str(), run_pairs, subject, workload);
    else
        benchmark::RegisterBenchmark(name.c_str(), run_rounds, subject, workload)
            ->UseManualTime()
            ->Iterations(31);
}

void enroll_all() {
    for (auto works = bench_workloads; *works; works++)
        for (auto work = *works; work->suite; work++)
            for (auto table = bench_subjects; *table; table++)
                for (auto one = *table; one->suite; one++)
                    if (bench_can(one, work))
                        enroll(one, work);
}

// -- side by side ------------------------------------------------------------------------------

std::string cpu_model() {
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);)
        if (line.rfind("model name", 0) == 0)
            return line.substr(line.find(':') + 2);
    return "unknown";
}

std::string load() {
    double average[1] = {0};
    getloadavg(average, 1);
    return std::to_string(average[0]).substr(0, 4);
}

std::string quoted(const std::string &text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += '\\';
        out += c;
    }
    return out + "\"";
}

void write_context(FILE *out, const std::string &commit) {
    const benchmark::CPUInfo &cpu = benchmark::CPUInfo::Get();
    utsname system{};
    uname(&system);
    const auto entry = [out](const char *key, const std::string &value) {
        std::fprintf(out, "  \"%s\": %s,\n", key, quoted(value).c_str());
    };
    entry("commit", commit);
    entry("cpu", cpu_model());
    entry("kernel", std::string(system.sysname) + " " + system.release + " " + system.machine);
    entry("compiler", BENCH_COMPILER);
    entry("flags", BENCH_FLAGS);
    entry("missing", bench_skipped);
    entry("load_before", load());
    std::fprintf(out, "  \"cpus\": %d,\n  \"nice\": %d,\n  \"caches\": [", cpu.num_cpus,
                 getpriority(PRIO_PROCESS, 0));
    for (size_t i = 0; i < cpu.caches.size(); i++)
        std::fprintf(out, "%s\"L%d %s %d KiB\"", i ? ", " : "", cpu.caches[i].level,
                     cpu.caches[i].type.c_str(), cpu.caches[i].size / 1024);
    std::fprintf(out, "]");
}

// If argument is --key=value: the value.
const char *value_of(const char *argument, const char *key) {
    const size_t length = std::strlen(key);
    return std::strncmp(argument, key, length) == 0 ? argument + length : nullptr;
}

int compare(int argc, char **argv) {
    bench_options options{"", 41, 8, false, false, 0};
    const char *path = nullptr;
    std::string commit = "unknown";
    for (int i = 2; i < argc; i++) {
        if (!std::strcmp(argv[i], "--quick"))
            options.is_quick = true, options.rounds = 31, options.round_ms = 4;
        else if (const char *filter = value_of(argv[i], "--filter="))
            options.filter = filter;
        else if (const char *rounds = value_of(argv[i], "--rounds="))
            options.rounds = static_cast<unsigned>(std::atoi(rounds));
        else if (const char *length = value_of(argv[i], "--round-ms="))
            options.round_ms = std::atof(length);
        else if (const char *seconds = value_of(argv[i], "--budget="))
            options.budget = std::atof(seconds);
        else if (const char *id = value_of(argv[i], "--commit="))
            commit = id;
        else if (!std::strcmp(argv[i], "--list"))
            options.list_only = true;
        else if (const char *out = value_of(argv[i], "--out="))
            path = out;
        else
            return std::fprintf(stderr, "weir_bench: what is %s?\n", argv[i]), 2;
    }
    if (options.list_only)
        return bench_compare(&options, stdout) > 0 ? 0 : 1;
    FILE *out = path ? std::fopen(path, "w") : stdout;
    if (!out || options.rounds == 0)
        return std::perror("weir_bench: --out or --rounds"), 1;
    std::fprintf(out, "{\n \"context\": {\n");
    write_context(out, commit);
    std::fprintf(out, "\n },\n \"cells\": ");
    const unsigned cells = bench_compare(&options, out);
    std::fprintf(out, ",\n \"load_after\": %s\n}\n", load().c_str());
    if (path)
        std::fclose(out);
    return cells > 0 ? 0 : 1;
}

} // namespace

int main(int argc, char **argv) {
    if (argc > 1 && !std::strcmp(argv[1], "--compare"))
        return compare(argc, argv);
    if (argc > 1 && !std::strcmp(argv[1], BENCH_REMOTE))
        return bench_serve();
    enroll_all();
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 2;
    benchmark::AddCustomContext("compiler", BENCH_COMPILER);
    benchmark::AddCustomContext("flags", BENCH_FLAGS);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
